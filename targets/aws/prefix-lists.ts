// Prefixes that rules of several groups name together, as managed prefix lists: one rule instead of one for each
// prefix, and one change for all groups at once. To the quota of a group a list counts as many rules as it has
// entries (platforms.md A.4), so nothing that fits without lists does not fit with them.
import { sha256 } from "../../compiler/model/sha256.ts";
import { type Cidr, type Family, formatCidr } from "../../compiler/sets/address.ts";
import type { GroupRule, PrefixList, SecurityGroup } from "./groups.ts";
import { directions } from "./members.ts";
import { slug } from "./names.ts";
import { compareRules } from "./rules.ts";

/** Fewer prefixes are as easy to read in the group, and a list is one thing more to look up. */
const entriesMin = 10;
/** AWS grants no more. */
const entriesMax = 1000;

export interface Listed {
  readonly groups: readonly SecurityGroup[];
  /** Sorted by name. */
  readonly lists: readonly PrefixList[];
}

/** @param max lists that there may be: those that save the most rules */
export function withPrefixLists(groups: readonly SecurityGroup[], max: number): Listed {
  const shared = new Map<string, Shared>();
  for (const group of groups) {
    for (const direction of directions) {
      for (const { key: text, family, cidrs, rule } of blocksOf(group[direction])) {
        const { network } = group;
        const key = keyIn(network, text);
        const none = { key, network, family, cidrs, uses: 0, rules: new Set<string>() };
        const before = shared.get(key) ?? none;
        shared.set(key, before);
        before.uses++;
        for (const id of rule.rules) before.rules.add(id);
      }
    }
  }
  const worth = [...shared.values()]
    .filter(({ uses, cidrs }) => uses > 1 && cidrs.length <= entriesMax)
    .sort((a, b) => saving(b) - saving(a) || compareTexts(a.key, b.key))
    .slice(0, max);
  const names = namesFor(worth);
  const replaced = (rules: readonly GroupRule[], network: string): readonly GroupRule[] => {
    const blocks = blocksOf(rules).filter(({ key }) => names.has(keyIn(network, key)));
    const gone = new Set(blocks.flatMap((block) => block.all));
    const lists = blocks.map(({ key, rule }): GroupRule => {
      const list = names.get(keyIn(network, key)) ?? "";
      return { ...rule, peer: { kind: "list", list } };
    });
    return [...rules.filter((rule) => !gone.has(rule)), ...lists].sort(compareRules);
  };
  return {
    groups: groups.map((group) => ({
      ...group,
      ingress: replaced(group.ingress, group.network),
      egress: replaced(group.egress, group.network),
    })),
    lists: worth
      .map(({ key, network, family, cidrs }) => ({
        name: names.get(key) ?? "",
        network,
        family,
        entries: cidrs,
      }))
      .sort((a, b) => compareTexts(a.name, b.name)),
  };
}

const keyIn = (network: string, key: string): string => JSON.stringify([network, key]);

interface Shared {
  readonly key: string;
  readonly network: string;
  readonly family: Family;
  readonly cidrs: readonly Cidr[];
  /** How often rules name exactly these prefixes. */
  uses: number;
  /** Ids of rules of the policy. */
  readonly rules: Set<string>;
}

/** Rules, less the list and its entries. */
const saving = ({ cidrs: { length }, uses }: Shared): number => (length - 1) * uses - length - 1;

interface Block {
  /** Equal for the same prefixes. */
  readonly key: string;
  readonly family: Family;
  readonly cidrs: readonly Cidr[];
  /** The first; the others differ in their prefixes only. */
  readonly rule: GroupRule;
  readonly all: readonly GroupRule[];
}

/** Rules that differ in the prefixes of a family only, where these are many. */
function blocksOf(rules: readonly GroupRule[]): readonly Block[] {
  const alike = new Map<string, { readonly rule: GroupRule; readonly cidr: Cidr }[]>();
  for (const rule of rules) {
    const { protocol, from, to, peer, rules: ids, until } = rule;
    if (peer.kind !== "cidr") continue;
    const key = JSON.stringify([protocol, from, to, peer.cidr.address.family, ids, until ?? null]);
    const list = alike.get(key);
    if (list === undefined) alike.set(key, [{ rule, cidr: peer.cidr }]);
    else list.push({ rule, cidr: peer.cidr });
  }
  return [...alike.values()].flatMap((list): readonly Block[] => {
    const [first] = list;
    if (first === undefined || list.length < entriesMin) return [];
    const cidrs = list.map(({ cidr }) => cidr);
    const key = cidrs.map(formatCidr).join();
    const all = list.map(({ rule }) => rule);
    return [{ key, family: first.cidr.address.family, cidrs, rule: first.rule, all }];
  });
}

/**
 * From the rules that a list is for, so that it keeps its name when its entries change; lists for the same rules are
 * told apart by their entries. AWS takes no name that begins with `com.amazonaws`.
 */
function namesFor(lists: readonly Shared[]): ReadonlyMap<string, string> {
  const texts = lists.map(({ network, family, rules }) =>
    JSON.stringify([network, family, [...rules].sort()]),
  );
  return new Map(
    lists.map(({ key, family, rules }, at) => {
      const text = texts[at] ?? "";
      const isAlone = texts.filter((other) => other === text).length === 1;
      const digest = sha256(isAlone ? text : `${text} ${key}`).slice(0, 10);
      const [first = "open"] = [...rules].sort();
      return [key, `segc-${slug(first)}-v${family}-${digest}`];
    }),
  );
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** For rules that were taken out since: lists that no rule names any more. */
export function listsNamed(
  lists: readonly PrefixList[],
  groups: readonly SecurityGroup[],
): readonly PrefixList[] {
  const named = new Set(
    groups.flatMap(({ ingress, egress }) =>
      [...ingress, ...egress].flatMap(({ peer }) => (peer.kind === "list" ? [peer.list] : [])),
    ),
  );
  return lists.filter(({ name }) => named.has(name));
}
