// Comparing two first-match lists, by each engine alone and as it is called, against the verdicts
// of every single point.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differenceByDiagrams } from "../../compiler/verify/by-diagrams.ts";
import { compareLists } from "../../compiler/verify/compare-lists.ts";
import { Layering } from "../../compiler/verify/layers.ts";
import { mergePair } from "../../compiler/verify/merged.ts";
import { sweep } from "../../compiler/verify/sweep.ts";
import {
  differences,
  type ListPair,
  mutated,
  sameMeaning,
  unrelated,
  verdictOf,
} from "./random-lists.ts";
import { crossing, placeOf, tableOf } from "./wide-lists.ts";

const numRuns = process.env.SEGC_FULL === "1" ? 30_000 : 1_500;

/** What an engine says, as atoms; undefined for equal. */
type Engine = (pair: ListPair) => readonly number[] | undefined;

const ordersOf = (axes: readonly number[]) => {
  const forth = axes.map((_, axis) => axis);
  return [forth, forth.toReversed()];
};

const engines: Readonly<Record<string, Engine>> = {
  "as called": ({ axes, a, b }) => {
    const found = compareLists(axes, a, b);
    if (found.equal) return undefined;
    expect(found.a).toBe(verdictOf(a, found.atoms));
    expect(found.b).toBe(verdictOf(b, found.atoms));
    return found.atoms;
  },
  ...Object.fromEntries(
    [0, 1].map((which) => [
      `sweep, order ${which}`,
      ({ axes, a, b }: ListPair) => {
        const pair = mergePair(axes, a, b);
        const found = sweep(pair, ordersOf(axes)[which] ?? [], Number.POSITIVE_INFINITY);
        if (found === "spent") throw new Error("an endless budget was spent");
        return found === "equal" ? undefined : found.map((at, x) => pair.axes[x]?.lowest[at] ?? -1);
      },
    ]),
  ),
  ...Object.fromEntries(
    [0, 1].map((which) => [
      `diagrams, order ${which}`,
      ({ axes, a, b }: ListPair) => {
        const pair = mergePair(axes, a, b);
        const found = differenceByDiagrams(pair, ordersOf(axes)[which] ?? []);
        return found?.map((at, x) => pair.axes[x]?.lowest[at] ?? -1);
      },
    ]),
  ),
};

describe.each(Object.entries(engines))("two lists, %s", (_, engine) => {
  const agrees = (pair: ListPair) => {
    const found = engine(pair);
    const wanted = differences(pair);
    if (found === undefined) expect(wanted).toEqual([]);
    else expect(wanted).toContainEqual(found);
  };

  it("decides unrelated ones", () => {
    fc.assert(fc.property(unrelated, agrees), { numRuns });
  });

  it("finds equal what means the same", () => {
    fc.assert(
      fc.property(sameMeaning, (pair) => {
        expect(differences(pair)).toEqual([]);
        expect(engine(pair)).toBeUndefined();
      }),
      { numRuns },
    );
  });

  it("tells apart what one change made different", () => {
    fc.assert(fc.property(mutated, agrees), { numRuns });
  });
});

describe("a sweep", () => {
  it("never decides wrongly, however small its budget", () => {
    fc.assert(
      fc.property(fc.oneof(unrelated, mutated), fc.nat({ max: 3_000 }), (lists, budget) => {
        const pair = mergePair(lists.axes, lists.a, lists.b);
        const order = lists.axes.map((_, axis) => axis);
        const found = sweep(pair, order, budget);
        if (found !== "spent") expect(found === "equal").toBe(differences(lists).length === 0);
      }),
      { numRuns },
    );
  });
});

describe("planes of more columns than a word has bits", () => {
  const decided = (pair: ListPair) => {
    const [a, b] = [tableOf(pair.axes, pair.a), tableOf(pair.axes, pair.b)];
    return { a, b, isEqual: a.every((verdict, at) => verdict === b[at]) };
  };

  it("are compared exactly, whichever axes they have and however few lines at a time", () => {
    const bands = fc.constantFrom(1, 5, 40, 10_000);
    const cases = fc.tuple(crossing, fc.boolean(), bands);
    fc.assert(
      fc.property(cases, ([lists, isBackwards, band]) => {
        const { axes } = lists;
        const order = ordersOf(axes)[isBackwards ? 1 : 0] ?? [];
        const pair = mergePair(axes, lists.a, lists.b);
        const found = sweep(pair, order, Number.POSITIVE_INFINITY, band);
        const { a, b, isEqual } = decided(lists);
        expect(found === "equal").toBe(isEqual);
        if (typeof found === "string") return;
        const at = placeOf(
          axes,
          found.map((number, axis) => pair.axes[axis]?.lowest[number] ?? -1),
        );
        expect(a[at]).not.toBe(b[at]);
      }),
      { numRuns: Math.ceil(numRuns / 4) },
    );
  });

  it("are of both kinds, and wide", () => {
    const sample = fc.sample(crossing, { numRuns: 200, seed: 1 });
    const equal = sample.filter((pair) => decided(pair).isEqual);
    expect(equal.length).toBeGreaterThan(50);
    expect(equal.length).toBeLessThan(150);
    const wide = equal.filter(({ axes, a, b }) => {
      const classes = mergePair(axes, a, b).axes.map((axis) => axis.classes);
      return classes.filter((count) => count > 32).length > 1;
    });
    expect(wide.length).toBeGreaterThan(15);
  });
});

describe("layers of rules", () => {
  it("are the same, however many rules are looked at together", () => {
    fc.assert(
      fc.property(unrelated, fc.integer({ min: 1, max: 5 }), (lists, size) => {
        const { axes, a } = mergePair(lists.axes, lists.a, lists.b);
        const order = axes.map((_, axis) => axis);
        const least = new Int32Array(a.verdicts.length - 1);
        const inBlocks = new Layering(axes, order, a, size).assign(least);
        expect(inBlocks).toEqual(new Layering(axes, order, a).assign(least));
      }),
      { numRuns },
    );
  });
});

describe("the cases at hand", () => {
  it("are of both kinds", () => {
    const shares = [unrelated, mutated].map((pairs) => {
      const sample = fc.sample(pairs, { numRuns: 300, seed: 1 });
      return sample.filter((pair) => differences(pair).length > 0).length / sample.length;
    });
    for (const share of shares) {
      expect(share).toBeGreaterThan(0.2);
      expect(share).toBeLessThan(0.95);
    }
  });
});
