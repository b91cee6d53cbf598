// What a packet that nothing permits costs on its way through some rules, from kernel.md sections 1
// and 4: nanoseconds on the reference machine. Only ratios matter: they choose between shapes that
// mean the same.
import type { Family } from "../../compiler/sets/address.ts";
import { type AddressSet, hasWideRange, rangeCount } from "../../compiler/sets/address-set.ts";

/** Visiting one rule. */
const ruleNs: Readonly<Record<Family, number>> = { 4: 15, 6: 40 };
const hashNs = 250;
/** A tree of ranges: about 450 ns with 10,000 of them. */
const treeNs = 180;
const treeNsPerDoubling = 20;
/** Loading an element takes 3.7 us once; it weighs as much as this in every packet. */
const elementNs = 0.02;

export const visitNs = (family: Family, rules: number): number => rules * ruleNs[family];

/**
 * Asking whether an address is one of these; a single prefix is compared in place. Ranges are
 * counted, of which a few are more than one prefix.
 */
export function lookupNs(sets: readonly AddressSet[]): number {
  const elements = sets.reduce((sum, set) => sum + rangeCount(set), 0);
  if (elements <= 1) return 0;
  const search = sets.some(hasWideRange)
    ? treeNs + treeNsPerDoubling * Math.log2(elements)
    : hashNs;
  return search + elementNs * elements;
}
