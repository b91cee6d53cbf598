// Sets of services as intervals over one integer line: protocol * 65536 + detail, where the
// detail is the destination port (tcp, udp, sctp), type * 256 + code (ICMP of either family), or
// 0 for every other protocol. One line means one algebra for everything a rule can name.

export const protocols = { icmp4: 1, tcp: 6, udp: 17, icmp6: 58, sctp: 132 } as const;

/** Both ends included. INVARIANT: first <= last. */
export interface Interval {
  readonly first: number;
  readonly last: number;
}

/** INVARIANT: sorted, disjoint, not adjacent; so equal sets have equal intervals. */
export interface ServiceSet {
  readonly intervals: readonly Interval[];
}

export const noService: ServiceSet = { intervals: [] };

/** The whole line, points that no packet has among them: what a rule without a service matches. */
export const anyProtocol: ServiceSet = { intervals: [{ first: 0, last: 256 * 65536 - 1 }] };

/** The set of the given intervals, in any order, overlapping or not. */
export function serviceSet(intervals: readonly Interval[]): ServiceSet {
  const sorted = [...intervals].sort((a, b) => a.first - b.first);
  const merged: { first: number; last: number }[] = [];
  for (const { first, last } of sorted) {
    const open = merged.at(-1);
    if (open !== undefined && first <= open.last + 1) open.last = Math.max(open.last, last);
    else merged.push({ first, last });
  }
  return { intervals: merged };
}

/** Whole protocols, tcp/udp/sctp ports first..last, or an ICMP type with all or one code. */
export function protocolInterval(protocol: number): Interval {
  const wide = Object.values(protocols).includes(protocol as 1);
  return { first: protocol * 65536, last: protocol * 65536 + (wide ? 65535 : 0) };
}
export function portInterval(protocol: number, first: number, last: number): Interval {
  return { first: protocol * 65536 + first, last: protocol * 65536 + last };
}
export function icmpInterval(family: 4 | 6, type: number, code: number | undefined): Interval {
  const base = (family === 4 ? protocols.icmp4 : protocols.icmp6) * 65536 + type * 256;
  return { first: base + (code ?? 0), last: base + (code ?? 255) };
}

export interface ServicePoint {
  readonly protocol: number;
  readonly detail: number;
}
export function servicePoint(point: number): ServicePoint {
  return { protocol: Math.floor(point / 65536), detail: point % 65536 };
}

export const unionServices = (...sets: readonly ServiceSet[]): ServiceSet => unionOfServices(sets);

/** The same of as many as there are: a call takes some 100,000 arguments at most. */
export function unionOfServices(sets: readonly ServiceSet[]): ServiceSet {
  return serviceSet(sets.flatMap((set) => set.intervals));
}

export function intersectServices(a: ServiceSet, b: ServiceSet): ServiceSet {
  const intervals: Interval[] = [];
  let i = 0;
  let j = 0;
  while (i < a.intervals.length && j < b.intervals.length) {
    const left = a.intervals[i] as Interval; // i and j are in range
    const right = b.intervals[j] as Interval;
    const first = Math.max(left.first, right.first);
    const last = Math.min(left.last, right.last);
    if (first <= last) intervals.push({ first, last });
    if (left.last < right.last) i++;
    else j++;
  }
  return { intervals };
}

export function subtractServices(a: ServiceSet, b: ServiceSet): ServiceSet {
  const intervals: Interval[] = [];
  for (const { first, last } of a.intervals) {
    let open = first;
    for (const hole of b.intervals) {
      if (hole.last < open) continue;
      if (hole.first > last) break;
      if (hole.first > open) intervals.push({ first: open, last: hole.first - 1 });
      open = hole.last + 1;
    }
    if (open <= last) intervals.push({ first: open, last });
  }
  return { intervals };
}

export function hasService(set: ServiceSet, point: number): boolean {
  let low = 0;
  let high = set.intervals.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const interval = set.intervals[middle] as Interval; // low..high is in range
    if (point < interval.first) high = middle - 1;
    else if (point > interval.last) low = middle + 1;
    else return true;
  }
  return false;
}

export function isNoService(set: ServiceSet): boolean {
  return set.intervals.length === 0;
}

export function equalServices(a: ServiceSet, b: ServiceSet): boolean {
  return (
    a.intervals.length === b.intervals.length &&
    a.intervals.every((interval, index) => {
      const other = b.intervals[index];
      return interval.first === other?.first && interval.last === other.last;
    })
  );
}

export function isServiceSubset(a: ServiceSet, b: ServiceSet): boolean {
  return isNoService(subtractServices(a, b));
}

/**
 * ICMP types that are never flows (language.md 6.2 and 11): replies, errors and neighbour
 * discovery. No service set of a checked model contains them.
 */
export const neverFlows: ServiceSet = serviceSet([
  ...[0, 3, 11, 12, 14].map((type) => icmpInterval(4, type, undefined)),
  ...[1, 2, 3, 4, 129, 133, 134, 135, 136].map((type) => icmpInterval(6, type, undefined)),
]);

const everyProtocol = serviceSet(
  Array.from({ length: 256 }, (_, protocol) => protocolInterval(protocol)),
);

/** Everything that can be a flow in some family: `any-service`. */
export const anyService: ServiceSet = subtractServices(everyProtocol, neverFlows);

/**
 * What can be a flow in this family: ICMP exists only in its own (an IPv4 packet of protocol 58,
 * or an IPv6 packet of protocol 1, is malformed and dropped everywhere).
 */
export function servicesOfFamily(family: 4 | 6): ServiceSet {
  return family === 4 ? familyFour : familySix;
}

/** Every point that a packet of this family can have, replies and errors among them. */
export function packetsOfFamily(family: 4 | 6): ServiceSet {
  return family === 4 ? packetsFour : packetsSix;
}
const packetsFour = subtractServices(
  everyProtocol,
  serviceSet([protocolInterval(protocols.icmp6)]),
);
const packetsSix = subtractServices(everyProtocol, serviceSet([protocolInterval(protocols.icmp4)]));

const familyFour = subtractServices(anyService, serviceSet([protocolInterval(protocols.icmp6)]));
const familySix = subtractServices(anyService, serviceSet([protocolInterval(protocols.icmp4)]));
