// One product that covers many of the edges still to cover: from one edge, the row that adds most
// is taken in again and again, and the columns that it lacks are given up.
import { clearBit, isWithin, listBits, lowest, setBit, testBit } from "./dense-bits.ts";
import type { Meter } from "./meter.ts";
import type { Relation } from "./relation.ts";

/** A product inside a relation, as bits, so large that no row or column can be added. */
export interface Box {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/** The largest box found around one edge, by edges of `open` (bits by row) that it holds. */
export function growProduct(relation: Relation, open: Int32Array, edge: number, meter: Meter): Box {
  const { rowWords, columnWords, byRow, byColumn } = relation;
  const row = Math.floor(edge / relation.columns);
  const column = edge - row * relation.columns;
  const growth: Growth = {
    relation,
    open,
    columns: byRow.slice(row * rowWords, (row + 1) * rowWords),
    weights: new Int32Array(relation.columns),
    scratch: new Int32Array(Math.max(relation.rows, relation.columns)),
  };
  const candidates = byColumn.slice(column * columnWords, (column + 1) * columnWords);
  for (let next: number | undefined = row; next !== undefined && !meter.isSpent(); ) {
    takeIn(growth, next);
    clearBit(candidates, 0, next);
    next = bestRow(growth, candidates, meter);
  }
  meter.spend(relation.rows + columnWords + rowWords);
  return closeBox(relation, growth.columns);
}

/** The box of some columns that share a row: all rows that have them, all columns of those rows. */
export function closeBox(relation: Relation, columns: Int32Array): Box {
  const { rowWords, columnWords, byRow, byColumn } = relation;
  const box = { rows: new Int32Array(columnWords), columns: new Int32Array(rowWords).fill(-1) };
  const place = columns.findIndex((word) => word !== 0);
  if (place === -1) throw new Error("bug in segc (product cover): a box without columns");
  // Only rows of the first column can have them all.
  const offset = (place * 32 + lowest(columns[place] as number)) * columnWords;
  for (let at = 0; at < columnWords; at++) {
    for (let word = byColumn[offset + at] as number; word !== 0; word &= word - 1) {
      const row = at * 32 + lowest(word);
      if (!isWithin(columns, byRow, row * rowWords, rowWords)) continue;
      setBit(box.rows, 0, row);
      for (let other = 0; other < rowWords; other++) {
        const related = byRow[row * rowWords + other] as number;
        box.columns[other] = (box.columns[other] as number) & related;
      }
    }
  }
  return box;
}

export function holds(box: Box, row: number, column: number): boolean {
  return testBit(box.rows, 0, row) && testBit(box.columns, 0, column);
}

interface Growth {
  readonly relation: Relation;
  readonly open: Int32Array;
  readonly columns: Int32Array;
  /** For each column: how many open edges the rows taken in have there. */
  readonly weights: Int32Array;
  readonly scratch: Int32Array;
}

function takeIn({ relation, open, columns, weights }: Growth, row: number): void {
  const { rowWords, byRow } = relation;
  for (let place = 0; place < rowWords; place++) {
    const offset = row * rowWords + place;
    columns[place] = (columns[place] as number) & (byRow[offset] as number);
    for (let word = open[offset] as number; word !== 0; word &= word - 1) {
      const column = place * 32 + lowest(word);
      weights[column] = (weights[column] as number) + 1;
    }
  }
}

/**
 * The row that makes the box hold most open edges, if any makes it hold more; rows that cost no
 * column are taken in on the way. Rows that would make it hold fewer are not asked again: they lack
 * too many of the columns, and are in the end taken in if those are given up.
 */
function bestRow(growth: Growth, candidates: Int32Array, meter: Meter): number | undefined {
  const { relation, columns, scratch } = growth;
  const { rowWords, columnWords, byRow } = relation;
  const length = listBits(candidates, 0, columnWords, scratch);
  for (let i = 0; i < length; i++) {
    const row = scratch[i] as number;
    if (!isWithin(columns, byRow, row * rowWords, rowWords)) continue;
    takeIn(growth, row);
    clearBit(candidates, 0, row);
  }
  let best: number | undefined;
  const now = heldWith(growth, undefined);
  let most = now;
  for (let i = 0; i < length; i++) {
    const row = scratch[i] as number;
    if (!testBit(candidates, 0, row)) continue;
    const held = heldWith(growth, row);
    if (held <= now) clearBit(candidates, 0, row);
    if (held > most) [best, most] = [row, held];
  }
  meter.spend(length * (rowWords * 2 + relation.columns));
  return best;
}

/** Open edges in the box, were the row taken in. */
function heldWith(growth: Growth, row: number | undefined): number {
  const { relation, open, columns, weights } = growth;
  const { rowWords, byRow } = relation;
  let held = 0;
  for (let place = 0; place < rowWords; place++) {
    const offset = (row ?? 0) * rowWords + place;
    const related = row === undefined ? -1 : (byRow[offset] as number);
    const opened = row === undefined ? 0 : (open[offset] as number);
    for (let word = (columns[place] as number) & related; word !== 0; word &= word - 1) {
      const bit = lowest(word);
      held += (weights[place * 32 + bit] as number) + ((opened >>> bit) & 1);
    }
  }
  return held;
}
