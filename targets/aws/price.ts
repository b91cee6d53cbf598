// What a choice of groups takes, before any of them has a name.
import type { Choice } from "./choose.ts";
import { type Placed, ruleCount } from "./member-sets.ts";

/** Rules and groups; a rule that two terms need counts twice. */
export function sizeOf(choice: Choice): number {
  const { sets, groups } = choice;
  const standing = new Map<number, number>();
  for (const { of } of groups) {
    for (const set of of) standing.set(set, (standing.get(set) ?? 0) + 1);
  }
  const rulesOf = (placed: Placed) => {
    const { permissions, others, peers } = placed;
    return peers.reduce(
      (sum, one) =>
        sum +
        (choice.isByGroup(placed, one)
          ? permissions.length * (standing.get(one.set) ?? 0)
          : ruleCount(permissions, one.cidrs)),
      ruleCount(permissions, others),
    );
  };
  const each = sets.map(({ held }) => held.reduce((sum, placed) => sum + rulesOf(placed), 0));
  return groups.reduce(
    (sum, { of }) => of.reduce((all, set) => all + (each[set] ?? 0), sum + 1),
    0,
  );
}
