// What is to be known of a member of the fleet.
import type { Direction } from "../../compiler/inventory/types.ts";
import type { Fleet, FleetMember } from "../../compiler/plan/fleet.ts";
import { inReachOf } from "../../compiler/plan/network-links.ts";
import { remembered } from "../../compiler/plan/remembered.ts";
import type { DirectionSlice, EnforcerSlice } from "../../compiler/plan/slice.ts";
import {
  type AddressSet,
  addressesOfFamily,
  intersectAddresses,
  privateAddresses,
  unionAddresses,
} from "../../compiler/sets/address-set.ts";

export const directions = ["ingress", "egress"] as const;

export const halfOf = (
  { directions: halves }: EnforcerSlice,
  direction: Direction,
): DirectionSlice | undefined => halves.find((half) => half.direction === direction);

/** Its interfaces keep the groups they have: in each direction it is only observed, or not enforced. */
export const isLeftAlone = ({ directions: halves }: EnforcerSlice): boolean =>
  halves.every(({ observed }) => observed !== undefined);

/**
 * The one realm that a member's addresses are in: without addresses that of all others. Undefined where it is
 * in several, or nothing says in which.
 */
export function realmOf({ addresses }: FleetMember, fleet: Fleet): string | undefined {
  const realms = addresses.size > 0 ? [...addresses.keys()] : realmsOf(fleet);
  const [realm = defaultRealm, ...more] = realms;
  return more.length === 0 ? realm : undefined;
}

/** The network that its groups are of: its realm, where the inventory says nothing else. */
export function networkOf(member: FleetMember, fleet: Fleet): string | undefined {
  const [network, ...more] = member.networks;
  if (network === undefined) return realmOf(member, fleet);
  return more.length === 0 ? network : undefined;
}

const realmsOf = remembered(({ members }: Fleet): readonly string[] => [
  ...new Set(members.flatMap((one) => [...one.addresses.keys()])),
]);

/** The network itself, and those of its realm whose groups its own may name in a direction. */
export function networksInReach(
  network: string,
  direction: Direction,
  fleet: Fleet,
): readonly string[] {
  const realms = realmsByNetwork(fleet);
  const near = inReachOf(network, direction, fleet.links);
  return [...near].filter((one) => realms.get(one) === realms.get(network)).sort();
}

/** Of networks with members. */
export const realmsByNetwork = remembered(
  (fleet: Fleet): ReadonlyMap<string, string> =>
    new Map(
      fleet.members.flatMap((member) => {
        const [network, realm] = [networkOf(member, fleet), realmOf(member, fleet)];
        return network === undefined || realm === undefined ? [] : [[network, realm] as const];
      }),
    ),
);

/** Where nobody has an address. */
const defaultRealm = "default";

/**
 * The addresses that a group stands for: those of the interface itself, which are private ones of IPv4 and
 * all of IPv6 (platforms.md A.2). What else a workload has of IPv4 is translated on the way.
 */
export function ofInterface(addresses: AddressSet): AddressSet {
  return unionAddresses(
    addressesOfFamily(addresses, 6),
    addressesOfFamily(intersectAddresses(addresses, privateAddresses), 4),
  );
}
