// The library: the same functions as the command line, over a `Files` interface, with no I/O and
// no clock inside. This file is the only place where targets meet the compiler.
import { type Checked, checkPolicy } from "./compiler/check.ts";
import { type Compiled, compileChecked } from "./compiler/compile.ts";
import { type ExpireResult, expireArtefacts } from "./compiler/expire.ts";
import { type Explanation, explainFlows } from "./compiler/guard/explain.ts";
import { spaceOf } from "./compiler/guard/space.ts";
import type { Manifest } from "./compiler/manifest.ts";
import type { UtcDate } from "./compiler/model/types.ts";
import type { TargetName } from "./compiler/plan/target.ts";
import { type Diagnostic, hasErrors } from "./diagnostics/diagnostic.ts";
import { parseModule } from "./grammar/parse.ts";
import type { Files } from "./project/files.ts";
import { loadProject, type Project } from "./project/load.ts";
import { askQuestion } from "./project/question.ts";
import { capabilityTable } from "./targets/capabilities.ts";
import { targets } from "./targets/index.ts";

export type { Artefact } from "./compiler/artefact.ts";
export type { Checked } from "./compiler/check.ts";
export type { Compiled } from "./compiler/compile.ts";
export type { Expired, ExpireResult } from "./compiler/expire.ts";
export type { Explanation } from "./compiler/guard/explain.ts";
export type { AssertionResult, TestResult } from "./compiler/guard/policy-tests.ts";
export type { Manifest } from "./compiler/manifest.ts";
export { type CoverCheck, checkCover } from "./compiler/minimise/check-cover.ts";
export type {
  CoverCertificate,
  CoverInput,
  CoverResult,
  ProductOf,
} from "./compiler/minimise/cover-types.ts";
export { productCover } from "./compiler/minimise/product-cover.ts";
export type { Diagnostic } from "./diagnostics/diagnostic.ts";
export type { SourceFile, Span } from "./diagnostics/source.ts";
export { formatModule } from "./grammar/print.ts";
export type { Files } from "./project/files.ts";

/** The compiler's own version; a test keeps it equal to package.json's. */
export const version = "0.1.0";

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
 * guardrails and the policy's own tests. Never throws for what the files say.
 */
export function check(files: Files, { now }: CheckOptions): CheckResult {
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

export interface CompileOptions extends CheckOptions {
  /** Default: every target there is. */
  readonly targets?: readonly TargetName[];
}

export interface CompileResult {
  readonly checked: CheckResult;
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined when there are errors: nothing is emitted then. */
  readonly compiled: Compiled | undefined;
}

/** Names of the targets that this version can compile for. */
export const targetNames: readonly TargetName[] = targets.map((target) => target.name);

/** Checks a project and, when there is no error, compiles it for every enforcer it can. */
export function compile(files: Files, { now, targets: wanted }: CompileOptions): CompileResult {
  const checked = check(files, { now });
  const { diagnostics } = checked;
  if (hasErrors(diagnostics)) return { checked, diagnostics, compiled: undefined };
  const chosen = targets.filter((target) => wanted?.includes(target.name) ?? true);
  const compiled = compileChecked(checked, {
    targets: chosen,
    capabilities: capabilityTable,
    now,
    version,
    inputs: checked.project.inputs,
  });
  return { checked, diagnostics, compiled };
}

export interface ExplainResult {
  /** Undefined when there are diagnostics, of the question or of the project. */
  readonly explanation: Explanation | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Answers `A -> B : service`, where A and B are sets in the policy's own words, names of
 * workloads, or addresses.
 */
export function explain(checked: CheckResult, question: string): ExplainResult {
  const errors = checked.diagnostics.filter(({ severity }) => severity === "error");
  const unsound = errors.filter(({ code }) => !survivable.has(code));
  if (unsound.length > 0) return { explanation: undefined, diagnostics: unsound };
  const asked = askQuestion(checked.model, checked.inventory, question);
  if (asked.flow === undefined) return { explanation: undefined, diagnostics: asked.diagnostics };
  const space = spaceOf(checked.world, [asked.flow]);
  return { explanation: explainFlows(space, asked.flow), diagnostics: [] };
}

/** Broken promises do not change what the policy says, and are often what one asks about. */
const survivable: ReadonlySet<string> = new Set([
  ...["SEG601", "SEG603", "SEG604", "SEG605", "SEG606", "SEG611", "SEG612", "SEG718"],
]);

/** Takes what has ended out of artefacts on disk; see `expireArtefacts`. */
export function expire(
  manifest: Manifest,
  texts: ReadonlyMap<string, string>,
  { now }: CheckOptions,
): ExpireResult {
  return expireArtefacts(manifest, texts, { runners: targets, now });
}
