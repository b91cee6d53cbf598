// The edges of a small kernel as vertices of a graph, joined where they are compatible. A product
// is a clique of it, as far as these edges go, and a fooling set is an independent set.
import { listBits, setBit, testBit, wordsFor } from "./dense-bits.ts";
import type { Induced } from "./induced.ts";
import type { Meter } from "./meter.ts";

export interface KernelGraph {
  readonly size: number;
  /** Words of one set of vertices. */
  readonly words: number;
  /** Vertex v with its neighbours: `words` words from v * words. */
  readonly near: Int32Array;
}

/** A set of vertices. */
export type Vertices = Int32Array;

export function kernelGraph({ relation, edges }: Pick<Induced, "relation" | "edges">): KernelGraph {
  const { columns, rowWords, byRow } = relation;
  const size = edges.length;
  const words = wordsFor(size);
  const near = new Int32Array(size * words);
  const rowAt = edges.map((edge) => Math.floor(edge / columns) * rowWords);
  const columnAt = edges.map((edge) => edge % columns);
  for (let v = 0; v < size; v++) {
    const [row, column] = [rowAt[v] as number, columnAt[v] as number];
    for (let w = 0; w <= v; w++) {
      if (!testBit(byRow, row, columnAt[w] as number)) continue;
      if (!testBit(byRow, rowAt[w] as number, column)) continue;
      setBit(near, v * words, w);
      setBit(near, w * words, v);
    }
  }
  return { size, words, near };
}

export function verticesOf({ words }: KernelGraph, list: Iterable<number>): Vertices {
  const set = new Int32Array(words);
  for (const vertex of list) setBit(set, 0, vertex);
  return set;
}

export function listVertices(set: Vertices): number[] {
  const list = new Int32Array(set.length * 32);
  return Array.from(list.subarray(0, listBits(set, 0, set.length, list)));
}

export function countVertices(set: Vertices): number {
  let total = 0;
  for (let place = 0; place < set.length; place++) {
    for (let word = set[place] as number; word !== 0; word &= word - 1) total++;
  }
  return total;
}

/** Those of `among` that are `vertex` or its neighbours. */
export function nearAmong(graph: KernelGraph, vertex: number, among: Vertices): Vertices {
  const found = new Int32Array(graph.words);
  const offset = vertex * graph.words;
  for (let place = 0; place < graph.words; place++) {
    found[place] = (among[place] as number) & (graph.near[offset + place] as number);
  }
  return found;
}

export function withoutVertices(set: Vertices, removed: Vertices): Vertices {
  return set.map((word, place) => word & ~(removed[place] as number));
}

/** Lists of vertices, each connected and no two joined. */
export function componentsOf(graph: KernelGraph): number[][] {
  const seen = new Uint8Array(graph.size);
  const components: number[][] = [];
  for (let first = 0; first < graph.size; first++) {
    if (seen[first] === 1) continue;
    const component = [first];
    seen[first] = 1;
    for (let at = 0; at < component.length; at++) {
      const vertex = component[at] as number;
      for (const other of listVertices(
        graph.near.subarray(vertex * graph.words, (vertex + 1) * graph.words),
      )) {
        if (seen[other] === 1) continue;
        seen[other] = 1;
        component.push(other);
      }
    }
    components.push(component.sort((a, b) => a - b));
  }
  return components;
}

/** Pairwise apart vertices: one with fewest neighbours left, again and again. */
export function apartVertices(graph: KernelGraph, among: Vertices, meter: Meter): number[] {
  const open = among.slice();
  const found: number[] = [];
  for (;;) {
    const list = listVertices(open);
    meter.spend(list.length * graph.words * 4);
    let best: number | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const vertex of list) {
      const degree = degreeIn(graph, vertex, open);
      if (degree < fewest) [best, fewest] = [vertex, degree];
    }
    if (best === undefined) return found;
    found.push(best);
    for (let place = 0; place < graph.words; place++) {
      const near = graph.near[best * graph.words + place] as number;
      open[place] = (open[place] as number) & ~near;
    }
  }
}

/** How many of `among` are near a vertex. */
export function degreeIn({ near, words }: KernelGraph, vertex: number, among: Vertices): number {
  let total = 0;
  for (let place = 0; place < words; place++) {
    let word = (near[vertex * words + place] as number) & (among[place] as number);
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    total += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return total;
}

export interface Listing {
  readonly among: Vertices;
  /** Cliques that one of these could join are left out: they are listed elsewhere. */
  readonly done?: Vertices;
  readonly most: number;
  readonly meter: Meter;
}

/**
 * All maximal cliques of `among` that hold `vertex` (Bron and Kerbosch, with pivots), or undefined
 * if there are more than `most`, or no time to list them.
 */
export function cliquesThrough(
  graph: KernelGraph,
  vertex: number,
  { among, done: before, most, meter }: Listing,
): Vertices[] | undefined {
  const cliques: Vertices[] = [];
  const extend = (held: readonly number[], open: Vertices, done: Vertices): boolean => {
    if (meter.isSpent()) return false;
    const candidates = listVertices(open);
    if (candidates.length === 0) {
      if (countVertices(done) === 0) cliques.push(verticesOf(graph, held));
      return cliques.length <= most;
    }
    meter.spend(candidates.length * graph.words * 4);
    const pivot = pivotOf(graph, [...candidates, ...listVertices(done)], open);
    const near = nearAmong(graph, pivot, open);
    for (const next of listVertices(withoutVertices(open, near)).concat(
      testBit(near, 0, pivot) ? [pivot] : [],
    )) {
      const self = verticesOf(graph, [next]);
      const around = withoutVertices(nearAmong(graph, next, open), self);
      if (!extend([...held, next], around, nearAmong(graph, next, done))) return false;
      open = withoutVertices(open, self);
      setBit(done, 0, next);
    }
    return true;
  };
  const self = verticesOf(graph, [vertex]);
  const start = withoutVertices(nearAmong(graph, vertex, among), self);
  const done = nearAmong(graph, vertex, before ?? new Int32Array(graph.words));
  return extend([vertex], start, done) ? cliques : undefined;
}

function pivotOf(graph: KernelGraph, candidates: readonly number[], open: Vertices): number {
  let best = candidates[0] ?? 0;
  let most = -1;
  for (const vertex of candidates) {
    const degree = degreeIn(graph, vertex, open);
    if (degree > most) [best, most] = [vertex, degree];
  }
  return best;
}
