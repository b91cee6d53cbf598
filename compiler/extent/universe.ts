// An inventory -> its endpoints: workload x address, numbered so that a set is a row of bits.
// Neighbours in the numbering belong to one workload; groups say which endpoints share a realm
// and a family. Address lookups go through one sorted list per family, built on first use.
import type { Inventory, Workload } from "../inventory/types.ts";
import type { Family } from "../sets/address.ts";
import { bitsetOf, emptyBitset, fullBitset } from "../sets/bitset.ts";
import { addressLookup } from "./address-lookup.ts";
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
  const lookup = addressLookup(endpoints);
  return {
    workloads,
    endpoints,
    firstOf,
    groups: groupsOf(endpoints, numbers, lookup.addressesAt),
    all: fullBitset(endpoints.length),
    none: emptyBitset(endpoints.length),
    ...lookup,
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
  addressesAt: Universe["addressesAt"],
): readonly Group[] {
  const membersOf: number[][] = Array.from(numbers, () => []);
  for (const [index, { group }] of endpoints.entries()) membersOf[group]?.push(index);
  return [...numbers].map(([key, number]) => {
    const members = bitsetOf(endpoints.length, membersOf[number] ?? []);
    return {
      realm: key.slice(0, -2),
      family: key.endsWith("4") ? 4 : 6,
      members,
      addresses: once(() => addressesAt(members)),
    };
  });
}

/** A value computed when it is first asked for. */
function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}
