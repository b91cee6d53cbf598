// Canonical texts: one text for all the ways to write one thing, whatever the order, layout and
// names (language.md 6.1, "Rule ids"). Long parts are replaced by their hash, because segments
// built on segments would otherwise double with every level.
import { type Cidr, compareAddresses, formatCidr } from "../sets/address.ts";
import type { ServiceSet } from "../sets/service-set.ts";
import { sha256 } from "./sha256.ts";

const lengthMax = 200;

/** The text itself, or its hash where it is long. */
export function shortened(text: string): string {
  return text.length <= lengthMax ? text : `#${sha256(text)}`;
}

/** Parts in any order, repeated or not: `{a, b}`; a single part is itself. */
export function listKey(parts: readonly string[], separator: string): string {
  const sorted = [...new Set(parts)].sort();
  const [only] = sorted;
  if (sorted.length === 1 && only !== undefined) return only;
  return shortened(`(${sorted.join(separator)})`);
}

/** `label in {a, b}`, with the leaves or texts a test stands for. */
export function testKey(label: string, verb: string, values: ReadonlySet<string>): string {
  return shortened(`${label} ${verb} ${JSON.stringify([...values].sort())}`);
}

/** Addresses in order, each once. */
export function networksKey(cidrs: readonly Cidr[]): string {
  return shortened(`networks {${cidrs.map(formatCidr).join(" ")}}`);
}

export function serviceKey(service: ServiceSet): string {
  return shortened(service.intervals.map(({ first, last }) => `${first}-${last}`).join(","));
}

/** Sorted by address, then length; each once. */
export function sortedCidrs(cidrs: readonly Cidr[]): readonly Cidr[] {
  const sorted = [...cidrs].sort(
    (a, b) => compareAddresses(a.address, b.address) || a.length - b.length,
  );
  return sorted.filter((cidr, index) => {
    const before = sorted[index - 1];
    return (
      before === undefined ||
      before.length !== cidr.length ||
      compareAddresses(before.address, cidr.address) !== 0
    );
  });
}
