// What a packet that nothing permits costs on its way through some rules, from kernel.md sections 1
// and 4: nanoseconds on the reference machine. Only ratios matter: they choose between shapes that
// mean the same.
import type { Family } from "../../compiler/sets/address.ts";
import { type AddressSet, addressCount, rangeCount } from "../../compiler/sets/address-set.ts";
import { holdsHosts } from "./set-members.ts";

/** Visiting one rule. */
const ruleNs: Readonly<Record<Family, number>> = { 4: 15, 6: 40 };
const hashNs = 250;
/** A tree of ranges: about 450 ns with 10,000 of them. */
const treeNs = 180;
const treeNsPerDoubling = 20;
/** Loading an element of a hash takes 3.7 us once, of a tree 13 us; it weighs as much as this. */
const hashElementNs = 0.02;
const treeElementNs = 0.07;
/** n chains behind a map take about 0.22 us x n^2: 0.2 s for a thousand, 1.4 s for 2,500. */
const chainSquareNs = 0.0012;

export const visitNs = (family: Family, rules: number): number => rules * ruleNs[family];

/**
 * Asking whether an address is one of these; a single prefix is compared in place. Ranges are
 * counted, of which a few are more than one prefix.
 */
export function lookupNs(sets: readonly AddressSet[]): number {
  const ranges = sets.reduce((sum, set) => sum + rangeCount(set), 0);
  if (ranges <= 1) return 0;
  return holdsHosts(sets) ? hashNs : treeNs + treeNsPerDoubling * Math.log2(ranges);
}

/** What loading one set of these once weighs in every packet, or one map to so many chains. */
export function loadNs(sets: readonly AddressSet[], chains = 0): number {
  const total = (count: (set: AddressSet) => number) =>
    sets.reduce((sum, set) => sum + count(set), 0);
  const elements = holdsHosts(sets)
    ? hashElementNs * total(addressCount)
    : treeElementNs * total(rangeCount);
  return elements + chainSquareNs * chains ** 2;
}
