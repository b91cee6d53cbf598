// A service set taken apart the way packet filters ask for it: by protocol, and ICMP by type.
import type { Family } from "./address.ts";
import { type Interval, protocols, type ServiceSet, serviceSet } from "./service-set.ts";

/** Both ends included. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/** Sorted, disjoint, not adjacent; never empty. */
export type NumberRanges = readonly NumberRange[];

export const portProtocols = {
  tcp: protocols.tcp,
  udp: protocols.udp,
  sctp: protocols.sctp,
} as const;
export const portNames = ["tcp", "udp", "sctp"] as const;

export const icmpProtocol = (family: Family) => (family === 4 ? protocols.icmp4 : protocols.icmp6);

/** Details (port, type and code) by protocol. */
export function partsByProtocol(service: ServiceSet): ReadonlyMap<number, NumberRanges> {
  const parts = new Map<number, NumberRange[]>();
  for (const { first, last } of service.intervals) {
    for (
      let protocol = Math.floor(first / 65536);
      protocol <= Math.floor(last / 65536);
      protocol++
    ) {
      const part = clamp({ first, last }, protocol);
      if (part === undefined) continue;
      const open = parts.get(protocol) ?? [];
      open.push(part);
      parts.set(protocol, open);
    }
  }
  return parts;
}

/** A protocol without details has the one point 0. */
function clamp(interval: Interval, protocol: number): NumberRange | undefined {
  const first = Math.max(interval.first - protocol * 65536, 0);
  const last = Math.min(interval.last - protocol * 65536, isWide(protocol) ? 65535 : 0);
  return first <= last ? { first, last } : undefined;
}

const isWide = (protocol: number) => Object.values(protocols).some((wide) => wide === protocol);

/** Whether these details are all that the protocol has. */
export const isWholeProtocol = (protocol: number, ranges: NumberRanges) =>
  ranges[0]?.first === 0 && ranges[0].last === (isWide(protocol) ? 65535 : 0);

/** The codes of each ICMP type, by type; `details` are type * 256 + code. */
export function codesByType(details: NumberRanges): ReadonlyMap<number, NumberRanges> {
  const codes = new Map<number, NumberRange[]>();
  for (const { first, last } of details) {
    for (let type = first >> 8; type <= last >> 8; type++) {
      const open = codes.get(type) ?? [];
      open.push({ first: Math.max(first - type * 256, 0), last: Math.min(last - type * 256, 255) });
      codes.set(type, open);
    }
  }
  return codes;
}

export const isWholeType = (codes: NumberRanges) => codes[0]?.first === 0 && codes[0].last === 255;

export const mergeRanges = (ranges: readonly NumberRange[]): NumberRanges =>
  serviceSet(ranges).intervals;
