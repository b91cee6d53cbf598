// The part of the proof that is about no rule: what must pass, or must not, whatever the policy
// (language.md section 7, B; platforms.md B.5). Each class of packets is tried on the plan itself.

import type { Direction } from "../../compiler/inventory/types.ts";
import { type Family, knownPrefix } from "../../compiler/sets/address.ts";
import { meaningOf, type Outcome, type Packet } from "./meaning.ts";
import type { ConntrackState, NftPlan } from "./ruleset.ts";

interface Probe {
  readonly what: string;
  readonly expected: Outcome;
  readonly packets: readonly Partial<Packet>[];
}

const address = (text: string) => knownPrefix(text).address;
const near = { 4: address("10.0.0.1"), 6: address("fe80::1") } as const;
const far = { 4: address("203.0.113.9"), 6: address("fe80::2") } as const;
const tcp = { protocol: 6, sourcePort: 40_000, detail: 443 };

const icmp6 = (type: number, rest: Partial<Packet> = {}): Partial<Packet> => ({
  family: 6,
  protocol: 58,
  detail: type * 256,
  ...rest,
});

const discovery = [133, 134, 135, 136];
const untracked: { readonly state: ConntrackState } = { state: "untracked" };

function probes(direction: Direction, drops: boolean): readonly Probe[] {
  const between = (family: Family, client: number, server: number): Partial<Packet> =>
    direction === "egress"
      ? { family, protocol: 17, sourcePort: client, detail: server }
      : { family, protocol: 17, sourcePort: server, detail: client };
  return [
    {
      what: "traffic within the host",
      expected: "accept",
      packets: [{ ...tcp, loopback: true }],
    },
    {
      what: "later packets of an exchange",
      expected: "accept",
      packets: [
        { ...tcp, state: "established" },
        { ...tcp, family: 6, state: "established", reply: true },
      ],
    },
    {
      what: "errors about an exchange",
      expected: "accept",
      packets: [
        { protocol: 1, detail: 3 * 256 + 4, state: "related" },
        icmp6(2, { state: "related" }),
      ],
    },
    {
      what: "neighbour discovery",
      expected: "accept",
      packets: discovery.map((type) => icmp6(type, { hopLimit: 255, ...untracked })),
    },
    {
      what: "neighbour discovery from beyond the link",
      expected: "drop",
      packets: discovery.map((type) => icmp6(type, { hopLimit: 64, ...untracked })),
    },
    {
      what: "DHCP",
      expected: "accept",
      packets: [between(4, 68, 67), between(6, 546, 547)],
    },
    ...(drops
      ? [
          {
            what: "packets of no exchange",
            expected: "drop" as const,
            packets: [{ ...tcp, state: "invalid" as const }],
          },
        ]
      : []),
  ];
}

/** One text for each class that the plan treats otherwise in some direction it filters. */
export function baselineFaults(plan: NftPlan): readonly string[] {
  const decide = meaningOf(plan);
  return plan.chains.flatMap(({ base }) => {
    if (base === undefined) return [];
    const direction = base.hook === "input" ? "ingress" : "egress";
    return probes(direction, base.policy === "drop").flatMap(({ what, expected, packets }) =>
      packets.every((packet) => decide(whole(direction, packet)) === expected)
        ? []
        : [`${direction}: ${what} must be ${expected === "accept" ? "accepted" : "dropped"}`],
    );
  });
}

function whole(direction: Direction, packet: Partial<Packet>): Packet {
  const family = packet.family ?? 4;
  const [source, destination] =
    direction === "egress" ? [near[family], far[family]] : [far[family], near[family]];
  return {
    direction,
    loopback: false,
    family,
    source,
    destination,
    protocol: 6,
    sourcePort: 0,
    detail: 0,
    hopLimit: 64,
    state: "new",
    reply: false,
    owner: undefined,
    now: 0,
    ...packet,
  };
}
