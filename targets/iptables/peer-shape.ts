// Peers as members of a set. The kernel asks a set of prefixes once for each length in it, so short
// runs of addresses are cheaper as the hosts they are, and all but some addresses as a prefix with
// exceptions (`nomatch`: the longest prefix that holds an address decides, platforms.md B).
import { remembered } from "../../compiler/plan/remembered.ts";
import type { Cidr, Family } from "../../compiler/sets/address.ts";
import { type AddressSet, edgesIn } from "../../compiler/sets/address-set.ts";
import { prefixesWithExceptions } from "../../compiler/sets/exceptions.ts";
import { fullLength, hostsOrPrefixes, prefixListOf } from "../../compiler/sets/prefix-list.ts";
import { forEachPrefix } from "../../compiler/sets/prefixes.ts";
import { loadNs, lookupNs } from "./cost.ts";
import type { SetMembers } from "./ruleset.ts";

/** A single address; the kernel keeps no null element in a hash of them. */
export const isHost = (cidr: Cidr): boolean => isNarrow(cidr, fullLength(cidr.address.family));

/** To be taken for the hosts in it where prefixes of at least this length are. */
const isNarrow = ({ address, length }: Cidr, hostLength: number): boolean =>
  length >= hostLength && address.words.some((word) => word !== 0);

/** The prefixes, those of at least this length taken apart into hosts. */
export const inHosts = (cidrs: readonly Cidr[], hostLength: number): readonly Cidr[] =>
  cidrs.flatMap((cidr) => (isNarrow(cidr, hostLength) ? hostsIn(cidr) : [cidr]));

function hostsIn(cidr: Cidr): readonly Cidr[] {
  const { family, words } = cidr.address;
  const length = fullLength(family);
  if (cidr.length === length) return [cidr];
  return Array.from({ length: 2 ** (length - cidr.length) }, (_, at): Cidr => {
    const [a = 0, b = 0, c = 0, d = 0] = words;
    return {
      address: family === 4 ? { family, words: [a + at] } : { family, words: [a, b, c, d + at] },
      length,
    };
  });
}

/** All that costs know of peers. */
export interface PeerShape {
  readonly count: number;
  /** How many prefixes there are of each length. */
  readonly lengths: ReadonlyMap<number, number>;
  /** Of the prefix that has the null address, which is no host to the kernel. */
  readonly nullLength: number | undefined;
  /** As few prefixes as there can be where some may be exceptions; undefined where that is no gain. */
  readonly dug: SetMembers | undefined;
}

/** Exceptions are looked for only where there are lengths to save, and not in very long lists. */
const lengthsMin = 3;
const dugRangesMax = 2000;

function digOut(peers: AddressSet, lengths: number): SetMembers | undefined {
  const family = peers.v4.length > 0 ? 4 : 6;
  const edges = edgesIn(peers, family);
  if (lengths < lengthsMin || edges.length > dugRangesMax * (family === 4 ? 2 : 8))
    return undefined;
  const entries = prefixesWithExceptions(edges, family);
  const listOf = (wanted: boolean) =>
    prefixListOf(
      family,
      entries.filter(({ isIn }) => isIn === wanted).map(({ cidr }) => cidr),
    );
  const exceptions = listOf(false);
  return exceptions.lengths.length === 0 ? undefined : { prefixes: listOf(true), exceptions };
}

/** The same peers stand in very many slices. */
export const shapeOf = remembered((peers: AddressSet): PeerShape => {
  const family = peers.v4.length > 0 ? 4 : 6;
  const lengths = new Map<number, number>();
  let count = 0;
  let nullLength: number | undefined;
  forEachPrefix(edgesIn(peers, family), family, (a, b, c, d, length) => {
    count++;
    lengths.set(length, (lengths.get(length) ?? 0) + 1);
    if (a === 0 && b === 0 && c === 0 && d === 0) nullLength = length;
  });
  return { count, lengths, nullLength, dug: digOut(peers, lengths.size) };
});

/** What becomes of peers where prefixes of at least one length are taken apart. */
export interface Apart {
  readonly hosts: number;
  readonly prefixes: number;
  /** Of the prefixes that stay. */
  readonly lengths: ReadonlySet<number>;
}

export function apart(shape: PeerShape, hostLength: number, family: Family): Apart {
  const lengths = new Set<number>();
  let [hosts, prefixes] = [0, 0];
  for (const [length, all] of shape.lengths) {
    const narrow = length < hostLength ? 0 : all - Number(length === shape.nullLength);
    hosts += narrow * 2 ** (fullLength(family) - length);
    prefixes += all - narrow;
    if (narrow < all) lengths.add(length);
  }
  return { hosts, prefixes, lengths };
}

/** A run of four addresses becomes hosts at most: artefacts must not be much longer for it. */
const hostBitsMax = 2;

interface OwnSet {
  readonly hostLength: number;
  /** Instead of taking prefixes apart. */
  readonly dug: SetMembers | undefined;
  readonly lookupNs: number;
  readonly members: number;
}

/** How peers are cheapest as a set of their own. */
export function ownSet(shape: PeerShape, family: Family): OwnSet {
  const full = fullLength(family);
  let best: OwnSet | undefined;
  for (let hostLength = full; hostLength >= full - hostBitsMax; hostLength--) {
    const { hosts, prefixes, lengths } = apart(shape, hostLength, family);
    const set = {
      hostLength,
      dug: undefined,
      lookupNs: lookupNs(lengths.size + Number(hosts > 0 && !lengths.has(full))),
      members: hosts + prefixes,
    };
    if (best === undefined || ns(set) < ns(best)) best = set;
  }
  const { dug } = shape;
  if (best === undefined) throw new Error("bug in segc (iptables): peers without a shape");
  if (dug === undefined) return best;
  const all = [...dug.prefixes.lengths, ...dug.exceptions.lengths];
  const lengths = new Set(all);
  const own = { hostLength: full, dug, lookupNs: lookupNs(lengths.size), members: all.length };
  return ns(own) < ns(best) ? own : best;
}

/** The members of a set of these peers, the cheapest ones there. */
export function ownMembers(peers: AddressSet, family: Family): SetMembers {
  const { hostLength, dug } = ownSet(shapeOf(peers), family);
  return dug ?? plainMembers(peers, family, hostLength);
}

/** Without exceptions; prefixes of at least that length are taken apart. */
export const plainMembers = (
  peers: AddressSet,
  family: Family,
  hostLength = fullLength(family),
): SetMembers => ({
  prefixes: hostsOrPrefixes(peers, family, hostLength),
  exceptions: prefixListOf(family, []),
});

const ns = ({ lookupNs: asked, members }: OwnSet) => asked + loadNs("address", members);
