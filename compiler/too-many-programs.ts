// SEG905: programs of one workload that nobody can tell apart, because they are too many at a time.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Model } from "./model/types.ts";
import type { EnforcerSlice } from "./plan/slice.ts";
import type { TargetName } from "./plan/target.ts";

/** Stands at the first rule that names a program there, and names the others beside it. */
export function tooManyPrograms(
  { rules }: Model,
  target: TargetName,
  { workloads, directions }: EnforcerSlice,
): Diagnostic {
  const entries = directions.flatMap(({ denies, allows, stagedDenies, stagedAllows }) => [
    ...denies,
    ...allows,
    ...stagedDenies,
    ...stagedAllows,
  ]);
  const asking = new Set(
    entries
      .filter(({ programs, notPrograms }) => programs.length + notPrograms.length > 0)
      .map(({ ruleId }) => ruleId),
  );
  const [first, ...others] = rules.filter(({ id }) => asking.has(id));
  return diagnose(
    "SEG905",
    first?.span,
    { workload: workloads[0] ?? "", others: workloads.length - 1, target },
    { related: others.map(({ span }) => ({ span, message: "names programs there too" })) },
  );
}
