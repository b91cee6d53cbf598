// The endpoints of several versions as one list. Workloads are the same where their names are, whatever
// their addresses: an address that moves is no change of a policy. The addresses of one workload in one
// realm and family are matched where they are equal, and else by their order.
import type { Universe } from "../extent/types.ts";
import { type Family, formatAddress } from "../sets/address.ts";
import { type Bitset, bitsetOf, members } from "../sets/bitset.ts";
import type { Version } from "./version.ts";

export interface JointEndpoint {
  readonly name: string;
  readonly realm: string;
  readonly family: Family;
  /** Of each version, the endpoint there; -1 where it has none. */
  readonly at: Int32Array;
}

export interface Joint {
  readonly endpoints: readonly JointEndpoint[];
  /** A row of a version as a row of these endpoints; equal rows of one version are one object before and after. */
  readonly rowOf: (version: number, row: Bitset) => Bitset;
}

/** Which endpoints are the same. Earlier versions say which slots of a workload there are. */
export function jointOf(versions: readonly Version[]): Joint {
  const universes = versions.map(({ context }) => context.expansion.universe);
  const [first, ...others] = universes;
  if (first !== undefined && others.every((other) => isSame(first, other))) {
    return sameJoint(first, versions.length);
  }
  const endpoints: JointEndpoint[] = [];
  const slotsOf = new Map<string, Slots>();
  const places = universes.map((universe, version) => {
    const place = new Int32Array(universe.endpoints.length);
    for (const [spot, indexes] of spotsOf(universe)) {
      let slots = slotsOf.get(spot);
      if (slots === undefined) {
        slots = { joint: [], slotAt: new Map() };
        slotsOf.set(spot, slots);
      }
      for (const [index, slot] of assigned(slots, universe, indexes)) {
        const joint = slots.joint[slot] ?? endpoints.length;
        if (joint === endpoints.length) {
          endpoints.push(newEndpoint(universe, index, versions.length));
          slots.joint[slot] = joint;
        }
        place[index] = joint;
        const endpoint = endpoints[joint];
        if (endpoint !== undefined) endpoint.at[version] = index;
      }
    }
    return place;
  });
  const known = universes.map(() => new WeakMap<Bitset, Bitset>());
  const same = universes.map(
    (universe, version) =>
      universe.endpoints.length === endpoints.length &&
      places[version]?.every((joint, index) => joint === index) === true,
  );
  return {
    endpoints,
    rowOf: (version, row) => {
      if (same[version] === true) return row;
      const before = known[version]?.get(row);
      if (before !== undefined) return before;
      const place = places[version];
      const moved = [...members(row)].map((index) => place?.[index] ?? -1);
      const joint = bitsetOf(
        endpoints.length,
        moved.sort((a, b) => a - b),
      );
      known[version]?.set(row, joint);
      return joint;
    },
  };
}

/** The same names and addresses, in the same order: what every version of most changes has. */
function isSame(a: Universe, b: Universe): boolean {
  return (
    a.endpoints.length === b.endpoints.length &&
    a.workloads.length === b.workloads.length &&
    a.workloads.every(({ name }, index) => name === b.workloads[index]?.name) &&
    a.endpoints.every((one, index) => {
      const other = b.endpoints[index];
      return (
        other !== undefined &&
        one.workload === other.workload &&
        one.realm === other.realm &&
        one.family === other.family &&
        one.address?.words.length === other.address?.words.length &&
        (one.address?.words.every((word, at) => word === other.address?.words[at]) ?? true)
      );
    })
  );
}

function sameJoint(universe: Universe, versions: number): Joint {
  const endpoints = universe.endpoints.map(({ workload, realm, family }, index) => ({
    name: universe.workloads[workload]?.name ?? "",
    realm,
    family,
    at: new Int32Array(versions).fill(index),
  }));
  return { endpoints, rowOf: (_, row) => row };
}

/** Of one workload in one realm and family. */
interface Slots {
  /** Joint endpoint of each slot. */
  readonly joint: number[];
  /** Slots of addresses that some version had. */
  readonly slotAt: Map<string, number>;
}

/** Endpoints of a universe by workload, realm and family; those of one spot are neighbours. */
function* spotsOf({ endpoints, workloads }: Universe): Generator<[string, number[]]> {
  const spots = new Map<string, number[]>();
  for (const [index, { workload, realm, family }] of endpoints.entries()) {
    const spot = `${workloads[workload]?.name} ${realm} ${family}`;
    const indexes = spots.get(spot);
    if (indexes === undefined) spots.set(spot, [index]);
    else indexes.push(index);
  }
  yield* spots;
}

/** Each endpoint with its slot: an address keeps the one it had, others take what is free. */
function assigned(slots: Slots, universe: Universe, indexes: readonly number[]) {
  const taken = new Set<number>();
  const result: [number, number][] = [];
  const others: number[] = [];
  for (const index of indexes) {
    const slot = slots.slotAt.get(textOf(universe, index));
    if (slot === undefined || taken.has(slot)) others.push(index);
    else {
      taken.add(slot);
      result.push([index, slot]);
    }
  }
  let free = 0;
  for (const index of others) {
    while (taken.has(free)) free++;
    taken.add(free);
    slots.slotAt.set(textOf(universe, index), free);
    result.push([index, free]);
  }
  return result;
}

function textOf({ endpoints }: Universe, index: number): string {
  const address = endpoints[index]?.address;
  return address === undefined ? "symbolic" : formatAddress(address);
}

function newEndpoint(universe: Universe, index: number, versions: number): JointEndpoint {
  const endpoint = universe.endpoints[index];
  const name = universe.workloads[endpoint?.workload ?? -1]?.name;
  if (endpoint === undefined || name === undefined) {
    throw new Error("bug in segc (diff): an endpoint without a workload");
  }
  const { realm, family } = endpoint;
  return { name, realm, family, at: new Int32Array(versions).fill(-1) };
}
