// Rules of one group in one direction: their order, those that are one to AWS, and what they count.
import { laterOf } from "../../compiler/plan/slice-entries.ts";
import { compareAddresses, type Family, formatCidr } from "../../compiler/sets/address.ts";
import type { GroupRule, Peer } from "./groups.ts";

export function peerText(peer: Peer): string {
  if (peer.kind === "cidr") return formatCidr(peer.cidr);
  return peer.kind === "list" ? peer.list : peer.group;
}

/** Equal for rules that AWS calls duplicates, whatever else is said of them. */
export const ruleKey = ({ protocol, from, to, peer }: GroupRule): string =>
  JSON.stringify([protocol, from, to, peer.kind, peerText(peer), networkOf(peer)]);

export function compareRules(a: GroupRule, b: GroupRule): number {
  return (
    compareTexts(a.protocol, b.protocol) ||
    a.from - b.from ||
    a.to - b.to ||
    comparePeers(a.peer, b.peer)
  );
}

const networkOf = (peer: Peer): string => (peer.kind === "group" ? peer.network : "");

const kinds: readonly Peer["kind"][] = ["cidr", "list", "group"];

/** Prefixes by their addresses, then lists and groups by name, then network. */
function comparePeers(a: Peer, b: Peer): number {
  if (a.kind === "cidr" && b.kind === "cidr") {
    return compareAddresses(a.cidr.address, b.cidr.address) || a.cidr.length - b.cidr.length;
  }
  return (
    kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
    compareTexts(peerText(a), peerText(b)) ||
    compareTexts(networkOf(a), networkOf(b))
  );
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** In their order, duplicates as one: it comes from all their rules, and ends with the last. */
export function joinedRules(rules: readonly GroupRule[]): readonly GroupRule[] {
  const joined = new Map<string, GroupRule>();
  for (const rule of rules) {
    const key = ruleKey(rule);
    const before = joined.get(key);
    joined.set(key, before === undefined ? rule : both(before, rule));
  }
  return [...joined.values()].sort(compareRules);
}

const both = (a: GroupRule, b: GroupRule): GroupRule => ({
  ...a,
  rules: [...new Set([...a.rules, ...b.rules])].sort(),
  until: a.until === undefined || b.until === undefined ? undefined : laterOf(a.until, b.until),
});

/**
 * A group as a peer counts in both families (platforms.md A.4, the cautious reading). Of rules that name no list:
 * these come when everything is known to fit.
 */
export const countsIn = ({ peer }: GroupRule, family: Family): boolean =>
  peer.kind !== "cidr" || peer.cidr.address.family === family;
