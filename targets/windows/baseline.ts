// What passes whatever the policy says (language.md section 7, B) where everything else is blocked by
// default: Windows' own rules for it are local ones, which an artefact of segc puts out of force.
// Replies need none: the firewall keeps state. That a neighbour's message has hop limit 255 the stack
// sees to ([RFC 4861] 7.1), which is no condition of a rule.
import type { Direction } from "../../compiler/inventory/types.ts";
import {
  addressesOfFamily,
  everyAddress,
  prefixes,
  subtractAddresses,
} from "../../compiler/sets/address-set.ts";
import { protocols } from "../../compiler/sets/service-set.ts";
import { unnamed } from "./address-ranges.ts";
import { contentText, type FirewallRule, type RuleContent } from "./rules.ts";

const linkSources = prefixes("fe80::/10");
const linkDestinations = prefixes("fe80::/10", "ff02::/16");

/**
 * Ends of what listeners on a link say. Before a host has an address it says it from `::`, which no rule
 * can name: others do not need that (RFC 3590), and it says it again.
 */
export const linkEnds = {
  ingress: { remote: linkSources, local: linkDestinations },
  egress: { remote: linkDestinations, local: linkSources },
} as const satisfies Record<Direction, unknown>;

export function baselineRules(direction: Direction): readonly FirewallRule[] {
  const isIn = direction === "ingress";
  const side = isIn ? "in" : "out";
  const rules: readonly (readonly [name: string, what: string, of: Partial<RuleContent>])[] = [
    ["dhcp4", "DHCP of IPv4", dhcp(4, 68, 67)],
    ["dhcp6", "DHCP of IPv6", dhcp(6, 546, 547)],
    ["icmp4", "ICMP errors", icmp(protocols.icmp4, [3, 11, 12])],
    ["icmp6", "ICMPv6 errors", icmp(protocols.icmp6, [1, 2, 3, 4])],
    ["nd", "neighbour discovery", icmp(protocols.icmp6, [133, 134, 135, 136])],
    [
      "mld",
      "listeners on the link",
      { ...icmp(protocols.icmp6, [130, 131, 132, 143]), ...linkEnds[direction] },
    ],
  ];
  return rules.map(([name, what, of]) => ({
    ...nothing,
    ...of,
    direction,
    id: `segc-base-${name}-${side}`,
    description: `baseline: ${what}`,
    until: undefined,
  }));
}

const nothing = {
  action: "allow",
  protocol: undefined,
  localPorts: undefined,
  remotePorts: undefined,
  icmp: undefined,
  local: undefined,
  remote: undefined,
  program: undefined,
  service: undefined,
  user: undefined,
} as const satisfies Omit<RuleContent, "direction">;

const icmp = (protocol: number, types: readonly number[]) => ({
  protocol,
  icmp: types.map((type) => ({ type, code: undefined })),
});

const dhcp = (family: 4 | 6, client: number, server: number) => ({
  protocol: protocols.udp,
  localPorts: [{ first: client, last: client }],
  remotePorts: [{ first: server, last: server }],
  remote: subtractAddresses(addressesOfFamily(everyAddress, family), unnamed),
});

/** By content. */
export const isBaseline = (rule: RuleContent): boolean =>
  baselineTexts[rule.direction].has(contentText(rule));

const textsOf = (direction: Direction) =>
  new Map(baselineRules(direction).map((rule) => [contentText(rule), rule.description]));

export const baselineTexts: Readonly<Record<Direction, ReadonlyMap<string, string>>> = {
  ingress: textsOf("ingress"),
  egress: textsOf("egress"),
};
