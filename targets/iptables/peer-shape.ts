// Peers as members of a set. The kernel asks a set of prefixes once for each length in it, so short
// runs of addresses are cheaper as the hosts they are.
import { remembered } from "../../compiler/plan/remembered.ts";
import type { Cidr, Family } from "../../compiler/sets/address.ts";
import { type AddressSet, cidrsOf } from "../../compiler/sets/address-set.ts";
import { loadNs, lookupNs } from "./cost.ts";

export const fullLength = (family: Family): number => (family === 4 ? 32 : 128);

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
}

/** The same peers stand in very many slices. */
export const shapeOf = remembered((peers: AddressSet): PeerShape => {
  const cidrs = cidrsOf(peers);
  const lengths = new Map<number, number>();
  for (const { length } of cidrs) lengths.set(length, (lengths.get(length) ?? 0) + 1);
  const nullLength = cidrs.find(({ address }) => address.words.every((word) => word === 0))?.length;
  return { count: cidrs.length, lengths, nullLength };
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

/** A run of 16 addresses becomes hosts at most: artefacts must not be much longer for it. */
const hostBitsMax = 4;

interface OwnSet {
  readonly hostLength: number;
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
      lookupNs: lookupNs(lengths.size + Number(hosts > 0 && !lengths.has(full))),
      members: hosts + prefixes,
    };
    if (best === undefined || ns(set) < ns(best)) best = set;
  }
  return best ?? { hostLength: full, lookupNs: 0, members: 0 };
}

const ns = ({ lookupNs: asked, members }: OwnSet) => asked + loadNs("address", members);
