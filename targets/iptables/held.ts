// The packets that reach a place in a chain, as a product: what a rule's conditions leave of it, and
// what is left of it where a rule has taken its packets away.
import type { Direction } from "../../compiler/inventory/types.ts";
import type {
  PacketMode,
  PacketRule,
  ProcessRecord,
  ProcessTest,
} from "../../compiler/plan/packet-list.ts";
import { remembered } from "../../compiler/plan/remembered.ts";
import type { Cidr, Family } from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressesOfFamily,
  addressSet,
  everyAddress,
  intersectAddresses,
  isNoAddress,
  noAddress,
  shareAddresses,
  subtractAddresses,
  unionAddresses,
} from "../../compiler/sets/address-set.ts";
import { addressesOfList, cidrsOfList } from "../../compiler/sets/prefix-list.ts";
import { portProtocols } from "../../compiler/sets/service-parts.ts";
import {
  icmpInterval,
  intersectServices,
  isNoService,
  portInterval,
  protocolInterval,
  type ServiceSet,
  serviceSet,
  servicesOfFamily,
  subtractServices,
} from "../../compiler/sets/service-set.ts";
import { unreachable } from "../../compiler/unreachable.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import { components, slicePath } from "../linux/slices.ts";
import { type PairProduct, pairProducts } from "./pair-members.ts";
import type { IptPlan, Match, SetMembers } from "./ruleset.ts";

export type Held = Omit<PacketRule, "verdict">;

/** What conditions refer to. */
export interface Narrowing {
  /** Undefined behind the opening of a chain, where no rule may look at it. */
  readonly mode: PacketMode | undefined;
  /** What cannot be said of a packet. */
  readonly faults: string[];
  readonly direction: Direction;
  readonly family: Family;
  readonly contents: SetContents;
  /** Who can be in a slice of ours, by its path. */
  readonly records: ReadonlyMap<string, ProcessTest>;
}

export const everything = (family: Family, service = servicesOfFamily(family)): Held => ({
  remote: addressesOfFamily(everyAddress, family),
  local: undefined,
  service,
  processes: [],
  notProcesses: [],
  before: undefined,
});

/** What the sets of a plan hold, by their names. */
export interface SetContents {
  readonly addresses: ReadonlyMap<string, AddressSet>;
  readonly pairs: ReadonlyMap<string, readonly PairProduct[]>;
}

export const contentsOf = remembered(({ sets }: IptPlan): SetContents => {
  const addresses = new Map<string, AddressSet>();
  const pairs = new Map<string, readonly PairProduct[]>();
  for (const set of sets) {
    if ("members" in set) addresses.set(set.name, addressesIn(set.members));
    else pairs.set(set.name, productsOf(set.pairs));
  }
  return { addresses, pairs };
});

// Sets that are read from the same text have the same members (parse-sets.ts).
const productsOf = remembered(pairProducts);
const addressesIn = remembered(({ prefixes, exceptions }: SetMembers) =>
  shareAddresses(
    exceptions.lengths.length === 0
      ? addressesOfList(prefixes)
      : byLongest(cidrsOfList(prefixes), cidrsOfList(exceptions)),
  ),
);

/** The longest prefix that holds an address decides: from the shortest on, each overrides. */
function byLongest(prefixes: readonly Cidr[], exceptions: readonly Cidr[]): AddressSet {
  const lengths = [...new Set([...prefixes, ...exceptions].map(({ length }) => length))];
  return lengths
    .sort((a, b) => a - b)
    .reduce((held, wanted) => {
      const of = (list: readonly Cidr[]) =>
        addressSet(list.filter(({ length }) => length === wanted));
      return subtractAddresses(unionAddresses(held, of(prefixes)), of(exceptions));
    }, noAddress);
}

/** Some conditions, all of which must hold; those on a set of pairs as one of its products. */
export interface Conditions {
  readonly matches: readonly Match[];
  readonly pairs: PairProduct | undefined;
}

/** Conditions of which one must hold: more than one only where a set of pairs is asked. */
export function conditionsOf(
  { pairs }: SetContents,
  matches: readonly Match[],
): readonly Conditions[] {
  const asked = matches.find((match) => match.kind === "pair-set");
  if (asked === undefined) return [{ matches, pairs: undefined }];
  const products = pairs.get(asked.set);
  if (products === undefined) throw new Error(`bug in segc (iptables): no pairs ${asked.set}`);
  return products.map((product) => ({ matches, pairs: product }));
}

/**
 * The part that one of the lists of conditions holds; undefined where that is nothing. More than one
 * list is only ever asked about the process.
 */
export function narrow(
  context: Narrowing,
  held: Held,
  alternatives: readonly Conditions[],
): Held | undefined {
  const asked = alternatives.map(({ matches }) => processOf(context, matches));
  const processes = asked.every((test) => test === undefined)
    ? held.processes
    : [...held.processes, asked.flatMap((test) => test ?? [new Map()])];
  let inside: Held | undefined = { ...held, processes };
  const [only] = alternatives.length === 1 ? alternatives : [];
  for (const match of only?.matches ?? []) {
    inside = inside === undefined ? undefined : byMatch(context, inside, match, only?.pairs);
  }
  return inside;
}

function byMatch(
  context: Narrowing,
  held: Held,
  match: Match,
  pairs: PairProduct | undefined,
): Held | undefined {
  switch (match.kind) {
    case "loopback":
    case "hop-limit":
    case "state":
      return isInMode(context, match) ? held : undefined;
    case "address":
      return byAddress(context, held, match.end, addressSet([match.cidr]));
    case "address-set":
      return byAddress(context, held, match.end, setOf(context, match.set));
    case "pair-set": {
      if (pairs === undefined) throw new Error("bug in segc (iptables): no product of pairs");
      const inside = byService(held, pairs.service);
      return inside && byAddress(context, inside, match.end, pairs.addresses);
    }
    case "protocol": {
      const protocol = serviceSet([protocolInterval(match.protocol)]);
      return byService(held, match.not ? subtractServices(held.service, protocol) : protocol);
    }
    case "ports": {
      if (match.end === "destination") return byService(held, portsOf(match));
      const any = { ...match, ranges: [{ first: 0, last: 65535 }] };
      return isInMode(context, match) ? byService(held, portsOf(any)) : undefined;
    }
    case "icmp":
      return byService(held, serviceSet([icmpInterval(context.family, match.type, match.code)]));
    case "before":
      return { ...held, before: Math.min(match.seconds, held.before ?? match.seconds) };
    case "owner":
    case "cgroup":
      return held; // asked before
    default:
      return unreachable(match);
  }
}

/** Conditions on what rules of a policy do not speak of. */
export const isOfMode = (match: Match): boolean =>
  match.kind === "loopback" ||
  match.kind === "hop-limit" ||
  match.kind === "state" ||
  (match.kind === "ports" && match.end === "source");

function isInMode({ mode, direction, faults }: Narrowing, match: Match): boolean {
  if (mode === undefined) {
    faults.push(`a rule behind the opening asks for the ${match.kind} of a packet`);
    return true;
  }
  switch (match.kind) {
    case "loopback":
      return mode.loopback && (match.end === "in") === (direction === "ingress");
    case "hop-limit":
      return mode.hopLimit === match.value;
    case "state":
      return (
        mode.state === match.state &&
        (match.direction === undefined || mode.reply === (match.direction === "reply"))
      );
    case "ports":
      return match.ranges.some(
        ({ first, last }) => first <= mode.sourcePort && mode.sourcePort <= last,
      );
    default:
      return true;
  }
}

function byAddress(
  { direction, family }: Narrowing,
  held: Held,
  end: "source" | "destination",
  addresses: AddressSet,
): Held | undefined {
  const isRemote = (end === "source") === (direction === "ingress");
  const before = isRemote ? held.remote : (held.local ?? everything(family).remote);
  const after = intersectAddresses(before, addresses);
  if (isNoAddress(after)) return undefined;
  return isRemote ? { ...held, remote: after } : { ...held, local: after };
}

function byService(held: Held, service: ServiceSet): Held | undefined {
  const both = intersectServices(held.service, service);
  return isNoService(both) ? undefined : { ...held, service: both };
}

const portsOf = ({ protocol, ranges }: Match & { readonly kind: "ports" }) =>
  serviceSet(ranges.map(({ first, last }) => portInterval(portProtocols[protocol], first, last)));

function setOf({ contents }: Narrowing, name: string): AddressSet {
  const set = contents.addresses.get(name);
  if (set === undefined) throw new Error(`bug in segc (iptables): no set ${name}`);
  return set;
}

/** `held` without `inside`, which was narrowed from it: products that have nothing in common. */
export function without(
  { family, faults }: Narrowing,
  held: Held,
  inside: Held | undefined,
): readonly Held[] {
  if (inside === undefined) return [held];
  if (inside.before !== held.before) {
    faults.push("what leaves a chain until a day has no flat form");
    return [held];
  }
  const all = everything(family).remote;
  const left: Held[] = [
    { ...held, remote: subtractAddresses(held.remote, inside.remote) },
    {
      ...held,
      remote: inside.remote,
      service: subtractServices(held.service, inside.service),
    },
  ];
  const core = { ...held, remote: inside.remote, service: inside.service };
  if (inside.local !== undefined) {
    left.push({ ...core, local: subtractAddresses(held.local ?? all, inside.local) });
  }
  for (const test of inside.processes.slice(held.processes.length)) {
    left.push({
      ...core,
      local: inside.local,
      notProcesses: [...held.notProcesses, test],
    });
  }
  return left.filter(
    ({ remote, local, service }) =>
      !isNoAddress(remote) && !isNoService(service) && !(local !== undefined && isNoAddress(local)),
  );
}

/** Every record has all that the conditions ask; undefined where they ask for no process. */
function processOf({ records }: Narrowing, matches: readonly Match[]): ProcessTest | undefined {
  let test: ProcessTest | undefined;
  for (const match of matches) {
    if (match.kind !== "owner" && match.kind !== "cgroup") continue;
    const next = match.kind === "owner" ? [ownerRecord(match)] : inCgroup(records, match.path);
    test = test === undefined ? next : both(test, next);
  }
  return test;
}

function ownerRecord({ uid, gid }: Match & { readonly kind: "owner" }): ProcessRecord {
  const record = new Map<ProgramField, string>();
  if (uid !== undefined) record.set("user", `${uid}`);
  if (gid !== undefined) record.set("group", `${gid}`);
  return record;
}

const inCgroup = (records: Narrowing["records"], path: string): ProcessTest => {
  const plain = components(path).join("/");
  return records.get(plain) ?? [new Map([["cgroup", plain]])];
};

const both = (a: ProcessTest, b: ProcessTest): ProcessTest =>
  a.flatMap((left) => b.flatMap((right) => merged(left, right) ?? []));

/** Undefined where no process has both. */
function merged(a: ProcessRecord, b: ProcessRecord): ProcessRecord | undefined {
  const union = new Map(a);
  for (const [field, value] of b) {
    const before = union.get(field);
    if (before === undefined || before === value) union.set(field, value);
    else if (field !== "cgroup") return undefined;
    else if (isUnder(value, before)) union.set(field, value);
    else if (!isUnder(before, value)) return undefined;
  }
  return union;
}

const isUnder = (path: string, parent: string) => `${path}/`.startsWith(`${parent}/`);

/** Units are where their drop-ins put them, launched programs where the launcher does. */
export function recordsOf({ units, launches }: IptPlan): ReadonlyMap<string, ProcessTest> {
  const records = new Map<string, ProcessRecord[]>();
  const put = (slice: string, record: ProcessRecord) => {
    const list = records.get(slicePath(slice));
    if (list === undefined) records.set(slicePath(slice), [record]);
    else list.push(record);
  };
  for (const { unit, slice } of units) put(slice, new Map([["unit", unit]]));
  for (const { slice, fields } of launches) put(slice, fields);
  return records;
}
