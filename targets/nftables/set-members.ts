// Addresses as members of a set in the kernel. A set of single addresses is a hash, one with prefixes
// among them a tree: slower to ask and to load. So where prefixes are only hosts that happen to be
// neighbours, each host is a member.
import type { Cidr, Family } from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressCount,
  addressSetOfEdges,
  cidrsOf,
  edgesIn,
  rangeCount,
  widthOf,
} from "../../compiler/sets/address-set.ts";
import { comparePoints, type Edges } from "../../compiler/sets/edges.ts";

/**
 * With as many hosts in a range, a tree of its prefixes takes as long to load as a hash of the hosts
 * (13 us for a prefix, 4 us for a host; bench/README.md), and is slower to ask.
 */
const hostsPerRangeMax = 8;

/** Whether one kernel set that holds all of these has every address by itself. */
export function holdsHosts(sets: readonly AddressSet[]): boolean {
  const hosts = sets.reduce((sum, set) => sum + addressCount(set), 0);
  return hosts <= hostsPerRangeMax * sets.reduce((sum, set) => sum + rangeCount(set), 0);
}

/** The ranges that a hash would hold host by host, and those that it would not. */
export function partedByWidth(set: AddressSet, family: Family) {
  const edges = edgesIn(set, family);
  const width = widthOf(family);
  const hosts: number[] = [];
  const networks: number[] = [];
  for (let at = 0; at < edges.length; at += 2 * width) {
    const range = edges.subarray(at, at + 2 * width);
    const isHosts = holdsHosts([addressSetOfEdges(range, family)]);
    (isHosts ? hosts : networks).push(...range);
  }
  return {
    hosts: addressSetOfEdges(Float64Array.from(hosts), family),
    networks: addressSetOfEdges(Float64Array.from(networks), family),
  };
}

/** The same addresses as ranges of one each, for writing them one by one. Only for sets that hold hosts. */
export function eachByItself(set: AddressSet): AddressSet {
  if (addressCount(set) === rangeCount(set)) return set;
  return { v4: singles(set.v4, 1), v6: singles(set.v6, 4) };
}

function singles(edges: Edges, width: number): Edges {
  const words: number[] = [];
  for (let at = 0; at < edges.length; at += 2 * width) {
    const point = Array.from(edges.subarray(at, at + width));
    while (comparePoints(point, 0, edges, at + width, width) < 0) {
      words.push(...point);
      let word = width - 1;
      for (; word > 0 && point[word] === 0xffffffff; word--) point[word] = 0;
      point[word] = (point[word] as number) + 1; // in range
      words.push(...point);
    }
  }
  return Float64Array.from(words);
}

/** Every address by itself, ascending. Only for sets that hold hosts: others have too many. */
export const hostsOf = (set: AddressSet): readonly Cidr[] => cidrsOf(set).flatMap(hostsIn);

function hostsIn({ address, length }: Cidr): readonly Cidr[] {
  const full = address.family === 4 ? 32 : 128;
  return Array.from({ length: 2 ** (full - length) }, (_, index): Cidr => {
    if (address.family === 4) {
      const [word] = address.words;
      return { address: { family: 4, words: [word + index] }, length: full };
    }
    const [a, b, c, d] = address.words; // a prefix of so few hosts ends within one word
    return { address: { family: 6, words: [a, b, c, d + index] }, length: full };
  });
}
