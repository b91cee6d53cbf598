// The left sides of nft's matches -> what they look at, and what must hold for them to be there.
import { all, always, type Formula, is, never, within } from "../formula.ts";
import type { Axis } from "../packet.ts";
import { holds, type Range, union } from "../ranges.ts";
import type { Cursor } from "./words.ts";

export interface Selector {
  /** Name of the data type of its values. */
  readonly type: string;
  /** Where this fails, neither a match nor its negation holds. */
  readonly guard: Formula;
  /** The value lies in these ranges; absent for cgroups, whose values are paths. */
  readonly inside?: (ranges: readonly Range[]) => Formula;
  /** Depth of the ancestor that `socket cgroupv2` compares. */
  readonly level?: number;
  /** Reads these bytes of any protocol: `th dport` of ICMP is its checksum. */
  readonly raw?: true;
  /** What it says about the packet's headers: contradictions in one rule do not load. */
  readonly network?: 0 | 1;
  readonly transport?: number;
}

const transports = { tcp: 6, udp: 17, sctp: 132, dccp: 33, udplite: 136 };
const ports = { sport: "sourcePort", dport: "destinationPort" } as const;
const isIPv4 = is("family", 0);
const isIPv6 = is("family", 1);
/** `ct direction` of a packet without a connection breaks off the rule; so does a bare socket. */
const hasConnection = is("state", 0, 1, 2);
const owned = is("owned", 1);

const onAxis = (type: string, axis: Axis, guard: Formula = always) => ({
  type,
  guard,
  inside: (ranges: readonly Range[]) => within(axis, ranges),
});

/** `lo` is the value 1; other interfaces cannot be named. */
const onInterface = (direction: 0 | 1): Selector => ({
  type: "ifname",
  guard: always,
  inside: (ranges) =>
    holds(union(ranges), 1n) ? all(is("direction", direction), is("loopback", 1)) : never,
});

const fixed: Readonly<Record<string, Selector>> = {
  "ip saddr": { ...onAxis("ipv4_addr", "source4", isIPv4), network: 0 },
  "ip daddr": { ...onAxis("ipv4_addr", "destination4", isIPv4), network: 0 },
  "ip protocol": { ...onAxis("inet_proto", "protocol", isIPv4), network: 0 },
  "ip6 saddr": { ...onAxis("ipv6_addr", "source6", isIPv6), network: 1 },
  "ip6 daddr": { ...onAxis("ipv6_addr", "destination6", isIPv6), network: 1 },
  "ip6 nexthdr": { ...onAxis("inet_proto", "protocol", isIPv6), network: 1 },
  "ip6 hoplimit": { ...onAxis("integer", "hopLimit", isIPv6), network: 1 },
  "icmp type": icmp("icmp_type", "icmpType", 0, 1),
  "icmp code": icmp("icmp_code", "icmpCode", 0, 1),
  "icmpv6 type": icmp("icmpv6_type", "icmpType", 1, 58),
  "icmpv6 code": icmp("icmpv6_code", "icmpCode", 1, 58),
  "meta l4proto": onAxis("inet_proto", "protocol"),
  "meta nfproto": onAxis("nf_proto", "family"),
  "meta protocol": onAxis("ether_type", "family"),
  "meta skuid": onAxis("uid", "uid", owned),
  "meta skgid": onAxis("gid", "gid", owned),
  "meta time": onAxis("time", "now"),
  "ct state": onAxis("ct_state", "state"),
  "ct direction": onAxis("ct_dir", "ctDirection", hasConnection),
};

function icmp(type: string, axis: Axis, network: 0 | 1, transport: number): Selector {
  const guard = all(is("family", network), is("protocol", transport));
  return { ...onAxis(type, axis, guard), network, transport };
}

const interfaces: Readonly<Record<string, 0 | 1>> = { iif: 0, iifname: 0, oif: 1, oifname: 1 };

/** Takes the words of a selector; fails on any that this judge does not know. */
export function readSelector(cursor: Cursor): Selector {
  if (cursor.peek() === "meta" && interfaces[cursor.peek(1) ?? ""] !== undefined) cursor.next();
  const [first, second] = [cursor.peek() ?? "", cursor.peek(1) ?? ""];
  const direction = interfaces[first];
  if (direction !== undefined) {
    cursor.next();
    return onInterface(direction);
  }
  const known = Object.hasOwn(fixed, `${first} ${second}`)
    ? fixed[`${first} ${second}`]
    : undefined;
  if (known === undefined && first === "socket" && second === "cgroupv2") return readSocket(cursor);
  const selector = known ?? portSelector(first, second);
  if (selector === undefined) cursor.fail("an unknown match");
  cursor.next();
  cursor.next();
  return selector;
}

function portSelector(protocol: string, field: string): Selector | undefined {
  const axis = field === "sport" || field === "dport" ? ports[field] : undefined;
  if (axis === undefined) return undefined;
  if (protocol === "th") return { ...onAxis("inet_service", axis), raw: true };
  const [, transport] = Object.entries(transports).find(([name]) => name === protocol) ?? [];
  if (transport === undefined) return undefined;
  return { ...onAxis("inet_service", axis, is("protocol", transport)), transport };
}

/** The socket must exist and lie so deep, or the rule breaks off. */
function readSocket(cursor: Cursor): Selector {
  cursor.next();
  cursor.next();
  cursor.expect("level");
  const level = Number(cursor.next());
  if (!Number.isInteger(level) || level < 1 || level > 255) cursor.fail("a level of 1 to 255");
  const deep: Formula = { kind: "cgroup", level, paths: undefined };
  return { type: "cgroupsv2", guard: all(owned, deep), level };
}
