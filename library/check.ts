// A whole project, read and checked.
import { type Checked, checkPolicy } from "../compiler/check.ts";
import type { UtcDate } from "../compiler/model/types.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { reportingVerb } from "../diagnostics/registry.ts";
import type { ModuleTree } from "../grammar/ast.ts";
import { parseModule } from "../grammar/parse.ts";
import { atLevels, raisedIn } from "../lint/levels.ts";
import { suppress, suppressionsIn } from "../lint/suppressions.ts";
import type { Files } from "../project/files.ts";
import { loadProject, type Project } from "../project/load.ts";
import { capabilityTable } from "../targets/capabilities.ts";

export interface CheckOptions {
  /** Today in UTC, `YYYY-MM-DD`: rules, windows and exceptions end by it. */
  readonly now: UtcDate;
}

export interface CheckResult extends Omit<Checked, "diagnostics"> {
  readonly project: Project;
  /** Of loading, parsing and checking together, in the order of files and places. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads and checks a whole project: syntax, names, types, inventory, ownership, capabilities,
 * guardrails and the policy's own tests. Never throws for what the files say. Findings that are only
 * likely mistakes are left to `lint`.
 */
export function check(files: Files, options: CheckOptions): CheckResult {
  const { trees, ...checked } = examine(files, options);
  const { levels } = checked.project.config.lint;
  const reported = reportedBy("check", checked.diagnostics);
  const { kept } = suppress(reported, suppressionsIn(trees, raisedIn(levels)));
  return { ...checked, diagnostics: atLevels(kept, levels) };
}

/** With all that the compiler found, whichever verb reports it. */
export interface Examined extends CheckResult {
  readonly trees: readonly ModuleTree[];
}

/** Everything that the compiler has to say of a project. */
export function examine(files: Files, { now }: CheckOptions): Examined {
  const { project, diagnostics: loading } = loadProject(files);
  const parsed = project.sources.map((source) => parseModule(source, { today: now }));
  const trees = parsed.map((each) => each.tree);
  const checked = checkPolicy({
    trees,
    root: project.root,
    modules: project.modules,
    inventory: project.inventory,
    capabilities: capabilityTable,
    hasExpirySchedule: project.config.expirySchedule !== undefined,
    now,
    earlier: [...loading, ...parsed.flatMap((each) => each.diagnostics)],
  });
  return { ...checked, project, trees };
}

/** Errors, and the warnings that belong to the verb. */
export function reportedBy(
  verb: "check" | "lint",
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
  return diagnostics.filter((each) => each.severity === "error" || reportingVerb(each) === verb);
}
