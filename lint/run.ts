// A checked policy -> what is likely not meant in it: every rule asked, suppressions taken out, levels
// applied.
import { inSourceOrder } from "../compiler/check.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { type LintInput, lintContext } from "./context.ts";
import { lintRules } from "./index.ts";
import { atLevels, type Levels, raisedIn } from "./levels.ts";
import type { LintRule } from "./rule.ts";
import { idleSuppressionRule } from "./rules/idle-suppression.ts";
import { idleSuppressions, type Suppressed, suppress, suppressionsIn } from "./suppressions.ts";

export interface LintRun extends LintInput {
  /** Warnings that were found before. */
  readonly earlier: readonly Diagnostic[];
  /** By code; what is not in it stays a warning. */
  readonly levels: Levels;
  /** Default: all of them. */
  readonly rules?: readonly LintRule[];
}

export interface Linted {
  /** In the order of files and places. */
  readonly diagnostics: readonly Diagnostic[];
  readonly suppressed: readonly Suppressed[];
}

/** Asks every rule. */
export function runLint({ rules = lintRules, earlier, levels, ...input }: LintRun): Linted {
  const context = lintContext(input);
  const asked = rules.filter(({ code }) => levels.get(code) !== "off");
  const found = [
    ...earlier,
    ...asked.filter((rule) => rule !== idleSuppressionRule).flatMap((rule) => rule.find(context)),
  ];
  const suppressions = suppressionsIn(input.trees, raisedIn(levels));
  const { kept, suppressed } = suppress(found, suppressions);
  const unknown = new Set(
    rules.flatMap(({ code, needs }) =>
      levels.get(code) === "off" || (needs !== undefined && input[needs] === undefined)
        ? [code]
        : [],
    ),
  );
  const idle = idleSuppressions(suppressions, found, unknown);
  const last = asked.includes(idleSuppressionRule)
    ? idleSuppressionRule.find({ ...context, idle })
    : [];
  return { diagnostics: inSourceOrder(atLevels([...kept, ...last], levels)), suppressed };
}
