// Weights for the edges of a kernel such that no product holds more than one whole: each product
// then serves a weight of one at most, and a cover needs as many products as all weights together.
// That is the dual of covering by fractions of products, solved by the simplex method.
import { clearBit, setBit } from "./dense-bits.ts";
import { cliquesThrough, type KernelGraph, listVertices, type Vertices } from "./kernel-graph.ts";
import type { Meter } from "./meter.ts";

export interface Weighing {
  /** Whole numbers, one for each vertex. */
  readonly weights: readonly number[];
  /** No clique is heavier. */
  readonly capacity: number;
  /** The cliques by how much of each the best fractional cover takes, most first. */
  readonly cliques: readonly { readonly vertices: readonly number[]; readonly share: number }[];
}

/** Larger programs are not worth their time. */
const cliquesMax = 3_000;
const cellsMax = 2_000_000;
/** Weights are fractions of this: most have a small denominator. */
const scale = 5_040;

/** Of the vertices in `among`. Undefined where there are too many cliques, or no time. */
export function weighKernel(
  graph: KernelGraph,
  among: Vertices,
  meter: Meter,
): Weighing | undefined {
  const vertices = listVertices(among);
  const cliques = maximalCliques(graph, among, meter);
  if (cliques === undefined) return undefined;
  const found = packedByParts(cliques, vertices, meter);
  if (found === undefined) return undefined;
  // Rounded, and then held against every clique: nothing rests on the arithmetic of fractions.
  const weights = new Array<number>(graph.size).fill(0);
  for (const [vertex, weight] of found.weights) weights[vertex] = Math.round(weight * scale);
  const loads = cliques.map((clique) => clique.reduce((sum, v) => sum + (weights[v] ?? 0), 0));
  const shared = cliques.map((clique, at) => ({ vertices: clique, share: found.shares[at] ?? 0 }));
  shared.sort((a, b) => b.share - a.share);
  const capacity = Math.max(1, ...loads);
  const divisor = weights.reduce(commonDivisor, capacity);
  return {
    weights: weights.map((weight) => weight / divisor),
    capacity: capacity / divisor,
    cliques: shared,
  };
}

function commonDivisor(a: number, b: number): number {
  let [large, small] = [a, b];
  while (small !== 0) [large, small] = [small, large % small];
  return large;
}

function maximalCliques(
  graph: KernelGraph,
  within: Vertices,
  meter: Meter,
): number[][] | undefined {
  const cliques: number[][] = [];
  const among = within.slice();
  const done = new Int32Array(graph.words);
  for (const vertex of listVertices(within)) {
    const most = cliquesMax - cliques.length;
    const found = cliquesThrough(graph, vertex, { among, done, most, meter });
    if (found === undefined || meter.isSpent()) return undefined;
    cliques.push(...found.map(listVertices));
    clearBit(among, 0, vertex);
    setBit(done, 0, vertex);
  }
  return cliques;
}

interface Packing {
  readonly weights: ReadonlyMap<number, number>;
  /** Of each clique, in the best cover by fractions of cliques: the dual. */
  readonly shares: readonly number[];
}

/**
 * The packing under all cliques, found under few: those that turn out to be too heavy are added, and
 * those that were far from heavy left out, until none is too heavy.
 */
function packedByParts(
  cliques: readonly (readonly number[])[],
  vertices: readonly number[],
  meter: Meter,
): Packing | undefined {
  const bySize = [...cliques.keys()];
  bySize.sort((a, b) => (cliques[b]?.length ?? 0) - (cliques[a]?.length ?? 0) || a - b);
  let used = firstHolding(cliques, bySize);
  for (let round = 0; round < roundsMax; round++) {
    if (used.length * vertices.length > cellsMax) return undefined;
    const lines = used.map((at) => cliques[at] ?? []);
    const found = heaviestPacking(lines, vertices, meter);
    if (found === undefined) return undefined;
    const loads = cliques.map((clique) =>
      clique.reduce((sum, vertex) => sum + (found.weights.get(vertex) ?? 0), 0),
    );
    const tooHeavy = [...loads.keys()].filter((at) => (loads[at] ?? 0) > 1 + 1e-6);
    meter.spend(cliques.length * 20);
    if (tooHeavy.length === 0) {
      const shares = new Array<number>(cliques.length).fill(0);
      used.forEach((at, line) => {
        shares[at] = found.shares[line] ?? 0;
      });
      return { weights: found.weights, shares };
    }
    tooHeavy.sort((a, b) => (loads[b] ?? 0) - (loads[a] ?? 0) || a - b);
    const near = used.filter((at) => (loads[at] ?? 0) > 0.5);
    used = [...near, ...tooHeavy.slice(0, vertices.length)];
  }
  return undefined;
}

const roundsMax = 60;

/** Cliques in the given order, each with a vertex that no earlier one had: every vertex has one. */
function firstHolding(
  cliques: readonly (readonly number[])[],
  order: readonly number[],
): readonly number[] {
  const held = new Set<number>();
  return order.filter((at) => {
    const clique = cliques[at] ?? [];
    const isNew = clique.some((vertex) => !held.has(vertex));
    for (const vertex of clique) held.add(vertex);
    return isNew;
  });
}

/**
 * Maximises the sum of the weights, where those of each clique add up to 1 at most: a tableau of
 * one line for each clique and one column for each vertex, and a last line for the sum.
 */
function heaviestPacking(
  cliques: readonly (readonly number[])[],
  vertices: readonly number[],
  meter: Meter,
): Packing | undefined {
  const [size, height] = [vertices.length, cliques.length];
  const width = size + 1;
  const table = tableOf(cliques, vertices);
  // Which variable a line or column stands for: vertices, then the slack of each clique.
  const lines = cliques.map((_, line) => size + line);
  const columns = vertices.map((_, column) => column);
  for (;;) {
    const column = enteringColumn(table, height * width, size);
    if (column === undefined) break;
    const line = leavingLine(table, { column, width, height });
    if (line === undefined || meter.isSpent()) return undefined;
    meter.spend(pivot(table, { line, column, width, height }) + height + width);
    [lines[line], columns[column]] = [columns[column] as number, lines[line] as number];
  }
  const weights = new Map<number, number>();
  lines.forEach((variable, line) => {
    const value = table[line * width + size] as number;
    if (variable < size) weights.set(vertices[variable] as number, Math.max(0, value));
  });
  const shares = new Array<number>(height).fill(0);
  columns.forEach((variable, column) => {
    if (variable >= size) shares[variable - size] = table[height * width + column] as number;
  });
  return { weights, shares };
}

function tableOf(cliques: readonly (readonly number[])[], vertices: readonly number[]) {
  const width = vertices.length + 1;
  const table = new Float64Array((cliques.length + 1) * width);
  const columnOf = new Map(vertices.map((vertex, column) => [vertex, column]));
  // WHY: limits that differ a little keep the method from going round in circles.
  cliques.forEach((clique, line) => {
    for (const vertex of clique) table[line * width + (columnOf.get(vertex) ?? 0)] = 1;
    table[line * width + width - 1] = 1 + line * 1e-9;
  });
  table.fill(-1, cliques.length * width, cliques.length * width + width - 1);
  return table;
}

const tiny = 1e-9;

function enteringColumn(table: Float64Array, offset: number, size: number): number | undefined {
  let best: number | undefined;
  let least = -tiny;
  for (let column = 0; column < size; column++) {
    const gain = table[offset + column] as number;
    if (gain < least) [best, least] = [column, gain];
  }
  return best;
}

interface Place {
  readonly column: number;
  readonly width: number;
  readonly height: number;
}

function leavingLine(table: Float64Array, { column, width, height }: Place): number | undefined {
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let line = 0; line < height; line++) {
    const share = table[line * width + column] as number;
    if (share <= tiny) continue;
    const ratio = (table[line * width + width - 1] as number) / share;
    if (ratio < least) [best, least] = [line, ratio];
  }
  return best;
}

/** Changes a variable of a line for that of a column; returns about how much work that was. */
function pivot(
  table: Float64Array,
  { line, column, width, height }: Place & { readonly line: number },
): number {
  const inverse = 1 / (table[line * width + column] as number);
  // WHY: most entries are zero for long, and there is nothing to do for those.
  const used: number[] = [];
  for (let at = 0; at < width; at++) {
    const place = line * width + at;
    if (at === column) table[place] = inverse;
    else if (table[place] !== 0) {
      table[place] = (table[place] as number) * inverse;
      used.push(at);
    }
  }
  for (let other = 0; other <= height; other++) {
    const offset = other * width;
    const factor = table[offset + column] as number;
    if (other === line || factor === 0) continue;
    for (let i = 0; i < used.length; i++) {
      const at = used[i] as number;
      table[offset + at] =
        (table[offset + at] as number) - factor * (table[line * width + at] as number);
    }
    table[offset + column] = -factor * inverse;
  }
  return used.length * height;
}
