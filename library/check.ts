// A whole project, read and checked.
import { type Checked, checkPolicy } from "../compiler/check.ts";
import type { UtcDate } from "../compiler/model/types.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { reportingVerb } from "../diagnostics/registry.ts";
import { parseModule } from "../grammar/parse.ts";
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
  const examined = examine(files, options);
  return { ...examined, diagnostics: reportedBy("check", examined.diagnostics) };
}

/** As `check`, with what is likely not meant instead of its warnings. Errors stand in both. */
export function lint(files: Files, options: CheckOptions): CheckResult {
  const examined = examine(files, options);
  return { ...examined, diagnostics: reportedBy("lint", examined.diagnostics) };
}

/** Everything that is to be said of a project, whichever verb reports it. */
export function examine(files: Files, { now }: CheckOptions): CheckResult {
  const { project, diagnostics: loading } = loadProject(files);
  const parsed = project.sources.map((source) => parseModule(source, { today: now }));
  const checked = checkPolicy({
    trees: parsed.map((each) => each.tree),
    root: project.root,
    modules: project.modules,
    inventory: project.inventory,
    capabilities: capabilityTable,
    hasExpirySchedule: project.config.expirySchedule !== undefined,
    now,
    earlier: [...loading, ...parsed.flatMap((each) => each.diagnostics)],
  });
  return { ...checked, project };
}

const reportedBy = (verb: "check" | "lint", diagnostics: readonly Diagnostic[]) =>
  diagnostics.filter((each) => each.severity === "error" || reportingVerb(each) === verb);
