// What is left when nothing is certain any more: a good cover, a bound, and a search between them.
import type { Refutation } from "./cover-types.ts";
import { coverCrown, crownOf } from "./crown.ts";
import { setBit } from "./dense-bits.ts";
import { foolingSet } from "./fooling-set.ts";
import { firstCover, improveCover } from "./greedy-cover.ts";
import type { Box } from "./grow-product.ts";
import type { Induced } from "./induced.ts";
import { kernelGraph } from "./kernel-graph.ts";
import { limited, type Meter } from "./meter.ts";
import { closeEdges, openEdges } from "./open-edges.ts";
import { searchKernel } from "./search-kernel.ts";

/** Why no cover has fewer products. */
export type Evidence =
  | { readonly kind: "fooling"; readonly edges: readonly number[] }
  | {
      readonly kind: "crown";
      readonly rows: readonly number[];
      readonly columns: readonly number[];
    }
  | { readonly kind: "refuted"; readonly bound: number; readonly refutation: Refutation };

export interface Solved {
  /** Edges of the kernel by the product they go into; each edge once. */
  readonly groups: readonly (readonly number[])[];
  readonly evidence: Evidence;
}

/** Kernels of more edges are not searched: the graph alone would take too much. */
const searchedMax = 1_500;
const roundsBefore = 10;
const roundsAfter = 300;

export function solveKernel(kernel: Induced, meter: Meter): Solved {
  const missing = crownOf(kernel.relation);
  const { rows } = kernel.relation;
  if (missing !== undefined && kernel.edges.length === rows * (rows - 1)) {
    return solveCrown(kernel, missing);
  }
  return kernel.edges.length <= searchedMax ? searched(kernel, meter) : guessed(kernel, meter);
}

export function solveCrown(kernel: Induced, missing: readonly number[]): Solved {
  const { rowWords, columnWords } = kernel.relation;
  const boxes = coverCrown(missing).map((product) => {
    const box = { rows: new Int32Array(columnWords), columns: new Int32Array(rowWords) };
    for (const row of product.rows) setBit(box.rows, 0, row);
    for (const column of product.columns) setBit(box.columns, 0, column);
    return { box };
  });
  const rows = missing.map((_, row) => row);
  return { groups: byBoxes(kernel, boxes), evidence: { kind: "crown", rows, columns: missing } };
}

function guessed(kernel: Induced, meter: Meter): Solved {
  const first = firstCover(kernel, meter);
  const edges = foolingSet(kernel, first.length, limited(meter, foolingSteps));
  const boxes = improveCover(kernel, first, { enough: edges.length, rounds: roundsAfter, meter });
  return { groups: byBoxes(kernel, boxes), evidence: { kind: "fooling", edges } };
}

const foolingSteps = 400_000_000;

function searched(kernel: Induced, meter: Meter): Solved {
  let boxes = firstCover(kernel, meter);
  const edges = foolingSet(kernel, boxes.length, limited(meter, foolingSteps));
  let evidence: Evidence = { kind: "fooling", edges };
  let bound = edges.length;
  boxes = improveCover(kernel, boxes, { enough: bound, rounds: roundsBefore, meter });
  const graph = kernelGraph(kernel);
  while (bound < boxes.length) {
    const found = searchKernel(graph, bound, meter);
    if (found.kind === "cover") {
      const groups = found.products.map((product) => product.map((v) => kernel.edges[v] as number));
      return { groups: onceEach(groups), evidence };
    }
    if (found.kind === "unknown") break;
    bound++;
    evidence = { kind: "refuted", bound, refutation: found.refutation };
  }
  boxes = improveCover(kernel, boxes, { enough: bound, rounds: roundsAfter, meter });
  return { groups: byBoxes(kernel, boxes), evidence };
}

/** Each edge of the kernel with the first box that holds it. */
function byBoxes(kernel: Induced, boxes: readonly { readonly box: Box }[]): number[][] {
  const open = openEdges(kernel);
  const groups = boxes.map(({ box }) => closeEdges(kernel.relation, open, box));
  if (open.some((word) => word !== 0)) {
    throw new Error("bug in segc (product cover): an edge in no product");
  }
  return groups;
}

function onceEach(groups: readonly (readonly number[])[]): number[][] {
  const seen = new Set<number>();
  return groups.map((group) =>
    group.filter((edge) => {
      if (seen.has(edge)) return false;
      seen.add(edge);
      return true;
    }),
  );
}
