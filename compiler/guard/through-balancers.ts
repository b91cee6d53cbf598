// Load balancers take a connection and make another one in their own name, so what reaches a server through one
// is two flows: client to balancer, and balancer to server.
import type { FlowSet } from "../model/types.ts";
import type { World } from "../semantics/semantics.ts";
import { anyService } from "../sets/service-set.ts";
import { type ExplainedCase, explainFlows, type ThroughBalancer } from "./explain.ts";
import { spaceOf } from "./space.ts";

/** Balancers by which the question's sources reach its destinations, by what the policy says. */
export function throughBalancers(world: World, question: FlowSet): readonly ThroughBalancer[] {
  const found = new Map<string, ThroughBalancer>();
  for (const { name } of world.workloads.filter(({ balancer }) => balancer)) {
    const it = { kind: "workload", name } as const;
    const inbound = allowedOf(world, { ...question, destination: it, condition: undefined });
    if (inbound.length === 0) continue;
    const onward = allowedOf(world, {
      ...question,
      source: it,
      service: anyService,
      condition: undefined,
    });
    if (onward.length === 0) continue;
    const key = JSON.stringify(
      [inbound, onward].map((cases) => cases.map(({ rules }) => rulesKey(rules))),
    );
    const before = found.get(key);
    const balancers = [...(before?.balancers ?? []), name];
    found.set(
      key,
      before === undefined ? { balancers, inbound, onward } : { ...before, balancers },
    );
  }
  return [...found.values()];
}

const rulesKey = (rules: ExplainedCase["rules"]) => rules.map(({ id, staged }) => [id, staged]);

const allowedOf = (world: World, question: FlowSet): readonly ExplainedCase[] =>
  explainFlows(spaceOf(world, { questions: [question] }), question).cases.filter(
    ({ allowed }) => allowed,
  );
