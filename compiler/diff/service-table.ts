// Service sets as small numbers: equal sets have one, and what was asked of two of them once is known.
// A comparison asks the same few questions of millions of pairs.
import {
  intersectServices,
  noService,
  type ServiceSet,
  subtractServices,
  unionServices,
} from "../sets/service-set.ts";

/** The number of the empty set. */
export const nothing = 0;

export interface ServiceTable {
  readonly numberOf: (set: ServiceSet) => number;
  readonly setOf: (number: number) => ServiceSet;
  readonly union: (a: number, b: number) => number;
  readonly meet: (a: number, b: number) => number;
  readonly subtract: (a: number, b: number) => number;
}

export function serviceTable(): ServiceTable {
  const sets: ServiceSet[] = [];
  const byText = new Map<string, number>();
  const byObject = new WeakMap<ServiceSet, number>();
  const numberOf = (set: ServiceSet): number => {
    const known = byObject.get(set);
    if (known !== undefined) return known;
    const text = set.intervals.map(({ first, last }) => `${first}-${last}`).join();
    let number = byText.get(text);
    if (number === undefined) {
      number = sets.length;
      sets.push(set);
      byText.set(text, number);
    }
    byObject.set(set, number);
    return number;
  };
  const setOf = (number: number): ServiceSet => {
    const set = sets[number];
    if (set === undefined) throw new Error("bug in segc (diff): no such service set");
    return set;
  };
  const asked = (operation: (a: ServiceSet, b: ServiceSet) => ServiceSet) => {
    const known = new Map<number, number>();
    return (a: number, b: number): number => {
      const key = a * 2 ** 26 + b;
      const before = known.get(key);
      if (before !== undefined) return before;
      const answer = numberOf(operation(setOf(a), setOf(b)));
      known.set(key, answer);
      return answer;
    };
  };
  numberOf(noService);
  const [union, meet, subtract] = [
    asked(unionServices),
    asked(intersectServices),
    asked(subtractServices),
  ];
  return {
    numberOf,
    setOf,
    union: (a, b) => (a === b || b === nothing ? a : a === nothing ? b : union(a, b)),
    meet: (a, b) => (a === b ? a : a === nothing || b === nothing ? nothing : meet(a, b)),
    subtract: (a, b) => (a === b ? nothing : a === nothing || b === nothing ? a : subtract(a, b)),
  };
}
