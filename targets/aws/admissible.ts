// Whom a term may let in beyond its peers: members whose own groups let out what the policy allows and nothing
// else. What they send to a holder is allowed there too; what is not allowed they do not send
// (compiler/held-back.ts proves it of the bytes). Only for terms that name addresses outside.

import type { Fleet } from "../../compiler/plan/fleet.ts";
import { remembered } from "../../compiler/plan/remembered.ts";
import type { EnforcerSlice } from "../../compiler/plan/slice.ts";
import { meet, subtractAll } from "../../compiler/plan/subtract.ts";
import {
  type AddressSet,
  addressesOfFamily,
  isNoAddress,
  noAddress,
  subtractAddresses,
  unionOfAddresses,
  unionsByKey,
} from "../../compiler/sets/address-set.ts";
import {
  intersectServices,
  isNoService,
  type ServiceSet,
  unionOfServices,
} from "../../compiler/sets/service-set.ts";
import { halfOf } from "./members.ts";
import type { Term } from "./term.ts";

/** Whom a term may let in beyond its peers, and by prefixes that have some of whom alone. */
export interface Slack {
  readonly admissible: AddressSet;
  readonly open: AddressSet;
}

export const noSlack: Slack = { admissible: noAddress, open: noAddress };

export function admissibleFor(fleet: Fleet, terms: readonly Term[]): (term: Term) => Slack {
  const { members, managed } = fleet;
  const held = heldByRealm(fleet);
  const strangersTo = trespassers(fleet, terms);
  const ending = terms.filter((one) => one.direction === "egress" && one.until !== undefined);
  return ({ realm, direction, outside, holders, service }) => {
    // An interface that is only observed lets through all but what is refused: that exactly.
    const isObserved = holders.some((holder) => {
      const slice = members[holder]?.slice;
      return slice === undefined || halfOf(slice, "ingress")?.observed !== undefined;
    });
    if (isObserved) return noSlack;
    // Nobody knows who may send to an address that nobody knows.
    const isUnknown = holders.some((holder) => members[holder]?.addresses.size === 0);
    if (isUnknown) return noSlack;
    const unmanaged = subtractAddresses(outside, managed.get(realm) ?? noAddress);
    if (direction === "egress" || isNoAddress(unmanaged)) return noSlack;
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
    const slices = new Set(holders.flatMap((holder) => members[holder]?.slice ?? []));
    const strangers = [...slices].flatMap((slice) => strangersTo(slice, realm, service));
    const own = subtractAddresses(
      held.get(realm) ?? noAddress,
      unionOfAddresses([...leaving, ...strangers]),
    );
    const admissible = unionOfAddresses(families.map((family) => addressesOfFamily(own, family)));
    return { admissible, open: unmanaged };
  };
}

/**
 * Addresses of those whom their own enforcers elsewhere may let send to members of a slice what these do not let
 * in for good: no proof could lean on them.
 */
function trespassers({ members, elsewhere }: Fleet, terms: readonly Term[]) {
  const lasting = terms.filter((one) => one.direction === "ingress" && one.until === undefined);
  const at = remembered((slice: EnforcerSlice) => {
    const own = [...members.entries()].filter(([, member]) => member.slice === slice);
    const places = new Set(own.map(([place]) => place));
    return {
      members: own.map(([, member]) => member),
      letIn: lasting.filter(({ holders }) => holders.some((holder) => places.has(holder))),
    };
  });
  return (slice: EnforcerSlice, realm: string, service: ServiceSet): readonly AddressSet[] => {
    if (elsewhere.length === 0) return [];
    const { members: own, letIn } = at(slice);
    const to = unionOfAddresses(own.flatMap(({ addresses }) => addresses.get(realm) ?? []));
    return elsewhere.flatMap(({ alone, sends }) => {
      const from = alone.get(realm);
      if (from === undefined) return [];
      const sent = sends.filter((one) => meet(one, { remote: to, service }));
      const flows = {
        remote: from,
        service: intersectServices(unionOfServices(sent.map((one) => one.service)), service),
      };
      return isNoService(flows.service) || subtractAll(flows, letIn).length === 0 ? [] : [from];
    });
  };
}

/** Addresses of those whose egress is enforced, here or elsewhere, and that nobody else has. */
export function heldByRealm({ members, elsewhere }: Fleet): ReadonlyMap<string, AddressSet> {
  const sending = members.filter(({ slice }) => {
    const half = halfOf(slice, "egress");
    return half !== undefined && half.observed === undefined;
  });
  return unionsByKey([...sending, ...elsewhere].flatMap(({ alone }) => [...alone]));
}
