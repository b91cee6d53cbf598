// Classes of addresses against membership: what none of the sets tells apart, and what a set of them is.
import fc from "fast-check";
import { expect, test } from "vitest";
import { addressClasses } from "../../compiler/sets/address-classes.ts";
import {
  addressesOfFamily,
  addressSet,
  equalAddressSets,
  isNoAddress,
  prefixes,
} from "../../compiler/sets/address-set.ts";
import { addressAtoms } from "../../compiler/sets/atoms.ts";
import { cidrLists } from "./random-cidrs.ts";

const families = [4, 6] as const;

test("classes are what the sets tell apart, and every set is the union of its own", () => {
  fc.assert(
    fc.property(fc.array(cidrLists, { maxLength: 5 }), (lists) => {
      const sets = lists.map(addressSet);
      const classes = addressClasses(sets);
      for (const family of families) {
        const atoms = addressAtoms(sets, family);
        const own = classes[family];
        expect(own.count).toBe(atoms.length);
        for (const [number, { addresses }] of atoms.entries()) {
          expect(own.classesOf(addresses)).toEqual(Int32Array.of(number));
          expect(equalAddressSets(own.union([number]), addresses)).toBe(true);
        }
        for (const [index, set] of sets.entries()) {
          const part = addressesOfFamily(set, family);
          const held = own.classesOf(set);
          if (isNoAddress(part)) expect(held).toBeUndefined();
          else {
            const wanted = [...atoms.entries()].filter(([, { of }]) => of.includes(index));
            expect([...(held ?? [])]).toEqual(wanted.map(([number]) => number));
            expect(equalAddressSets(own.union([...(held ?? [])].reverse()), part)).toBe(true);
          }
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("a set that splits a class, or has what no set had, is no list of classes", () => {
  fc.assert(
    fc.property(fc.array(cidrLists, { maxLength: 4 }), cidrLists, (lists, other) => {
      const sets = lists.map(addressSet);
      const set = addressSet(other);
      for (const family of families) {
        const part = addressesOfFamily(set, family);
        const classes = addressClasses(sets)[family];
        const held = classes.classesOf(part);
        if (held !== undefined) {
          expect(equalAddressSets(classes.union(held), part)).toBe(true);
          continue;
        }
        // With it among the sets there are more classes, unless it has nothing.
        const finer = addressClasses([...sets, part])[family];
        expect(isNoAddress(part) || finer.count > classes.count).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test("some of the classes are numbered in turn", () => {
  const classes = addressClasses([addressSet([])])[4];
  expect(classes.count).toBe(0);
  const eight = Array.from({ length: 8 }, (_, at) => prefixes(`fd00::${2 * at}`));
  const { numbers, places } = addressClasses(eight)[6].among([
    Int32Array.of(1, 4),
    Int32Array.of(0, 4, 6),
    new Int32Array(0),
  ]);
  expect([...numbers]).toEqual([0, 1, 4, 6]);
  expect(places.map((list) => [...list])).toEqual([[1, 2], [0, 2, 3], []]);
});
