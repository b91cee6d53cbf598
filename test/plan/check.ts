// Runs the capability checks on a model and an inventory made by hand.
import { expand } from "../../compiler/extent/expand.ts";
import type { EnforcerKind, Workload } from "../../compiler/inventory/types.ts";
import type { EndpointSet, FlowSet, Model, Rule } from "../../compiler/model/types.ts";
import { checkCapabilities } from "../../compiler/plan/check-capabilities.ts";
import { planContext } from "../../compiler/plan/context.ts";
import { enforcementOf } from "../../compiler/plan/enforcement.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import * as make from "../extent/makers.ts";

export const now = "2026-11-23";

export const both = (...kinds: EnforcerKind[]): Pick<Workload, "enforcers"> => ({
  enforcers: kinds.map((kind) => ({ kind, id: kind, directions: ["egress", "ingress"] })),
});

/** `env prod`, one IPv4 address, enforcers in both directions. */
export function host(
  name: string,
  ip: string,
  kinds: readonly EnforcerKind[],
  more: Partial<Workload> = {},
): Workload {
  return make.workload(name, { env: "prod" }, [ip], { ...both(...kinds), ...more });
}

export const one = (name: string): EndpointSet => ({ kind: "workload", name });

let places = 0;
/** A rule of the root module; each starts later in the source than the one before. */
export function rule(
  source: EndpointSet,
  destination: EndpointSet,
  flow: Partial<FlowSet> = {},
  more: Partial<Rule> = {},
): Rule {
  places++;
  const place = { ...make.spanOf(""), start: places, end: places };
  return make.rule(make.root, make.flow(source, destination, flow), {
    id: `org.rule-${places}`,
    span: place,
    ...more,
  });
}

export const fallback = { meta: { ...make.noMeta, fallbackNetwork: true } };
export const until = (day: string) => ({ meta: { ...make.noMeta, until: day } });

export function contextOf(
  workloads: readonly Workload[],
  rules: readonly Rule[],
  more: Partial<Model> = {},
) {
  const sorted = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
  const model = make.model({ rules: sorted, ...more });
  return planContext(model, expand(model, make.inventory(...workloads)), capabilityTable, now);
}

export function check(
  workloads: readonly Workload[],
  rules: readonly Rule[],
  options = { hasExpirySchedule: false },
) {
  return checkCapabilities(contextOf(workloads, rules), options);
}

export function codes(workloads: readonly Workload[], ...rules: Rule[]): readonly string[] {
  return check(workloads, rules).map((diagnostic) => diagnostic.code);
}

export function enforcement(workloads: readonly Workload[], of: Rule, more: Partial<Model> = {}) {
  return enforcementOf(contextOf(workloads, [of], more), of);
}
