// The services of two lists -> elementary intervals of what a packet of one family can have, and each
// set as runs of them. Points of the service line that no packet has are no atoms.
import type { Family } from "../sets/address.ts";
import { equalServices, packetsOfFamily, type ServiceSet } from "../sets/service-set.ts";
import { type AtomSet, scattered } from "./atoms.ts";

export interface ServiceAxis {
  readonly atoms: number;
  /** Sets of one object, or of equal content, are one object. */
  readonly setOf: (set: ServiceSet) => AtomSet;
  /** The lowest point of an atom. */
  readonly lowestOf: (atom: number) => number;
}

/** `sets` names every set that `setOf` will be asked for. */
export function serviceAxis(family: Family, sets: Iterable<ServiceSet>): ServiceAxis {
  const slots = new Map<ServiceSet, number>();
  const distinct: ServiceSet[] = [];
  const byHash = new Map<number, number[]>();
  for (const set of sets) {
    if (slots.has(set)) continue;
    const hash = hashOf(set);
    const alike = byHash.get(hash) ?? [];
    let slot = alike.find((other) => equalServices(distinct[other] as ServiceSet, set)); // in range
    if (slot === undefined) {
      slot = distinct.push(set) - 1;
      alike.push(slot);
      byHash.set(hash, alike);
    }
    slots.set(set, slot);
  }
  const starts = startsOf(packetsOfFamily(family), distinct);
  const atomSets = distinct.map((set) => runsOf(set, starts));
  return {
    atoms: starts.length,
    setOf: (set) => {
      const found = atomSets[slots.get(set) ?? -1];
      if (found === undefined) throw new Error("bug in segc: a service set that was not announced");
      return found;
    },
    lowestOf: (atom) => starts[atom] as number, // an atom of this axis
  };
}

function hashOf({ intervals }: ServiceSet): number {
  let hash = intervals.length;
  for (const { first, last } of intervals) hash = scattered(scattered(hash ^ first) ^ last);
  return hash;
}

/** First points of the elementary intervals within `packets`, ascending. */
function startsOf(packets: ServiceSet, sets: readonly ServiceSet[]): Float64Array {
  const points: number[] = [];
  for (const { intervals } of sets) {
    for (const { first, last } of intervals) points.push(first, last + 1);
  }
  const sorted = Float64Array.from(points).sort();
  const starts: number[] = [];
  let at = 0;
  for (const { first, last } of packets.intervals) {
    starts.push(first);
    for (; at < sorted.length && (sorted[at] as number) <= last; at++) {
      const point = sorted[at] as number; // `at` is in range
      if (point > first && point !== starts.at(-1)) starts.push(point);
    }
  }
  return Float64Array.from(starts);
}

function runsOf({ intervals }: ServiceSet, starts: Float64Array): AtomSet {
  const ends: number[] = [];
  for (const { first, last } of intervals) {
    const from = firstAtOrAfter(starts, first);
    const to = firstAtOrAfter(starts, last + 1);
    if (from === to) continue;
    // WHY: two intervals touch where what lies between them is no packet.
    if (ends.at(-1) === from) ends[ends.length - 1] = to;
    else ends.push(from, to);
  }
  return Int32Array.from(ends);
}

function firstAtOrAfter(starts: Float64Array, point: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) < point) low = middle + 1;
    else high = middle;
  }
  return low;
}
