// Policies over 50,000 allowed (address, service) pairs at one server, in each family, and the same
// policies in the languages of two peers. Addresses lie as in an estate: hosts fill half of a range
// by chance, so some have neighbours that may do the same.
import type { Family } from "../compiler/sets/address.ts";
import { type Random, seeded } from "./random.ts";

/** A prefix in each family, and addresses in it. */
interface Place {
  readonly v4: string;
  readonly v6: string;
  readonly addresses: readonly Readonly<Record<Family, string>>[];
}

/** What one statement of the policy permits: this place on these UDP ports. */
export interface Peer extends Place {
  readonly ports: readonly number[];
}

export interface Policy {
  readonly peers: readonly Peer[];
  /** Hosts among those, of whom no statement speaks. */
  readonly strangers: readonly Place[];
}

const firstPort = 5001;
/** Sixteen that no range unites. */
export const ports: readonly number[] = Array.from(
  { length: 16 },
  (_, index) => firstPort + 7 * index,
);
const half = ports.length / 2;

export const serverAddresses = { 4: "10.0.0.1", 6: "fd00::1" } as const;

/** The policies by name, each of so many pairs. */
export const policies: Readonly<Record<string, (pairs: number) => Policy>> = {
  /** Each host by itself on one port: what a list of tickets looks like. */
  distinct: (pairs) => policy(pairs, seeded(1), portOf),
  /** All on all ports: address set times port set. */
  equal: (pairs) => policy(pairs / ports.length, seeded(2), () => ports),
  /** Half of the ports each, by chance: no product worth the name is in it. */
  scattered: (pairs) => {
    const random = seeded(3);
    const some = () => shuffled(ports, random).slice(0, half);
    return policy(pairs / half, random, () => [...some()].sort((a, b) => a - b));
  },
  /** As distinct, but a thousand of them are prefixes of many lengths. */
  networks: (pairs) => {
    const random = seeded(4);
    const { peers, strangers } = policy(pairs - 1000, random, portOf);
    return { peers: [...peers, ...networks(1000, random)], strangers };
  },
};

const portOf = (index: number) => ports.slice(index % ports.length).slice(0, 1);

function policy(
  count: number,
  random: Random,
  portsOf: (index: number) => readonly number[],
): Policy {
  const places = shuffled(
    Array.from({ length: 2 * count }, (_, index) => host(index + 1)),
    random,
  );
  const peers = places.slice(0, count).map((place, index) => ({ ...place, ports: portsOf(index) }));
  return { peers, strangers: places.slice(count) };
}

function host(index: number): Place {
  const v4 = dotted(0x0a20_0000 + index);
  const v6 = `fd20::${hex(index >>> 16)}:${hex(index & 0xffff)}`;
  return { v4: `${v4}/32`, v6: `${v6}/128`, addresses: [{ 4: v4, 6: v6 }] };
}

const probesPerNetwork = 12;

/** Each in a /20 of 100.64.0.0/10, and in a /48. */
const networks = (count: number, random: Random): readonly Peer[] =>
  Array.from({ length: count }, (_, index) => {
    const first = 0x6440_0000 + index * 4096;
    const length = 20 + (index % 9);
    const v6 = `fd64:0:${hex(index)}::`;
    const within = random.integer(2 ** (32 - length) - probesPerNetwork);
    return {
      v4: `${dotted(first)}/${length}`,
      v6: `${v6}/${48 + (index % 17)}`,
      addresses: Array.from({ length: probesPerNetwork }, (_, probe) => ({
        4: dotted(first + within + probe),
        6: `${v6}${hex(within + probe + 1)}`,
      })),
      ports: portOf(index),
    };
  });

/** Source address and destination port. */
export type PacketFlow = readonly [address: string, port: number];

/** Of every pair that the policy permits, in no order; where there are networks, half from those. */
export function permitted({ peers }: Policy, family: Family): readonly PacketFlow[] {
  const flowsOf = (list: readonly Peer[]) =>
    list.flatMap(({ addresses, ports: own }) =>
      addresses.flatMap((address) => own.map((port) => [address[family], port] as const)),
    );
  const fromHosts = flowsOf(peers.filter(({ addresses }) => addresses.length === 1));
  const fromNetworks = flowsOf(peers.filter(({ addresses }) => addresses.length > 1));
  const hosts = fromNetworks.length === 0 ? fromHosts : fromHosts.slice(0, fromNetworks.length);
  return shuffled([...hosts, ...fromNetworks], seeded(5));
}

/** Half of strangers, half of peers where they are not permitted; of strangers alone if they all are. */
export function refused({ peers, strangers }: Policy, family: Family): readonly PacketFlow[] {
  const random = seeded(6);
  const anyPort = () => random.pick([firstPort, ...ports]);
  const addressOf = ({ addresses }: Place) => addresses[0]?.[family] ?? "";
  const unknown = strangers.map((place) => [addressOf(place), anyPort()] as const);
  const elsewhere = peers.flatMap((peer) => {
    const port = ports.filter((one) => !peer.ports.includes(one))[random.integer(half)];
    return port === undefined ? [] : [[addressOf(peer), port] as const];
  });
  return shuffled([...unknown, ...elsewhere], random);
}

const dotted = (word: number) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join(".");
const hex = (value: number) => value.toString(16);

function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  const mixed = list.map((item) => ({ item, place: random.integer(2 ** 31) }));
  return mixed.sort((a, b) => a.place - b.place).map(({ item }) => item);
}

/** A project of segc for two servers that differ in their enforcers: path to text. */
export function projectOf(peers: readonly Peer[]): ReadonlyMap<string, string> {
  const server = (kind: string, addresses: readonly string[]) => ({
    name: kind,
    platform: "linux",
    labels: { role: "server" },
    addresses,
    enforcers: [{ kind, id: "host", directions: ["ingress"] }],
  });
  const servers = [
    server("nftables", Object.values(serverAddresses)),
    server("iptables", ["10.0.0.2", "fd00::2"]),
  ];
  const statements = peers.map(
    ({ v4, v6, ports: own }, index) =>
      `allow r${index} = networks { ${v4}, ${v6} } -> server : { ${own.map((port) => `udp/${port}`).join(", ")} }`,
  );
  return new Map([
    ["segc.yaml", "edition: 1\nroot: lab\nmodules: { lab: lab.seg }\ninventory: hosts.json\n"],
    ["hosts.json", JSON.stringify(servers)],
    [
      "lab.seg",
      `module lab root\nlabel role: enum { server }\nsegment server = workloads where role is server\n${statements.join("\n")}\n`,
    ],
  ]);
}

/** The same for Aerleon's `aclgen`, target nftables: path to text. */
export function forAerleon(peers: readonly Peer[]): ReadonlyMap<string, string> {
  const terms = peers.map(
    ({ ports: own }, index) =>
      `term r${index} {\n  source-address:: H${index}\n  protocol:: udp\n  destination-port:: ${own.map((port) => `P${port}`).join(" ")}\n  action:: accept\n}\n`,
  );
  return new Map([
    ["pol/lab.pol", `header {\n  target:: nftables mixed input\n}\n${terms.join("")}`],
    ["def/hosts.net", peers.map(({ v4, v6 }, index) => `H${index} = ${v4}\n  ${v6}\n`).join("")],
    ["def/ports.svc", ports.map((port) => `P${port} = ${port}/udp\n`).join("")],
  ]);
}

/** The same for ferm, with what our own table opens with. */
export function forFerm(peers: readonly Peer[]): string {
  const rules = (family: "v4" | "v6") =>
    peers.map(
      (peer) => `saddr ${peer[family]} proto udp dport (${peer.ports.join(" ")}) ACCEPT;\n`,
    );
  const opening =
    "policy DROP; interface lo ACCEPT; mod conntrack ctstate (ESTABLISHED RELATED) ACCEPT;";
  return [
    `domain ip table filter chain INPUT {\n${opening}\n${rules("v4").join("")}}\n`,
    `domain ip6 table filter chain INPUT {\n${opening}\n${rules("v6").join("")}}\n`,
  ].join("");
}
