// Whether a kernel can be covered by so many products: all cases are tried, and what is returned is
// either the cover or the record of why every case fails, which `check-cover.ts` replays.
import type { Choice, Refutation, TooManyApart } from "./cover-types.ts";
import { clearBit, isWithin, testBit } from "./dense-bits.ts";
import {
  apartVertices,
  cliquesThrough,
  countVertices,
  degreeIn,
  type KernelGraph,
  listVertices,
  nearAmong,
  type Vertices,
  verticesOf,
  withoutVertices,
} from "./kernel-graph.ts";
import type { Meter } from "./meter.ts";

export type Found =
  /** Vertices of each product; together all that were to be covered, each at least once. */
  | { readonly kind: "cover"; readonly products: readonly (readonly number[])[] }
  | { readonly kind: "refuted"; readonly refutation: Refutation }
  | { readonly kind: "unknown" };

const unknown: Found = { kind: "unknown" };
/** Edges with more products through them than this are not branched on. */
const choicesMax = 400;
const branchCandidates = 8;

export function searchKernel(graph: KernelGraph, products: number, meter: Meter): Found {
  const all = verticesOf(graph, Array(graph.size).keys());
  return search({ graph, meter }, all, products);
}

interface Search {
  readonly graph: KernelGraph;
  readonly meter: Meter;
}

/** INVARIANT: recursion is no deeper than the number of products. */
function search({ graph, meter }: Search, among: Vertices, left: number): Found {
  if (meter.isSpent()) return unknown;
  const { open, dropped, forced } = simplified(graph, among, meter);
  const apart = (edges: readonly number[]): Found => ({
    kind: "refuted",
    refutation: { kind: "apart", edges },
  });
  if (forced === undefined && countVertices(open) === 0) return { kind: "cover", products: [] };
  if (forced !== undefined && left === 0) return apart([forced.edge]);
  const branch = forced ?? branchOf(graph, open, left, meter);
  if (branch === undefined) return unknown;
  if (branch.kind === "apart") return apart(branch.edges);
  const choices: Choice[] = [];
  for (const product of branch.products) {
    const below = search({ graph, meter }, withoutVertices(open, product), left - 1);
    if (below.kind === "unknown") return unknown;
    const covers = listVertices(product);
    if (below.kind === "cover") return withDropped([covers, ...below.products], dropped);
    choices.push({ covers, rest: below.refutation });
  }
  const edges = dropped.map(([edge]) => edge);
  const refutation: Refutation = { kind: "choices", dropped: edges, edge: branch.edge, choices };
  return { kind: "refuted", refutation };
}

interface Branch {
  readonly kind: "choices";
  readonly edge: number;
  readonly products: readonly Vertices[];
}

type Dropped = readonly (readonly [edge: number, with_: number])[];

interface Simplified {
  readonly open: Vertices;
  readonly dropped: Dropped;
  /** A vertex whose neighbours are a clique: one product is enough to try. */
  readonly forced: Branch | undefined;
}

/** Drops dominated vertices until there are none or a vertex with one product is found. */
function simplified(graph: KernelGraph, among: Vertices, meter: Meter): Simplified {
  const dropped: [number, number][] = [];
  const open = among.slice();
  for (let isStable = false; !isStable; ) {
    isStable = true;
    for (const vertex of listVertices(open)) {
      if (!testBit(open, 0, vertex)) continue;
      const near = nearAmong(graph, vertex, open);
      const others = listVertices(near);
      meter.spend(others.length * 4 + graph.words * 4);
      const dominated = others.filter((other) =>
        isWithin(near, graph.near, other * graph.words, graph.words),
      );
      if (dominated.length === others.length) {
        const forced: Branch = { kind: "choices", edge: vertex, products: [near] };
        return { open, dropped, forced };
      }
      for (const other of dominated) {
        if (other === vertex) continue;
        isStable = false;
        clearBit(open, 0, other);
        dropped.push([other, vertex]);
      }
    }
  }
  return { open, dropped, forced: undefined };
}

/** The vertex with fewest products through it, or too many vertices that are apart. */
function branchOf(
  graph: KernelGraph,
  open: Vertices,
  left: number,
  meter: Meter,
): Branch | TooManyApart | undefined {
  const apart = apartVertices(graph, open, meter);
  if (apart.length > left) return { kind: "apart", edges: apart };
  const byDegree = listVertices(open).map((vertex) => ({
    vertex,
    degree: degreeIn(graph, vertex, open),
  }));
  byDegree.sort((a, b) => a.degree - b.degree || a.vertex - b.vertex);
  let best: Branch | undefined;
  for (const { vertex } of byDegree.slice(0, branchCandidates)) {
    const most = best === undefined ? choicesMax : best.products.length - 1;
    const products = cliquesThrough(graph, vertex, { among: open, most, meter });
    if (products === undefined) continue;
    best = { kind: "choices", edge: vertex, products };
    if (products.length <= 2) break;
  }
  if (best === undefined) return undefined;
  const bySize = best.products.map((product) => ({ product, size: countVertices(product) }));
  bySize.sort((a, b) => b.size - a.size);
  return { ...best, products: bySize.map(({ product }) => product) };
}

/** Puts each dropped vertex into the product that holds the vertex it was dropped for. */
function withDropped(products: readonly (readonly number[])[], dropped: Dropped): Found {
  const complete = products.map((product) => new Set(product));
  for (const [edge, dominating] of dropped.toReversed()) {
    complete.find((product) => product.has(dominating))?.add(edge);
  }
  return { kind: "cover", products: complete.map((product) => [...product]) };
}
