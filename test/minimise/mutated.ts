// A value of plain data changed in one place: a number moved, an item lost, doubled or exchanged.
import fc from "fast-check";

type Plain = number | string | boolean | readonly Plain[] | { readonly [key: string]: Plain };

/** Where to change and how; any numbers will do. */
export const change = fc.record({ place: fc.nat(), how: fc.nat(7), by: fc.nat(40) });

export type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** The value with its `place`-th number or list (counted round and round) changed. */
export function mutated<T>(value: T, { place, how, by }: Change): T {
  let places = 0;
  const count = (each: Plain): Plain => {
    places++;
    return each;
  };
  // What is passed is plain data, and so is what is returned; the shape of lists may change.
  walk(value as Plain, count);
  let at = place % Math.max(1, places);
  return walk(value as Plain, (each) => (at-- === 0 ? changed(each, how, by) : each)) as T;
}

function walk(value: Plain, visit: (each: Plain) => Plain): Plain {
  if (typeof value === "number") return visit(value);
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return visit(value.map((each: Plain) => walk(each, visit)));
  const entries = Object.entries(value).map(([key, each]) => [key, walk(each, visit)]);
  return Object.fromEntries(entries);
}

function changed(value: Plain, how: number, by: number): Plain {
  if (typeof value === "number") return [value + 1, value - 1, by, 0, value + by][how % 5] ?? 0;
  if (!Array.isArray(value) || value.length === 0) return value;
  const [at, other] = [by % value.length, how % value.length];
  switch (how % 4) {
    case 0:
      return value.toSpliced(at, 1);
    case 1:
      return [...value, value[at] ?? 0];
    case 2:
      return value.with(at, value[other] ?? 0).with(other, value[at] ?? 0);
    default:
      return value.with(at, value[other] ?? 0);
  }
}
