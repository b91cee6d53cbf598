// Rows of bits against lists of numbers.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bitsetOf,
  complement,
  count,
  difference,
  equalBitsets,
  first,
  forEachMember,
  fullBitset,
  hasBit,
  intersection,
  intersects,
  isEmpty,
  isSubset,
  members,
  union,
} from "../../compiler/sets/bitset.ts";

/** Sizes around the ends of a word, one of many words, and members within: few on one side of some
 * pairs, so that both ways of walking two rows are taken. */
const pairs = fc.constantFrom(0, 1, 31, 32, 33, 64, 95, 1000).chain((size) => {
  const some = fc.uniqueArray(fc.nat({ max: Math.max(0, size - 1) }), {
    maxLength: size === 0 ? 0 : 40,
  });
  const one = fc.uniqueArray(fc.nat({ max: Math.max(0, size - 1) }), {
    maxLength: Math.min(size, 1),
  });
  const side = fc.oneof(some, one);
  return fc.record({ size: fc.constant(size), left: side, right: side });
});

test("the algebra of rows is that of sets", () => {
  fc.assert(
    fc.property(pairs, ({ size, left, right }) => {
      const [a, b] = [bitsetOf(size, left), bitsetOf(size, right)];
      const full = Array.from({ length: size }, (_, index) => index);
      const inA = full.filter((index) => left.includes(index));
      const inB = full.filter((index) => right.includes(index));
      const met = inA.filter((index) => inB.includes(index));
      const rest = inA.filter((index) => !inB.includes(index));
      expect([...members(a)]).toEqual(inA);
      const either = full.filter((index) => inA.includes(index) || inB.includes(index));
      expect([...members(union(a, b))]).toEqual(either);
      expect([...members(intersection(a, b))]).toEqual(met);
      expect([...members(difference(a, b))]).toEqual(rest);
      expect([...members(complement(a))]).toEqual(full.filter((index) => !inA.includes(index)));
      expect(isSubset(a, union(a, b))).toBe(true);
      expect(isSubset(a, b)).toBe(rest.length === 0);
      expect(intersects(a, b)).toBe(met.length > 0);
      expect(equalBitsets(a, b)).toBe(rest.length === 0 && inA.length === inB.length);
      expect(count(a)).toBe(inA.length);
      expect(isEmpty(a)).toBe(inA.length === 0);
      expect(first(a)).toBe(inA[0]);
      expect(full.filter((index) => hasBit(a, index))).toEqual(inA);
      expect(equalBitsets(complement(complement(a)), a)).toBe(true);
      expect(count(fullBitset(size))).toBe(size);
      expect([...a.words].every((word) => word !== 0)).toBe(true);
      const visited: number[] = [];
      forEachMember(a, (member) => visited.push(member));
      expect(visited).toEqual(inA);
    }),
  );
});
