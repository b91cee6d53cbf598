// Many pairwise incompatible edges of a relation: each needs a product of its own. Greedy, several
// times in different orders; then local search among the edges that are compatible with fewest.
import { listBits, setBit, testBit } from "./dense-bits.ts";
import type { Induced } from "./induced.ts";
import { apartVertices, kernelGraph, verticesOf } from "./kernel-graph.ts";
import type { Meter } from "./meter.ts";
import { moreApart } from "./more-apart.ts";

const triesMax = 12;
/** The graph of local search has so many vertices at most. */
const searchedMax = 6_000;
const patience = 20_000;

/** Pairwise incompatible edges among `kernel.edges`; at least one if there is one. */
export function foolingSet(kernel: Induced, enough: number, meter: Meter): readonly number[] {
  const order = byReach(kernel);
  const late = new Set<number>();
  let best: readonly number[] = [];
  for (let attempt = 0; attempt < triesMax && best.length < enough; attempt++) {
    if (attempt > 0 && meter.isSpent()) break;
    const found = greedy(kernel, order, late, meter);
    if (found.length > best.length) best = found;
    // What was chosen first comes last in the next try, which is so forced to begin elsewhere.
    for (const edge of found.slice(0, 1 + (attempt % 3))) late.add(edge);
  }
  return best.length < enough && !meter.isSpent()
    ? improved(kernel, order, best, enough, meter)
    : best;
}

function improved(
  { relation }: Induced,
  order: Int32Array,
  best: readonly number[],
  enough: number,
  meter: Meter,
): readonly number[] {
  const near = order.subarray(0, Math.max(0, searchedMax - best.length));
  const edges = [...new Set([...best, ...near])];
  meter.spend(edges.length * edges.length);
  const graph = kernelGraph({ relation, edges });
  const byDegree =
    edges.length > degreesMax ? [] : apartVertices(graph, verticesOf(graph, edges.keys()), meter);
  const start = byDegree.length > best.length ? byDegree : best.map((_, vertex) => vertex);
  return moreApart(graph, start, { enough, patience, meter }).map((vertex) => edges[vertex] ?? 0);
}

/** Choosing by degree costs the square of this, for each that is chosen. */
const degreesMax = 1_500;

/** Edges with few compatible ones first. */
function byReach({ relation, edges }: Induced): Int32Array {
  const { rows, columns } = relation;
  const inRow = new Int32Array(rows);
  const inColumn = new Int32Array(columns);
  const rowAt = (edge: number) => Math.floor(edge / columns);
  for (const edge of edges) {
    inRow[rowAt(edge)] = (inRow[rowAt(edge)] as number) + 1;
    inColumn[edge % columns] = (inColumn[edge % columns] as number) + 1;
  }
  const keys = Float64Array.from(edges, (edge, index) => {
    const reach = (inRow[rowAt(edge)] as number) * (inColumn[edge % columns] as number);
    return reach * edges.length + index;
  });
  return Int32Array.from(keys.sort(), (key) => edges[key % edges.length] as number);
}

function greedy(
  { relation }: Induced,
  order: Int32Array,
  late: ReadonlySet<number>,
  meter: Meter,
): number[] {
  const { rows, columns, rowWords, columnWords, byRow, byColumn } = relation;
  const open = new Int32Array(rows * rowWords);
  for (const edge of order) setBit(open, Math.floor(edge / columns) * rowWords, edge % columns);
  const list = new Int32Array(rows);
  const found: number[] = [];
  const choose = (edge: number) => {
    const row = Math.floor(edge / columns);
    const column = edge - row * columns;
    if (!testBit(open, row * rowWords, column)) return;
    found.push(edge);
    const length = listBits(byColumn, column * columnWords, columnWords, list);
    for (let i = 0; i < length; i++) {
      const offset = (list[i] as number) * rowWords;
      for (let place = 0; place < rowWords; place++) {
        const near = byRow[row * rowWords + place] as number;
        open[offset + place] = (open[offset + place] as number) & ~near;
      }
    }
    meter.spend(length * rowWords);
  };
  for (const edge of order) if (!late.has(edge)) choose(edge);
  for (const edge of late) choose(edge);
  meter.spend(order.length * 10);
  return found;
}
