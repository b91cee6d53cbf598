// Whether a kernel can be covered by so many products: all cases are tried, and what is returned is
// either the cover or the record of why every case fails, which `check-cover.ts` replays.
import type { Choice, Refutation, TooHeavy, TooManyApart } from "./cover-types.ts";
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
import { type Weighing, weighKernel } from "./packing.ts";

export type Found =
  | CoverFound
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
function search(context: Search, among: Vertices, left: number): Found {
  const { graph, meter } = context;
  if (meter.isSpent()) return unknown;
  const { open, dropped, forced } = simplified(graph, among, meter);
  if (forced !== undefined && left === 0) return refuted({ kind: "apart", edges: [forced.edge] });
  if (forced === undefined && countVertices(open) === 0) return withDropped([], dropped);
  const step = forced ?? stepOf(graph, open, left, meter);
  if (step === undefined) return unknown;
  if (step.kind === "cover") return withDropped(step.products, dropped);
  if (step.kind !== "branch") return refuted(step);
  const choices: Choice[] = [];
  for (const product of step.products) {
    const below = search(context, withoutVertices(open, product), left - 1);
    if (below.kind === "unknown") return unknown;
    const covers = listVertices(product);
    if (below.kind === "cover") return withDropped([covers, ...below.products], dropped);
    choices.push({ covers, rest: below.refutation });
  }
  const edges = dropped.map(([edge]) => edge);
  return refuted({ kind: "choices", dropped: edges, edge: step.edge, choices });
}

function refuted(refutation: Refutation): Found {
  return { kind: "refuted", refutation };
}

interface Branch {
  readonly kind: "branch";
  readonly edge: number;
  readonly products: readonly Vertices[];
}

type Step = Branch | TooManyApart | TooHeavy | CoverFound;

/** Vertices of each product; together all that were to be covered, each at least once. */
interface CoverFound {
  readonly kind: "cover";
  readonly products: readonly (readonly number[])[];
}

/** What to do when nothing is certain: the cheapest argument first. */
function stepOf(graph: KernelGraph, open: Vertices, left: number, meter: Meter): Step | undefined {
  const apart = apartVertices(graph, open, meter);
  if (apart.length > left) return { kind: "apart", edges: apart };
  const weighing = weighKernel(graph, open, meter);
  if (weighing === undefined) return meter.isSpent() ? undefined : branchOf(graph, open, meter);
  const heavy = heavyOf(weighing);
  const total = heavy.weights.reduce((sum, weight) => sum + weight, 0);
  if (total > left * heavy.capacity) return heavy;
  return wholeCover(graph, open, weighing, left) ?? weighedBranch(graph, open, weighing);
}

function heavyOf({ weights, capacity }: Weighing): TooHeavy {
  const edges = [...weights.keys()].filter((vertex) => (weights[vertex] ?? 0) > 0);
  return { kind: "heavy", edges, weights: edges.map((edge) => weights[edge] ?? 0), capacity };
}

/** The best cover by fractions of products, if it happens to have no fractions. */
function wholeCover(
  graph: KernelGraph,
  open: Vertices,
  { cliques }: Weighing,
  left: number,
): CoverFound | undefined {
  const whole = cliques.filter(({ share }) => share > 0.99).map(({ vertices }) => vertices);
  if (whole.length > left) return undefined;
  const missed = withoutVertices(open, verticesOf(graph, whole.flat()));
  return countVertices(missed) === 0 ? { kind: "cover", products: whole } : undefined;
}

/** The vertex with fewest products through it; those first that the fractional cover takes most of. */
function weighedBranch(graph: KernelGraph, open: Vertices, { cliques }: Weighing): Branch {
  const through = new Map(listVertices(open).map((vertex): [number, number] => [vertex, 0]));
  for (const { vertices } of cliques) {
    for (const vertex of vertices) through.set(vertex, (through.get(vertex) ?? 0) + 1);
  }
  let [edge, fewest] = [-1, Number.POSITIVE_INFINITY];
  for (const [vertex, count] of through) {
    if (count < fewest) [edge, fewest] = [vertex, count];
  }
  const products = cliques.filter(({ vertices }) => vertices.includes(edge));
  return {
    kind: "branch",
    edge,
    products: products.map(({ vertices }) => verticesOf(graph, vertices)),
  };
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
        const forced: Branch = { kind: "branch", edge: vertex, products: [near] };
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

/** Without weights: the vertex with fewest products through it, of those with fewest neighbours. */
function branchOf(graph: KernelGraph, open: Vertices, meter: Meter): Branch | undefined {
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
    best = { kind: "branch", edge: vertex, products };
    if (products.length <= 2) break;
  }
  if (best === undefined) return undefined;
  const bySize = best.products.map((product) => ({ product, size: countVertices(product) }));
  bySize.sort((a, b) => b.size - a.size);
  return { ...best, products: bySize.map(({ product }) => product) };
}

/** Puts each dropped vertex into the product that holds the vertex it was dropped for. */
function withDropped(products: readonly (readonly number[])[], dropped: Dropped): CoverFound {
  const complete = products.map((product) => new Set(product));
  for (const [edge, dominating] of dropped.toReversed()) {
    complete.find((product) => product.has(dominating))?.add(edge);
  }
  return { kind: "cover", products: complete.map((product) => [...product]) };
}
