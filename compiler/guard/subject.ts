// What a guardrail speaks of.
import type { FlowSet, Guardrail } from "../model/types.ts";

/** `only A -> B : S` forbids everybody else, process included: never (anywhere except A) -> B : S. */
export function subjectOf({ verb, flow }: Guardrail): FlowSet {
  if (verb !== "only") return flow;
  return {
    ...flow,
    source: { kind: "difference", of: { kind: "anywhere" }, except: flow.source },
  };
}
