// What a packet that nothing permits costs on its way through some rules, from kernel.md sections 1
// and 4: nanoseconds on the reference machine, by the dearer of the two backends (nf_tables). Only
// ratios matter: they choose between shapes that mean the same.
import type { Family } from "../../compiler/sets/address.ts";

/**
 * Visiting one rule that looks at ports. kernel.md has 15 ns for a plain comparison in IPv4; by
 * bench/packets.ts sixteen rules with `multiport` and a set cost a refused packet 1.3 us by nf_tables
 * and 0.7 us by legacy, most of it for the rules, in both families.
 */
const ruleNs: Readonly<Record<Family, number>> = { 4: 40, 6: 40 };
/** One look-up in a hash of addresses or of pairs. */
const hashNs = 300;
/** A hash of prefixes is asked once for each length that is in it. */
const lengthNs = 58;
/**
 * Loading a member takes 3 us, once for some 200,000 packets that open a connection; and pairs crowd
 * the cache: a look-up among 50,000 takes 170 ns more than one among 1,000.
 */
const memberNs = { address: 0.015, pair: 0.02 } as const;

export const visitNs = (family: Family, rules: number): number => rules * ruleNs[family];

/** Asking one set that has prefixes of so many lengths. */
export const lookupNs = (lengths: number): number => hashNs + lengthNs * Math.max(lengths - 1, 0);

export const loadNs = (kind: keyof typeof memberNs, members: number): number =>
  members * memberNs[kind];
