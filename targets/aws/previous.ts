// An earlier plan as an input of the next one: what stays as it is need not be changed in the account. Whether peers are
// named by a group or by address is kept where both would do; what a change of the plan costs is counted.
import type { Fleet } from "../../compiler/plan/fleet.ts";
import { type AwsPlan, groupKey, type SecurityGroup } from "./groups.ts";
import type { MemberSet } from "./member-sets.ts";
import { directions } from "./members.ts";
import { ruleKey } from "./rules.ts";

/** How an earlier plan named the peers of a set; undefined where it knew none of them. */
export type Leaning = (set: MemberSet) => "group" | "address" | undefined;

export const leansNowhere: Leaning = () => undefined;

export function leaningOn({ groups, attachments }: AwsPlan, { members }: Fleet): Leaning {
  const placeOf = new Map(members.flatMap(({ enforcers }, at) => enforcers.map((id) => [id, at])));
  const known = new Set<number>();
  const carriers = new Map<string, Set<number>>();
  for (const { interface: id, network, groups: carried = [] } of attachments) {
    const place = placeOf.get(id);
    if (place === undefined) continue;
    known.add(place);
    for (const name of carried) {
      const key = groupKey(network, name);
      carriers.set(key, (carriers.get(key) ?? new Set()).add(place));
    }
  }
  const named = new Set(
    groups.flatMap((group) =>
      directions.flatMap((direction) =>
        group[direction].flatMap(({ peer }) =>
          peer.kind === "group" ? [groupKey(peer.network, peer.group)] : [],
        ),
      ),
    ),
  );
  const lists = new Set(
    [...carriers]
      .filter(([key]) => named.has(key))
      .map(([, places]) => [...places].sort((a, b) => a - b).join()),
  );
  return (set) => {
    const before = set.members.filter((member) => known.has(member));
    if (before.length === 0) return undefined;
    return lists.has(before.join()) ? "group" : "address";
  };
}

/** Groups and rules that come or go, and interfaces that get other groups. */
export function changesBetween(before: AwsPlan, after: AwsPlan): number {
  const carried = ({ attachments }: AwsPlan) =>
    attachments.map(({ interface: id, network, groups }) => JSON.stringify([id, network, groups]));
  return (
    differing(objectsOf(before.groups), objectsOf(after.groups)) +
    missing(carried(after), new Set(carried(before)))
  );
}

const objectsOf = (groups: readonly SecurityGroup[]): readonly string[] =>
  groups.flatMap((group) => {
    const key = groupKey(group.network, group.name);
    return [
      key,
      ...directions.flatMap((direction) =>
        group[direction].map((rule) => `${key} ${direction} ${ruleKey(rule)}`),
      ),
    ];
  });

const differing = (a: readonly string[], b: readonly string[]): number =>
  missing(a, new Set(b)) + missing(b, new Set(a));

const missing = (list: readonly string[], among: ReadonlySet<string>): number =>
  list.filter((one) => !among.has(one)).length;
