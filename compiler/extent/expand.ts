// Model and inventory -> Expansion: the one place where the parts of this stage are joined, each
// remembering what it computed.
import type { Inventory } from "../inventory/types.ts";
import type { Model, Module, Rule } from "../model/types.ts";
import { extentBuilder, platformRows, rowSharing } from "./extent.ts";
import { flowSearch } from "./flow-search.ts";
import { authorityOf } from "./ownership.ts";
import { labelIndex } from "./predicate.ts";
import { productsOf } from "./product.ts";
import { rowCuts } from "./row-cuts.ts";
import { judgeRule } from "./rule-flows.ts";
import type { Expansion, RuleFlows } from "./types.ts";
import { universeOf } from "./universe.ts";

/** What every set, rule and owner of the model selects in the inventory. */
export function expand(model: Model, inventory: Inventory): Expansion {
  const universe = universeOf(inventory);
  const labels = labelIndex(universe);
  const search = flowSearch(universe);
  const share = rowSharing([universe.none, universe.all]);
  const onPlatform = platformRows(universe);
  const extentOf = extentBuilder({ universe, onPlatform, share }, labels);
  const ownedByTeam = (name: string) => {
    const team = model.teams.get(name);
    return team === undefined ? universe.none : extentOf(team.owns).managed;
  };
  const ownedByModule = ({ by }: Module) => (by === undefined ? universe.all : ownedByTeam(by));
  const sets = { universe, extentOf, ownedByTeam, ownedByModule };
  const cuts = rowCuts();
  const context = { universe, labels, extentOf, search, cuts };
  const authority = authorityOf(model, sets, { search, cuts });
  const judged = new WeakMap<Rule, RuleFlows>();
  return {
    ...sets,
    search,
    productsOf: (flow) => productsOf(context, flow),
    flowsOf: (rule) => {
      const known =
        judged.get(rule) ??
        judgeRule({ authority, search, none: universe.none }, rule, productsOf(context, rule.flow));
      judged.set(rule, known);
      return known;
    },
  };
}
