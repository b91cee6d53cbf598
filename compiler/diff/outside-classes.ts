// Addresses that no workload of any version has, and that nothing tells apart: atoms of all address sets
// that rules and enforcers name, one for each realm in which some address of theirs is free.
//
// An address that only some versions manage is a class of its own, which is there where it is outside. What
// such an address may do is compared with what outside may do in general (`reach.ts`): that a workload came or went
// is told by its own flows, but what rules say of its address alone must not be lost.
import { linkDestinations, linkSources } from "../extent/product.ts";
import type { Family } from "../sets/address.ts";
import {
  type AddressSet,
  everyAddress,
  internetAddresses,
  intersectAddresses,
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
  /** Of each version, whether the addresses are outside there. */
  readonly there: readonly boolean[];
  /** How many sets that rules or enforcers name hold it. */
  readonly named: number;
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
        for (const { free, there } of freeParts(addresses, taken)) {
          for (const set of of) holding[set]?.push(classes.length);
          const whole = there.every((is) => is) ? addresses : free;
          classes.push({ realm, family, addresses: free, whole, there, named: of.length });
        }
      }
    }
  }
  const bySet = new Map(sets.map((set, index) => [set, holding[index] ?? []]));
  return { classes, classesIn: (set) => bySet.get(set) ?? [] };
}

interface FreePart {
  readonly free: AddressSet;
  readonly there: readonly boolean[];
}

/** Addresses by the versions in which nobody has them; those that every version manages are left out. */
function freeParts(addresses: AddressSet, taken: readonly AddressSet[]): readonly FreePart[] {
  let parts: readonly FreePart[] = [{ free: addresses, there: [] }];
  for (const managed of taken) {
    parts = parts.flatMap(({ free, there }) => [
      { free: subtractAddresses(free, managed), there: [...there, true] },
      { free: intersectAddresses(free, managed), there: [...there, false] },
    ]);
    parts = parts.filter(({ free }) => !isNoAddress(free));
  }
  return parts.filter(({ there }) => there.includes(true));
}

/** What workloads of each version have, in every realm in use, sorted by realm. */
function managedByRealm(
  versions: SpaceInput["versions"],
): readonly [string, readonly AddressSet[]][] {
  const realms = new Set(["default"]);
  for (const { context } of versions) {
    for (const { realm } of context.expansion.universe.groups) realms.add(realm);
  }
  return [...realms]
    .sort()
    .map((realm) => [
      realm,
      versions.map(({ context }) =>
        unionOfAddresses(
          context.expansion.universe.groups
            .filter((group) => group.realm === realm)
            .map(({ addresses }) => addresses()),
        ),
      ),
    ]);
}
