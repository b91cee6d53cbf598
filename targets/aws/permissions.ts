// Services as a security group says them: a protocol with ports, or with a type and a code of ICMP.
// Values as the EC2 API has them (platforms.md A.2): -1 for every protocol, type or code, and where there
// are no ports.
import {
  anyService,
  icmpInterval,
  intersectServices,
  isNoService,
  isServiceSubset,
  portInterval,
  protocolInterval,
  protocols,
  type ServiceSet,
  serviceSet,
} from "../../compiler/sets/service-set.ts";

export interface Permission {
  /** `tcp`, `udp`, `icmp`, `icmpv6`, another protocol's number, or `-1`. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
}

const named = new Map<number, string>([
  [protocols.tcp, "tcp"],
  [protocols.udp, "udp"],
  [protocols.icmp4, "icmp"],
  [protocols.icmp6, "icmpv6"],
]);
const numbers = new Map([...named].map(([number, name]) => [name, number]));

const none = { from: -1, to: -1 };

/**
 * As few as there can be, ascending. What is never a flow (replies, errors, neighbour discovery) may
 * be in them: it passes anyhow. Throws for ports of SCTP, which no group can tell apart.
 */
export function permissionsOf(service: ServiceSet): readonly Permission[] {
  if (isServiceSubset(anyService, service)) return [{ protocol: "-1", ...none }];
  return protocolsIn(service).flatMap((number): readonly Permission[] => {
    const whole = ofProtocol(number);
    const own = intersectServices(service, whole);
    const protocol = named.get(number) ?? String(number);
    if (number === protocols.tcp || number === protocols.udp) {
      return own.intervals.map(({ first, last }) => ({
        protocol,
        from: first % 65536,
        to: last % 65536,
      }));
    }
    if (isServiceSubset(whole, own)) return [{ protocol, ...none }];
    if (number === protocols.icmp4) return icmpTypes(4, own, protocol);
    if (number === protocols.icmp6) return icmpTypes(6, own, protocol);
    throw new Error(`bug in segc (aws): a part of protocol ${number}`);
  });
}

function protocolsIn({ intervals }: ServiceSet): readonly number[] {
  const found = new Set<number>();
  for (const { first, last } of intervals) {
    for (let number = first >> 16; number <= last >> 16; number++) found.add(number);
  }
  return [...found]
    .filter((number) => !isNoService(intersectServices({ intervals }, ofProtocol(number))))
    .sort((a, b) => a - b);
}

/** What can be a flow of the protocol. */
const ofProtocol = (number: number): ServiceSet =>
  intersectServices(anyService, serviceSet([protocolInterval(number)]));

function icmpTypes(family: 4 | 6, own: ServiceSet, protocol: string): readonly Permission[] {
  const types = new Set<number>();
  for (const { first, last } of own.intervals) {
    for (let type = (first & 0xffff) >> 8; type <= (last & 0xffff) >> 8; type++) types.add(type);
  }
  return [...types]
    .sort((a, b) => a - b)
    .flatMap((type): readonly Permission[] => {
      const all = serviceSet([icmpInterval(family, type, undefined)]);
      const held = intersectServices(own, all);
      if (isServiceSubset(all, held)) return [{ protocol, from: type, to: -1 }];
      return held.intervals.flatMap(({ first, last }) =>
        Array.from({ length: last - first + 1 }, (_, at) => ({
          protocol,
          from: type,
          to: (first + at) & 255,
        })),
      );
    });
}

/** What of it can be a flow; undefined where the EC2 API takes no such permission. */
export function serviceOf({ protocol, from, to }: Permission): ServiceSet | undefined {
  const found = wholeOf(protocol, from, to);
  return found === undefined ? undefined : intersectServices(anyService, found);
}

function wholeOf(protocol: string, from: number, to: number): ServiceSet | undefined {
  const hasNone = from === -1 && to === -1;
  if (protocol === "-1") return hasNone ? anyService : undefined;
  const number =
    numbers.get(protocol) ?? (/^(0|[1-9]\d{0,2})$/.test(protocol) ? Number(protocol) : 256);
  if (number > 255 || (named.has(number) && !numbers.has(protocol))) return undefined;
  if (number === protocols.tcp || number === protocols.udp) {
    const isRange = isWithin(from, 65535) && isWithin(to, 65535) && from <= to;
    return isRange ? serviceSet([portInterval(number, from, to)]) : undefined;
  }
  if (hasNone) return serviceSet([protocolInterval(number)]);
  if (number !== protocols.icmp4 && number !== protocols.icmp6) return undefined;
  if (!isWithin(from, 255) || !(to === -1 || isWithin(to, 255))) return undefined;
  const family = number === protocols.icmp4 ? 4 : 6;
  return serviceSet([icmpInterval(family, from, to === -1 ? undefined : to)]);
}

const isWithin = (value: number, last: number) =>
  Number.isInteger(value) && value >= 0 && value <= last;
