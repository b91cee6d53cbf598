// Workloads that no team owns.
import { nameWorkloads } from "../../compiler/extent/named-workloads.ts";
import { difference, isEmpty, union } from "../../compiler/sets/bitset.ts";
import { defineRule } from "../rule.ts";

const policy = (owner: string) => `module org root by org
label role: enum { web, db, admin }
team org owns workloads where role is admin writes { org }
team app owns workloads where role is ${owner}
`;

export const unownedWorkloads = defineRule("SEG405", {
  rationale: `Where there are teams, a workload of no team is one for which only the root module can write rules, and
nobody is asked when something opens it. Most often a label of it is new, or misspelt in the inventory.`,
  invalid: [{ policy: policy("web"), reports: [1] }],
  valid: [{ policy: policy("web or role is db") }],
  seeAlso: [
    "[Owners](../language.md#teams-and-delegation)",
    "[SEG404](SEG404.md): a delegation that no rule needs",
  ],
  check({ model, expansion }, report) {
    if (model.teams.size === 0) return;
    const owned = [...model.teams.keys()].map(expansion.ownedByTeam);
    const rest = difference(expansion.universe.all, owned.reduce(union, expansion.universe.none));
    if (isEmpty(rest)) return;
    const { count, names } = nameWorkloads(model, expansion, rest);
    report(model.root.span, { count, names });
  },
});
