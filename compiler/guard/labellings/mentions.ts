// A model -> what its statements can tell two workloads, processes, addresses or services apart by.
// Everything else about them is the same to every rule and guardrail, and needs no variable.
import { programsIn } from "../../model/programs-in.ts";
import type { EndpointSet, FlowSet, Label, Model, Predicate, Program } from "../../model/types.ts";
import type { AddressSet } from "../../sets/address-set.ts";
import { addressSet, internetAddresses } from "../../sets/address-set.ts";
import type { ServiceSet } from "../../sets/service-set.ts";

export interface Mentions {
  /** Labels with the values that predicates name; in the model's order. */
  readonly labels: ReadonlyMap<Label, ReadonlySet<string>>;
  readonly programs: readonly Program[];
  /** Of `networks`, `fqdn` and `internet`, by the set that says so. */
  readonly addresses: ReadonlyMap<EndpointSet, AddressSet>;
  readonly services: readonly ServiceSet[];
  /** Programs of which some rule can lose the condition where no enforcer sees them. */
  readonly lowered: readonly Program[];
}

export function mentionsOf(model: Model): Mentions {
  const flows = flowsIn(model);
  const labels = new Map<Label, Set<string>>();
  const mention = (label: Label, values: Iterable<string>) => {
    const known = labels.get(label) ?? new Set();
    for (const value of values) known.add(value);
    labels.set(label, known);
  };
  const addresses = new Map<EndpointSet, AddressSet>();
  const seen = new Set<EndpointSet>();
  const visit = (set: EndpointSet) => {
    if (seen.has(set)) return;
    seen.add(set);
    if (set.kind === "workloads" && set.where !== undefined) visitAtoms(set.where, mention);
    else if (set.kind === "networks") addresses.set(set, addressSet(set.cidrs));
    else if (set.kind === "names") addresses.set(set, addressSet(set.addresses ?? []));
    else if (set.kind === "internet") addresses.set(set, internetAddresses);
    else if (set.kind === "union" || set.kind === "intersection") set.of.forEach(visit);
    else if (set.kind === "difference") [set.of, set.except].forEach(visit);
    else if (set.kind === "program") visit(set.of);
  };
  for (const { source, destination } of flows) [source, destination].forEach(visit);
  for (const { owns } of model.teams.values()) visit(owns);
  for (const delegation of model.delegations) [delegation.of, delegation.with].forEach(visit);
  for (const { of, have } of model.requirements) {
    visit(of);
    visitAtoms(have, mention);
  }
  for (const { condition } of flows) if (condition !== undefined) mention(condition.label, []);
  const programs = (some: readonly FlowSet[]) => [
    ...new Set(some.flatMap((flow) => [flow.source, flow.destination].flatMap(programsIn))),
  ];
  return {
    labels: new Map(
      [...model.labels.values()].flatMap((label) => {
        const values = labels.get(label);
        return values === undefined ? [] : [[label, values]];
      }),
    ),
    programs: programs(flows),
    addresses,
    services: [...new Set([...flows, ...model.delegations].map(({ service }) => service))],
    lowered: programs(
      model.rules
        .filter(({ effect, meta }) => effect === "deny" || meta.fallbackNetwork)
        .map(({ flow }) => flow),
    ),
  };
}

/** Of rules, guardrails and exceptions. */
function flowsIn(model: Model): readonly FlowSet[] {
  const guarded = model.guardrails.flatMap((guardrail) => [guardrail, ...guardrail.exceptions]);
  return [...model.rules, ...guarded].map(({ flow }) => flow);
}

function visitAtoms(
  predicate: Predicate,
  mention: (label: Label, values: Iterable<string>) => void,
): void {
  if (predicate.kind === "not") visitAtoms(predicate.of, mention);
  else if (predicate.kind === "defined") mention(predicate.label, []);
  else if (predicate.kind === "is" || predicate.kind === "contains") {
    mention(predicate.label, predicate.values);
  } else for (const part of predicate.of) visitAtoms(part, mention);
}
