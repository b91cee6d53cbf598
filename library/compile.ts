// A whole project to artefacts, for every enforcer that there is a target for.
import { type Compiled, compileChecked } from "../compiler/compile.ts";
import type { TargetName } from "../compiler/plan/target.ts";
import type { Since } from "../compiler/since.ts";
import { type Diagnostic, hasErrors } from "../diagnostics/diagnostic.ts";
import type { Files } from "../project/files.ts";
import { capabilityTable } from "../targets/capabilities.ts";
import { fleetTargets, targets } from "../targets/index.ts";
import { type CheckOptions, type CheckResult, check } from "./check.ts";
import { version } from "./version.ts";

export interface CompileOptions extends CheckOptions {
  /** Default: every target there is. */
  readonly targets?: readonly TargetName[];
  /** Default: true. False leaves every rule of the policy to be found in the artefacts. */
  readonly minimise?: boolean;
  /** What an earlier compile left: where only members of sets changed there is a file for just that. */
  readonly since?: Since;
}

export interface CompileResult {
  readonly checked: CheckResult;
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined when there are errors: nothing is emitted then. */
  readonly compiled: Compiled | undefined;
}

/** Names of the targets that this version can compile for. */
export const targetNames: readonly TargetName[] = [...fleetTargets, ...targets].map(
  (target) => target.name,
);

/** Checks a project and, when there is no error, compiles it for every enforcer it can. */
export function compile(
  files: Files,
  { now, targets: wanted, minimise = true, since }: CompileOptions,
): CompileResult {
  const checked = check(files, { now });
  const { diagnostics } = checked;
  if (hasErrors(diagnostics)) return { checked, diagnostics, compiled: undefined };
  const isWanted = ({ name }: { readonly name: TargetName }) => wanted?.includes(name) ?? true;
  const compiled = compileChecked(checked, {
    targets: targets.filter(isWanted),
    fleetTargets: fleetTargets.filter(isWanted),
    capabilities: capabilityTable,
    now,
    version,
    inputs: checked.project.inputs,
    minimise,
    makeable: new Set([...targets, ...fleetTargets].map(({ kind }) => kind)),
    quotas: checked.project.config.quotas,
    limits: checked.project.config.limits,
    links: checked.project.config.links,
    settings: checked.project.config.settings,
    sha256: files.sha256,
    ...(since === undefined ? {} : { since }),
  });
  return {
    checked,
    diagnostics: [...diagnostics, ...compiled.diagnostics],
    compiled: hasErrors(compiled.diagnostics) ? undefined : compiled,
  };
}
