// An inventory -> its endpoints: workload x address, numbered so that a set is a row of bits.
// Neighbours in the numbering belong to one workload; groups say which endpoints share a realm
// and a family. Address lookups go through one sorted list per family, built on first use.
import type { Inventory, Workload } from "../inventory/types.ts";
import type { Family } from "../sets/address.ts";
import {
  type AddressRange,
  type AddressSet,
  type AddressWords,
  addressSetOf,
  compareWords,
  rangesOf,
} from "../sets/address-set.ts";
import { type Bitset, bitsetOf, emptyBitset, fullBitset, members } from "../sets/bitset.ts";
import type { Endpoint, Group, Universe } from "./types.ts";

/** The realm of what states none, and of symbolic addresses (language.md 6.5 and 11). */
const defaultRealm = "default";

/** Numbers the endpoints of an inventory. */
export function universeOf(inventory: Inventory): Universe {
  const { workloads } = inventory;
  const numbers = groupNumbers(workloads);
  const endpoints: Endpoint[] = [];
  const firstOf = new Uint32Array(workloads.length + 1);
  for (const [workload, { addresses }] of workloads.entries()) {
    for (const { ip, realm } of addresses) {
      const group = numbers.get(groupKey(realm, ip.family)) as number; // all keys were numbered
      endpoints.push({ workload, realm, family: ip.family, address: ip, group });
    }
    if (addresses.length === 0) endpoints.push(...symbolicEndpoints(workload, numbers));
    firstOf[workload + 1] = endpoints.length;
  }
  return {
    workloads,
    endpoints,
    firstOf,
    groups: groupsOf(endpoints, numbers),
    all: fullBitset(endpoints.length),
    none: emptyBitset(endpoints.length),
    within: addressLookup(endpoints),
  };
}

function symbolicEndpoints(workload: number, numbers: ReadonlyMap<string, number>): Endpoint[] {
  return ([4, 6] as const).map((family) => ({
    workload,
    realm: defaultRealm,
    family,
    address: undefined,
    group: numbers.get(groupKey(defaultRealm, family)) as number, // numbered for this workload
  }));
}

/** Families are one digit, so keys sort by realm, then family. */
function groupKey(realm: string, family: Family): string {
  return `${realm} ${family}`;
}

function groupNumbers(workloads: readonly Workload[]): ReadonlyMap<string, number> {
  const keys = new Set<string>();
  for (const { addresses } of workloads) {
    for (const { ip, realm } of addresses) keys.add(groupKey(realm, ip.family));
    if (addresses.length > 0) continue;
    keys.add(groupKey(defaultRealm, 4));
    keys.add(groupKey(defaultRealm, 6));
  }
  return new Map([...keys].sort().map((key, index) => [key, index]));
}

function groupsOf(
  endpoints: readonly Endpoint[],
  numbers: ReadonlyMap<string, number>,
): readonly Group[] {
  const membersOf: number[][] = Array.from(numbers, () => []);
  for (const [index, { group }] of endpoints.entries()) membersOf[group]?.push(index);
  return [...numbers].map(([key, number]) => {
    const members = bitsetOf(endpoints.length, membersOf[number] ?? []);
    return {
      realm: key.slice(0, -2),
      family: key.endsWith("4") ? 4 : 6,
      members,
      addresses: once(() => addressesIn(endpoints, members)),
    };
  });
}

function addressesIn(endpoints: readonly Endpoint[], group: Bitset): AddressSet {
  const addresses = [];
  for (const index of members(group)) {
    const address = endpoints[index]?.address;
    if (address !== undefined) addresses.push(address);
  }
  return addressSetOf(addresses);
}

/** `Universe.within`: policies repeat their networks, so answers to short questions are kept. */
function addressLookup(endpoints: readonly Endpoint[]): (addresses: AddressSet) => Bitset {
  const lists = {
    4: once(() => sortedByAddress(endpoints, 4)),
    6: once(() => sortedByAddress(endpoints, 6)),
  };
  const known = new Map<string, Bitset>();
  return (addresses) => {
    const key = addresses.v4.length + addresses.v6.length <= 64 ? JSON.stringify(addresses) : "";
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = ([4, 6] as const).flatMap((family) => {
      const ranges = rangesOf(addresses, family);
      return ranges.length === 0 ? [] : numbersInRanges(lists[family](), ranges);
    });
    const row = bitsetOf(endpoints.length, found);
    if (key !== "") known.set(key, row);
    return row;
  };
}

function numbersInRanges(
  { numbers, words, symbolic }: AddressList,
  ranges: readonly AddressRange[],
): readonly number[] {
  const found: number[] = [];
  for (const { first, last } of ranges) {
    const end = countBefore(words, (w) => compareWords(w, last) <= 0);
    for (let at = countBefore(words, (w) => compareWords(w, first) < 0); at < end; at++) {
      found.push(numbers[at] as number);
    }
  }
  return isWholeFamily(ranges) ? [...found, ...symbolic] : found;
}

interface AddressList {
  /** Endpoint numbers by ascending address; `words` are their addresses. */
  readonly numbers: readonly number[];
  readonly words: readonly AddressWords[];
  readonly symbolic: readonly number[];
}

function sortedByAddress(endpoints: readonly Endpoint[], family: Family): AddressList {
  const numbers: number[] = [];
  const symbolic: number[] = [];
  for (const [index, endpoint] of endpoints.entries()) {
    if (endpoint.family !== family) continue;
    if (endpoint.address === undefined) symbolic.push(index);
    else numbers.push(index);
  }
  const wordsOf = (index: number) => endpoints[index]?.address?.words as AddressWords; // not symbolic
  numbers.sort((a, b) => compareWords(wordsOf(a), wordsOf(b)));
  return { numbers, words: numbers.map(wordsOf), symbolic };
}

/** How many elements of a sorted list come before the first that does not pass. */
function countBefore(
  sorted: readonly AddressWords[],
  passes: (words: AddressWords) => boolean,
): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    // `middle` lies within the list.
    if (passes(sorted[middle] as AddressWords)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isWholeFamily(ranges: readonly AddressRange[]): boolean {
  return ranges.some(
    ({ first, last }) =>
      first.every((word) => word === 0) && last.every((word) => word === 0xffffffff),
  );
}

/** A value computed when it is first asked for. */
function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}
