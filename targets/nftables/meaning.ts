// What a plan does to one packet: the chains run as the kernel runs them. It is what two plans are
// compared by, and what a table read back from a host is held against; it knows nothing of slices,
// rules or policies.
import type { Direction } from "../../compiler/inventory/types.ts";
import type { Family, IpAddress } from "../../compiler/sets/address.ts";
import { type AddressSet, hasAddress } from "../../compiler/sets/address-set.ts";
import type { NumberRanges } from "../../compiler/sets/service-parts.ts";
import { unreachable } from "../../compiler/unreachable.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import { components, slicePath } from "../linux/slices.ts";
import type {
  ConntrackState,
  Match,
  NftChain,
  NftPlan,
  NftVerdictMap,
  Verdict,
} from "./ruleset.ts";

/** The owner of a packet's socket. */
export interface SocketOwner {
  /** Units are where their drop-ins put them, launched programs where the launcher does. */
  readonly fields: ReadonlyMap<ProgramField, string>;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

export interface Packet {
  readonly direction: Direction;
  readonly loopback: boolean;
  readonly family: Family;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly protocol: number;
  readonly sourcePort: number;
  /** As in service-set.ts: destination port, or type * 256 + code, or 0. */
  readonly detail: number;
  readonly hopLimit: number;
  readonly state: ConntrackState;
  /** Sent by the end that did not begin the exchange. */
  readonly reply: boolean;
  /** Undefined for packets without a socket at this end. */
  readonly owner: SocketOwner | undefined;
  /** Seconds since 1970 UTC. */
  readonly now: number;
}

export type Outcome = "accept" | "drop";
export type Meaning = (packet: Packet) => Outcome;

/** A direction without a base chain is not filtered. */
export function meaningOf(plan: NftPlan): Meaning {
  const addresses = new Map(plan.addressSets.map((set) => [set.name, set.addresses]));
  const world: Tables = {
    chains: new Map(plan.chains.map((chain) => [chain.name, chain])),
    addresses,
    identities: identityTests(plan),
    maps: new Map(plan.verdictMaps.map((map) => [map.name, map.branches])),
  };
  return (packet) => {
    const hook = packet.direction === "ingress" ? "input" : "output";
    const base = plan.chains.find((chain) => chain.base?.hook === hook);
    return base?.base === undefined ? "accept" : (run(world, base, packet) ?? base.base.policy);
  };
}

type OwnerTest = (owner: SocketOwner, level: number) => boolean;

interface Tables {
  readonly chains: ReadonlyMap<string, NftChain>;
  readonly addresses: ReadonlyMap<string, AddressSet>;
  readonly identities: ReadonlyMap<string, readonly OwnerTest[]>;
  readonly maps: ReadonlyMap<string, NftVerdictMap["branches"]>;
}

/** Undefined where the chain returns. Loops are refused when a ruleset is read. */
function run(tables: Tables, chain: NftChain, packet: Packet): Outcome | undefined {
  for (const { matches, verdict } of chain.rules) {
    if (verdict === undefined || !matches.every((match) => holds(tables, match, packet))) continue;
    if (verdict.kind === "return") return undefined;
    const leads = verdict.kind === "vmap" || "chain" in verdict;
    if (!leads) return verdict.kind;
    const name = verdict.kind === "vmap" ? lookUp(tables, verdict, packet) : verdict.chain;
    if (name === undefined) continue;
    const next = tables.chains.get(name);
    if (next === undefined) throw new Error(`bug in segc (nftables): no chain ${name}`);
    const outcome = run(tables, next, packet);
    if (outcome !== undefined || verdict.kind === "goto") return outcome;
  }
  return undefined;
}

/** The chain for the packet's address; the rule does not match where there is none. */
function lookUp(
  tables: Tables,
  { family, end, map }: Verdict & { readonly kind: "vmap" },
  packet: Packet,
): string | undefined {
  if (packet.family !== family) return undefined;
  const address = end === "saddr" ? packet.source : packet.destination;
  for (const { chain, addresses } of tables.maps.get(map) ?? []) {
    if (hasAddress(addresses, address)) return chain;
  }
  return undefined;
}

function holds(tables: Tables, match: Match, packet: Packet): boolean {
  switch (match.kind) {
    case "loopback":
      return packet.loopback && (match.end === "iif") === (packet.direction === "ingress");
    case "family":
      return packet.family === match.family;
    case "address":
      return hasAddress(
        operand(tables, match),
        match.end === "saddr" ? packet.source : packet.destination,
      );
    case "protocol":
      return within(match.ranges, packet.protocol);
    case "not-protocol":
      return !within(match.ranges, packet.protocol);
    case "ports":
      return (
        packet.protocol === portProtocols[match.protocol] &&
        within(match.ranges, match.end === "sport" ? packet.sourcePort : packet.detail)
      );
    case "icmp-type":
      return isIcmp(packet, match.family) && within(match.ranges, packet.detail >> 8);
    case "icmp-code":
      return isIcmp(packet, match.family) && within(match.ranges, packet.detail & 255);
    case "hop-limit":
      return packet.family === 6 && packet.hopLimit === match.value;
    case "state":
      return packet.state === match.state;
    case "tracked-direction":
      return isTracked(packet) && packet.reply === (match.direction === "reply");
    case "before":
      return packet.now < match.seconds;
    case "cgroup":
      return isInSet(tables, match.set, match.level, packet.owner);
    case "uid":
      return packet.owner?.uid === match.id;
    case "gid":
      return packet.owner?.gid === match.id;
    default:
      return unreachable(match);
  }
}

const portProtocols = { tcp: 6, udp: 17, sctp: 132 } as const;

const within = (ranges: NumberRanges, value: number) =>
  ranges.some(({ first, last }) => first <= value && value <= last);

const isIcmp = ({ family, protocol }: Packet, wanted: Family) =>
  family === wanted && protocol === (wanted === 4 ? 1 : 58);

const isTracked = ({ state }: Packet) => state !== "invalid" && state !== "untracked";

function operand(tables: Tables, match: Match & { readonly kind: "address" }): AddressSet {
  if (match.of.kind === "addresses") return match.of.addresses;
  const known = tables.addresses.get(match.of.name);
  if (known === undefined) throw new Error(`bug in segc (nftables): no set ${match.of.name}`);
  return known;
}

function isInSet(
  tables: Tables,
  set: string,
  level: number,
  owner: SocketOwner | undefined,
): boolean {
  return (
    owner !== undefined && (tables.identities.get(set) ?? []).some((test) => test(owner, level))
  );
}

/** For every set, a test for each cgroup that fills it. */
function identityTests({ members, units, launches }: NftPlan): Tables["identities"] {
  const fieldsOf = new Map<string, readonly (readonly [string, string])[]>([
    ...units.map(({ unit, slice }) => [slicePath(slice), [["unit", unit]]] as const),
    ...launches.map(({ slice, fields }) => [slicePath(slice), [...fields]] as const),
  ]);
  const tests = new Map<string, OwnerTest[]>();
  for (const { set, path } of members) {
    const fields = fieldsOf.get(path) ?? [];
    const depth = components(path).length;
    const test: OwnerTest = (owner, level) =>
      level === depth &&
      (isUnder(owner.fields.get("cgroup"), path) || hasAll(owner.fields, fields));
    const list = tests.get(set);
    if (list === undefined) tests.set(set, [test]);
    else list.push(test);
  }
  return tests;
}

const hasAll = (
  owner: ReadonlyMap<ProgramField, string>,
  fields: readonly (readonly [string, string])[],
) =>
  fields.length > 0 &&
  fields.every(([field, value]) => [...owner].some(([f, v]) => f === field && v === value));

const isUnder = (cgroup: string | undefined, path: string) =>
  cgroup !== undefined && `${components(cgroup).join("/")}/`.startsWith(`${path}/`);
