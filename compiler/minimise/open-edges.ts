// Edges of a kernel that are still to cover, as bits by row, and what a box holds of them.
import { clearBit, lowest, setBit, testBit } from "./dense-bits.ts";
import type { Box } from "./grow-product.ts";
import type { Induced } from "./induced.ts";
import type { Relation } from "./relation.ts";

/** All edges of a kernel, to begin with. */
export function openEdges({ relation, edges }: Induced): Int32Array {
  const open = new Int32Array(relation.rows * relation.rowWords);
  for (const edge of edges) setBit(open, rowOffset(relation, edge), edge % relation.columns);
  return open;
}

/** Ends the edges that a box holds; returns them, ascending. */
export function closeEdges(relation: Relation, open: Int32Array, box: Box): number[] {
  const closed: number[] = [];
  forOpenIn(relation, open, box, (row, column) => {
    closed.push(row * relation.columns + column);
    clearBit(open, row * relation.rowWords, column);
  });
  return closed;
}

/** How many open edges a box holds. */
export function openIn(relation: Relation, open: Int32Array, box: Box): number {
  let found = 0;
  forOpenIn(relation, open, box, () => {
    found++;
  });
  return found;
}

function forOpenIn(
  { rows, rowWords }: Relation,
  open: Int32Array,
  box: Box,
  visit: (row: number, column: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    if (!testBit(box.rows, 0, row)) continue;
    for (let place = 0; place < rowWords; place++) {
      const both = (open[row * rowWords + place] as number) & (box.columns[place] as number);
      for (let word = both; word !== 0; word &= word - 1) visit(row, place * 32 + lowest(word));
    }
  }
}

/** Where the row of an edge begins. */
export function rowOffset(relation: Relation, edge: number): number {
  return Math.floor(edge / relation.columns) * relation.rowWords;
}
