// Packets that some rule must let pass, as few as tell the rules of a plan apart: for each term, each of its
// permissions and each of its prefixes one that no other term lets pass at the same member, if there is one.
import type { Direction } from "../../../compiler/inventory/types.ts";
import type { UtcDate } from "../../../compiler/model/types.ts";
import type { Fleet, FleetMember } from "../../../compiler/plan/fleet.ts";
import { type PeerProduct, subtractAll } from "../../../compiler/plan/subtract.ts";
import {
  type Cidr,
  type Family,
  formatAddress,
  type IpAddress,
} from "../../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressSet,
  hasAddress,
  intersectAddresses,
  noAddress,
  subtractAddresses,
  unionOfAddresses,
  unionsByKey,
} from "../../../compiler/sets/address-set.ts";
import {
  hasService,
  intersectServices,
  type ServiceSet,
  servicesOfFamily,
} from "../../../compiler/sets/service-set.ts";
import type { Placed } from "../member-sets.ts";
import { networkOf, networksInReach, ofInterface } from "../members.ts";
import { serviceOf } from "../permissions.ts";
import type { Term } from "../term.ts";
import { isOfConcern, type MemberClass } from "./admission.ts";
import { firstAddress } from "./box.ts";

export interface Point {
  readonly at: MemberClass;
  /** Held there: what lets it pass. */
  readonly term: Term;
  readonly direction: Direction;
  readonly peer: IpAddress;
  /** Undefined outside. */
  readonly member: PeerMember | undefined;
  /** A place on the line of services. */
  readonly service: number;
  /** The last day on which it must pass. */
  readonly until: UtcDate | undefined;
}

export interface PeerMember {
  /** In the fleet. */
  readonly place: number;
  /** What every group stands for that has it: the addresses of its interface. */
  readonly addresses: AddressSet;
  readonly network: string;
}

/** Of so many terms each is compared with all others. */
const fewMax = 200;

const piecesMax = 50;

/** Classes at which a term is looked at. */
const placesMax = 3;

export function pointsOf(
  fleet: Fleet,
  placed: readonly Placed[],
  classes: readonly MemberClass[],
): readonly Point[] {
  const classOf = new Map(classes.flatMap((one) => one.members.map((at) => [at, one] as const)));
  const groupable = addressesByNetwork(fleet);
  const isFew = placed.length <= fewMax;
  return placed.flatMap((one) => {
    const { term } = one;
    const holding = [...new Set(term.holders.flatMap((holder) => classOf.get(holder) ?? []))];
    const networks = networksInReach(term.network, term.direction, fleet);
    const inGroups = unionOfAddresses(networks.flatMap((one) => groupable.get(one) ?? []));
    const elsewhere = isFew ? placed.map((other) => other.term).filter(isLike(term)) : undefined;
    return holding
      .sort((a, b) => a.terms.length - b.terms.length)
      .slice(0, placesMax)
      .flatMap((at) => pointsAt(at, one, { fleet, inGroups, elsewhere }));
  });
}

interface Around {
  readonly fleet: Fleet;
  /** Addresses that some group could stand for. */
  readonly inGroups: AddressSet;
  /** Other terms that may be held elsewhere. Undefined where there are too many to look at. */
  readonly elsewhere: readonly Term[] | undefined;
}

const isLike = (term: Term) => (other: Term) =>
  other !== term && other.direction === term.direction && other.network === term.network;

function pointsAt(at: MemberClass, placed: Placed, around: Around): readonly Point[] {
  const found = new Map<string, Point>();
  for (const point of pointsIn(at, placed, around)) {
    found.set(`${formatAddress(point.peer)} ${point.service}`, point);
  }
  return [...found.values()];
}

function* pointsIn(
  at: MemberClass,
  { term, permissions, others }: Placed,
  { fleet, inGroups, elsewhere }: Around,
): Generator<Point> {
  // What no other term lets pass here first, then whatever it lets pass; and what none lets pass anywhere.
  const own = subtractAll<PeerProduct>(term, at.terms.filter(isLike(term)));
  const ways: (readonly PeerProduct[])[] = [[...own, term]];
  if (elsewhere !== undefined) ways.push(leftOf(term, elsewhere));
  const outside = subtractAddresses(term.outside, inGroups);
  for (const permission of permissions) {
    const service = serviceOf(permission);
    if (service === undefined) continue;
    for (const way of ways) {
      const parts = way.map((part) => ({
        direction: term.direction,
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
}

/** What no other term says; nothing where that is in too many pieces. */
function leftOf(term: PeerProduct, others: readonly PeerProduct[]): readonly PeerProduct[] {
  let left: readonly PeerProduct[] = [term];
  for (const other of others) {
    left = left.flatMap((one) => subtractAll(one, [other]));
    if (left.length > piecesMax) return [];
  }
  return left;
}

type Packet = Pick<Point, "peer" | "member" | "service">;

const pointOf = (at: MemberClass, term: Term, packet: Packet): Point => ({
  at,
  term,
  direction: term.direction,
  ...packet,
  until: lastDay(at, term.direction, packet)?.until,
});

/** The same from or to each of the other members of the peer's network, at an address that it alone has. */
export function* likePackets(point: Point, fleet: Fleet): Generator<Point> {
  const { at, term, peer, member, service } = point;
  if (member === undefined) return;
  const families = [peer.family, ...at.families].filter(
    (family, index, all) =>
      all.indexOf(family) === index && hasService(servicesOfFamily(family), service),
  );
  const { network } = member;
  for (const [place, one] of fleet.members.entries()) {
    if (place === member.place || networkOf(one, fleet) !== network) continue;
    const { addresses, alone } = addressesOf(one, term.realm);
    const other = families.map((family) => firstAddress(alone, family)).find(Boolean);
    if (other === undefined) continue;
    yield pointOf(at, term, { peer: other, member: { place, addresses, network }, service });
  }
}

/** What a group that has the member stands for, and what of it nobody else has. */
function addressesOf(member: FleetMember | undefined, realm: string) {
  const addresses = ofInterface(member?.addresses.get(realm) ?? noAddress);
  const alone = intersectAddresses(member?.alone.get(realm) ?? noAddress, addresses);
  return { addresses, alone };
}

/** From or to a member, at an address that it alone has. */
function memberPeer(
  { families }: MemberClass,
  { remote, service }: PeerProduct,
  { peers, realm }: Term,
  { members }: Fleet,
): Packet | undefined {
  for (const { network, members: places } of peers) {
    for (const place of places) {
      const { addresses, alone } = addressesOf(members[place], realm);
      for (const family of families) {
        const peer = firstAddress(alone, family);
        const first = firstFlow(service, family);
        if (peer !== undefined && first !== undefined && hasAddress(remote, peer)) {
          return { peer, member: { place, addresses, network }, service: first };
        }
      }
    }
  }
  return undefined;
}

function outsider(
  at: MemberClass,
  { remote, service, direction }: PeerProduct & Pick<Term, "direction">,
  inside: AddressSet,
  { address: { family } }: Cidr,
): Packet | undefined {
  const peer = firstAddress(intersectAddresses(inside, remote), family);
  const first = firstFlow(service, family);
  if (peer === undefined || first === undefined) return undefined;
  return isOfConcern(at, { direction, peer, service: first })
    ? { peer, member: undefined, service: first }
    : undefined;
}

const firstFlow = (service: ServiceSet, family: Family) =>
  intersectServices(service, servicesOfFamily(family)).intervals[0]?.first;

/**
 * Of all that lets it pass there, the last one's: that rule is another than those that end sooner. Undefined where
 * nothing does.
 */
export function lastDay(
  { terms }: MemberClass,
  direction: Direction,
  { peer, service }: Packet,
): { readonly until: UtcDate | undefined } | undefined {
  const days = terms
    .filter(
      (one) =>
        one.direction === direction &&
        one.service.intervals.some(({ first, last }) => first <= service && service <= last) &&
        hasAddress(one.remote, peer),
    )
    .map(({ until }) => until);
  if (days.length === 0) return undefined;
  return { until: days.includes(undefined) ? undefined : days.sort().at(-1) };
}

const addressesByNetwork = (fleet: Fleet): ReadonlyMap<string, AddressSet> =>
  unionsByKey(
    fleet.members.flatMap((member) =>
      [...member.addresses.values()].map((own) => [networkOf(member, fleet) ?? "", own] as const),
    ),
  );
