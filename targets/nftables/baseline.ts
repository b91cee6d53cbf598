// What every chain begins with (language.md section 7, B, and platforms.md B.5): the same for every
// host, whatever its policy. Nothing here depends on a rule.

import type { Direction } from "../../compiler/inventory/types.ts";
import { prefixes } from "../../compiler/sets/address-set.ts";
import type { NumberRange, NumberRanges } from "../../compiler/sets/service-parts.ts";
import type { Match, NftRule, Verdict } from "./ruleset.ts";

export const plainRule = (matches: readonly Match[], verdict: Verdict): NftRule => ({
  matches,
  limit: undefined,
  log: undefined,
  verdict,
  comment: undefined,
});

export const accept: Verdict = { kind: "accept" };
export const drop: Verdict = { kind: "drop" };

export const values = (...list: readonly (number | NumberRange)[]): NumberRanges =>
  list.map((item) => (typeof item === "number" ? { first: item, last: item } : item));

const established: Match = { kind: "state", state: "established" };
const related: Match = { kind: "state", state: "related" };

/** Same host is no flow. */
export function loopbackRule(direction: Direction): NftRule {
  const end = direction === "ingress" ? "iif" : "oif";
  return plainRule([{ kind: "loopback", end }], accept);
}

/** Replies, and everything later in an exchange that was let in. */
export const establishedRules: readonly NftRule[] = [plainRule([established], accept)];

/**
 * The same where a rule asks for the process of a protocol without connections. Such a socket can
 * change hands within one tracked exchange, so what the first end sends is judged every time.
 */
export const establishedRulesByProcess: readonly NftRule[] = [
  plainRule([established, { kind: "tracked-direction", direction: "reply" }], accept),
  plainRule([established, { kind: "protocol", ranges: values(6, 132) }], accept),
];

/** ICMP errors about a flow. Nothing else is let in as "related": helpers open no ports here. */
export const relatedRules: readonly NftRule[] = [
  plainRule(
    [related, { kind: "icmp-type", family: 4, ranges: values(3, { first: 11, last: 12 }) }],
    accept,
  ),
  plainRule(
    [related, { kind: "icmp-type", family: 6, ranges: values({ first: 1, last: 4 }) }],
    accept,
  ),
];

const neighbourDiscovery: Match = {
  kind: "icmp-type",
  family: 6,
  ranges: values({ first: 133, last: 136 }),
};

/** Conntrack leaves these untracked, so no state ever lets them in. */
export const linkRules: readonly NftRule[] = [
  plainRule([{ kind: "hop-limit", value: 255 }, neighbourDiscovery], accept),
  plainRule([neighbourDiscovery], drop),
  plainRule(
    [
      {
        kind: "address",
        family: 6,
        end: "saddr",
        of: { kind: "addresses", addresses: prefixes("::/128", "fe80::/10") },
      },
      {
        kind: "address",
        family: 6,
        end: "daddr",
        of: { kind: "addresses", addresses: prefixes("fe80::/10", "ff02::/16") },
      },
      { kind: "icmp-type", family: 6, ranges: values({ first: 130, last: 132 }, 143) },
    ],
    accept,
  ),
];

/** A DHCP client asks, and is answered from an address that it never asked: no state helps. */
export function dhcpRules(direction: Direction): readonly NftRule[] {
  const pairs = [
    { family: 4, client: 68, server: 67 },
    { family: 6, client: 546, server: 547 },
  ] as const;
  return pairs.map(({ family, client, server }) => {
    const [from, to] = direction === "egress" ? [client, server] : [server, client];
    return plainRule(
      [
        { kind: "family", family },
        { kind: "ports", protocol: "udp", end: "sport", ranges: values(from) },
        { kind: "ports", protocol: "udp", end: "dport", ranges: values(to) },
      ],
      accept,
    );
  });
}

/**
 * Packets of no exchange. Conntrack calls every ICMP type it cannot track invalid, requests too;
 * those are left to the rules, none of which contains a reply or an error.
 */
export const invalidRule: NftRule = plainRule(
  [
    { kind: "state", state: "invalid" },
    { kind: "not-protocol", ranges: values(1, 58) },
  ],
  drop,
);
