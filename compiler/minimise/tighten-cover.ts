// Fewer boxes for the same edges: those that others make needless are dropped, and two are replaced
// by one wherever one can hold what only they held.
import { isWithin, listBits, setBit } from "./dense-bits.ts";
import { type Box, closeBox, holds } from "./grow-product.ts";
import type { Induced } from "./induced.ts";
import type { Meter } from "./meter.ts";

/** A box and the edges of the kernel that it holds, as places in `kernel.edges`, ascending. */
export interface HeldBox {
  readonly box: Box;
  readonly edges: readonly number[];
}

export function heldBox({ edges, relation }: Induced, box: Box, meter: Meter): HeldBox {
  const held: number[] = [];
  for (let at = 0; at < edges.length; at++) {
    const edge = edges[at] as number;
    const row = Math.floor(edge / relation.columns);
    if (holds(box, row, edge - row * relation.columns)) held.push(at);
  }
  meter.spend(edges.length * 3);
  return { box, edges: held };
}

/** Until neither can be done, or the budget ends; then the cover may be left as it was. */
export function tightened(
  kernel: Induced,
  boxes: readonly HeldBox[],
  meter: Meter,
): readonly HeldBox[] {
  if (meter.isSpent()) return boxes;
  let cover = pruned(kernel, boxes, meter);
  while (!meter.isSpent()) {
    const joined = oneJoined(kernel, cover, meter);
    if (joined === undefined) break;
    cover = pruned(kernel, joined, meter);
  }
  return cover;
}

/** How many boxes hold each edge. */
function countsOf({ edges }: Induced, boxes: readonly HeldBox[], meter: Meter): Uint32Array {
  const counts = new Uint32Array(edges.length);
  for (const { edges: held } of boxes) {
    for (const edge of held) counts[edge] = (counts[edge] as number) + 1;
    meter.spend(held.length * 4);
  }
  return counts;
}

function pruned(kernel: Induced, boxes: readonly HeldBox[], meter: Meter): readonly HeldBox[] {
  const counts = countsOf(kernel, boxes, meter);
  const order = boxes.map(({ edges }, index) => ({ edges, index }));
  order.sort((a, b) => a.edges.length - b.edges.length || b.index - a.index);
  const gone = new Set<number>();
  for (const { edges, index } of order) {
    if (edges.some((edge) => counts[edge] === 1)) continue;
    gone.add(index);
    for (const edge of edges) counts[edge] = (counts[edge] as number) - 1;
  }
  return boxes.filter((_, index) => !gone.has(index));
}

/** The cover with two boxes replaced by one, if there are such two. */
function oneJoined(
  kernel: Induced,
  boxes: readonly HeldBox[],
  meter: Meter,
): readonly HeldBox[] | undefined {
  const counts = countsOf(kernel, boxes, meter);
  const heldBy = (times: number) =>
    boxes.map(({ edges }) => edges.filter((edge) => counts[edge] === times));
  // Edges that would be open without both: held by one of them alone, or by just the two.
  const [alone, twice] = [heldBy(1), heldBy(2)];
  const spans = alone.map((edges) => spanOf(kernel, edges));
  for (const [i, span] of spans.entries()) {
    for (let j = i + 1; j < boxes.length && !meter.isSpent(); j++) {
      const other = spans[j];
      if (other === undefined || !fits(kernel, united(span, other), meter)) continue;
      const shared = new Set(twice[i]);
      const both = (twice[j] ?? []).filter((edge) => shared.has(edge));
      const needed = united(united(span, other), spanOf(kernel, both));
      meter.spend(shared.size * 20);
      if (!fits(kernel, needed, meter)) continue;
      const box = heldBox(kernel, closeBox(kernel.relation, needed.columns), meter);
      return [...boxes.filter((_, at) => at !== i && at !== j), box];
    }
  }
  return undefined;
}

/** The least box around some edges, inside the relation or not. */
function spanOf({ edges, relation }: Induced, places: readonly number[]): Box {
  const rows = new Int32Array(relation.columnWords);
  const columns = new Int32Array(relation.rowWords);
  for (const place of places) {
    const edge = edges[place] ?? 0;
    setBit(rows, 0, Math.floor(edge / relation.columns));
    setBit(columns, 0, edge % relation.columns);
  }
  return { rows, columns };
}

function united(a: Box, b: Box): Box {
  return {
    rows: a.rows.map((word, place) => word | (b.rows[place] as number)),
    columns: a.columns.map((word, place) => word | (b.columns[place] as number)),
  };
}

function fits({ relation }: Induced, { rows, columns }: Box, meter: Meter): boolean {
  const { rowWords, columnWords, byRow } = relation;
  const list = new Int32Array(columnWords * 32);
  const length = listBits(rows, 0, columnWords, list);
  meter.spend(length * rowWords + columnWords * 32);
  for (let i = 0; i < length; i++) {
    if (!isWithin(columns, byRow, (list[i] as number) * rowWords, rowWords)) return false;
  }
  return true;
}
