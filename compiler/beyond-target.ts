// What a target cannot do, told at the rules that ask for it: SEG905, programs that nobody can tell
// apart because they are too many at a time, and SEG907, what the Windows Firewall has no words for.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Checked } from "./check.ts";
import type { Model } from "./model/types.ts";
import type { EnforcerSlice } from "./plan/slice.ts";
import type { Beyond, TargetName } from "./plan/target.ts";

export function beyondTarget(
  { model, inventory }: Pick<Checked, "model" | "inventory">,
  target: TargetName,
  slice: EnforcerSlice,
  beyond: Beyond,
): Diagnostic {
  if (beyond.why === "combinations") return tooManyPrograms(model, target, slice);
  if (beyond.why === "one-direction") {
    const { why } = beyond;
    const holder = inventory.workloads.find(({ name }) => name === slice.workloads[0]);
    return diagnose("SEG907", holder?.span, { why, rule: "", detail: "", ...holders(slice) });
  }
  const { why, rule, detail } = beyond;
  const span = model.rules.find(({ id }) => id === rule)?.span;
  return diagnose("SEG907", span, { why, rule, detail, ...holders(slice) });
}

/** Stands at the first rule that names a program there, and names the others beside it. */
function tooManyPrograms({ rules }: Model, target: TargetName, slice: EnforcerSlice): Diagnostic {
  const entries = slice.directions.flatMap(({ denies, allows, stagedDenies, stagedAllows }) => [
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
    { ...holders(slice), target },
    { related: others.map(({ span }) => ({ span, message: "names programs there too" })) },
  );
}

const holders = ({ workloads }: EnforcerSlice) => ({
  workload: workloads[0] ?? "",
  others: workloads.length - 1,
});
