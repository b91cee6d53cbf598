// A good cover, quickly: products that hold most open edges, tightened; then parts of it taken out
// and made again. Nothing here is a proof; `fooling-set.ts` and `search-kernel.ts` say how good it
// is.
import { testBit } from "./dense-bits.ts";
import { type Box, closeBox, growProduct, holds } from "./grow-product.ts";
import type { Induced } from "./induced.ts";
import type { Meter } from "./meter.ts";
import { closeEdges, openEdges, openIn, rowOffset } from "./open-edges.ts";
import type { Relation } from "./relation.ts";
import { type Chance, seededChance } from "./seeded-chance.ts";
import { type HeldBox, heldBox, tightened } from "./tighten-cover.ts";

const seedsPerProduct = 6;

/** Boxes that together hold all edges of a kernel: never more than it has rows, or columns. */
export function firstCover(kernel: Induced, meter: Meter): readonly HeldBox[] {
  const chance = seededChance(kernel.edges.length);
  const found = tightened(kernel, grown(kernel, [], chance, meter), meter);
  const { rows, columns } = kernel.relation;
  if (found.length <= Math.min(rows, columns)) return found;
  const boxes = rows <= columns ? rowByRow(kernel, kernel.edges) : columnByColumn(kernel);
  return boxes.map((each) => (meter.isSpent() ? each : heldBox(kernel, each.box, meter)));
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
  cover: readonly HeldBox[],
  { enough, rounds, meter }: Improving,
): readonly HeldBox[] {
  const chance = seededChance(cover.length);
  let best = cover;
  for (let round = 0; round < rounds && best.length > enough && !meter.isSpent(); round++) {
    const kept = without(best, kernel, chance);
    const next = tightened(kernel, grown(kernel, kept, chance, meter), meter);
    if (next.length <= best.length) best = next;
  }
  return best;
}

/** Completes a cover. */
function grown(
  kernel: Induced,
  kept: readonly HeldBox[],
  chance: Chance,
  meter: Meter,
): readonly HeldBox[] {
  const { relation } = kernel;
  const boxes = [...kept];
  const open = openEdges(kernel);
  for (const { box } of boxes) closeEdges(relation, open, box);
  let edges = kernel.edges;
  for (;;) {
    edges = edges.filter((edge) =>
      testBit(open, rowOffset(relation, edge), edge % relation.columns),
    );
    meter.spend(edges.length);
    if (edges.length === 0) return boxes;
    if (meter.isSpent()) return [...boxes, ...rowByRow(kernel, edges)];
    const box = largest(relation, open, edges, chance, meter);
    closeEdges(relation, open, box);
    boxes.push(heldBox(kernel, box, meter));
  }
}

/** Each row that has open edges, with all its columns. The edges that the boxes hold are not listed:
 * nothing asks for them once there is no time left. */
function rowByRow(kernel: Induced, edges: readonly number[]): HeldBox[] {
  const { columns, rowWords, byRow } = kernel.relation;
  const rows = new Set(edges.map((edge) => Math.floor(edge / columns)));
  return [...rows].map((row) => {
    const box = closeBox(kernel.relation, byRow.slice(row * rowWords, (row + 1) * rowWords));
    return { box, edges: [] };
  });
}

function columnByColumn({ relation }: Induced): HeldBox[] {
  const { rows, columns, columnWords, byColumn } = relation;
  return Array.from({ length: columns }, (_, column) => {
    const own = byColumn.subarray(column * columnWords, (column + 1) * columnWords);
    return { box: closeBox(relation, commonColumns(relation, own, rows)), edges: [] };
  });
}

/** The columns that all of some rows have. */
function commonColumns({ rowWords, byRow }: Relation, own: Int32Array, rows: number): Int32Array {
  const common = new Int32Array(rowWords).fill(-1);
  for (let row = 0; row < rows; row++) {
    if (!testBit(own, 0, row)) continue;
    for (let place = 0; place < rowWords; place++) {
      common[place] = (common[place] as number) & (byRow[row * rowWords + place] as number);
    }
  }
  return common;
}

function largest(
  relation: Relation,
  open: Int32Array,
  edges: readonly number[],
  chance: Chance,
  meter: Meter,
): Box {
  const seeds = Math.min(edges.length, seedsPerProduct);
  let best: Box | undefined;
  let most = 0;
  for (let i = 0; i < seeds; i++) {
    const edge = edges[seeds === edges.length ? i : chance(edges.length)] ?? 0;
    const box = growProduct(relation, open, edge, meter);
    const held = openIn(relation, open, box);
    if (held > most) [best, most] = [box, held];
  }
  if (best === undefined) throw new Error("bug in segc (product cover): a box without its seed");
  return best;
}

/** Takes out a box at random and the few that share most with it, and one from anywhere. */
function without(
  boxes: readonly HeldBox[],
  { edges, relation }: Induced,
  chance: Chance,
): readonly HeldBox[] {
  const centre = boxes[chance(boxes.length)];
  if (centre === undefined) return [];
  const shared = boxes.map(({ box }, index) => ({ index, size: commonSize(box, centre.box) }));
  shared.sort((a, b) => b.size - a.size || a.index - b.index);
  const out = new Set(shared.slice(0, 2 + chance(3)).map(({ index }) => index));
  const edge = edges[chance(edges.length)] ?? 0;
  const row = Math.floor(edge / relation.columns);
  out.add(boxes.findIndex(({ box }) => holds(box, row, edge % relation.columns)));
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
