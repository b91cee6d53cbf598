// A whole project -> what is likely not meant in it. Errors stand in for it: a policy that means nothing
// has no likely mistakes.
import { type Diagnostic, hasErrors } from "../diagnostics/diagnostic.ts";
import { foremost } from "../diagnostics/foremost.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { LintRule } from "../lint/rule.ts";
import { runLint } from "../lint/run.ts";
import { defaultSettings, type LintSettings } from "../lint/settings.ts";
import type { Suppressed } from "../lint/suppressions.ts";
import type { Files } from "../project/files.ts";
import { type LintConfig, servicesOf } from "../project/lint-config.ts";
import { type CheckOptions, type CheckResult, examine, reportedBy } from "./check.ts";

export interface LintOptions extends CheckOptions {
  /** The day since when a place reads as it does, `YYYY-MM-DD`; undefined where nobody knows. */
  readonly since?: (place: Span) => string | undefined;
  /** The day on which a file of the project was last written; undefined where nobody knows. */
  readonly fileDay?: (path: string) => string | undefined;
  /** Default: every rule. */
  readonly rules?: readonly LintRule[];
}

export interface LintResult extends CheckResult {
  /** What comments in the policy take back. */
  readonly suppressed: readonly Suppressed[];
  /** False where errors of the policy came before everything else. */
  readonly complete: boolean;
}

/** As `check`, with what is likely not meant instead of its warnings. Errors stand in both. */
export function lint(files: Files, { now, since, fileDay, rules }: LintOptions): LintResult {
  const { trees, ...checked } = examine(files, { now });
  const { config } = checked.project;
  const earlier = reportedBy("lint", checked.diagnostics);
  const stopped = (diagnostics: readonly Diagnostic[]) =>
    ({ ...checked, diagnostics, suppressed: [], complete: false }) as const;
  if (hasErrors(earlier)) return stopped(earlier);
  const unknown = unknownSegment(checked, config.lint);
  if (unknown !== undefined) return stopped([unknown]);
  const linted = runLint({
    checked,
    trees,
    settings: settingsOf(config.lint),
    since,
    fileDay,
    earlier: checked.diagnostics,
    levels: config.lint.levels,
    ...(rules === undefined ? {} : { rules }),
  });
  const diagnostics = foremost(reportedBy("lint", linted.diagnostics));
  return { ...checked, ...linted, diagnostics, complete: true };
}

function settingsOf({ levels: _, adminPorts, ...stated }: LintConfig): LintSettings {
  const ports = adminPorts === undefined ? {} : { adminPorts: servicesOf(adminPorts) };
  return { ...defaultSettings, ...stated, ...ports };
}

/** segc.yaml speaks of a segment that no module declares. */
function unknownSegment(
  { model }: CheckResult,
  { adminHosts }: LintConfig,
): Diagnostic | undefined {
  if (adminHosts === undefined) return undefined;
  const { segment, span } = adminHosts;
  const names = model.segments.map(({ qualified }) => qualified);
  if (names.includes(segment)) return undefined;
  return diagnose("SEG810", span, {
    why: "no-segment",
    name: segment,
    suggestion: didYouMean(segment, names),
  });
}
