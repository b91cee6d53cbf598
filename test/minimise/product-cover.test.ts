// Covers by products against all covers there are, and against relations whose best cover is known.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkCover, productCover } from "../../index.ts";
import {
  coveredBy,
  inputOf,
  leastProducts,
  plantedShapes,
  type Shape,
  shapes,
  shapeWhere,
} from "./relations.ts";

const runs = process.env.SEGC_FULL === "1" ? 5_000 : 300;

/** Solved, verified, and compared with the relation in a second way. */
function solve(shape: Shape) {
  const input = inputOf(shape);
  const result = productCover(input);
  expect(checkCover(input, result)).toEqual({ ok: true });
  expect(coveredBy(result)).toEqual(new Set(shape.pairs.map(String)));
  return result;
}

/** The least k with C(k, floor(k/2)) >= n, written out. */
const crownNumbers: readonly number[] = [
  ...[2, 3, 4, 4, 4, 5, 5, 5, 5, 6],
  ...[6, 6, 6, 6, 6, 6, 6, 6, 6],
];

describe("a cover by products", () => {
  it("is the least there is, and proved to be, of every small relation", () => {
    fc.assert(
      fc.property(fc.oneof(shapes(5), shapes(5, 4)), (shape) => {
        const result = solve(shape);
        expect(result.products.length).toBe(leastProducts(shape));
        expect(result.optimal).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  it("is exactly the relation, with a true bound, of larger ones", () => {
    fc.assert(
      fc.property(fc.oneof(shapes(9), plantedShapes(16, 8)), (shape) => {
        const { lowerBound, products } = solve(shape);
        expect(lowerBound).toBeLessThanOrEqual(products.length);
      }),
      { numRuns: runs / 2 },
    );
  });

  it("never needs more products than were planted, where it is proved", () => {
    fc.assert(
      fc.property(plantedShapes(14, 5), (shape) => {
        const result = solve(shape);
        expect(result.optimal).toBe(true);
        expect(result.products.length).toBeLessThanOrEqual(5);
      }),
      { numRuns: runs / 2 },
    );
  });

  it("does not depend on the order of pairs or on repeats", () => {
    fc.assert(
      fc.property(shapes(7), (shape) => {
        const turned = { ...shape, pairs: [...shape.pairs, ...shape.pairs].reverse() };
        expect(solve(turned)).toEqual(solve(shape));
      }),
      { numRuns: runs / 2 },
    );
  });

  it("of nothing is nothing", () => {
    expect(solve({ rows: 0, columns: 0, pairs: [] })).toMatchObject({
      products: [],
      optimal: true,
    });
    expect(solve({ rows: 3, columns: 4, pairs: [] })).toMatchObject({
      products: [],
      lowerBound: 0,
    });
  });

  it("of everything is one product", () => {
    const { products, optimal } = solve(shapeWhere(3, 2, () => true));
    expect(products).toEqual([{ rows: [0, 1, 2], columns: [0, 1] }]);
    expect(optimal).toBe(true);
  });

  it("of the identity is one product for each row", () => {
    const { products, lowerBound } = solve(shapeWhere(40, 40, (row, column) => row === column));
    expect(products.length).toBe(40);
    expect(lowerBound).toBe(40);
  });

  it("keeps equal rows and columns together", () => {
    const { products } = solve(shapeWhere(6, 6, (row, column) => row % 2 === column % 2));
    const even = [0, 2, 4];
    const odd = [1, 3, 5];
    expect(products).toEqual([
      { rows: even, columns: even },
      { rows: odd, columns: odd },
    ]);
  });

  it.each(crownNumbers.map((least, index) => [index + 2, least]))(
    "of `when different` over %i values is proved to be %i products",
    (values, least) => {
      const { products, optimal } = solve(
        shapeWhere(values, values, (row, column) => row !== column),
      );
      expect(products.length).toBe(least);
      expect(optimal).toBe(true);
    },
  );

  it("of `when different` is the same with many rows of each value and one value open to all", () => {
    const labelOf = (place: number) => place % 9;
    const shape = shapeWhere(40, 30, (row, column) => {
      const [from, to] = [labelOf(row), labelOf(column)];
      return from !== to || from === 0;
    });
    const { products, optimal } = solve(shape);
    expect(products.length).toBe(5);
    expect(optimal).toBe(true);
  });

  it("of several unconnected relations is the sum of theirs", () => {
    const crown = shapeWhere(5, 5, (row, column) => row !== column);
    const moved = crown.pairs.map(([row, column]) => [row + 5, column + 5] as const);
    const alone = [10, 10] as const;
    const result = solve({ rows: 11, columns: 11, pairs: [...crown.pairs, ...moved, alone] });
    expect(result).toMatchObject({ lowerBound: 9, optimal: true });
  });

  it("is complete and its bound is true when there is no time at all", () => {
    fc.assert(
      fc.property(fc.oneof(shapes(9), plantedShapes(20, 9)), (shape) => {
        const input = { ...inputOf(shape), budgetMs: 0 };
        const result = productCover(input);
        expect(checkCover(input, result)).toEqual({ ok: true });
      }),
      { numRuns: runs },
    );
  });
});
