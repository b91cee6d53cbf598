// What may pass at an interface in any artefact that is right: what its terms say, and by prefixes that have
// addresses outside, as many as no prefix could leave out, what members that send by enforced egress may hold back
// at their own end (compiler/held-back.ts). Rather too much than too little, so that what is called impossible
// here is so.
import type { Direction } from "../../../compiler/inventory/types.ts";
import { type Families, type Fleet, familiesOf } from "../../../compiler/plan/fleet.ts";
import type { EnforcerSlice } from "../../../compiler/plan/slice.ts";
import { type PeerProduct, subtractAll } from "../../../compiler/plan/subtract.ts";
import { type Cidr, type IpAddress, prefixesOver } from "../../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressesMeet,
  addressSet,
  hasAddress,
  isNoAddress,
  noAddress,
  subtractAddresses,
  unionOfAddresses,
} from "../../../compiler/sets/address-set.ts";
import { hasService, serviceSet, unionOfServices } from "../../../compiler/sets/service-set.ts";
import { heldByRealm } from "../admissible.ts";
import { isLeftAlone, networkOf, realmOf } from "../members.ts";
import type { Term } from "../term.ts";
import { type Box, type BoxPart, boxOf } from "./box.ts";

export interface Packet {
  readonly direction: Direction;
  readonly peer: IpAddress;
  /** A place on the line of services. */
  readonly service: number;
}

/** Whether some rule may stand there that lets a packet pass. */
export function mayLetPass(at: MemberClass, { direction, peer, service: point }: Packet): boolean {
  const isIn = ({ remote, service }: PeerProduct) =>
    hasService(service, point) && hasAddress(remote, peer);
  if (!isOfConcern(at, { direction, peer, service: point })) return true;
  if (at.exactly[direction].some(isIn)) return true;
  if (direction === "egress" || !at.heldBack.some(isIn)) return false;
  const service = serviceSet([{ first: point, last: point }]);
  const [alone] = prefixesOver(peer);
  if (alone === undefined) return false;
  return prefixesFrom(alone, direction, [at]).some((remote) =>
    mayStand(at, direction, boxOf("prefix", remote, service)),
  );
}

/** Members that need the same in the same network and families. */
export interface MemberClass {
  readonly network: string;
  readonly families: Families;
  /** Its place among the classes. */
  readonly place: number;
  /** Places in the fleet, ascending; at least one. */
  readonly members: readonly number[];
  readonly terms: readonly Term[];
  /** What the terms say. */
  readonly exactly: Readonly<Record<Direction, readonly PeerProduct[]>>;
  /** What is held back elsewhere, and may come in by a prefix that meets `outside`. */
  readonly heldBack: readonly PeerProduct[];
  readonly outside: AddressSet;
}

/** Classes of all members that carry groups. */
export function memberClasses(fleet: Fleet, terms: readonly Term[]): readonly MemberClass[] {
  const held = new Map<number, Term[]>();
  for (const term of terms) {
    for (const holder of term.holders) {
      const list = held.get(holder);
      if (list === undefined) held.set(holder, [term]);
      else list.push(term);
    }
  }
  const senders = heldByRealm(fleet);
  const slices = new Map<EnforcerSlice, number>();
  const classes = new Map<string, MemberClass & { readonly members: number[] }>();
  for (const [index, member] of fleet.members.entries()) {
    const realm = realmOf(member, fleet);
    const network = networkOf(member, fleet);
    if (realm === undefined || network === undefined || isLeftAlone(member.slice)) continue;
    const number = slices.get(member.slice) ?? slices.size;
    slices.set(member.slice, number);
    const families = familiesOf(member);
    const key = JSON.stringify([number, realm, network, families]);
    const known = classes.get(key);
    if (known !== undefined) {
      known.members.push(index);
      continue;
    }
    const own = held.get(index) ?? [];
    const exactly = { ingress: productsOf(own, "ingress"), egress: productsOf(own, "egress") };
    classes.set(key, {
      ...{ network, families, place: classes.size, members: [index], terms: own, exactly },
      heldBack: heldBack(own, senders.get(realm)),
      outside: unionOfAddresses(
        own.flatMap((one) =>
          one.direction === "ingress"
            ? [subtractAddresses(one.outside, fleet.managed.get(realm) ?? noAddress)]
            : [],
        ),
      ),
    });
  }
  return [...classes.values()];
}

const productsOf = (terms: readonly Term[], direction: Direction): readonly PeerProduct[] =>
  terms.filter((term) => term.direction === direction);

function heldBack(terms: readonly Term[], senders: AddressSet | undefined): readonly PeerProduct[] {
  const open = terms.filter((one) => one.direction === "ingress" && !isNoAddress(one.outside));
  if (senders === undefined || open.length === 0) return [];
  return [{ remote: senders, service: unionOfServices(open.map(({ service }) => service)) }];
}

/**
 * A prefix, and for each class that lets in what is held back elsewhere the narrowest over it that has addresses
 * outside there: a wider one may stand where it does not.
 */
export function prefixesFrom(
  prefix: Cidr,
  direction: Direction,
  among: readonly MemberClass[],
): readonly AddressSet[] {
  const own = addressSet([prefix]);
  if (direction === "egress") return [own];
  const outsides = new Set(
    among.flatMap(({ heldBack, outside }) =>
      heldBack.length === 0 || addressesMeet(own, outside) ? [] : [outside],
    ),
  );
  if (outsides.size === 0) return [own];
  const lengths = new Set([prefix.length]);
  const wider = prefixesOver(prefix.address).slice(-prefix.length - 1);
  for (const outside of outsides) {
    const open = narrowestMeeting(wider, outside);
    if (open !== undefined) lengths.add(open);
  }
  return wider.filter(({ length }) => lengths.has(length)).map((one) => addressSet([one]));
}

/** The length of the first that meets some addresses; each holds those before it. */
function narrowestMeeting(wider: readonly Cidr[], outside: AddressSet): number | undefined {
  let [low, high] = [0, wider.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (addressesMeet(addressSet(wider.slice(middle, middle + 1)), outside)) high = middle;
    else low = middle + 1;
  }
  return wider[low]?.length;
}

/**
 * Whether what rules let pass in a family counts there: interfaces have an address of it, or the direction is open
 * because nothing enforces it, and open in both.
 */
export const isOfConcern = (
  { families, terms }: MemberClass,
  { direction, peer }: Packet,
): boolean =>
  families.includes(peer.family) ||
  terms.some((one) => one.direction === direction && one.rules.length === 0);

/** All that may pass there, by whatever rules. */
export const mayPass = (
  { exactly, heldBack }: MemberClass,
  direction: Direction,
): readonly PeerProduct[] =>
  direction === "egress" ? exactly.egress : [...exactly.ingress, ...heldBack];

/** Whether one rule for some peers and services may stand there. */
export function mayStand(
  at: MemberClass,
  direction: Direction,
  { kind, remote, parts }: Box,
): boolean {
  const isOpen = kind === "prefix" && addressesMeet(remote, at.outside);
  const may = isOpen ? mayPass(at, direction) : at.exactly[direction];
  const own = parts.filter(({ family }) => at.families.includes(family));
  const hasCorners = ({ corner, ends }: BoxPart) =>
    ends.every((end) =>
      may.some((one) => hasService(one.service, end) && hasAddress(one.remote, corner)),
    );
  return (
    own.every(hasCorners) && own.every((part) => subtractAll<PeerProduct>(part, may).length === 0)
  );
}
