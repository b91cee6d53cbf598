// The services worth a packet: both ends of every range the policy names and their neighbours
// outside it, an echo, and two ports that nobody names.
import type { Model } from "../../compiler/model/types.ts";
import type { Family } from "../../compiler/sets/address.ts";
import { protocols, type ServiceSet } from "../../compiler/sets/service-set.ts";
import type { ProbeKind } from "./lab.ts";

export interface ServicePoint {
  readonly kind: ProbeKind;
  /** 0 for an echo. */
  readonly port: number;
  /** On the line of service-set.ts. */
  readonly service: (family: Family) => number;
}

/** Sorted by kind and port. */
export function servicePoints(model: Model): readonly ServicePoint[] {
  const sets = [
    ...model.services.map(({ service }) => service),
    ...model.rules.map(({ flow }) => flow.service),
    ...model.guardrails.map(({ flow }) => flow.service),
  ];
  return [
    echo,
    ...([protocols.tcp, protocols.udp] as const).flatMap((protocol) =>
      portsOf(sets, protocol).map((port) => ({
        kind: protocol === protocols.tcp ? ("tcp" as const) : ("udp" as const),
        port,
        service: () => protocol * 65536 + port,
      })),
    ),
  ];
}

const echo: ServicePoint = {
  kind: "icmp",
  port: 0,
  service: (family) =>
    family === 4 ? protocols.icmp4 * 65536 + 8 * 256 : protocols.icmp6 * 65536 + 128 * 256,
};

const unnamed = [12_345, 40_000];

function portsOf(sets: readonly ServiceSet[], protocol: number): readonly number[] {
  const ports = new Set(unnamed);
  for (const { first, last } of sets.flatMap(({ intervals }) => intervals)) {
    if (last < protocol * 65536 || first >= (protocol + 1) * 65536) continue;
    const low = Math.max(first - protocol * 65536, 1);
    const high = Math.min(last - protocol * 65536, 65535);
    for (const port of [low - 1, low, high, high + 1]) {
      if (port >= 1 && port <= 65535) ports.add(port);
    }
  }
  return [...ports].sort((a, b) => a - b);
}
