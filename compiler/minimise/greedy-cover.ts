// A good cover, quickly: products that hold most open edges, then without those that others make
// needless, then two replaced by one wherever that is possible, then parts of it taken out and made
// again. Nothing here is a proof; `fooling-set.ts` and `search-kernel.ts` say how good it is.
import { clearBit, lowest, setBit, testBit } from "./dense-bits.ts";
import { type Box, closeBox, growProduct, holds } from "./grow-product.ts";
import type { Induced } from "./induced.ts";
import type { Meter } from "./meter.ts";
import type { Relation } from "./relation.ts";

const seedsPerProduct = 12;

/** Boxes that together hold all edges of a kernel. */
export function firstCover(kernel: Induced, meter: Meter): readonly Box[] {
  const chance = seededChance(kernel.edges.length);
  return tightened(kernel, grown(kernel, [], chance, meter), meter);
}

export interface Improving {
  /** So few boxes cannot be improved on. */
  readonly enough: number;
  readonly rounds: number;
  readonly meter: Meter;
}

/** Never more boxes than `cover` has. */
export function improveCover(
  kernel: Induced,
  cover: readonly Box[],
  { enough, rounds, meter }: Improving,
): readonly Box[] {
  const chance = seededChance(cover.length);
  let best = cover;
  for (let round = 0; round < rounds && best.length > enough && !meter.isSpent(); round++) {
    const kept = without(best, kernel, chance);
    const next = tightened(kernel, grown(kernel, kept, chance, meter), meter);
    if (next.length <= best.length) best = next;
  }
  return best;
}

type Chance = (below: number) => number;

/** Fixed by its seed (a linear congruence): the same input gives the same cover. */
function seededChance(seed: number): Chance {
  let state = (seed * 2654435761) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Completes a cover. When the budget ends, what is open is covered by whatever holds it. */
function grown(kernel: Induced, kept: readonly Box[], chance: Chance, meter: Meter): Box[] {
  const { relation } = kernel;
  const boxes = [...kept];
  const open = new Int32Array(relation.rows * relation.rowWords);
  for (const edge of kernel.edges) setBit(open, rowOffset(relation, edge), edge % relation.columns);
  for (const box of boxes) close(relation, open, box);
  for (;;) {
    const edges = kernel.edges.filter((edge) =>
      testBit(open, rowOffset(relation, edge), edge % relation.columns),
    );
    meter.spend(kernel.edges.length);
    if (edges.length === 0) return boxes;
    const box = largest(relation, open, edges, chance, meter);
    close(relation, open, box);
    boxes.push(box);
  }
}

function largest(
  relation: Relation,
  open: Int32Array,
  edges: readonly number[],
  chance: Chance,
  meter: Meter,
): Box {
  const seeds = Math.min(edges.length, meter.isSpent() ? 1 : seedsPerProduct);
  let best: Box | undefined;
  let most = 0;
  for (let i = 0; i < seeds; i++) {
    const edge = edges[seeds === edges.length ? i : chance(edges.length)] ?? 0;
    const box = growProduct(relation, open, edge, meter);
    const held = openIn(relation, open, box);
    if (held > most) [best, most] = [box, held];
  }
  if (best === undefined)
    throw new Error("bug in segc (product cover): a product without its seed");
  return best;
}

/** Takes out a box at random and the few that share most edges with it. */
function without(boxes: readonly Box[], { edges, relation }: Induced, chance: Chance): Box[] {
  const centre = boxes[chance(boxes.length)];
  if (centre === undefined) return [];
  const shared = boxes.map((box, index) => ({ index, size: commonSize(box, centre) }));
  shared.sort((a, b) => b.size - a.size || a.index - b.index);
  const out = new Set(shared.slice(0, 2 + chance(3)).map(({ index }) => index));
  // One more from anywhere, chosen by an edge it holds.
  const edge = edges[chance(edges.length)] ?? 0;
  const row = Math.floor(edge / relation.columns);
  out.add(boxes.findIndex((box) => holds(box, row, edge % relation.columns)));
  return boxes.filter((_, index) => !out.has(index));
}

function commonSize(a: Box, b: Box): number {
  return onesInBoth(a.rows, b.rows) * onesInBoth(a.columns, b.columns);
}

function onesInBoth(a: Int32Array, b: Int32Array): number {
  let ones = 0;
  for (let place = 0; place < a.length; place++) {
    let word = (a[place] as number) & (b[place] as number);
    for (; word !== 0; word &= word - 1) ones++;
  }
  return ones;
}

/** Drops needless boxes and replaces two by one, until neither can be done. */
function tightened(kernel: Induced, boxes: readonly Box[], meter: Meter): Box[] {
  let cover = pruned(kernel, boxes, meter);
  while (!meter.isSpent()) {
    const joined = oneJoined(kernel, cover, meter);
    if (joined === undefined) break;
    cover = pruned(kernel, joined, meter);
  }
  return cover;
}

/** How many boxes hold each edge, and the edges of each box. */
function holdings({ edges, relation }: Induced, boxes: readonly Box[], meter: Meter) {
  const counts = new Uint32Array(edges.length);
  const held = boxes.map((box) => {
    const own: number[] = [];
    edges.forEach((edge, index) => {
      const row = Math.floor(edge / relation.columns);
      if (!holds(box, row, edge - row * relation.columns)) return;
      own.push(index);
      counts[index] = (counts[index] as number) + 1;
    });
    return own;
  });
  meter.spend(edges.length * boxes.length * 3);
  return { counts, held };
}

function pruned(kernel: Induced, boxes: readonly Box[], meter: Meter): Box[] {
  const { counts, held } = holdings(kernel, boxes, meter);
  const order = boxes.map((_, index) => index);
  order.sort((a, b) => (held[a]?.length ?? 0) - (held[b]?.length ?? 0) || b - a);
  const gone = new Set<number>();
  for (const index of order) {
    const own = held[index] ?? [];
    if (own.some((edge) => counts[edge] === 1)) continue;
    gone.add(index);
    for (const edge of own) counts[edge] = (counts[edge] as number) - 1;
  }
  return boxes.filter((_, index) => !gone.has(index));
}

/** The cover with two boxes replaced by one, if there are such two. */
function oneJoined(kernel: Induced, boxes: readonly Box[], meter: Meter): Box[] | undefined {
  const { edges, relation } = kernel;
  const { counts, held } = holdings(kernel, boxes, meter);
  // Edges that would be open without both: held by one of them alone, or by just the two.
  const alone = held.map((own) => own.filter((edge) => counts[edge] === 1));
  const twice = held.map((own) => own.filter((edge) => counts[edge] === 2));
  for (let i = 0; i < boxes.length; i++) {
    const pairs = new Set(twice[i]);
    for (let j = i + 1; j < boxes.length && !meter.isSpent(); j++) {
      const shared = (twice[j] ?? []).filter((edge) => pairs.has(edge));
      const needed = [...(alone[i] ?? []), ...(alone[j] ?? []), ...shared];
      meter.spend(needed.length * 4 + (twice[j]?.length ?? 0) * 8);
      const box = boxAround(
        relation,
        needed.map((index) => edges[index] ?? 0),
      );
      if (box !== undefined) return [...boxes.filter((_, at) => at !== i && at !== j), box];
    }
  }
  return undefined;
}

/** The box that holds the edges, if they are pairwise compatible. */
function boxAround(relation: Relation, edges: readonly number[]): Box | undefined {
  const { rowWords, columnWords } = relation;
  const rows = new Int32Array(columnWords);
  const columns = new Int32Array(rowWords);
  for (const edge of edges) {
    setBit(rows, 0, Math.floor(edge / relation.columns));
    setBit(columns, 0, edge % relation.columns);
  }
  const box = closeBox(relation, columns);
  const isInside = rows.every((word, place) => (word & ~(box.rows[place] as number)) === 0);
  return isInside ? box : undefined;
}

function rowOffset(relation: Relation, edge: number): number {
  return Math.floor(edge / relation.columns) * relation.rowWords;
}

function close(relation: Relation, open: Int32Array, box: Box): void {
  forOpenIn(relation, open, box, (row, column) => clearBit(open, row * relation.rowWords, column));
}

function openIn(relation: Relation, open: Int32Array, box: Box): number {
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
