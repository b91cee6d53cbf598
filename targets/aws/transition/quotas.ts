// Quotas while a transition is on its way: a group holds the rules of before and after for a while, and an
// interface may carry both groups.
import type { AwsLimits } from "../../../compiler/quotas.ts";
import type { LiveAccount } from "../account/account.ts";
import { directions } from "../members.ts";
import type { State, StateRule } from "./state.ts";

export type Overrun =
  | { readonly kind: "rules"; readonly group: string; readonly count: number }
  | { readonly kind: "groups"; readonly interface: string; readonly count: number };

/** @param changed groups and interfaces that some step touches: others are as they were before segc came */
export function overruns(
  states: readonly State[],
  live: LiveAccount,
  { rulesPerGroup, groupsPerInterface }: AwsLimits,
): readonly Overrun[] {
  const [first, ...more] = states;
  const found = new Map<string, Overrun>();
  for (const { groups, carried } of more) {
    for (const [group, rules] of groups) {
      const before = first?.groups.get(group);
      if (before !== undefined && directions.every((one) => before[one] === rules[one])) continue;
      const count = Math.max(...directions.map((one) => countOf([...rules[one].values()], live)));
      if (count > rulesPerGroup) found.set(group, { kind: "rules", group, count });
    }
    for (const [id, { length: count }] of carried) {
      if (carried.get(id) === first?.carried.get(id)) continue;
      if (count > groupsPerInterface) found.set(id, { kind: "groups", interface: id, count });
    }
  }
  return [...found.values()];
}

/** In the fuller family; a group counts in both, a prefix list as many as it has entries (platforms.md A.4). */
export function countOf(rules: readonly StateRule[], { prefixLists }: LiveAccount): number {
  const counts = ([4, 6] as const).map((family) =>
    rules.reduce((sum, { peer }) => {
      if (peer.kind === "list") return sum + (prefixLists.get(peer.list)?.length ?? 1);
      return sum + Number(peer.kind === "group" || peer.cidr.address.family === family);
    }, 0),
  );
  return Math.max(...counts);
}
