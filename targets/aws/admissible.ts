// Whom a term may let in beyond its peers: members whose own groups let out what the policy allows and nothing
// else. What they send to a holder is allowed there too; what is not allowed they do not send
// (compiler/held-back.ts proves it of the bytes). Only for terms that name addresses outside.

import type { Fleet } from "../../compiler/plan/fleet.ts";
import { meet } from "../../compiler/plan/subtract.ts";
import {
  type AddressSet,
  addressesOfFamily,
  isNoAddress,
  noAddress,
  subtractAddresses,
  unionOfAddresses,
} from "../../compiler/sets/address-set.ts";
import { halfOf } from "./members.ts";
import type { Term } from "./term.ts";

export function admissibleFor(fleet: Fleet, terms: readonly Term[]): (term: Term) => AddressSet {
  const { members, managed, elsewhere } = fleet;
  const held = heldByRealm(fleet);
  const ending = terms.filter((one) => one.direction === "egress" && one.until !== undefined);
  return ({ realm, direction, outside, holders, service }) => {
    // An interface that is only observed lets through all but what is refused: that exactly.
    const isObserved = holders.some((holder) => {
      const slice = members[holder]?.slice;
      return slice === undefined || halfOf(slice, "ingress")?.observed !== undefined;
    });
    if (isObserved) return noAddress;
    const unmanaged = subtractAddresses(outside, managed.get(realm) ?? noAddress);
    if (direction === "egress" || isNoAddress(unmanaged)) return noAddress;
    // Only in a family of which such peers are: some who hold the term may know no other.
    const families = ([4, 6] as const).filter(
      (family) => !isNoAddress(addressesOfFamily(unmanaged, family)),
    );
    // Who may send for some time only is let in for that time: the proof knows no other.
    const addresses = holders.flatMap((holder) => members[holder]?.addresses.get(realm) ?? []);
    const flows = { remote: unionOfAddresses(addresses), service };
    const sending = ending.filter((one) => one.realm === realm && meet(one, flows));
    const leaving = sending
      .flatMap((one) => one.holders)
      .flatMap((holder) => members[holder]?.addresses.get(realm) ?? []);
    const others = elsewhere
      .filter(({ sends }) => sends.some((one) => one.until !== undefined && meet(one, flows)))
      .flatMap(({ alone }) => alone.get(realm) ?? []);
    const own = subtractAddresses(
      held.get(realm) ?? noAddress,
      unionOfAddresses([...leaving, ...others]),
    );
    return unionOfAddresses(families.map((family) => addressesOfFamily(own, family)));
  };
}

/** Addresses of those whose egress is enforced, here or elsewhere, and that nobody else has. */
export function heldByRealm({ members, elsewhere }: Fleet): ReadonlyMap<string, AddressSet> {
  const lists = new Map<string, AddressSet[]>();
  const sending = members.filter(({ slice }) => {
    const half = halfOf(slice, "egress");
    return half !== undefined && half.observed === undefined;
  });
  for (const { alone } of [...sending, ...elsewhere]) {
    for (const [realm, own] of alone) {
      const list = lists.get(realm);
      if (list === undefined) lists.set(realm, [own]);
      else list.push(own);
    }
  }
  return new Map([...lists].map(([realm, list]) => [realm, unionOfAddresses(list)]));
}
