// Service sets by number: equal sets have equal numbers, and what was once united, intersected or
// subtracted is looked up. A transition compares millions of pairs of few sets.
import {
  intersectServices,
  noService,
  type ServiceSet,
  subtractServices,
  unionServices,
} from "../../../compiler/sets/service-set.ts";

export interface ServiceTable {
  readonly idOf: (set: ServiceSet) => number;
  readonly setOf: (id: number) => ServiceSet;
  readonly union: (a: number, b: number) => number;
  readonly intersect: (a: number, b: number) => number;
  readonly subtract: (a: number, b: number) => number;
}

/** The number of the empty set in every table. */
export const nothing = 0;

export function serviceTable(): ServiceTable {
  const sets: ServiceSet[] = [];
  const ids = new Map<string, number>();
  const idOf = (set: ServiceSet): number => {
    const key = set.intervals.map(({ first, last }) => `${first}-${last}`).join();
    const before = ids.get(key);
    if (before !== undefined) return before;
    ids.set(key, sets.length);
    return sets.push(set) - 1;
  };
  idOf(noService);
  const setOf = (id: number): ServiceSet => {
    const set = sets[id];
    if (set === undefined) throw new Error("bug in segc (aws): no such set of services");
    return set;
  };
  const remembering = (combine: (a: ServiceSet, b: ServiceSet) => ServiceSet) => {
    const known = new Map<number, number>();
    return (a: number, b: number): number => {
      const key = a * 2 ** 26 + b;
      const before = known.get(key);
      if (before !== undefined) return before;
      const found = idOf(combine(setOf(a), setOf(b)));
      known.set(key, found);
      return found;
    };
  };
  const union = remembering(unionServices);
  const intersect = remembering(intersectServices);
  const subtract = remembering(subtractServices);
  return {
    idOf,
    setOf,
    union: (a, b) => (a === b || b === nothing ? a : a === nothing ? b : union(a, b)),
    intersect: (a, b) => (a === b ? a : a === nothing || b === nothing ? nothing : intersect(a, b)),
    subtract: (a, b) => (a === b || a === nothing ? nothing : b === nothing ? a : subtract(a, b)),
  };
}
