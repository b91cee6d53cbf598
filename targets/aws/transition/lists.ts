// Prefix lists as states of a transition hold them, and which of the account is which of the plan: by name, else
// the one that has most of the same entries.
import { type Cidr, type Family, formatCidr } from "../../../compiler/sets/address.ts";
import {
  type LiveAccount,
  type LiveList,
  type LivePeer,
  networkTag,
  plannedListName,
} from "../account/account.ts";
import type { AwsPlan, PrefixList } from "../groups.ts";

export interface ListState {
  readonly name: string;
  readonly family: Family;
  /** By their texts. */
  readonly entries: ReadonlyMap<string, Cidr>;
  /** As how many rules one that names it counts: as many entries as it may have. */
  readonly weight: number;
}

/** By ref: an id, or `new:list/…`. */
export type ListStates = ReadonlyMap<string, ListState>;

export const entriesOf = (cidrs: readonly Cidr[]): ListState["entries"] =>
  new Map(cidrs.map((cidr) => [formatCidr(cidr), cidr]));

export const listStates = ({ prefixLists }: LiveAccount): ListStates =>
  new Map(
    [...prefixLists].map(([id, { name, family, entries, weight }]) => [
      id,
      { name, family, entries: entriesOf(entries), weight },
    ]),
  );

export interface ListMatching {
  /** Refs by the names of the plan. */
  readonly refs: ReadonlyMap<string, string>;
  /** Names of the plan by ref, for lists that are to be made. */
  readonly created: ReadonlyMap<string, string>;
  /** Names of the plan by ref, for lists that are there and were called otherwise. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Ids of ours that the plan knows no more. */
  readonly retired: readonly string[];
  /** How many of ours there are while the change is on its way. */
  readonly own: number;
  /** Whether entries of any list that is there change. */
  readonly isChanging: boolean;
  /** As they should be, ours that are retired among them. */
  readonly states: ListStates;
}

/** @param whole whether lists are found again only where they have the same entries; others are made new */
export function matchLists(
  { lists, groups, attachments }: AwsPlan,
  live: LiveAccount,
  { owner, whole }: { readonly owner: string; readonly whole: boolean },
): ListMatching {
  const networks = new Set([...groups, ...attachments].map(({ network }) => network));
  const named = listsNamedBy(live.groups.flatMap(({ ingress, egress }) => [...ingress, ...egress]));
  // Of several with one name, the one that rules name.
  const ours = [...live.prefixLists.values()]
    .filter((list) => plannedListName(list, owner) !== undefined)
    .filter(({ tags }) => networks.has(tags.get(networkTag) ?? ""))
    .sort((a, b) => Number(named.has(b.id)) - Number(named.has(a.id)));
  const refs = new Map<string, string>();
  const taken = new Set<string>();
  const take = ({ name }: PrefixList, found: LiveList | undefined) => {
    if (found === undefined) return;
    refs.set(name, found.id);
    taken.add(found.id);
  };
  const found = (list: PrefixList) =>
    ours.filter(
      (one) =>
        one.family === list.family &&
        one.tags.get(networkTag) === list.network &&
        !taken.has(one.id) &&
        (!whole || isSame(list, one)),
    );
  for (const list of lists) {
    take(
      list,
      found(list).find((one) => plannedListName(one, owner) === list.name),
    );
  }
  for (const list of lists.filter(({ name }) => !refs.has(name))) {
    take(list, mostAlike(list, found(list)));
  }
  const renamed = lists.flatMap(({ name }) => {
    const ref = refs.get(name) ?? "";
    const found = live.prefixLists.get(ref);
    return found === undefined || plannedListName(found, owner) === name
      ? []
      : [[ref, name] as const];
  });
  const created = lists
    .filter(({ name }) => !refs.has(name))
    .map(({ name }) => [`new:list/${name}`, name] as const);
  const own = ours.length + created.length;
  for (const [ref, name] of created) refs.set(name, ref);
  const states = new Map(listStates(live));
  for (const { name, family, entries } of lists) {
    const ref = refs.get(name) ?? "";
    const called = states.get(ref)?.name ?? name;
    states.set(ref, { name: called, family, entries: entriesOf(entries), weight: entries.length });
  }
  return {
    refs,
    created: new Map(created),
    renamed: new Map(renamed),
    own,
    retired: ours.map(({ id }) => id).filter((id) => !taken.has(id)),
    isChanging: lists.some((list) => {
      const own = live.prefixLists.get(refs.get(list.name) ?? "");
      return own !== undefined && !isSame(list, own);
    }),
    states,
  };
}

/** Refs of the lists that rules name. */
export const listsNamedBy = (rules: Iterable<{ readonly peer: LivePeer }>): ReadonlySet<string> =>
  new Set([...rules].flatMap(({ peer }) => (peer.kind === "list" ? [peer.list] : [])));

function isSame({ entries }: PrefixList, list: LiveList): boolean {
  const wanted = new Set(entries.map(formatCidr));
  return (
    list.entries.length === wanted.size && list.entries.every((one) => wanted.has(formatCidr(one)))
  );
}

/** Of those that have at least half of the entries. */
function mostAlike({ entries }: PrefixList, lists: readonly LiveList[]): LiveList | undefined {
  const wanted = new Set(entries.map(formatCidr));
  const alike = lists.map((list) => ({
    list,
    same: list.entries.filter((cidr) => wanted.has(formatCidr(cidr))).length,
  }));
  const [best] = alike
    .filter(({ same }) => same * 2 >= wanted.size)
    .sort((a, b) => b.same - a.same || (a.list.id < b.list.id ? -1 : 1));
  return best?.list;
}
