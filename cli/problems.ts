// What verbs that check a policy first say of it in few words: how much is wrong, how large it is.
import type { Style } from "../diagnostics/render-style.ts";
import type { CheckResult } from "../library/check.ts";
import { counted, listed } from "../report/counted.ts";
import { countsOf, statusFor, stopping } from "./answer.ts";
import type { Answer, Call } from "./call.ts";

/** Of a verb that compares something with the policy, where errors leave nothing to compare with. */
export function stoppedByErrors(
  checked: CheckResult,
  { call, folder, note }: { readonly call: Call; readonly folder: string; readonly note: string },
): Answer {
  const diagnostics = stopping(checked.diagnostics, call.options);
  return {
    kind: "result",
    status: statusFor(diagnostics),
    diagnostics,
    folder,
    lines: (style) => [...problemCount({ diagnostics }, style), note],
    json: { now: call.options.now },
  };
}

/** `2 errors and 1 warning`; nothing where there are none. */
export function problemCount(
  { diagnostics }: Pick<CheckResult, "diagnostics">,
  style: Style,
): readonly string[] {
  const { errors, warnings } = countsOf(diagnostics);
  const parts = [
    ...(errors > 0 ? [style.error(counted(errors, "error"))] : []),
    ...(warnings > 0 ? [style.warning(counted(warnings, "warning"))] : []),
  ];
  return parts.length === 0 ? [] : [listed(parts)];
}

/** `1 module, 2 workloads, 2 rules, …` */
export function sizeOf({ model, inventory, tests }: CheckResult): string {
  return listed([
    counted(model.modules.length, "module"),
    counted(inventory.workloads.length, "workload"),
    counted(model.rules.length, "rule"),
    counted(model.guardrails.length, "guardrail"),
    counted(tests.length, "test"),
  ]);
}
