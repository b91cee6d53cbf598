// Sets of addresses of both families as sorted ranges, the algebra under `networks`, `outside`,
// `internet` and "everything except": exact, canonical, immutable. A range end is the words of
// its address (address.ts), so one algorithm serves both families.
import { type Cidr, type Family, type IpAddress, knownPrefix } from "./address.ts";

/** Most significant first: one word for IPv4, four for IPv6. */
export type AddressWords = readonly number[];

/** Both ends included. INVARIANT: first <= last. */
export interface AddressRange {
  readonly first: AddressWords;
  readonly last: AddressWords;
}

/** INVARIANT: the ranges of each family are sorted, disjoint and not adjacent. */
export interface AddressSet {
  readonly v4: readonly AddressRange[];
  readonly v6: readonly AddressRange[];
}

export const noAddress: AddressSet = { v4: [], v6: [] };

export const everyAddress: AddressSet = {
  v4: [{ first: [0], last: [0xffffffff] }],
  v6: [{ first: [0, 0, 0, 0], last: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff] }],
};

/** The addresses of the given prefixes, in any order, overlapping or not. */
export function addressSet(cidrs: Iterable<Cidr>): AddressSet {
  const v4: AddressRange[] = [];
  const v6: AddressRange[] = [];
  for (const cidr of cidrs) (cidr.address.family === 4 ? v4 : v6).push(rangeOf(cidr));
  return { v4: canonical(v4), v6: canonical(v6) };
}

/** The set of single addresses, which need not be sorted. */
export function addressSetOf(addresses: Iterable<IpAddress>): AddressSet {
  const v4: AddressRange[] = [];
  const v6: AddressRange[] = [];
  for (const { family, words } of addresses) {
    (family === 4 ? v4 : v6).push({ first: words, last: words });
  }
  return { v4: canonical(v4), v6: canonical(v6) };
}

export function unionAddresses(...sets: readonly AddressSet[]): AddressSet {
  const inhabited = sets.filter((set) => !isNoAddress(set));
  if (inhabited.length <= 1) return inhabited[0] ?? noAddress;
  return {
    v4: canonical(inhabited.flatMap((set) => set.v4)),
    v6: canonical(inhabited.flatMap((set) => set.v6)),
  };
}

export function intersectAddresses(a: AddressSet, b: AddressSet): AddressSet {
  if (a === b) return a;
  return { v4: intersectRanges(a.v4, b.v4), v6: intersectRanges(a.v6, b.v6) };
}

export function subtractAddresses(a: AddressSet, b: AddressSet): AddressSet {
  if (a === b) return noAddress;
  return { v4: subtractRanges(a.v4, b.v4), v6: subtractRanges(a.v6, b.v6) };
}

/** The part of the set that is of this family. */
export function addressesOfFamily(set: AddressSet, family: Family): AddressSet {
  return family === 4 ? { v4: set.v4, v6: [] } : { v4: [], v6: set.v6 };
}

export function hasAddress(set: AddressSet, address: IpAddress): boolean {
  const ranges = rangesOf(set, address.family);
  const range = ranges[lastStartingAtOrBefore(ranges, address.words)];
  return range !== undefined && compareWords(address.words, range.last) <= 0;
}

export function isNoAddress(set: AddressSet): boolean {
  return set.v4.length === 0 && set.v6.length === 0;
}

export function equalAddressSets(a: AddressSet, b: AddressSet): boolean {
  return equalRanges(a.v4, b.v4) && equalRanges(a.v6, b.v6);
}

/** Quick where `a` is small, however large `b` is. */
export function isAddressSubset(a: AddressSet, b: AddressSet): boolean {
  return a === b || (coversRanges(b.v4, a.v4) && coversRanges(b.v6, a.v6));
}

export function rangesOf(set: AddressSet, family: Family): readonly AddressRange[] {
  return family === 4 ? set.v4 : set.v6;
}

/** The fewest prefixes that are exactly this set, IPv4 first, ascending. */
export function cidrsOf(set: AddressSet): readonly Cidr[] {
  return [
    ...set.v4.flatMap((range) => prefixesOf(range, 4)),
    ...set.v6.flatMap((range) => prefixesOf(range, 6)),
  ];
}

/** Numeric order of two addresses of one family. */
export function compareWords(a: AddressWords, b: AddressWords): number {
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] as number) - (b[index] as number); // equal lengths
    if (difference !== 0) return difference;
  }
  return 0;
}

function rangeOf({ address, length }: Cidr): AddressRange {
  return { first: address.words, last: lastUnder(address.words, length) };
}

/** The words with every bit past the first `length` set. */
function lastUnder(words: AddressWords, length: number): AddressWords {
  return words.map((word, index) => {
    const kept = Math.min(32, Math.max(0, length - 32 * index));
    return kept === 32 ? word : (word | (0xffffffff >>> kept)) >>> 0;
  });
}

function canonical(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const sorted = [...ranges].sort((a, b) => compareWords(a.first, b.first));
  const merged: AddressRange[] = [];
  for (const range of sorted) {
    const open = merged.at(-1);
    if (open === undefined || !touches(open, range)) merged.push(range);
    else if (compareWords(range.last, open.last) > 0) {
      merged[merged.length - 1] = { first: open.first, last: range.last };
    }
  }
  return merged;
}

/** True where no address lies between the two; `b` does not start before `a`. */
function touches(a: AddressRange, b: AddressRange): boolean {
  if (compareWords(b.first, a.last) <= 0) return true;
  const next = successor(a.last);
  return next !== undefined && compareWords(b.first, next) === 0;
}

function intersectRanges(
  a: readonly AddressRange[],
  b: readonly AddressRange[],
): readonly AddressRange[] {
  const result: AddressRange[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const left = a[i] as AddressRange; // i and j are in range
    const right = b[j] as AddressRange;
    const first = compareWords(left.first, right.first) >= 0 ? left.first : right.first;
    const last = compareWords(left.last, right.last) <= 0 ? left.last : right.last;
    if (compareWords(first, last) <= 0) result.push({ first, last });
    if (last === left.last) i++;
    else j++;
  }
  return result;
}

function subtractRanges(
  a: readonly AddressRange[],
  b: readonly AddressRange[],
): readonly AddressRange[] {
  if (b.length === 0) return a;
  const result: AddressRange[] = [];
  for (const { first, last } of a) {
    let open: AddressWords | undefined = first;
    for (let j = firstEndingAtOrAfter(b, first); open !== undefined && j < b.length; j++) {
      const hole = b[j] as AddressRange; // j is in range
      if (compareWords(hole.first, last) > 0) break;
      const before = predecessor(hole.first);
      if (before !== undefined && compareWords(open, before) <= 0) {
        result.push({ first: open, last: before });
      }
      open = successor(hole.last);
    }
    if (open !== undefined && compareWords(open, last) <= 0) result.push({ first: open, last });
  }
  return result;
}

/** Canonical ranges are not adjacent, so a covered range lies within a single one. */
function coversRanges(wide: readonly AddressRange[], narrow: readonly AddressRange[]): boolean {
  return narrow.every(({ first, last }) => {
    const range = wide[lastStartingAtOrBefore(wide, first)];
    return range !== undefined && compareWords(last, range.last) <= 0;
  });
}

function equalRanges(a: readonly AddressRange[], b: readonly AddressRange[]): boolean {
  return a.length === b.length && coversRanges(a, b) && coversRanges(b, a);
}

/** Index of the last range with `first` <= words, or -1. */
function lastStartingAtOrBefore(ranges: readonly AddressRange[], words: AddressWords): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    // `middle` lies within the list.
    if (compareWords((ranges[middle] as AddressRange).first, words) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function firstEndingAtOrAfter(ranges: readonly AddressRange[], words: AddressWords): number {
  const index = lastStartingAtOrBefore(ranges, words);
  const range = ranges[index];
  return range !== undefined && compareWords(range.last, words) >= 0 ? index : index + 1;
}

/** The next address, or undefined after the last one. */
function successor(words: AddressWords): AddressWords | undefined {
  const next = [...words];
  for (let index = next.length - 1; index >= 0; index--) {
    const word = next[index] as number;
    if (word !== 0xffffffff) {
      next[index] = word + 1;
      return next;
    }
    next[index] = 0;
  }
  return undefined;
}

/** The previous address, or undefined before the first one. */
function predecessor(words: AddressWords): AddressWords | undefined {
  const previous = [...words];
  for (let index = previous.length - 1; index >= 0; index--) {
    const word = previous[index] as number;
    if (word !== 0) {
      previous[index] = word - 1;
      return previous;
    }
    previous[index] = 0xffffffff;
  }
  return undefined;
}

/** Greedy from the left: the largest aligned block that fits, then the next. */
function prefixesOf({ first, last }: AddressRange, family: Family): readonly Cidr[] {
  const cidrs: Cidr[] = [];
  let open: AddressWords | undefined = first;
  while (open !== undefined && compareWords(open, last) <= 0) {
    let length = family === 4 ? 32 : 128;
    let end: AddressWords = open;
    while (length > 0 && !hasBitAt(open, length - 1)) {
      const wider = lastUnder(open, length - 1);
      if (compareWords(wider, last) > 0) break;
      length--;
      end = wider;
    }
    cidrs.push({ address: addressOf(open, family), length });
    open = successor(end);
  }
  return cidrs;
}

/** Bit 0 is the most significant one. */
function hasBitAt(words: AddressWords, bit: number): boolean {
  return (((words[bit >>> 5] as number) >>> (31 - (bit & 31))) & 1) === 1;
}

/** The address of these words. */
function addressOf(words: AddressWords, family: Family): IpAddress {
  // Ranges of a family hold that family's number of words, so the tuple type is right.
  return { family, words } as unknown as IpAddress;
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
