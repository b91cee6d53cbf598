// Addresses that no workload of any version has, and that nothing tells apart: atoms of all address sets
// that rules and enforcers name, one for each realm in which some address of theirs is free.
//
// An address that only some of the versions manage is compared as the workload that has it: the others
// do not have that workload, and what they said of the address alone is not reported.
import { linkDestinations, linkSources } from "../extent/product.ts";
import type { Family } from "../sets/address.ts";
import {
  type AddressSet,
  everyAddress,
  internetAddresses,
  isNoAddress,
  noAddress,
  prefixes,
  subtractAddresses,
  unionOfAddresses,
} from "../sets/address-set.ts";
import { addressAtoms } from "../sets/atoms.ts";
import type { SpaceInput } from "./space-input.ts";

export interface OutsideClass {
  readonly realm: string;
  readonly family: Family;
  /** Not empty; none is managed in the realm. */
  readonly addresses: AddressSet;
  /** The same with those that are managed. */
  readonly whole: AddressSet;
}

export interface OutsideClasses {
  readonly classes: readonly OutsideClass[];
  /** The classes that a shared set of some part holds. */
  readonly classesIn: (set: AddressSet) => readonly number[];
}

export function outsideClasses(
  { versions, parts }: SpaceInput,
  share: (set: AddressSet) => AddressSet,
): OutsideClasses {
  const named = new Set<AddressSet>([share(noAddress)]);
  for (const { source, destination } of parts.flat()) {
    named.add(share(source.external)).add(share(destination.external));
  }
  for (const { context } of versions) {
    for (const { unfiltered } of Object.values(context.capabilities)) {
      for (const { peers } of unfiltered) named.add(share(prefixes(...peers)));
    }
  }
  for (const set of [everyAddress, internetAddresses, linkSources, linkDestinations]) {
    named.add(share(set));
  }
  const sets = [...named];
  const managed = managedByRealm(versions);
  const classes: OutsideClass[] = [];
  const holding: number[][] = sets.map(() => []);
  for (const family of [4, 6] as const) {
    for (const { of, addresses } of addressAtoms(sets, family)) {
      for (const [realm, taken] of managed) {
        const free = subtractAddresses(addresses, taken);
        if (isNoAddress(free)) continue;
        for (const set of of) holding[set]?.push(classes.length);
        classes.push({ realm, family, addresses: free, whole: addresses });
      }
    }
  }
  const bySet = new Map(sets.map((set, index) => [set, holding[index] ?? []]));
  return { classes, classesIn: (set) => bySet.get(set) ?? [] };
}

/** What workloads of some version have, in every realm in use, sorted by realm. */
function managedByRealm(versions: SpaceInput["versions"]): readonly [string, AddressSet][] {
  const sets = new Map<string, AddressSet[]>([["default", []]]);
  for (const { context } of versions) {
    for (const { realm, addresses } of context.expansion.universe.groups) {
      const known = sets.get(realm);
      if (known === undefined) sets.set(realm, [addresses()]);
      else known.push(addresses());
    }
  }
  return [...sets]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([realm, some]) => [realm, unionOfAddresses(some)]);
}
