// Takes products that some best cover has, and drops edges that come along with others, until
// neither is found. Real access relations are mostly or wholly solved by this.
//
// Let N(e) be the edges still to cover that are compatible with e, e itself included.
// Simplicial: if the box around N(e) lies in the relation, it is a product that covers all that any
// product with e can cover, so taking it is never wrong, and e needs a product no other such edge
// shares. Domination: if N(e) is part of N(f), whatever product covers e can be made to hold f too.
// Simplicial-vertex and domination rules are those of Ene et al., "Fast exact and heuristic methods
// for role minimization problems", SACMAT 2008; with boxes they need no graph of edges.
import { clearBit, isWithin, listBits, lowest, setBit, testBit } from "./dense-bits.ts";
import type { Meter } from "./meter.ts";
import { edgesOf, type Relation } from "./relation.ts";

export interface Reduction {
  /** Pairwise incompatible, and compatible with none of `left`: one for each of `groups`. */
  readonly fooling: readonly number[];
  /** Edges that go into one product each time. */
  readonly groups: readonly (readonly number[])[];
  /** Edge and the edge whose product takes it, in the order in which they were dropped. */
  readonly dropped: readonly (readonly [edge: number, with_: number])[];
  /** Edges that still need a product, ascending. */
  readonly left: readonly number[];
}

export function reduceCover(relation: Relation, meter: Meter): Reduction {
  const state = stateOf(relation);
  const edges = bySizeOfReach(relation, state.degrees);
  const checkedAt = new Int32Array(edges.length).fill(-1);
  let clock = 0;
  let isStable = false;
  while (!isStable && !meter.isSpent()) {
    isStable = true;
    for (let i = 0; i < edges.length && !meter.isSpent(); i++) {
      const edge = edges[i] as number;
      const row = Math.floor(edge / relation.columns);
      const column = edge - row * relation.columns;
      if (!testBit(state.open, row * relation.rowWords, column)) continue;
      if (checkedAt[i] !== -1 && !isTouched(state, row, column, checkedAt[i] as number)) continue;
      clock++;
      checkedAt[i] = clock;
      meter.spend(lookAround(state, row, column));
      if (settle(state, row, column, clock)) isStable = false;
    }
  }
  const left = [...edges.filter((edge) => isOpen(state, edge)).sort()];
  return { fooling: state.fooling, groups: state.groups, dropped: state.dropped, left };
}

interface State {
  readonly relation: Relation;
  readonly degrees: Degrees;
  /** Edges still to cover, by row. */
  readonly open: Int32Array;
  /** When an edge of the row or column was last covered or dropped. */
  readonly rowTouched: Int32Array;
  readonly columnTouched: Int32Array;
  readonly fooling: number[];
  readonly groups: number[][];
  readonly dropped: [number, number][];
  /** Of the edge looked at: the rows and columns of N(e), and those related to all of them. */
  readonly nearRows: Int32Array;
  readonly nearColumns: Int32Array;
  readonly commonRows: Int32Array;
  readonly commonColumns: Int32Array;
  readonly places: Int32Array;
  readonly list: Int32Array;
}

interface Degrees {
  readonly row: Int32Array;
  readonly column: Int32Array;
}

function stateOf(relation: Relation): State {
  const { rows, columns, rowWords, columnWords, byRow } = relation;
  return {
    relation,
    degrees: degreesOf(relation),
    open: byRow.slice(),
    rowTouched: new Int32Array(rows),
    columnTouched: new Int32Array(columns),
    fooling: [],
    groups: [],
    dropped: [],
    nearRows: new Int32Array(columnWords),
    nearColumns: new Int32Array(rowWords),
    commonRows: new Int32Array(columnWords),
    commonColumns: new Int32Array(rowWords),
    places: new Int32Array(Math.max(rowWords, columnWords)),
    list: new Int32Array(Math.max(rows, columns)),
  };
}

function degreesOf(relation: Relation): Degrees {
  const degrees = { row: new Int32Array(relation.rows), column: new Int32Array(relation.columns) };
  for (const edge of edgesOf(relation)) {
    const row = Math.floor(edge / relation.columns);
    const column = edge - row * relation.columns;
    degrees.row[row] = (degrees.row[row] as number) + 1;
    degrees.column[column] = (degrees.column[column] as number) + 1;
  }
  return degrees;
}

/** Edges with few others around them first: they are simplicial most often, and cheap to ask. */
function bySizeOfReach(relation: Relation, { row, column }: Degrees): Float64Array {
  const edges = edgesOf(relation);
  const keys = Float64Array.from(edges, (edge, index) => {
    const at = Math.floor(edge / relation.columns);
    const reach = (row[at] as number) * (column[edge - at * relation.columns] as number);
    return reach * edges.length + index;
  });
  return keys.sort().map((key) => edges[key % edges.length] as number);
}

function isOpen({ relation, open }: State, edge: number): boolean {
  const row = Math.floor(edge / relation.columns);
  return testBit(open, row * relation.rowWords, edge - row * relation.columns);
}

/** Whether an edge that may have been compatible with this one has gone since. */
function isTouched(state: State, row: number, column: number, since: number): boolean {
  const { relation, list } = state;
  const columns = listBits(relation.byRow, row * relation.rowWords, relation.rowWords, list);
  let isNear = false;
  for (let i = 0; i < columns && !isNear; i++) {
    isNear = (state.columnTouched[list[i] as number] as number) >= since;
  }
  if (!isNear) return false;
  const { byColumn, columnWords } = relation;
  const rows = listBits(byColumn, column * columnWords, columnWords, list);
  for (let i = 0; i < rows; i++) {
    if ((state.rowTouched[list[i] as number] as number) >= since) return true;
  }
  return false;
}

/** Fills `near...` and `common...` for one edge; returns the work that took. */
function lookAround(state: State, row: number, column: number): number {
  const { relation, open, places, list } = state;
  const { byRow, rowWords, byColumn, columnWords } = relation;
  const used = usedPlaces(byRow, row * rowWords, rowWords, places);
  const { nearRows, nearColumns, commonRows, commonColumns } = state;
  nearRows.fill(0);
  nearColumns.fill(0);
  commonColumns.fill(0);
  for (let k = 0; k < used; k++) {
    const place = places[k] as number;
    commonColumns[place] = byRow[row * rowWords + place] as number;
  }
  const rows = listBits(byColumn, column * columnWords, columnWords, list);
  for (let i = 0; i < rows; i++) {
    const other = list[i] as number;
    let met = 0;
    for (let k = 0; k < used; k++) {
      const place = places[k] as number;
      const both =
        (open[other * rowWords + place] as number) & (byRow[row * rowWords + place] as number);
      met |= both;
      nearColumns[place] = (nearColumns[place] as number) | both;
    }
    if (met === 0) continue;
    setBit(nearRows, 0, other);
    for (let k = 0; k < used; k++) {
      const place = places[k] as number;
      commonColumns[place] =
        (commonColumns[place] as number) & (byRow[other * rowWords + place] as number);
    }
  }
  const turned = commonOf(state, column, commonRows);
  return rows * used * 2 + turned + rowWords + columnWords;
}

/** Rows related to every column of `nearColumns`; `column` is one of those. */
function commonOf(state: State, column: number, into: Int32Array): number {
  const { relation, nearColumns, places, list } = state;
  const { byColumn, columnWords, rowWords } = relation;
  const used = usedPlaces(byColumn, column * columnWords, columnWords, places);
  into.fill(0);
  for (let k = 0; k < used; k++) {
    const place = places[k] as number;
    into[place] = byColumn[column * columnWords + place] as number;
  }
  const columns = listBits(nearColumns, 0, rowWords, list);
  for (let i = 0; i < columns; i++) {
    const offset = (list[i] as number) * columnWords;
    for (let k = 0; k < used; k++) {
      const place = places[k] as number;
      into[place] = (into[place] as number) & (byColumn[offset + place] as number);
    }
  }
  return columns * used;
}

/** Which words of a row are not zero; returns how many. */
function usedPlaces(words: Int32Array, offset: number, count: number, into: Int32Array): number {
  let length = 0;
  for (let place = 0; place < count; place++) {
    if (words[offset + place] !== 0) into[length++] = place;
  }
  return length;
}

/** Takes or drops what `lookAround` has shown to be settled; whether there was anything. */
function settle(state: State, row: number, column: number, clock: number): boolean {
  const { relation, nearRows, nearColumns, commonRows, commonColumns } = state;
  const edge = row * relation.columns + column;
  if (isWithin(nearRows, commonRows, 0, relation.columnWords)) {
    state.fooling.push(edge);
    state.groups.push(close(state, nearRows, nearColumns, clock, -1));
    return true;
  }
  const taken = close(state, commonRows, commonColumns, clock, edge);
  for (const other of taken) state.dropped.push([other, edge]);
  return taken.length > 0;
}

/** Ends the open edges of a box, but for one; returns them. */
function close(
  state: State,
  rows: Int32Array,
  columns: Int32Array,
  clock: number,
  except: number,
): number[] {
  const { relation, open, list } = state;
  const { rowWords, columnWords } = relation;
  const closed: number[] = [];
  const length = listBits(rows, 0, columnWords, list);
  for (let i = 0; i < length; i++) {
    const row = list[i] as number;
    for (let place = 0; place < rowWords; place++) {
      const offset = row * rowWords + place;
      for (let word = (open[offset] as number) & (columns[place] as number); word !== 0; ) {
        const column = place * 32 + lowest(word);
        word &= word - 1;
        const edge = row * relation.columns + column;
        if (edge === except) continue;
        closed.push(edge);
        clearBit(open, row * rowWords, column);
        state.rowTouched[row] = clock;
        state.columnTouched[column] = clock;
      }
    }
  }
  return closed;
}
