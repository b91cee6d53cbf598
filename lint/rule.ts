// One thing that is most likely not meant: why it is spoken of, projects that have it and projects
// that do not, and how it is found. Its words stand in the message table, its page and its part of
// docs/lint.md are made of these fields, and tests run every example.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import {
  type Code,
  type Details,
  diagnose,
  type ParametersOf,
  registry,
} from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";
import type { LintContext } from "./context.ts";
import type { LintSettings } from "./settings.ts";

/** A whole project, but for what `example-project.ts` adds. */
export interface Example {
  /** The root module, or each module by its path. */
  readonly policy: string | Readonly<Record<string, string>>;
  /** Default: `exampleInventory`. */
  readonly inventory?: string;
  /** The part of segc.yaml under `lint`. */
  readonly settings?: string;
}

export interface InvalidExample extends Example {
  /** `policy.seg:7`, or the line alone where there is one module. */
  readonly reports: readonly (number | string)[];
}

/** Whether what `--fix` does may change what the policy means; undefined: there is no fix. */
export type FixClaim = "keeps the meaning" | "keeps what is allowed today" | "changes the meaning";

export interface RuleFields<C extends Code> {
  /** Why it matters, in Markdown: the text of its page. */
  readonly rationale: string;
  readonly fix?: FixClaim;
  /** Keys under `lint` in segc.yaml that it reads. */
  readonly settings?: readonly (keyof LintSettings)[];
  /** It finds nothing where nobody hands this in. */
  readonly needs?: "since" | "fileDay";
  readonly invalid: readonly [InvalidExample, ...InvalidExample[]];
  readonly valid: readonly [Example, ...Example[]];
  /** Links for the page, as Markdown from docs/diagnostics. */
  readonly seeAlso: readonly string[];
  readonly check: (context: LintContext, report: Report<C>) => void;
}

/** Says that the rule's finding is at a place; undefined where no text is at fault. */
export type Report<C extends Code> = (
  span: Span | undefined,
  parameters: ParametersOf<C>,
  details?: Details,
) => void;

export interface LintRule extends Omit<RuleFields<Code>, "check"> {
  readonly code: Code;
  /** `redundant-rule`: the name in the message table, and of the rule's file. */
  readonly name: string;
  /** What it finds, each place once. */
  readonly find: (context: LintContext) => readonly Diagnostic[];
}

/** The rule that reports `code`. */
export function defineRule<C extends Code>(code: C, { check, ...fields }: RuleFields<C>): LintRule {
  return {
    ...fields,
    code,
    name: registry[code].name,
    find: (context) => {
      const found = new Map<string, Diagnostic>();
      check(context, (span, parameters, details) => {
        const diagnostic = diagnose(code, span, parameters, details);
        // A rule of a template is written once, however often it is used.
        const place = span === undefined ? "" : `${span.source.path} ${span.start}-${span.end}`;
        const key = span === undefined ? diagnostic.message : place;
        if (!found.has(key)) found.set(key, diagnostic);
      });
      return [...found.values()];
    },
  };
}
