// Packets that some rule must let pass, as few as tell the rules of a plan apart: for each term, each of its
// permissions and each of its prefixes one that no other term lets pass at the same member, if there is one.
import type { Direction } from "../../../compiler/inventory/types.ts";
import type { UtcDate } from "../../../compiler/model/types.ts";
import type { Fleet } from "../../../compiler/plan/fleet.ts";
import { type PeerProduct, subtractAll } from "../../../compiler/plan/subtract.ts";
import type { Cidr, Family, IpAddress } from "../../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressSet,
  edgesIn,
  hasAddress,
  intersectAddresses,
  noAddress,
  subtractAddresses,
  unionOfAddresses,
  unionsByKey,
} from "../../../compiler/sets/address-set.ts";
import {
  intersectServices,
  type ServiceSet,
  servicesOfFamily,
} from "../../../compiler/sets/service-set.ts";
import type { Placed } from "../member-sets.ts";
import { networkOf, networksInReach, ofInterface } from "../members.ts";
import { serviceOf } from "../permissions.ts";
import type { Term } from "../term.ts";
import type { MemberClass } from "./admission.ts";

export interface Point {
  readonly at: MemberClass;
  readonly direction: Direction;
  readonly peer: IpAddress;
  /** All that a group stands for which has the peer: the addresses of its interface. Undefined outside. */
  readonly group: AddressSet | undefined;
  /** A place on the line of services. */
  readonly service: number;
  /** The last day on which it must pass. */
  readonly until: UtcDate | undefined;
}

/** Classes at which a term is looked at. */
const placesMax = 3;

export function pointsOf(
  fleet: Fleet,
  placed: readonly Placed[],
  classes: readonly MemberClass[],
): readonly Point[] {
  const classOf = new Map(classes.flatMap((one) => one.members.map((at) => [at, one] as const)));
  const groupable = addressesByNetwork(fleet);
  return placed.flatMap((one) => {
    const { term } = one;
    const holding = [...new Set(term.holders.flatMap((holder) => classOf.get(holder) ?? []))];
    const networks = networksInReach(term.network, term.direction, fleet);
    const inGroups = unionOfAddresses(networks.flatMap((one) => groupable.get(one) ?? []));
    return holding
      .sort((a, b) => a.terms.length - b.terms.length)
      .slice(0, placesMax)
      .flatMap((at) => [...pointsAt(at, one, { fleet, inGroups })]);
  });
}

interface Around {
  readonly fleet: Fleet;
  /** Addresses that some group could stand for. */
  readonly inGroups: AddressSet;
}

function* pointsAt(
  at: MemberClass,
  { term, permissions, others }: Placed,
  { fleet, inGroups }: Around,
): Generator<Point> {
  const own = subtractAll<PeerProduct>(
    term,
    at.terms.filter((other) => other !== term && other.direction === term.direction),
  );
  const outside = subtractAddresses(term.outside, inGroups);
  for (const permission of permissions) {
    const service = serviceOf(permission);
    if (service === undefined) continue;
    // What no other term lets pass here first, then whatever it lets pass.
    const parts = [...own, term].map((part) => ({
      remote: part.remote,
      service: intersectServices(part.service, service),
    }));
    const peer = parts.map((part) => memberPeer(at, part, term, fleet)).find(Boolean);
    if (peer !== undefined) yield pointOf(at, term, peer);
    for (const cidr of others) {
      const inside = intersectAddresses(addressSet([cidr]), outside);
      const found = parts.map((part) => outsider(at, part, inside, cidr)).find(Boolean);
      if (found !== undefined) yield pointOf(at, term, found);
    }
  }
}

type Packet = Pick<Point, "peer" | "group" | "service">;

const pointOf = (at: MemberClass, { direction }: Term, packet: Packet): Point => ({
  at,
  direction,
  ...packet,
  until: lastDay(at, direction, packet),
});

/** From or to a member, at an address that it alone has. */
function memberPeer(
  { families }: MemberClass,
  { remote, service }: PeerProduct,
  { peers, realm }: Term,
  { members }: Fleet,
): Packet | undefined {
  for (const place of peers.flatMap((one) => one.members)) {
    const member = members[place];
    const group = ofInterface(member?.addresses.get(realm) ?? noAddress);
    const alone = intersectAddresses(member?.alone.get(realm) ?? noAddress, group);
    for (const family of families) {
      const peer = firstAddress(alone, family);
      const first = firstFlow(service, family);
      if (peer !== undefined && first !== undefined && hasAddress(remote, peer)) {
        return { peer, group, service: first };
      }
    }
  }
  return undefined;
}

function outsider(
  { families }: MemberClass,
  { remote, service }: PeerProduct,
  inside: AddressSet,
  { address: { family } }: Cidr,
): Packet | undefined {
  const peer = firstAddress(intersectAddresses(inside, remote), family);
  const first = firstFlow(service, family);
  return peer === undefined || first === undefined || !families.includes(family)
    ? undefined
    : { peer, group: undefined, service: first };
}

const firstFlow = (service: ServiceSet, family: Family) =>
  intersectServices(service, servicesOfFamily(family)).intervals[0]?.first;

/** Of all that lets it pass there, the last one's: that rule is another than those that end sooner. */
function lastDay(
  { terms }: MemberClass,
  direction: Direction,
  { peer, service }: Packet,
): UtcDate | undefined {
  const days = terms
    .filter(
      (one) =>
        one.direction === direction &&
        one.service.intervals.some(({ first, last }) => first <= service && service <= last) &&
        hasAddress(one.remote, peer),
    )
    .map(({ until }) => until);
  return days.includes(undefined) ? undefined : days.sort().at(-1);
}

function firstAddress(set: AddressSet, family: Family): IpAddress | undefined {
  const [a, b = 0, c = 0, d = 0] = edgesIn(set, family);
  if (a === undefined) return undefined;
  return family === 4 ? { family, words: [a] } : { family, words: [a, b, c, d] };
}

const addressesByNetwork = (fleet: Fleet): ReadonlyMap<string, AddressSet> =>
  unionsByKey(
    fleet.members.flatMap((member) =>
      [...member.addresses.values()].map((own) => [networkOf(member, fleet) ?? "", own] as const),
    ),
  );
