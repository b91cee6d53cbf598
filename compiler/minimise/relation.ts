// A list of related pairs into small dense relations: rows with equal neighbours become one row, so
// do columns, and what is not connected is taken apart. A cover of each part is one of the whole: no
// product spans two parts, and equal rows can always go together.
import type { CoverInput, ProductOf } from "./cover-types.ts";
import { lowest, setBit, wordsFor } from "./dense-bits.ts";

/** Both ways round, as bits. An edge of it is one number: row * columns + column. */
export interface Relation {
  readonly rows: number;
  readonly columns: number;
  readonly rowWords: number;
  readonly columnWords: number;
  /** Row r: `rowWords` words from r * rowWords. */
  readonly byRow: Int32Array;
  /** Column c: `columnWords` words from c * columnWords. */
  readonly byColumn: Int32Array;
}

/** A connected part, and which rows and columns of the input each of its own stands for. */
export interface Part {
  readonly relation: Relation;
  readonly rowMembers: readonly (readonly number[])[];
  readonly columnMembers: readonly (readonly number[])[];
}

/** Lists one after another: list i is `items[starts[i]] .. items[starts[i + 1] - 1]`, ascending. */
interface Lists {
  readonly starts: Uint32Array;
  readonly items: Uint32Array;
}

export interface Parts {
  readonly parts: readonly Part[];
  /** Parts too large for dense relations, each as the covers that need no thought: row by row or
   * column by column, whichever are fewer. */
  readonly oversized: readonly (readonly ProductOf[])[];
}

/** Words of a dense relation at most: 128 MiB. */
const wordsMax = 2 ** 25;

export function partsOf(input: CoverInput, limit = wordsMax): Parts {
  const rowClasses = classesOf(listsOf(input));
  const columnLists = transposed(rowClasses.lists, input.columns);
  const columnClasses = classesOf(columnLists);
  const byColumn = columnClasses.lists;
  const byRow = transposed(byColumn, rowClasses.members.length);
  const places = connectedParts(byRow, byColumn);
  const isOversized = ({ rows, columns }: Places) =>
    Math.max(rows.length * wordsFor(columns.length), columns.length * wordsFor(rows.length)) >
    limit;
  const rowMembers = (row: number) => rowClasses.members[row] ?? [];
  const columnMembers = (column: number) => columnClasses.members[column] ?? [];
  const parts = places
    .filter((part) => !isOversized(part))
    .map(({ rows, columns }) => ({
      relation: relationOf(byRow, rows, columns),
      rowMembers: rows.map(rowMembers),
      columnMembers: columns.map(columnMembers),
    }));
  const membersOf = (lists: Lists, list: number, members: (item: number) => readonly number[]) =>
    Array.from(lists.items.subarray(lists.starts[list], lists.starts[list + 1]))
      .flatMap(members)
      .sort((a, b) => a - b);
  const oversized = places.filter(isOversized).map(({ rows, columns }): ProductOf[] =>
    rows.length <= columns.length
      ? rows.map((row) => ({
          rows: rowMembers(row),
          columns: membersOf(byRow, row, columnMembers),
        }))
      : columns.map((column) => ({
          rows: membersOf(byColumn, column, rowMembers),
          columns: columnMembers(column),
        })),
  );
  return { parts, oversized };
}

export function emptyRelation(rows: number, columns: number): Relation {
  const [rowWords, columnWords] = [wordsFor(columns), wordsFor(rows)];
  const byRow = new Int32Array(rows * rowWords);
  const byColumn = new Int32Array(columns * columnWords);
  return { rows, columns, rowWords, columnWords, byRow, byColumn };
}

export function relate(relation: Relation, row: number, column: number): void {
  setBit(relation.byRow, row * relation.rowWords, column);
  setBit(relation.byColumn, column * relation.columnWords, row);
}

/** All edges, ascending. */
export function edgesOf({ rows, columns, rowWords, byRow }: Relation): number[] {
  const edges: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let place = 0; place < rowWords; place++) {
      const base = row * columns + place * 32;
      let word = byRow[row * rowWords + place] as number;
      for (; word !== 0; word &= word - 1) edges.push(base + lowest(word));
    }
  }
  return edges;
}

/** The columns of each row, ascending and once each. */
function listsOf({ rows, columns, edges }: CoverInput): Lists {
  if (edges.length % 2 !== 0) throw new Error("bug in segc (product cover): half a pair");
  // Sorted by column, then stably by row: two passes of counting sort.
  const byColumn = sortedBy(edges, 1, columns);
  const byRow = sortedBy(byColumn, 0, rows);
  const starts = new Uint32Array(rows + 1);
  const items = new Uint32Array(byRow.length / 2);
  let length = 0;
  let row = 0;
  for (let at = 0; at < byRow.length; at += 2) {
    while (row < (byRow[at] as number)) starts[++row] = length;
    const column = byRow[at + 1] as number;
    if (length > (starts[row] as number) && items[length - 1] === column) continue;
    items[length++] = column;
  }
  while (row < rows) starts[++row] = length;
  return { starts, items: items.subarray(0, length) };
}

function sortedBy(pairs: Uint32Array, side: 0 | 1, size: number): Uint32Array {
  const next = new Uint32Array(size + 1);
  for (let at = side; at < pairs.length; at += 2) {
    const key = pairs[at] as number;
    if (key >= size) throw new Error("bug in segc (product cover): a pair outside the relation");
    next[key + 1] = (next[key + 1] as number) + 1;
  }
  for (let key = 0; key < size; key++) {
    next[key + 1] = (next[key + 1] as number) + (next[key] as number);
  }
  const sorted = new Uint32Array(pairs.length);
  for (let at = 0; at < pairs.length; at += 2) {
    const key = pairs[at + side] as number;
    const place = next[key] as number;
    next[key] = place + 1;
    sorted[place * 2] = pairs[at] as number;
    sorted[place * 2 + 1] = pairs[at + 1] as number;
  }
  return sorted;
}

/** The same pairs by item: list j names the lists that hold item j. */
function transposed({ starts, items }: Lists, size: number): Lists {
  const turned = new Uint32Array(size + 1);
  for (const item of items) turned[item + 1] = (turned[item + 1] as number) + 1;
  for (let item = 0; item < size; item++) {
    turned[item + 1] = (turned[item + 1] as number) + (turned[item] as number);
  }
  const next = turned.slice();
  const held = new Uint32Array(items.length);
  for (let list = 0; list + 1 < starts.length; list++) {
    for (let at = starts[list] as number; at < (starts[list + 1] as number); at++) {
      const item = items[at] as number;
      const place = next[item] as number;
      held[place] = list;
      next[item] = place + 1;
    }
  }
  return { starts: turned, items: held };
}

/** Equal lists as one class each, in order of the first; empty lists belong to none. */
function classesOf({ starts, items }: Lists): { lists: Lists; members: number[][] } {
  const byHash = new Map<number, number[]>();
  const members: number[][] = [];
  const firsts: number[] = [];
  const range = (list: number) => items.subarray(starts[list], starts[list + 1]);
  for (let list = 0; list + 1 < starts.length; list++) {
    const own = range(list);
    if (own.length === 0) continue;
    const bucket = bucketOf(byHash, hashOf(own));
    const known = bucket.find((group) => sameItems(range(firsts[group] as number), own));
    if (known !== undefined) members[known]?.push(list);
    else {
      bucket.push(members.length);
      members.push([list]);
      firsts.push(list);
    }
  }
  return { lists: chosen(firsts.map(range)), members };
}

function bucketOf(buckets: Map<number, number[]>, key: number): number[] {
  const bucket = buckets.get(key) ?? [];
  if (bucket.length === 0) buckets.set(key, bucket);
  return bucket;
}

/** FNV-1a over whole numbers. */
function hashOf(items: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < items.length; i++) hash = Math.imul(hash ^ (items[i] as number), 0x01000193);
  return hash;
}

function sameItems(a: Uint32Array, b: Uint32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function chosen(lists: readonly Uint32Array[]): Lists {
  const starts = new Uint32Array(lists.length + 1);
  lists.forEach((list, index) => {
    starts[index + 1] = (starts[index] as number) + list.length;
  });
  const items = new Uint32Array(starts[lists.length] as number);
  lists.forEach((list, index) => {
    items.set(list, starts[index]);
  });
  return { starts, items };
}

interface Places {
  readonly rows: number[];
  readonly columns: number[];
}

function connectedParts(rows: Lists, columns: Lists): readonly Places[] {
  const seen = [new Uint8Array(rows.starts.length), new Uint8Array(columns.starts.length)] as const;
  const parts: Places[] = [];
  for (let first = 0; first + 1 < rows.starts.length; first++) {
    if (seen[0][first] === 1) continue;
    const part: Places = { rows: [first], columns: [] };
    seen[0][first] = 1;
    // Rows and columns in turn; each list grows while it is read.
    for (let row = 0, column = 0; row < part.rows.length || column < part.columns.length; ) {
      if (row < part.rows.length) follow(rows, part.rows[row++] as number, seen[1], part.columns);
      else follow(columns, part.columns[column++] as number, seen[0], part.rows);
    }
    parts.push({
      rows: part.rows.sort((a, b) => a - b),
      columns: part.columns.sort((a, b) => a - b),
    });
  }
  return parts;
}

function follow(lists: Lists, list: number, seen: Uint8Array, into: number[]): void {
  for (let at = lists.starts[list] as number; at < (lists.starts[list + 1] as number); at++) {
    const item = lists.items[at] as number;
    if (seen[item] === 1) continue;
    seen[item] = 1;
    into.push(item);
  }
}

function relationOf(lists: Lists, rows: readonly number[], columns: readonly number[]): Relation {
  const relation = emptyRelation(rows.length, columns.length);
  const placeOf = new Map(columns.map((column, place) => [column, place]));
  rows.forEach((row, place) => {
    for (let at = lists.starts[row] as number; at < (lists.starts[row + 1] as number); at++) {
      relate(relation, place, placeOf.get(lists.items[at] as number) ?? 0);
    }
  });
  return relation;
}
