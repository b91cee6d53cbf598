// Whether one rule, or one group, could let two packets pass in some artefact that is right. A rule of a
// group holds at everybody who carries it, for all its peers and all its services.
import { prefixOver } from "../../../compiler/sets/address.ts";
import { type AddressSet, addressSet, unionAddresses } from "../../../compiler/sets/address-set.ts";
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
import { type MemberClass, mayAllPass } from "./admission.ts";
import type { Point } from "./points.ts";

/** A packet and the classes at which it may pass; without one, members that let nothing pass. */
export interface Spread {
  readonly at: MemberClass;
  readonly point: Point | undefined;
  readonly classes: Bitset | undefined;
}

/** Whether some group could be carried at both places and let both packets pass. */
export const mayShareGroup = (a: Spread, b: Spread): boolean =>
  a.at.network === b.at.network &&
  (b.classes === undefined || hasBit(b.classes, a.at.place)) &&
  (a.classes === undefined || hasBit(a.classes, b.at.place));

/** Whether some rule of such a group could do it alone. */
export function mayShareRule(one: Spread, other: Spread): boolean {
  const { point: a } = one;
  const { point: b } = other;
  if (a === undefined || b === undefined) return false;
  if (a.direction !== b.direction || a.until !== b.until || !mayShareGroup(one, other))
    return false;
  const service = permissionOver(a.service, b.service);
  return peersOver(a, b).some((peers) =>
    [a.at, b.at].every((at) => mayAllPass(at, a.direction, peers, service)),
  );
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

/** The fewest peers with both: those of a group, of a prefix. */
function peersOver(a: Point, b: Point): readonly AddressSet[] {
  const byGroup =
    a.group === undefined || b.group === undefined ? [] : [unionAddresses(a.group, b.group)];
  const prefix = prefixOver(a.peer, b.peer);
  return prefix === undefined ? byGroup : [addressSet([prefix]), ...byGroup];
}
