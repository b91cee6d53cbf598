// A service set as conditions on a packet. iptables asks for one protocol, 15 ports or one ICMP type
// at a time, and two of its numbers mean "any": protocol 0, and ICMP type 255 of IPv4. So a large
// set is said by what it leaves out, in a chain that returns for that.
import { multiportMatches } from "../../compiler/minimise/multiport.ts";
import type { Family } from "../../compiler/sets/address.ts";
import {
  codesByType,
  icmpProtocol,
  isWholeProtocol,
  isWholeType,
  type NumberRanges,
  partsByProtocol,
  portNames,
  portProtocols,
} from "../../compiler/sets/service-parts.ts";
import {
  intersectServices,
  type ServiceSet,
  servicesOfFamily,
} from "../../compiler/sets/service-set.ts";
import type { Match } from "./ruleset.ts";

/** Packets that `matches` hold and none of `except` does. */
export interface ServicePart {
  readonly matches: readonly Match[];
  readonly except: readonly Match[];
}

/** Together exactly the set; empty where no flow of this family is in it. */
export function serviceParts(service: ServiceSet, family: Family): readonly ServicePart[] {
  const flows = intersectServices(service, servicesOfFamily(family));
  const parts = partsByProtocol(flows);
  const whole = [...parts].flatMap(([protocol, ranges]) =>
    isWholeProtocol(protocol, ranges) ? [protocol] : [],
  );
  const ports = portNames.flatMap((protocol) => {
    const ranges = parts.get(portProtocols[protocol]);
    if (ranges === undefined || isWholeProtocol(portProtocols[protocol], ranges)) return [];
    return multiportMatches(ranges).map((group): ServicePart => {
      const match: Match = { kind: "ports", protocol, end: "destination", ranges: group };
      return { matches: [match], except: [] };
    });
  });
  const icmp = parts.get(icmpProtocol(family));
  const partly = icmp !== undefined && !isWholeProtocol(icmpProtocol(family), icmp);
  return [...protocolParts(whole), ...ports, ...(partly ? icmpParts(icmp, family) : [])];
}

const protocolMatch = (protocol: number): Match => ({ kind: "protocol", protocol, not: false });

/** Protocol 0 can only be told from the others by leaving out the others. */
function protocolParts(whole: readonly number[]): readonly ServicePart[] {
  if (!whole.includes(0)) {
    return whole.map((protocol) => ({ matches: [protocolMatch(protocol)], except: [] }));
  }
  const others = Array.from({ length: 255 }, (_, index) => index + 1);
  const except = others.filter((protocol) => !whole.includes(protocol)).map(protocolMatch);
  return [{ matches: [], except }];
}

/** Type by type, or all of ICMP but some types, whichever is shorter. */
function icmpParts(details: NumberRanges, family: Family): readonly ServicePart[] {
  const codes = codesByType(details);
  const inside: Match[] = [];
  const outside: Match[] = [];
  for (let type = 0; type < 256; type++) {
    const list = codes.get(type);
    if (list === undefined) outside.push({ kind: "icmp", type, code: undefined });
    else if (isWholeType(list)) inside.push({ kind: "icmp", type, code: undefined });
    else {
      for (let code = 0; code < 256; code++) {
        const isIn = list.some(({ first, last }) => first <= code && code <= last);
        (isIn ? inside : outside).push({ kind: "icmp", type, code });
      }
    }
  }
  return effort(outside, family) + 1 < effort(inside, family)
    ? [{ matches: [protocolMatch(icmpProtocol(family))], except: outside }]
    : inside.map((match) => ({ matches: [match], except: [] }));
}

/** Type 255 of IPv4 needs a match that not every kernel has. */
const effort = (list: readonly Match[], family: Family) =>
  list.length +
  (family === 4 && list.some((match) => match.kind === "icmp" && match.type === 255) ? 64 : 0);
