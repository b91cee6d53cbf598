// Sets of addresses of both families, the algebra under `networks`, `outside`, `internet` and
// "everything except": exact, canonical, immutable. Each family is a list of edges (edges.ts).
import { type Cidr, type Family, type IpAddress, knownPrefix } from "./address.ts";
import {
  areApart,
  combine,
  type Edges,
  edgesMeet,
  edgesOf,
  edgesUpTo,
  inBoth,
  inFirstOnly,
  isCovered,
  isDisjoint,
  noEdges,
  sameEdges,
  stretchesMeeting,
  unionOfEdges,
  withoutCommonRanges,
} from "./edges.ts";
import { prefixesBetween, writeEnd } from "./prefixes.ts";

export interface AddressSet {
  readonly v4: Edges;
  readonly v6: Edges;
}

/** Words of an address of each family. */
export const widthOf = (family: Family): number => (family === 4 ? 1 : 4);

export const noAddress: AddressSet = { v4: noEdges, v6: noEdges };

export const everyAddress: AddressSet = {
  v4: Float64Array.of(0, 2 ** 32),
  v6: Float64Array.of(0, 0, 0, 0, 2 ** 32, 0, 0, 0),
};

/** The addresses of the given prefixes, in any order, overlapping or not. */
export function addressSet(cidrs: Iterable<Cidr>): AddressSet {
  const { v4, v6 } = stretchesOf(cidrs);
  return { v4: edgesOf(v4, 1), v6: edgesOf(v6, 4) };
}

/** The same; undefined where some address is in two of the prefixes. */
export function disjointSet(cidrs: Iterable<Cidr>): AddressSet | undefined {
  const { v4, v6 } = stretchesOf(cidrs);
  if (!isDisjoint([v4], 1) || !isDisjoint([v6], 4)) return undefined;
  return { v4: edgesOf(v4, 1), v6: edgesOf(v6, 4) };
}

/** First address and end of every prefix. */
function stretchesOf(cidrs: Iterable<Cidr>) {
  const list = Array.isArray(cidrs) ? (cidrs as readonly Cidr[]) : [...cidrs];
  let count4 = 0;
  for (const { address } of list) if (address.family === 4) count4++;
  const v4 = new Float64Array(2 * count4);
  const v6 = new Float64Array(8 * (list.length - count4));
  let [at4, at6] = [0, 0];
  for (const { address, length } of list) {
    const { words } = address;
    if (address.family === 4) {
      v4[at4] = words[0];
      v4[at4 + 1] = words[0] + 2 ** (32 - length);
      at4 += 2;
    } else {
      for (let word = 0; word < 4; word++) v6[at6 + word] = words[word] as number; // four words
      writeEnd(v6, at6, 4, length);
      at6 += 8;
    }
  }
  return { v4, v6 };
}

/** The set of single addresses, which need not be sorted. */
export function addressSetOf(addresses: Iterable<IpAddress>): AddressSet {
  return addressSetOfRanges(Array.from(addresses, (one) => ({ first: one, last: one })));
}

/** The addresses from `first` to `last`, both included and of one family, of every range. */
export function addressSetOfRanges(
  ranges: Iterable<{ readonly first: IpAddress; readonly last: IpAddress }>,
): AddressSet {
  const v4: number[] = [];
  const v6: number[] = [];
  for (const { first, last } of ranges) {
    const into = first.family === 4 ? v4 : v6;
    for (const word of first.words) into.push(word);
    pushEnd(into, last.words, first.family === 4 ? 32 : 128);
  }
  return {
    v4: edgesOf(Float64Array.from(v4), 1),
    v6: edgesOf(Float64Array.from(v6), 4),
  };
}

/** The first address after a prefix: 1 added at its last bit. */
function pushEnd(into: number[], words: readonly number[], length: number): void {
  const start = into.length;
  for (const word of words) into.push(word);
  let word = length === 0 ? 0 : (length - 1) >>> 5;
  let sum = (words[word] as number) + 2 ** (length === 0 ? 32 : 31 - ((length - 1) & 31));
  while (sum === 2 ** 32 && word > 0) {
    into[start + word] = 0;
    word--;
    sum = (words[word] as number) + 1; // word is in range
  }
  into[start + word] = sum;
}

/** Whether some address is in both. */
export function addressesMeet(a: AddressSet, b: AddressSet): boolean {
  return a === b ? !isNoAddress(a) : edgesMeet(a.v4, b.v4, 1) || edgesMeet(a.v6, b.v6, 4);
}

/** The ranges of `a` that have some address of `b`, whole. */
export const rangesMeeting = (a: AddressSet, b: AddressSet): AddressSet => ({
  v4: stretchesMeeting(a.v4, b.v4, 1),
  v6: stretchesMeeting(a.v6, b.v6, 4),
});

/** A set of one family by its edges. */
export function addressSetOfEdges(edges: Edges, family: Family): AddressSet {
  return family === 4 ? { v4: edges, v6: noEdges } : { v4: noEdges, v6: edges };
}

export const unionAddresses = (...sets: readonly AddressSet[]): AddressSet =>
  unionOfAddresses(sets);

/** The same of as many as there are: a call takes some 100,000 arguments at most. */
export function unionOfAddresses(sets: readonly AddressSet[]): AddressSet {
  const inhabited = sets.filter((set) => !isNoAddress(set));
  if (inhabited.length <= 1) return inhabited[0] ?? noAddress;
  return {
    v4: unionOfEdges(
      inhabited.map((set) => set.v4),
      1,
    ),
    v6: unionOfEdges(
      inhabited.map((set) => set.v6),
      4,
    ),
  };
}

/** The union of the sets of each key. */
export function unionsByKey(
  pairs: Iterable<readonly [string, AddressSet]>,
): ReadonlyMap<string, AddressSet> {
  const lists = new Map<string, AddressSet[]>();
  for (const [key, set] of pairs) {
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [set]);
    else list.push(set);
  }
  return new Map([...lists].map(([key, list]) => [key, unionOfAddresses(list)]));
}

export function intersectAddresses(a: AddressSet, b: AddressSet): AddressSet {
  if (a === b) return a;
  return { v4: combined(a.v4, b.v4, 1, inBoth), v6: combined(a.v6, b.v6, 4, inBoth) };
}

export function subtractAddresses(a: AddressSet, b: AddressSet): AddressSet {
  if (a === b) return noAddress;
  return { v4: combined(a.v4, b.v4, 1, inFirstOnly), v6: combined(a.v6, b.v6, 4, inFirstOnly) };
}

/** Without a walk where one side is empty. */
function combined(a: Edges, b: Edges, width: number, table: number): Edges {
  if (a.length === 0) return noEdges;
  if (b.length === 0) return table === inBoth ? noEdges : a;
  return combine(a, b, width, table);
}

/** The part of the set that is of this family. */
export function addressesOfFamily(set: AddressSet, family: Family): AddressSet {
  return addressSetOfEdges(edgesIn(set, family), family);
}

export function edgesIn(set: AddressSet, family: Family): Edges {
  return family === 4 ? set.v4 : set.v6;
}

export function hasAddress(set: AddressSet, { family, words }: IpAddress): boolean {
  return edgesUpTo(edgesIn(set, family), words, widthOf(family)) % 2 === 1;
}

export function isNoAddress(set: AddressSet): boolean {
  return set.v4.length === 0 && set.v6.length === 0;
}

export function equalAddressSets(a: AddressSet, b: AddressSet): boolean {
  return a === b || (sameEdges(a.v4, b.v4) && sameEdges(a.v6, b.v6));
}

/** Quick where `a` is small, however large `b` is. */
export function isAddressSubset(a: AddressSet, b: AddressSet): boolean {
  return a === b || (isCovered(a.v4, b.v4, 1) && isCovered(a.v6, b.v6, 4));
}

/** Whether no two of the sets share an address of the family. */
export function areDisjoint(sets: readonly AddressSet[], family: Family): boolean {
  return areApart(
    sets.map((set) => edgesIn(set, family)),
    widthOf(family),
  );
}

/** Whether the set holds every address of the family. */
export function isWhole(set: AddressSet, family: Family): boolean {
  return sameEdges(edgesIn(set, family), edgesIn(everyAddress, family));
}

/**
 * What is left of two sets without the ranges that are in both, whole. Prefixes are taken range by
 * range, so what is left has the prefixes in which the two differ.
 */
export function differingRanges(a: AddressSet, b: AddressSet): readonly [AddressSet, AddressSet] {
  const [a4, b4] = withoutCommonRanges(a.v4, b.v4, 1);
  const [a6, b6] = withoutCommonRanges(a.v6, b.v6, 4);
  return [
    { v4: a4, v6: a6 },
    { v4: b4, v6: b6 },
  ];
}

/** Number of ranges of both families. */
export function rangeCount(set: AddressSet): number {
  return set.v4.length / 2 + set.v6.length / 8;
}

/** Number of addresses of both families; rounded where it is more than 2^53. */
export function addressCount({ v4, v6 }: AddressSet): number {
  let count = 0;
  for (let at = 0; at < v4.length; at += 2) count += (v4[at + 1] ?? 0) - (v4[at] ?? 0);
  for (let at = 0; at < v6.length; at += 8) {
    let length = 0;
    for (let word = at; word < at + 4; word++) {
      length = length * 2 ** 32 + (v6[word + 4] ?? 0) - (v6[word] ?? 0);
    }
    count += length;
  }
  return count;
}

/** The fewest prefixes that are exactly this set, IPv4 first, ascending. */
export function cidrsOf(set: AddressSet): readonly Cidr[] {
  return [...prefixesBetween(set.v4, 4), ...prefixesBetween(set.v6, 6)];
}

/** Equal for equal sets, and only for those. */
export function addressText(set: AddressSet): string {
  return `${set.v4.join()}|${set.v6.join()}`;
}

/**
 * Makes sets of equal content one object, so that what is remembered of one is found again; keeps
 * none of them alive.
 */
export function addressSharing(): (set: AddressSet) => AddressSet {
  const byHash = new Map<number, WeakRef<AddressSet>[]>();
  const shared = new WeakSet<AddressSet>();
  return (set) => {
    if (shared.has(set)) return set;
    const hash = hashOf(set.v6, hashOf(set.v4, 0x811c9dc5));
    const bucket = byHash.get(hash);
    let isStale = false;
    for (const one of bucket ?? []) {
      const other = one.deref();
      if (other === undefined) isStale = true;
      else if (equalAddressSets(other, set)) return other;
    }
    shared.add(set);
    const alive = isStale ? bucket?.filter((one) => one.deref() !== undefined) : bucket;
    if (alive === undefined) byHash.set(hash, [new WeakRef(set)]);
    else {
      alive.push(new WeakRef(set));
      if (isStale) byHash.set(hash, alive);
    }
    return set;
  };
}

/** The one for all that is planned and read in this process. */
export const shareAddresses = addressSharing();

/** FNV-1a over words. */
function hashOf(edges: Edges, start: number): number {
  let hash = start ^ edges.length;
  for (let i = 0; i < edges.length; i++) hash = Math.imul(hash ^ (edges[i] as number), 0x01000193);
  return hash;
}

/** The addresses of prefixes written in this program. */
export function prefixes(...texts: readonly string[]): AddressSet {
  return addressSet(texts.map(knownPrefix));
}

/** Priv of language.md section 7. */
export const privateAddresses: AddressSet = prefixes(
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"],
  ...["fe80::/10", "fc00::/7"],
);

/** What `internet` stands for, before managed addresses are taken out (section 7, exact). */
export const internetAddresses: AddressSet = subtractAddresses(
  everyAddress,
  unionAddresses(
    privateAddresses,
    prefixes("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/127", "ff00::/8"),
  ),
);
