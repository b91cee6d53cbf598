// Whom a term may let in beyond its peers: members whose own groups do not send them to anybody who holds
// it (compiler/held-back.ts proves it of the bytes). Only for terms that name addresses outside.

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

export function admissibleFor(
  { members, managed }: Fleet,
  terms: readonly Term[],
): (term: Term) => AddressSet {
  const egress = terms.filter(({ direction }) => direction === "egress");
  const isHeld = members.map(({ slice }) => {
    const half = halfOf(slice, "egress");
    return half !== undefined && half.observed === undefined;
  });
  return (term) => {
    const { realm, direction, outside, holders, service } = term;
    // An interface that is only observed lets through all but what is refused: that exactly.
    const isObserved = holders.some((holder) => {
      const slice = members[holder]?.slice;
      return slice === undefined || halfOf(slice, "ingress")?.observed !== undefined;
    });
    if (isObserved) return noAddress;
    const unmanaged = subtractAddresses(outside, managed.get(realm) ?? noAddress);
    if (direction === "egress" || isNoAddress(unmanaged)) return noAddress;
    const addresses = holders.flatMap((holder) => members[holder]?.addresses.get(realm) ?? []);
    const flows = { remote: unionOfAddresses(addresses), service };
    const senders = new Set(
      egress.filter((one) => one.realm === realm && meet(one, flows)).flatMap((one) => one.holders),
    );
    const held = unionOfAddresses(
      members.flatMap(({ alone }, index) =>
        isHeld[index] === true && !senders.has(index) ? (alone.get(realm) ?? []) : [],
      ),
    );
    // Only in a family of which such peers are: some who hold the term may know no other.
    const families = ([4, 6] as const).filter(
      (family) => !isNoAddress(addressesOfFamily(unmanaged, family)),
    );
    return unionOfAddresses(families.map((family) => addressesOfFamily(held, family)));
  };
}
