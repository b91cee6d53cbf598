// Why a fleet can be given no artefact, in the words of the project.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Inventory } from "./inventory/types.ts";
import type { FleetProblem } from "./plan/fleet-target.ts";
import type { TargetName } from "./plan/target.ts";
import type { Limit } from "./quotas.ts";

/** SEG901 for what an account does not grant, SEG906 for what one enforcer cannot tell apart. */
export function impossible(
  target: TargetName,
  problems: readonly FleetProblem[],
  { byName }: Inventory,
  { limits, minimised }: { readonly limits: readonly Limit[]; readonly minimised: boolean },
): readonly Diagnostic[] {
  return problems.map((problem) => {
    if (problem.kind === "shared") {
      const { enforcer, workload, other } = problem;
      const span = byName.get(workload)?.span;
      return diagnose("SEG906", span, { target, workload, why: "shared", enforcer, other });
    }
    if (problem.kind === "joined") {
      return diagnose("SEG906", undefined, { target, why: "joined", networks: problem.networks });
    }
    if (problem.kind === "realms") {
      const { workload, network, realms } = problem;
      const span = byName.get(workload)?.span;
      return diagnose("SEG906", span, { target, workload, why: "realms", network, realms });
    }
    if (problem.kind === "addresses") {
      const { workload, why } = problem;
      return diagnose("SEG906", byName.get(workload)?.span, { target, workload, why });
    }
    const { workloads, of, count, limit, dearest } = problem;
    const [workload = ""] = workloads;
    const span = limits.find(({ name }) => name === "rulesPerGroup")?.span;
    const others = workloads.length - 1;
    return diagnose("SEG901", span, {
      workload,
      others,
      target,
      of,
      count,
      limit,
      minimised,
      dearest,
    });
  });
}
