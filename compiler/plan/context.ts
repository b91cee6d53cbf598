// What every question about enforcers starts from: the policy in its inventory on one day, and
// what stands at the ends of its flows.
import { type FlowSearch, flowSearch } from "../extent/flow-search.ts";
import type { Expansion } from "../extent/types.ts";
import type { Direction } from "../inventory/types.ts";
import type { Model, Rule, UtcDate } from "../model/types.ts";
import { type Bitset, union } from "../sets/bitset.ts";
import { type Ends, endsOf } from "./ends.ts";
import { type PairSpace, pairSpace } from "./pairs.ts";
import type { CapabilityTable } from "./target.ts";

export interface PlanContext {
  readonly model: Model;
  readonly expansion: Expansion;
  readonly capabilities: CapabilityTable;
  readonly now: UtcDate;
  readonly ends: Ends;
  readonly space: PairSpace;
  readonly search: FlowSearch;
}

export function planContext(
  model: Model,
  expansion: Expansion,
  capabilities: CapabilityTable,
  now: UtcDate,
): PlanContext {
  const { universe } = expansion;
  const covered = (direction: Direction): Bitset =>
    model.observations
      .filter(({ directions, until }) => directions.includes(direction) && isActive(until, now))
      .map(({ of }) => expansion.extentOf(of).managed)
      .reduce(union, universe.none);
  const observed = { egress: covered("egress"), ingress: covered("ingress") };
  const ends = endsOf(universe, capabilities, observed);
  const [space, search] = [pairSpace(universe), flowSearch(universe)];
  return { model, expansion, capabilities, now, ends, space, search };
}

/** Dates are inclusive: what ends today still holds today. */
export function isActive(until: UtcDate | undefined, now: UtcDate): boolean {
  return until === undefined || now <= until;
}

/** The rules that mean something on this day, in the order of their ids. */
export function activeRules({ model, now }: PlanContext): readonly Rule[] {
  return model.rules.filter((rule) => isActive(rule.meta.until, now));
}
