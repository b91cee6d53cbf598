// `when different` over n values is the relation "row is not column": a crown. Its largest fooling
// set has three edges while it needs about log2 n products, so it has a bound and a best cover of its
// own (see `Crown`).
import { testBit } from "./dense-bits.ts";
import type { Relation } from "./relation.ts";

/** The one column that each row lacks, if no two rows lack the same and there are no more columns. */
export function crownOf(relation: Relation): readonly number[] | undefined {
  const { rows, columns, rowWords, byRow } = relation;
  if (rows !== columns || rows < 2) return undefined;
  const seen = new Uint8Array(columns);
  const missing: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (testBit(byRow, row * rowWords, column)) continue;
      if (missing.length > row || seen[column] === 1) return undefined;
      seen[column] = 1;
      missing.push(column);
    }
    if (missing.length === row) return undefined;
  }
  return missing;
}

/** The least k with C(k, floor(k/2)) >= n. */
export function productsOfCrown(n: number): number {
  let k = 0;
  while (middleBinomial(k) < n) k++;
  return k;
}

/**
 * A best cover: row i goes into the products of its own half of {0 .. k-1}, its missing column into
 * all others; of two different halves the first has a member that the second lacks.
 */
export function coverCrown(missing: readonly number[]): readonly Draft[] {
  const k = productsOfCrown(missing.length);
  const products = Array.from({ length: k }, emptyProduct);
  const halves = subsetsOf(k, Math.floor(k / 2));
  missing.forEach((column, row) => {
    const half = new Set(halves.next().value);
    products.forEach((product, index) => {
      if (half.has(index)) product.rows.push(row);
      else product.columns.push(column);
    });
  });
  return products;
}

interface Draft {
  readonly rows: number[];
  readonly columns: number[];
}

function emptyProduct(): Draft {
  return { rows: [], columns: [] };
}

function middleBinomial(k: number): number {
  let value = 1;
  for (let i = 1; i <= Math.floor(k / 2); i++) value = (value * (k - i + 1)) / i;
  return value;
}

/** Subsets of `size` members of {0 .. below-1}, in lexical order. */
function* subsetsOf(below: number, size: number): Generator<readonly number[]> {
  const subset = Array.from({ length: size }, (_, index) => index);
  for (;;) {
    yield [...subset];
    let at = size - 1;
    while (at >= 0 && (subset[at] as number) === below - size + at) at--;
    if (at < 0) return;
    let value = (subset[at] as number) + 1;
    for (; at < size; at++) subset[at] = value++;
  }
}
