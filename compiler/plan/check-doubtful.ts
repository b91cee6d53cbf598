// SEG505: a program is told by something that an enforcer sees, and that is reported not to match there.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import { endOf } from "../extent/rule-flows.ts";
import type { Program, Rule } from "../model/types.ts";
import { intersects } from "../sets/bitset.ts";
import { programsOf } from "./check-programs.ts";
import type { PlanContext } from "./context.ts";
import type { Doubt } from "./target.ts";

/** One for each program of the rule and each field of it. */
export function checkDoubtful(context: PlanContext, rule: Rule): readonly Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const direction of ["egress", "ingress"] as const) {
    const span = direction === "egress" ? rule.flow.sourceSpan : rule.flow.destinationSpan;
    for (const product of context.expansion.flowsOf(rule).products) {
      for (const program of programsOf(product, direction)) {
        for (const { field, value, doubt } of doubtsAbout(context, program)) {
          if (doubt.direction !== direction) continue;
          const standing = context.ends[direction].where((kinds, { platform }) =>
            kinds.some(
              (kind) =>
                context.capabilities[kind].doubts?.includes(doubt) === true &&
                program.alternatives.get(platform)?.get(field) === value,
            ),
          );
          if (!intersects(endOf(product, direction).managed, standing)) continue;
          const { reason } = doubt;
          const key = `${direction} ${program.key} ${field}`;
          found.set(key, diagnose("SEG505", span, { field, value, direction, reason }));
        }
      }
    }
  }
  return [...found.values()];
}

function doubtsAbout({ capabilities }: PlanContext, { alternatives }: Program) {
  const doubts = Object.values(capabilities).flatMap((one) => one.doubts ?? []);
  return [...alternatives.values()].flatMap((fields) =>
    doubts.flatMap((doubt: Doubt) => {
      const value = fields.get(doubt.field);
      const isDoubtful = value !== undefined && doubt.values.has(value.toLowerCase());
      return isDoubtful ? [{ field: doubt.field, value, doubt }] : [];
    }),
  );
}
