// What every chain begins with (language.md section 7, B, and platforms.md B.5): the same for every
// host, whatever its policy. Nothing here depends on a rule.
import type { Direction } from "../../compiler/inventory/types.ts";
import { type Family, knownPrefix } from "../../compiler/sets/address.ts";
import { icmpProtocol } from "../../compiler/sets/service-parts.ts";
import { protocols } from "../../compiler/sets/service-set.ts";
import type { IptChain, IptRule, Match, RuleTarget } from "./ruleset.ts";

export const plainRule = (matches: readonly Match[], target: RuleTarget): IptRule => ({
  matches,
  target,
  comment: undefined,
});

export const accept: RuleTarget = { kind: "accept" };
export const drop: RuleTarget = { kind: "drop" };
export const leave: RuleTarget = { kind: "return" };

export const stateIs = (state: "new" | "established" | "related" | "invalid"): Match => ({
  kind: "state",
  state,
  direction: undefined,
});
const protocolIs = (protocol: number): Match => ({ kind: "protocol", protocol, not: false });
const icmpIs = (type: number): Match => ({ kind: "icmp", type, code: undefined });

/** Same host is no flow. */
export const loopbackRule = (direction: Direction): IptRule =>
  plainRule([{ kind: "loopback", end: direction === "ingress" ? "in" : "out" }], accept);

/** Replies, and everything later in an exchange that was let in. */
export const establishedRules: readonly IptRule[] = [plainRule([stateIs("established")], accept)];

/**
 * The same where a rule asks for the process of a protocol without connections. Such a socket can
 * change hands within one tracked exchange, so what the first end sends is judged every time.
 */
export const establishedRulesByProcess: readonly IptRule[] = [
  plainRule([{ kind: "state", state: "established", direction: "reply" }], accept),
  ...[protocols.tcp, protocols.sctp].map((protocol) =>
    plainRule([protocolIs(protocol), stateIs("established")], accept),
  ),
];

/** ICMP errors about a flow. Nothing else is let in as "related": helpers open no ports here. */
export const relatedRules = (family: Family): readonly IptRule[] =>
  (family === 4 ? [3, 11, 12] : [1, 2, 3, 4]).map((type) =>
    plainRule([icmpIs(type), stateIs("related")], accept),
  );

const linkChainName = "SEG-LINK";

/** Sends ICMPv6 through the link chain. Conntrack leaves it untracked: no state ever lets it in. */
export const linkRule: IptRule = plainRule([protocolIs(protocols.icmp6)], {
  kind: "jump",
  chain: linkChainName,
});

const neighbourDiscovery = [133, 134, 135, 136].map(icmpIs);
const source = (text: string): Match => ({
  kind: "address",
  end: "source",
  cidr: knownPrefix(text),
});
const destination = (text: string): Match => ({
  kind: "address",
  end: "destination",
  cidr: knownPrefix(text),
});

/** Neighbour discovery from this link only; listener discovery within the link. */
export const linkChain: IptChain = {
  name: linkChainName,
  rules: [
    ...neighbourDiscovery.map((match) =>
      plainRule([match, { kind: "hop-limit", value: 255 }], accept),
    ),
    ...neighbourDiscovery.map((match) => plainRule([match], drop)),
    ...["::/128", "fe80::/10"].flatMap((from) =>
      ["fe80::/10", "ff02::/16"].flatMap((to) =>
        [130, 131, 132, 143].map((type) =>
          plainRule([source(from), destination(to), icmpIs(type)], accept),
        ),
      ),
    ),
  ],
};

/** A DHCP client asks, and is answered from an address that it never asked: no state helps. */
export function dhcpRule(direction: Direction, family: Family): IptRule {
  const [client, server] = family === 4 ? [68, 67] : [546, 547];
  const [from, to] = direction === "egress" ? [client, server] : [server, client];
  const port = (end: "source" | "destination", value: number): Match => ({
    kind: "ports",
    protocol: "udp",
    end,
    ranges: [{ first: value, last: value }],
  });
  return plainRule([port("source", from), port("destination", to)], accept);
}

/**
 * Packets of no exchange. Conntrack calls every ICMP type it cannot track invalid, requests too;
 * those are left to the rules, none of which contains a reply or an error.
 */
export const invalidRule = (family: Family): IptRule =>
  plainRule(
    [{ kind: "protocol", protocol: icmpProtocol(family), not: true }, stateIs("invalid")],
    drop,
  );
