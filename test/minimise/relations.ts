// Small relations for the cover's tests, and the slow, obvious way to cover them.
import fc from "fast-check";
import type { CoverInput, CoverResult } from "../../index.ts";

export type Pair = readonly [row: number, column: number];

export interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly pairs: readonly Pair[];
}

/** No test depends on time: the clock stands still. */
export function inputOf({ rows, columns, pairs }: Shape): CoverInput {
  const edges = Uint32Array.from(pairs.flat());
  return { rows, columns, edges, budgetMs: 1, now: () => 0 };
}

export function shapeWhere(
  rows: number,
  columns: number,
  isRelated: (row: number, column: number) => boolean,
): Shape {
  const pairs: Pair[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (isRelated(row, column)) pairs.push([row, column]);
    }
  }
  return { rows, columns, pairs };
}

/** Relations of any density, pairs in any order and some of them twice. */
export function shapes(most: number, least = 0): fc.Arbitrary<Shape> {
  return fc
    .record({
      rows: fc.integer({ min: least, max: most }),
      columns: fc.integer({ min: least, max: most }),
      dense: fc.integer({ min: 1, max: 9 }),
    })
    .chain(({ rows, columns, dense }) => {
      const cells = fc.array(fc.integer({ min: 0, max: 9 }), {
        minLength: rows * columns,
        maxLength: rows * columns,
      });
      const shape = cells.map((draws) =>
        shapeWhere(rows, columns, (row, column) => (draws[row * columns + column] ?? 9) < dense),
      );
      return shape.chain(({ pairs }) =>
        fc
          .tuple(
            fc.shuffledSubarray([...pairs], { minLength: pairs.length }),
            fc.subarray([...pairs]),
          )
          .map(([all, again]) => ({ rows, columns, pairs: [...all, ...again] })),
      );
    });
}

/** Unions of products over sets of rows and columns. */
export function plantedShapes(size: number, products: number): fc.Arbitrary<Shape> {
  const side = fc.uniqueArray(fc.nat({ max: size - 1 }), { minLength: 1, maxLength: size / 2 });
  const product = fc.record({ rows: side, columns: side });
  return fc.array(product, { maxLength: products }).map((planted) => ({
    rows: size,
    columns: size,
    pairs: planted.flatMap(({ rows, columns }) =>
      rows.flatMap((row) => columns.map((column): Pair => [row, column])),
    ),
  }));
}

/** The least number of products, by trying all covers: up to 30 cells. */
export function leastProducts({ rows, columns, pairs }: Shape): number {
  const bit = (row: number, column: number) => 1 << (row * columns + column);
  const relation = pairs.reduce((mask, [row, column]) => mask | bit(row, column), 0);
  const boxes = new Set<number>();
  for (let chosen = 1; chosen < 1 << rows; chosen++) {
    const own = Array.from({ length: rows }, (_, row) => row).filter((row) => chosen & (1 << row));
    let box = 0;
    for (let column = 0; column < columns; column++) {
      const cells = own.reduce((mask, row) => mask | bit(row, column), 0);
      if ((cells & ~relation) === 0) box |= cells;
    }
    if (box !== 0) boxes.add(box);
  }
  let reached = new Set([0]);
  for (let count = 0; ; count++) {
    if (reached.has(relation)) return count;
    const next = new Set<number>();
    for (const covered of reached) {
      const lowest = relation & ~covered & -(relation & ~covered);
      for (const box of boxes) if (box & lowest) next.add(covered | box);
    }
    reached = next;
  }
}

/** The pairs that a result's products hold. */
export function coveredBy({ products }: CoverResult): ReadonlySet<string> {
  return new Set(
    products.flatMap(({ rows, columns }) =>
      rows.flatMap((row) => columns.map((column) => `${row},${column}`)),
    ),
  );
}
