// Whether one rule could let two packets pass in some artefact that is right. A rule of a group holds at everybody who carries it, for all its peers and all its services.

import { prefixOver } from "../../../compiler/sets/address.ts";
import { unionAddresses } from "../../../compiler/sets/address-set.ts";
import { type Bitset, hasBit } from "../../../compiler/sets/bitset.ts";
import {
  anyService,
  type Interval,
  icmpInterval,
  intersectServices,
  protocolInterval,
  protocols,
  type ServiceSet,
  serviceSet,
} from "../../../compiler/sets/service-set.ts";
import { type MemberClass, mayStand, prefixesFrom } from "./admission.ts";
import { type Box, boxOf } from "./box.ts";
import type { Point } from "./points.ts";

/** A packet and the classes of its network at which it may pass. */
export interface Spread {
  readonly point: Point;
  readonly classes: Bitset;
}

/** Whether some rule of a group could let both packets pass. */
export function mayShareRule(one: Spread, other: Spread): boolean {
  const { point: a } = one;
  const { point: b } = other;
  if (a.at.network !== b.at.network) return false;
  if (!hasBit(one.classes, b.at.place) || !hasBit(other.classes, a.at.place)) return false;
  return boxesOver(a, b, [a.at, b.at]).some((box) =>
    [a.at, b.at].every((at) => mayStand(at, a.direction, box)),
  );
}

/** The least that a rule lets pass which lets both packets pass, for each way to say it at some classes. */
export function boxesOver(a: Point, b: Point, among: readonly MemberClass[]): readonly Box[] {
  if (a.direction !== b.direction || a.until !== b.until) return [];
  const service = permissionOver(a.service, b.service);
  const byGroup =
    a.member === undefined || b.member === undefined
      ? []
      : [unionAddresses(a.member.addresses, b.member.addresses)];
  const prefix = prefixOver(a.peer, b.peer);
  const byPrefix = prefix === undefined ? [] : prefixesFrom(prefix, a.direction, among);
  return [
    ...byPrefix.map((remote) => boxOf("prefix", remote, service)),
    ...byGroup.map((remote) => boxOf("group", remote, service)),
  ];
}

/** The least that one permission with both services lets pass (permissions.ts). */
function permissionOver(a: number, b: number): ServiceSet {
  const protocol = Math.floor(a / 65536);
  if (Math.floor(b / 65536) !== protocol) return anyService;
  const interval = intervalOver(protocol, Math.min(a, b), Math.max(a, b));
  return intersectServices(anyService, serviceSet([interval]));
}

function intervalOver(protocol: number, first: number, last: number): Interval {
  if (protocol === protocols.tcp || protocol === protocols.udp) return { first, last };
  const isIcmp = protocol === protocols.icmp4 || protocol === protocols.icmp6;
  if (isIcmp && first === last) return { first, last };
  const type = (first & 0xffff) >> 8;
  if (!isIcmp || (last & 0xffff) >> 8 !== type) return protocolInterval(protocol);
  return icmpInterval(protocol === protocols.icmp4 ? 4 : 6, type, undefined);
}
