// Who can be at either end of a flow, in classes that no state of a transition tells apart: addresses of
// interfaces that carry the same groups throughout and lie in the same prefixes, and addresses of nobody.
import {
  type Cidr,
  type Family,
  formatCidr,
  type IpAddress,
} from "../../../compiler/sets/address.ts";
import type { LiveAccount } from "../account/account.ts";
import type { State } from "./state.ts";

export interface EndClass {
  readonly family: Family;
  /** One address of the class. */
  readonly example: IpAddress;
  /** An interface that has it, for people; undefined for addresses that no interface has. */
  readonly interface: string | undefined;
  /** Interfaces with an address of the class. */
  readonly interfaces: number;
  /** The group of which nothing is known but its id, of another network or account; else undefined. */
  readonly stranger: string | undefined;
  /** In each state, the groups carried; empty for addresses of nobody. */
  readonly carried: readonly (readonly string[])[];
}

export interface Ends {
  readonly classes: readonly EndClass[];
  /** Numbers of the classes inside a prefix that some rule or list names. */
  readonly inside: (cidr: Cidr) => readonly number[];
}

const total = { 4: 1n << 32n, 6: 1n << 128n } as const;

const numberOf = ({ words }: IpAddress): bigint =>
  words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);

const firstOf = ({ address }: Cidr): bigint => numberOf(address);
const sizeOf = ({ address, length }: Cidr): bigint =>
  1n << BigInt((address.family === 4 ? 32 : 128) - length);

export function addressOf(value: bigint, family: Family): IpAddress {
  if (family === 4) return { family, words: [Number(value)] };
  const word = (at: bigint) => Number((value >> at) & 0xffff_ffffn);
  return { family, words: [word(96n), word(64n), word(32n), word(0n)] };
}

/** @param cidrs every prefix that a rule of some state names, by itself or in a list */
export function endsOf(live: LiveAccount, states: readonly State[], cidrs: readonly Cidr[]): Ends {
  const distinct = [...new Map(cidrs.map((cidr) => [formatCidr(cidr), cidr])).values()];
  const delegated = live.interfaces.flatMap(({ prefixes }) => prefixes);
  // In another network an address may be somebody else's.
  const isAlone = new Set(live.interfaces.map(({ vpc }) => vpc)).size < 2;
  const classes: EndClass[] = [];
  const members = new Map<string, number[]>();
  for (const family of [4, 6] as const) {
    const ofFamily = (list: readonly Cidr[]) =>
      list.filter(({ address }) => address.family === family);
    const regions = regionsOf(ofFamily(distinct), ofFamily(delegated), family);
    const held = classesOfInterfaces(live, states, family, regions);
    const taken = isAlone ? held.ranges : [];
    const free = classesOfNobody(regions, taken, family, states.length);
    const all = [...held.classes, ...free, ...classesOfStrangers(states, family)];
    for (const { end, prefixes } of all) {
      for (const prefix of prefixes) {
        const key = formatCidr(prefix);
        const list = members.get(key);
        if (list === undefined) members.set(key, [classes.length]);
        else list.push(classes.length);
      }
      classes.push(end);
    }
  }
  return { classes, inside: (cidr) => members.get(formatCidr(cidr)) ?? [] };
}

/** Ranges of addresses that lie in the same prefixes, ascending, from the first address on. */
interface Region {
  readonly first: bigint;
  readonly end: bigint;
  readonly prefixes: readonly Cidr[];
  /** Equal for regions in the same prefixes. */
  readonly key: string;
}

interface Found {
  readonly end: EndClass;
  readonly prefixes: readonly Cidr[];
}

/** @param cuts prefixes that only cut, so that each lies in whole regions */
function regionsOf(
  cidrs: readonly Cidr[],
  cuts: readonly Cidr[],
  family: Family,
): readonly Region[] {
  const edges = new Set([0n]);
  for (const cidr of [...cidrs, ...cuts]) {
    edges.add(firstOf(cidr));
    edges.add(firstOf(cidr) + sizeOf(cidr));
  }
  edges.delete(total[family]);
  const sorted = [...edges].sort((a, b) => (a < b ? -1 : 1));
  // Prefixes nest: those open at a point are a stack.
  const nested = cidrs.toSorted(
    (a, b) =>
      Number(firstOf(a) > firstOf(b)) - Number(firstOf(a) < firstOf(b)) || a.length - b.length,
  );
  const open: Cidr[] = [];
  let next = 0;
  return sorted.map((first, index) => {
    while (open.length > 0 && endOf(open) <= first) open.pop();
    for (
      let cidr = nested[next];
      cidr !== undefined && firstOf(cidr) === first;
      cidr = nested[next]
    ) {
      open.push(cidr);
      next++;
    }
    const end = sorted[index + 1] ?? total[family];
    return { first, end, prefixes: [...open], key: open.map(formatCidr).join() };
  });
}

function endOf(open: readonly Cidr[]): bigint {
  const last = open.at(-1);
  return last === undefined ? 0n : firstOf(last) + sizeOf(last);
}

/** Addresses that somebody has, the last one included. */
interface Held {
  readonly first: bigint;
  readonly last: bigint;
}

function classesOfInterfaces(
  { interfaces }: LiveAccount,
  states: readonly State[],
  family: Family,
  regions: readonly Region[],
) {
  const found = new Map<string, { end: EndClass; prefixes: readonly Cidr[]; ids: Set<string> }>();
  const ranges: Held[] = [];
  for (const { id, addresses, prefixes } of interfaces) {
    const carried = states.map((state) => state.carried.get(id) ?? []);
    const groups = JSON.stringify(carried);
    const add = (value: bigint, region: Region) => {
      const key = `${groups} ${region.key}`;
      const before = found.get(key);
      if (before !== undefined) {
        before.ids.add(id);
        return;
      }
      const example = addressOf(value, family);
      const own = { family, example, interface: id, interfaces: 1, stranger: undefined, carried };
      found.set(key, { end: own, prefixes: region.prefixes, ids: new Set([id]) });
    };
    for (const address of addresses.filter((one) => one.family === family)) {
      const value = numberOf(address);
      ranges.push({ first: value, last: value });
      add(value, regionAt(regions, value));
    }
    for (const prefix of prefixes.filter(({ address }) => address.family === family)) {
      const [first, end] = [firstOf(prefix), firstOf(prefix) + sizeOf(prefix)];
      ranges.push({ first, last: end - 1n });
      for (const region of regionsBetween(regions, first, end)) add(region.first, region);
    }
  }
  const classes = [...found.values()].map(
    ({ end, prefixes, ids }): Found => ({ end: { ...end, interfaces: ids.size }, prefixes }),
  );
  return {
    classes,
    ranges: ranges.sort((a, b) => (a.first < b.first ? -1 : Number(a.first > b.first))),
  };
}

function regionsBetween(regions: readonly Region[], first: bigint, end: bigint): readonly Region[] {
  return regions.filter((region) => region.first >= first && region.first < end);
}

/** Members of groups that rules name and that were not read: of a network or an account that is not ours. */
function classesOfStrangers(states: readonly State[], family: Family): readonly Found[] {
  const strangers = new Set<string>();
  for (const { groups } of states) {
    for (const { ingress, egress } of groups.values()) {
      for (const { peer } of [...ingress.values(), ...egress.values()]) {
        if (peer.kind === "group" && !states.some((one) => one.groups.has(peer.group))) {
          strangers.add(peer.group);
        }
      }
    }
  }
  return [...strangers].map((stranger) => {
    const carried = states.map(() => [stranger]);
    const example = addressOf(0n, family);
    const end = { family, example, interface: undefined, interfaces: 0, stranger, carried };
    return { end, prefixes: [] };
  });
}

function regionAt(regions: readonly Region[], value: bigint): Region {
  let [low, high] = [0, regions.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((regions[middle]?.first ?? 0n) <= value) low = middle;
    else high = middle - 1;
  }
  const region = regions[low];
  if (region === undefined) throw new Error("bug in segc (aws): an address in no region");
  return region;
}

/** One class for each set of prefixes that some address lies in and no interface has. */
function classesOfNobody(
  regions: readonly Region[],
  held: readonly Held[],
  family: Family,
  states: number,
): readonly Found[] {
  const carried = Array.from({ length: states }, (): readonly string[] => []);
  const found = new Map<string, Found>();
  let next = 0;
  /** The first address that may be nobody's, for all that was looked at. */
  let reached = 0n;
  for (const { first, end, prefixes, key } of regions) {
    let free = first > reached ? first : reached;
    for (
      let one = held[next];
      one !== undefined && one.first <= free && one.first < end;
      one = held[++next]
    ) {
      if (one.last >= free) free = one.last + 1n;
    }
    reached = free;
    // Ranges that begin later in this region leave the address before them free.
    while ((held[next]?.first ?? end) < end) {
      const last = held[next]?.last ?? 0n;
      if (last >= reached) reached = last + 1n;
      next++;
    }
    if (free >= end || found.has(key)) continue;
    const example = addressOf(free, family);
    const own = {
      family,
      example,
      interface: undefined,
      interfaces: 0,
      stranger: undefined,
      carried,
    };
    found.set(key, { end: own, prefixes });
  }
  return [...found.values()];
}
