// Every message the user can see, by code. `diagnose` is the only way to make a diagnostic, so a
// code without words cannot occur, and the words' parameters are checked by the type checker.
import type { Diagnostic, ReportingVerb, Severity } from "./diagnostic.ts";
import type { Message } from "./message.ts";
import { authorityMessages } from "./messages/authority.ts";
import { enforcementMessages } from "./messages/enforcement.ts";
import { guaranteeMessages } from "./messages/guarantees.ts";
import { inventoryMessages } from "./messages/inventory.ts";
import { lintMessages } from "./messages/lint.ts";
import { nameMessages } from "./messages/names.ts";
import { projectMessages } from "./messages/project.ts";
import { syntaxMessages } from "./messages/syntax.ts";
import { targetMessages } from "./messages/targets.ts";
import { typeMessages } from "./messages/types.ts";
import type { Span } from "./source.ts";

export const registry = {
  ...syntaxMessages,
  ...nameMessages,
  ...typeMessages,
  ...authorityMessages,
  ...enforcementMessages,
  ...guaranteeMessages,
  ...lintMessages,
  ...inventoryMessages,
  ...projectMessages,
  ...targetMessages,
} as const;

export type Code = keyof typeof registry;

/** The verb that reports this diagnostic: a warning that is an error here belongs to `check`. */
export function reportingVerb({ code, severity }: Diagnostic): ReportingVerb {
  const entry = registry[code as Code]; // only `diagnose` makes diagnostics
  if (severity === "error") return entry.verb === "compile" ? "compile" : "check";
  return entry.severity === "warning" ? entry.verb : "lint";
}

/** What the words of a code speak of. */
export type ParametersOf<C extends Code> =
  (typeof registry)[C] extends Message<infer Parameters> ? Parameters : never;

/** What a diagnostic says beyond its table entry: more places, notes, a fix. */
export type Details = Pick<Diagnostic, "label" | "related" | "notes" | "fix"> & {
  /** Replaces the table's help where only the caller knows the concrete edit. */
  readonly help?: string;
  /** For the few codes that are an error or a warning by circumstance. */
  readonly severity?: Severity;
};

/**
 * Builds the diagnostic of `code` at `span` (undefined where no text is at fault).
 * The parameters are those that the code's entry in the message table names.
 */
export function diagnose<C extends Code>(
  code: C,
  span: Span | undefined,
  parameters: ParametersOf<C>,
  details: Details = {},
): Diagnostic {
  // The table is heterogeneous; ParametersOf<C> guarantees that these parameters are its own.
  const entry = registry[code] as unknown as Message<ParametersOf<C>>;
  const { help: givenHelp, severity, ...rest } = details;
  const help = givenHelp ?? entry.help?.(parameters);
  return {
    code,
    name: entry.name,
    severity: severity ?? entry.severity,
    message: entry.message(parameters),
    ...(span === undefined ? {} : { span }),
    ...rest,
    ...(help === undefined ? {} : { help }),
  };
}
