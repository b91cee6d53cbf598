// Counts pairs of endpoints without listing them: |A| x |B| for each group of endpoints that can
// reach each other, less the pairs within one workload, told apart by what stands at either end.
import type { Universe } from "../extent/types.ts";
import type { Family } from "../sets/address.ts";
import {
  type Bitset,
  bitsetOf,
  hasBit,
  intersection,
  intersects,
  members,
  onesIn,
  wordAt,
} from "../sets/bitset.ts";
import type { End } from "./ends.ts";

/**
 * Pairs by what stands at the source, then at the destination (0 nothing, 1 an enforcing enforcer,
 * 2 an observed one): index 3 * source + destination.
 */
export type PairCounts = Float64Array;

/** The pairs of a universe; built once and shared by all counts. */
export interface PairSpace {
  readonly universe: Universe;
  /** Endpoints that are their workload's only one in its group, by family. */
  readonly alone: Readonly<Record<Family, Bitset>>;
  /** The others, each with all endpoints of its workload in its group (itself too). */
  readonly crowds: ReadonlyMap<number, readonly number[]>;
  readonly crowded: Bitset;
  readonly tallies: WeakMap<End, WeakMap<Bitset, Float64Array>>;
}

export function pairSpace(universe: Universe): PairSpace {
  const alone: Record<Family, number[]> = { 4: [], 6: [] };
  const crowds = new Map<number, readonly number[]>();
  for (let workload = 0; workload + 1 < universe.firstOf.length; workload++) {
    const start = universe.firstOf[workload] as number; // in range, and so is the next
    const end = universe.firstOf[workload + 1] as number;
    const groups = new Map<number, number[]>();
    for (let at = start; at < end; at++) {
      const group = universe.endpoints[at]?.group ?? 0;
      const mates = groups.get(group);
      if (mates === undefined) groups.set(group, [at]);
      else mates.push(at);
    }
    for (const mates of groups.values()) {
      for (const at of mates) {
        const family = universe.endpoints[at]?.family ?? 4;
        if (mates.length === 1) alone[family].push(at);
        else crowds.set(at, mates);
      }
    }
  }
  const row = (found: Iterable<number>) => bitsetOf(universe.endpoints.length, found);
  return {
    universe,
    alone: { 4: row(alone[4]), 6: row(alone[6]) },
    crowds,
    crowded: row(crowds.keys()),
    tallies: new WeakMap(),
  };
}

/** Pairs of `sources` x `destinations` in one group of this family, between two workloads. */
export function countPairs(
  space: PairSpace,
  source: End,
  destination: End,
  sources: Bitset,
  destinations: Bitset,
  family: Family,
): PairCounts {
  const counts = new Float64Array(9);
  const left = tally(space, source, sources);
  const right = tally(space, destination, destinations);
  space.universe.groups.forEach((group, index) => {
    if (group.family !== family) return;
    for (let cell = 0; cell < 9; cell++) {
      const from = left[index * 3 + Math.floor(cell / 3)] as number; // three for each group
      const to = right[index * 3 + (cell % 3)] as number;
      counts[cell] = (counts[cell] as number) + from * to;
    }
  });
  subtractAlone(space, source, destination, sources, destinations, family, counts);
  subtractCrowds(space, source, destination, sources, destinations, family, counts);
  return counts;
}

/** Members of `set` by group and state: index 3 * group + state. */
export function tally(space: PairSpace, end: End, set: Bitset): Float64Array {
  let known = space.tallies.get(end);
  if (known === undefined) {
    known = new WeakMap();
    space.tallies.set(end, known);
  }
  const found = known.get(set);
  if (found !== undefined) return found;
  const { groups } = space.universe;
  const result = new Float64Array(groups.length * 3);
  groups.forEach((group, number) => {
    const held = intersection(set, group.members);
    held.places.forEach((place, at) => {
      addStates(result, number * 3, end, held.words[at] as number, place);
    });
  });
  known.set(set, result);
  return result;
}

function addStates(into: Float64Array, at: number, end: End, word: number, place: number): void {
  const enforced = onesIn(word & wordAt(end.enforced, place));
  const observed = onesIn(word & wordAt(end.observed, place));
  into[at] = (into[at] as number) + onesIn(word) - enforced - observed;
  into[at + 1] = (into[at + 1] as number) + enforced;
  into[at + 2] = (into[at + 2] as number) + observed;
}

/** Endpoints alone in their group are a pair with themselves where both sides hold them. */
function subtractAlone(
  space: PairSpace,
  source: End,
  destination: End,
  sources: Bitset,
  destinations: Bitset,
  family: Family,
  counts: PairCounts,
): void {
  const both = intersection(intersection(sources, destinations), space.alone[family]);
  for (let i = 0; i < both.words.length; i++) {
    const place = both.places[i] as number;
    const word = both.words[i] as number;
    for (let cell = 0; cell < 9; cell++) {
      const from = stateWord(source, Math.floor(cell / 3), place);
      const to = stateWord(destination, cell % 3, place);
      counts[cell] = (counts[cell] as number) - onesIn(word & from & to);
    }
  }
}

function stateWord(end: End, state: number, place: number): number {
  if (state === 0) return ~wordAt(end.present, place);
  return wordAt(state === 1 ? end.enforced : end.observed, place);
}

function subtractCrowds(
  space: PairSpace,
  source: End,
  destination: End,
  sources: Bitset,
  destinations: Bitset,
  family: Family,
  counts: PairCounts,
): void {
  if (
    space.crowds.size === 0 ||
    !intersects(sources, space.crowded) ||
    !intersects(destinations, space.crowded)
  )
    return;
  for (const from of members(intersection(sources, space.crowded))) {
    if (space.universe.endpoints[from]?.family !== family) continue;
    for (const to of space.crowds.get(from) ?? []) {
      if (!hasBit(destinations, to)) continue;
      const cell = stateOf(source, from) * 3 + stateOf(destination, to);
      counts[cell] = (counts[cell] as number) - 1;
    }
  }
}

function stateOf(end: End, endpoint: number): number {
  if (!hasBit(end.present, endpoint)) return 0;
  return hasBit(end.enforced, endpoint) ? 1 : 2;
}
