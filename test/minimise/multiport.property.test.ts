// Multiport matches against the number that is known to be the least, and against the ports.
import fc from "fast-check";
import { expect, it } from "vitest";
import { multiportMatches, type PortRange } from "../../compiler/minimise/multiport.ts";

const runs = process.env.SEGC_FULL === "1" ? 10_000 : 500;

/** Gaps and lengths in turn: sorted, disjoint, not adjacent. */
const portSets = fc
  .array(
    fc.record({ gap: fc.integer({ min: 2, max: 9 }), more: fc.oneof(fc.constant(0), fc.nat(9)) }),
    { maxLength: 80 },
  )
  .map((steps) => {
    const ranges: PortRange[] = [];
    for (const { gap, more } of steps) {
      const first = (ranges.at(-1)?.last ?? -2) + gap;
      ranges.push({ first, last: first + more });
    }
    return ranges;
  });

const slotsOf = (match: readonly PortRange[]) =>
  match.reduce((sum, { first, last }) => sum + (first === last ? 1 : 2), 0);

it("takes as few multiport matches as there can be, for exactly the ports given", () => {
  fc.assert(
    fc.property(portSets, (ranges) => {
      const matches = multiportMatches(ranges);
      const wide = ranges.filter(({ first, last }) => first !== last).length;
      const slots = slotsOf(ranges);
      expect(matches.length).toBe(Math.max(Math.ceil(wide / 7), Math.ceil(slots / 15)));
      const byFirst = (a: PortRange, b: PortRange) => a.first - b.first;
      expect(matches.flat().sort(byFirst)).toEqual(ranges);
      for (const match of matches) {
        expect(slotsOf(match)).toBeLessThanOrEqual(15);
        expect(match.length).toBeGreaterThan(0);
        expect(match).toEqual(match.toSorted(byFirst));
      }
    }),
    { numRuns: runs },
  );
});

it("fills the last slot beside seven ranges with a single port", () => {
  const ranges = Array.from({ length: 7 }, (_, at) => ({ first: at * 10, last: at * 10 + 1 }));
  expect(multiportMatches([...ranges, { first: 443, last: 443 }]).length).toBe(1);
  expect(multiportMatches([...ranges, { first: 443, last: 444 }]).length).toBe(2);
});
