// The edges of a relation, sorted, for the checker to look up. It belongs to `check-cover.ts`: the
// solver has its own tables, so that one mistake cannot hide in both.
import type { CoverInput } from "./cover-types.ts";

export interface EdgeIndex {
  /** Number of different edges. */
  readonly size: number;
  /** A number of its own below `size` for each edge; -1 for what is no edge. */
  readonly find: (row: number, column: number) => number;
  readonly rowOf: (edge: number) => number;
}

export function edgeIndex({ rows, columns, edges }: CoverInput): EdgeIndex {
  // One number for each pair: exact below 2^53, which the product of two array sizes stays under.
  const keys = new Float64Array(edges.length / 2);
  for (let i = 0; i < keys.length; i++) {
    keys[i] = (edges[2 * i] as number) * columns + (edges[2 * i + 1] as number);
  }
  keys.sort();
  let size = 0;
  for (const key of keys) {
    if (size === 0 || keys[size - 1] !== key) keys[size++] = key;
  }
  const find = (row: number, column: number): number => {
    if (!isBelow(row, rows) || !isBelow(column, columns)) return -1;
    const key = row * columns + column;
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    return low < size && keys[low] === key ? low : -1;
  };
  return { size, find, rowOf: (edge) => Math.floor((keys[edge] as number) / columns) };
}

function isBelow(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < limit;
}
