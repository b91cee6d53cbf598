// What is known of single groups in any artefact that is right: of whom they consist at least and at most.
//
// All packets of a column pass from each of its peers at each of its holders. If one rule lets all of them pass,
// then one group has all holders, and one has all peers. If two do, then each of these has all holders, or each
// has all peers: two boxes that fill a box are cut across one side only. So a column costs one rule, and for
// either side a group or one more rule.
import type { Fleet } from "../../../compiler/plan/fleet.ts";
import { compareAddresses, prefixOver } from "../../../compiler/sets/address.ts";
import { noAddress } from "../../../compiler/sets/address-set.ts";
import { type Bitset, bitsetOf, isSubset } from "../../../compiler/sets/bitset.ts";
import { serviceSet } from "../../../compiler/sets/service-set.ts";
import { networkOf, ofInterface } from "../members.ts";
import { type MemberClass, mayStand, prefixesFrom } from "./admission.ts";
import { boxOf } from "./box.ts";
import type { Column } from "./columns.ts";
import type { Point } from "./points.ts";

/** Some group of a network, by places in the fleet: it has everybody in one set, and nobody beyond another. */
export interface Span {
  readonly network: string;
  readonly least: Bitset;
  readonly most: Bitset;
}

/** Whether one group could be both. */
export const mayBeOne = (a: Span, b: Span): boolean =>
  a.network === b.network && isSubset(a.least, b.most) && isSubset(b.least, a.most);

/** A group that all of some members carry, and nobody of other classes than some. */
export function spanOf(
  network: string,
  { least, most }: { readonly least: readonly number[]; readonly most: readonly MemberClass[] },
  fleet: Fleet,
): Span {
  const among = most.flatMap(({ members }) => members);
  return betweenSets(network, { least, most: among }, fleet);
}

function betweenSets(
  network: string,
  { least, most }: Readonly<Record<"least" | "most", readonly number[]>>,
  { members: { length: size } }: Fleet,
): Span {
  return { network, least: bitsetOf(size, least), most: bitsetOf(size, most) };
}

/** @param mostOf at which classes a packet may pass */
export function holderSpan(
  { packets, at: [first, ...more] }: Column,
  mostOf: (packet: Point) => readonly MemberClass[],
  fleet: Fleet,
): readonly Span[] {
  if (first === undefined) return [];
  const least = [first, ...more].flatMap(({ members }) => members);
  return [spanOf(first.network, { least, most: packets.flatMap(mostOf) }, fleet)];
}

/** None where one rule could name all peers by a prefix. */
export function peerSpan(column: Column, fleet: Fleet): readonly Span[] {
  const { packets, at } = column;
  const [point] = packets;
  if (point?.member === undefined || mayShareAddress(column)) return [];
  const { network } = point.member;
  const service = flowOf(point);
  const most = [...fleet.members.entries()].flatMap(([place, member]) => {
    const remote = ofInterface(member.addresses.get(point.term.realm) ?? noAddress);
    const box = boxOf("group", remote, service);
    const isPeer = at.some((one) => mayStand(one, point.direction, box));
    return isPeer && networkOf(member, fleet) === network ? [place] : [];
  });
  const least = packets.flatMap(({ member }) => member?.place ?? []);
  return [betweenSets(network, { least, most }, fleet)];
}

/** Whether one rule could name all peers of a column by a prefix, at some class. */
function mayShareAddress({ packets, at }: Column): boolean {
  const [first, ...more] = packets.toSorted((a, b) => compareAddresses(a.peer, b.peer));
  if (first === undefined) return true;
  const prefix = prefixOver(first.peer, more.at(-1)?.peer ?? first.peer);
  if (prefix === undefined) return false;
  const service = flowOf(first);
  return prefixesFrom(prefix, first.direction, at)
    .map((remote) => boxOf("prefix", remote, service))
    .some((box) => at.some((one) => mayStand(one, first.direction, box)));
}

const flowOf = ({ service }: Point) => serviceSet([{ first: service, last: service }]);
