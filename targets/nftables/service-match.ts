// A service set as conditions on a packet: whole protocols, ports, ICMP types, ICMP codes. Each
// element of the result is one rule's worth; together they are exactly the set.
import type { Family } from "../../compiler/sets/address.ts";
import {
  intersectServices,
  type ServiceSet,
  servicesOfFamily,
} from "../../compiler/sets/service-set.ts";
import {
  codesByType,
  icmpProtocol,
  isWholeProtocol,
  isWholeType,
  mergeRanges,
  type NumberRange,
  partsByProtocol,
  portNames,
  portProtocols,
} from "../linux/service-parts.ts";
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
