// A service set as conditions on a packet: whole protocols, ports, ICMP types, ICMP codes. Each
// element of the result is one rule's worth; together they are exactly the set.
import type { Family } from "../../compiler/sets/address.ts";
import {
  codesByType,
  icmpProtocol,
  isWholeProtocol,
  isWholeType,
  mergeRanges,
  type NumberRange,
  type NumberRanges,
  partsByProtocol,
  portNames,
  portProtocols,
} from "../../compiler/sets/service-parts.ts";
import {
  anyProtocol,
  intersectServices,
  type ServiceSet,
  serviceSet,
  servicesOfFamily,
  subtractServices,
} from "../../compiler/sets/service-set.ts";
import type { Match } from "./ruleset.ts";

/** Empty exactly where no flow of this family is in the set. */
export function serviceMatches(service: ServiceSet, family: Family): readonly (readonly Match[])[] {
  const flows = intersectServices(service, servicesOfFamily(family));
  const parts = partsByProtocol(flows);
  const whole = [...parts].filter(([protocol, ranges]) => isWholeProtocol(protocol, ranges));
  const rules: (readonly Match[])[] = [];
  if (whole.length > 0) {
    const ranges = mergeRanges(whole.map(([protocol]) => ({ first: protocol, last: protocol })));
    rules.push([{ kind: "protocol", ranges }]);
  }
  for (const protocol of portNames) {
    const ranges = parts.get(portProtocols[protocol]);
    if (ranges === undefined || isWholeProtocol(portProtocols[protocol], ranges)) continue;
    rules.push([{ kind: "ports", protocol, end: "dport", ranges }]);
  }
  const icmp = parts.get(icmpProtocol(family));
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

const icmpBase = (family: Family) => icmpProtocol(family) * 65536;

/** Everything of these protocols. */
const linesOf = (ranges: NumberRanges): ServiceSet =>
  serviceSet(
    ranges.map(({ first, last }) => ({ first: first * 65536, last: last * 65536 + 65535 })),
  );

const shifted = (ranges: NumberRanges, base: number): ServiceSet =>
  serviceSet(ranges.map(({ first, last }) => ({ first: base + first, last: base + last })));

/** Whole types together, then one rule for each type of which only some codes are in. */
function icmpMatches(
  ranges: readonly NumberRange[],
  family: Family,
): readonly (readonly Match[])[] {
  const codes = codesByType(ranges);
  const whole = [...codes].filter(([, list]) => isWholeType(list)).map(([type]) => point(type));
  const partial = [...codes].filter(([, list]) => !isWholeType(list));
  const rules: (readonly Match[])[] = partial.map(([type, list]) => [
    { kind: "icmp-type", family, ranges: [point(type)] },
    { kind: "icmp-code", family, ranges: list },
  ]);
  if (whole.length === 0) return rules;
  return [[{ kind: "icmp-type", family, ranges: mergeRanges(whole) }], ...rules];
}

const point = (value: number): NumberRange => ({ first: value, last: value });
