// Quotas while a transition is on its way: a group holds the rules of before and after for a while, and an
// interface may carry both groups.
import type { AwsLimits } from "../../../compiler/quotas.ts";
import { directions } from "../members.ts";
import type { ListStates } from "./lists.ts";
import type { GroupState, State, StateRule } from "./state.ts";

export type Overrun =
  | { readonly kind: "rules"; readonly group: string; readonly count: number }
  | { readonly kind: "groups"; readonly interface: string; readonly count: number }
  | { readonly kind: "lists"; readonly count: number };

/**
 * Of what some step touches: the rest is as it was before segc came.
 * @param ownLists prefix lists of ours while the change is on its way
 */
export function overruns(
  states: readonly State[],
  { rulesPerGroup, groupsPerInterface, prefixLists }: AwsLimits,
  ownLists: number,
): readonly Overrun[] {
  const [first, ...more] = states;
  const found = new Map<string, Overrun>();
  const isMore = states.some(({ lists }) => lists.size > (first?.lists.size ?? 0));
  if (isMore && ownLists > prefixLists) found.set("", { kind: "lists", count: ownLists });
  for (const { groups, carried, lists } of more) {
    for (const [group, rules] of groups) {
      const before = first?.groups.get(group);
      const isSame = before !== undefined && directions.every((one) => before[one] === rules[one]);
      if (isSame && !namesChanged(rules, first?.lists, lists)) continue;
      const count = Math.max(...directions.map((one) => countOf([...rules[one].values()], lists)));
      if (count > rulesPerGroup) found.set(group, { kind: "rules", group, count });
    }
    for (const [id, { length: count }] of carried) {
      if (carried.get(id) === first?.carried.get(id)) continue;
      if (count > groupsPerInterface) found.set(id, { kind: "groups", interface: id, count });
    }
  }
  return [...found.values()];
}

/** Whether a list that its rules name counts otherwise now. */
const namesChanged = (
  { ingress, egress }: GroupState,
  before: ListStates | undefined,
  after: ListStates,
): boolean =>
  [...ingress.values(), ...egress.values()].some(
    ({ peer }) =>
      peer.kind === "list" && before?.get(peer.list)?.weight !== after.get(peer.list)?.weight,
  );

/** In the fuller family; a group counts in both, a prefix list as its weight (platforms.md A.4). */
export function countOf(rules: readonly StateRule[], lists: ListStates): number {
  const counts = ([4, 6] as const).map((family) =>
    rules.reduce((sum, { peer }) => {
      if (peer.kind === "list") {
        const list = lists.get(peer.list);
        return sum + (list === undefined || list.family === family ? (list?.weight ?? 1) : 0);
      }
      return sum + Number(peer.kind === "group" || peer.cidr.address.family === family);
    }, 0),
  );
  return Math.max(...counts);
}
