// Groups with more rules than AWS takes, as several with the same members, where those have slots left.
import type { Family } from "../../compiler/sets/address.ts";
import type { GroupRule, SecurityGroup } from "./groups.ts";
import { countsIn } from "./rules.ts";

export interface CarriedGroup {
  readonly group: SecurityGroup;
  /** Places in the fleet of those who carry it. */
  readonly members: readonly number[];
}

export interface QuotaProblem {
  readonly kind: "quota";
  readonly members: readonly number[];
  readonly of: string;
  readonly count: number;
  readonly limit: number;
  readonly dearest: readonly { readonly rule: string; readonly cost: number }[];
}

export type Split =
  | { readonly ok: true; readonly groups: readonly CarriedGroup[] }
  | { readonly ok: false; readonly problems: readonly QuotaProblem[] };

interface Room {
  readonly rulesPerGroup: number;
  readonly slots: number;
}

/** The first part of a group keeps its name, so that peers find all members by it. */
export function splitGroups(groups: readonly CarriedGroup[], room: Room): Split {
  const carried = new Map<number, number>();
  const add = (members: readonly number[], count: number) => {
    for (const member of members) carried.set(member, (carried.get(member) ?? 0) + count);
  };
  for (const { members } of groups) add(members, 1);
  const found: CarriedGroup[] = [];
  const problems: QuotaProblem[] = [];
  for (const one of groups) {
    const parts = partsOf(one.group, room.rulesPerGroup);
    const more = parts.length - 1;
    const fits = one.members.every((member) => (carried.get(member) ?? 0) + more <= room.slots);
    if (more > 0 && !fits) {
      problems.push(...problemsOf(one, room.rulesPerGroup));
      continue;
    }
    add(one.members, more);
    found.push(...parts.map((group) => ({ group, members: one.members })));
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, groups: found };
}

const families: readonly Family[] = [4, 6];
const sides = ["ingress", "egress"] as const;

function partsOf(group: SecurityGroup, limit: number): readonly SecurityGroup[] {
  const ingress = chunks(group.ingress, limit);
  const egress = chunks(group.egress, limit);
  const count = Math.max(1, ingress.length, egress.length);
  return Array.from({ length: count }, (_, part) => ({
    ...group,
    name: part === 0 ? group.name : `${group.name}-${part + 1}`,
    ingress: ingress[part] ?? [],
    egress: egress[part] ?? [],
  }));
}

/** Each into the first list that has room in its families; in their order within a list. */
function chunks(rules: readonly GroupRule[], limit: number): readonly (readonly GroupRule[])[] {
  const lists: { readonly rules: GroupRule[]; readonly counts: Record<Family, number> }[] = [];
  for (const rule of rules) {
    const counted = families.filter((family) => countsIn(rule, family));
    let list = lists.find(({ counts }) => counted.every((family) => counts[family] < limit));
    if (list === undefined) {
      list = { rules: [], counts: { 4: 0, 6: 0 } };
      lists.push(list);
    }
    list.rules.push(rule);
    for (const family of counted) list.counts[family]++;
  }
  return lists.map((list) => list.rules);
}

function problemsOf({ group, members }: CarriedGroup, limit: number): readonly QuotaProblem[] {
  return sides.flatMap((side) =>
    families.flatMap((family): readonly QuotaProblem[] => {
      const counted = group[side].filter((rule) => countsIn(rule, family));
      if (counted.length <= limit) return [];
      const of = `${side === "ingress" ? "inbound" : "outbound"} IPv${family} rules of one security group`;
      const dearest = dearestRules(counted);
      return [{ kind: "quota", members, of, count: counted.length, limit, dearest }];
    }),
  );
}

const shown = 3;

/** Greatest first, equal ones by name. */
function dearestRules(rules: readonly GroupRule[]) {
  const costs = new Map<string, number>();
  for (const { rules: ids } of rules) {
    for (const id of ids) costs.set(id, (costs.get(id) ?? 0) + 1);
  }
  return [...costs]
    .map(([rule, cost]) => ({ rule, cost }))
    .sort((a, b) => b.cost - a.cost || (a.rule < b.rule ? -1 : 1))
    .slice(0, shown);
}
