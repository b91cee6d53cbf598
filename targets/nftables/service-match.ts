// A service set as conditions on a packet: whole protocols, ports, ICMP types, ICMP codes. Each
// element of the result is one rule's worth; together they are exactly the set.
import type { Family } from "../../compiler/sets/address.ts";
import {
  anyProtocol,
  type Interval,
  intersectServices,
  protocols,
  type ServiceSet,
  serviceSet,
  servicesOfFamily,
  subtractServices,
} from "../../compiler/sets/service-set.ts";
import type { Match, NumberRange, NumberRanges } from "./ruleset.ts";

const portProtocols = { tcp: protocols.tcp, udp: protocols.udp, sctp: protocols.sctp } as const;
const portNames = ["tcp", "udp", "sctp"] as const;

/** Empty exactly where no flow of this family is in the set. */
export function serviceMatches(service: ServiceSet, family: Family): readonly (readonly Match[])[] {
  const flows = intersectServices(service, servicesOfFamily(family));
  const parts = byProtocol(flows);
  const whole = [...parts].filter(([protocol, ranges]) => isWhole(protocol, ranges));
  const rules: (readonly Match[])[] = [];
  if (whole.length > 0) {
    const ranges = merge(whole.map(([protocol]) => ({ first: protocol, last: protocol })));
    rules.push([{ kind: "protocol", ranges }]);
  }
  for (const protocol of portNames) {
    const ranges = parts.get(portProtocols[protocol]);
    if (ranges === undefined || isWhole(portProtocols[protocol], ranges)) continue;
    rules.push([{ kind: "ports", protocol, end: "dport", ranges }]);
  }
  const icmp = parts.get(family === 4 ? protocols.icmp4 : protocols.icmp6);
  return icmp === undefined ? rules : [...rules, ...icmpMatches(icmp, family)];
}

/** The services that a condition on protocol, destination port or ICMP lets pass. */
export function serviceOfMatch(match: Match): ServiceSet {
  switch (match.kind) {
    case "protocol":
      return linesOf(match.ranges);
    case "not-protocol":
      return subtractServices(anyProtocol, linesOf(match.ranges));
    case "ports":
      return shifted(match.ranges, portProtocols[match.protocol] * 65536);
    case "icmp-type": {
      const types = match.ranges.map(({ first, last }) => ({
        first: first * 256,
        last: last * 256 + 255,
      }));
      return shifted(types, icmpBase(match.family));
    }
    case "icmp-code":
      return serviceSet(
        Array.from({ length: 256 }, (_, type) =>
          match.ranges.map(({ first, last }) => ({
            first: icmpBase(match.family) + type * 256 + first,
            last: icmpBase(match.family) + type * 256 + last,
          })),
        ).flat(),
      );
    default:
      return anyProtocol;
  }
}

const icmpBase = (family: Family) => (family === 4 ? protocols.icmp4 : protocols.icmp6) * 65536;

/** Everything of these protocols. */
const linesOf = (ranges: NumberRanges): ServiceSet =>
  serviceSet(
    ranges.map(({ first, last }) => ({ first: first * 65536, last: last * 65536 + 65535 })),
  );

const shifted = (ranges: NumberRanges, base: number): ServiceSet =>
  serviceSet(ranges.map(({ first, last }) => ({ first: base + first, last: base + last })));

/** Details (port, type and code) by protocol. */
function byProtocol(service: ServiceSet): ReadonlyMap<number, readonly NumberRange[]> {
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

const isWhole = (protocol: number, ranges: readonly NumberRange[]) =>
  ranges[0]?.first === 0 && ranges[0].last === (isWide(protocol) ? 65535 : 0);

/** Whole types together, then one rule for each type of which only some codes are in. */
function icmpMatches(
  ranges: readonly NumberRange[],
  family: Family,
): readonly (readonly Match[])[] {
  const codes = new Map<number, NumberRange[]>();
  for (const { first, last } of ranges) {
    for (let type = first >> 8; type <= last >> 8; type++) {
      const open = codes.get(type) ?? [];
      open.push({ first: Math.max(first - type * 256, 0), last: Math.min(last - type * 256, 255) });
      codes.set(type, open);
    }
  }
  const isWholeType = (list: readonly NumberRange[]) =>
    list[0]?.first === 0 && list[0].last === 255;
  const whole = [...codes].filter(([, list]) => isWholeType(list)).map(([type]) => point(type));
  const partial = [...codes].filter(([, list]) => !isWholeType(list));
  const rules: (readonly Match[])[] = partial.map(([type, list]) => [
    { kind: "icmp-type", family, ranges: [point(type)] },
    { kind: "icmp-code", family, ranges: list },
  ]);
  if (whole.length === 0) return rules;
  return [[{ kind: "icmp-type", family, ranges: merge(whole) }], ...rules];
}

const point = (value: number): NumberRange => ({ first: value, last: value });

const merge = (ranges: readonly NumberRange[]) => serviceSet(ranges).intervals;
