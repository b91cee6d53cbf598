// A relation as few products of a set of rows with a set of columns: the fewest rules of the form
// "these sources to these destinations". It is the minimum biclique cover of a bipartite graph, alias
// role mining: NP-hard, and easy for most relations that people make.
//
// Equal rows and columns go together, parts that are not connected go apart, and simplicial edges
// and domination solve the rest wholly or leave a kernel. That is weighed and searched exhaustively
// while the budget lasts; beyond it the best cover found comes with a bound that is true nevertheless.
import type { CoverInput, CoverResult, Crown, Edge, Kernel, ProductOf } from "./cover-types.ts";
import { crownOf, productsOfCrown } from "./crown.ts";
import { type Induced, inducedBy, outerEdge } from "./induced.ts";
import { componentsOf, kernelGraph } from "./kernel-graph.ts";
import { limited, type Meter, meterOf } from "./meter.ts";
import { type Reduction, reduceCover } from "./reduce-cover.ts";
import { edgesOf, type Part, partsOf, type Relation } from "./relation.ts";
import { type Solved, solveCrown, solveKernel } from "./solve-kernel.ts";

/** Left-over edges beyond this number are not taken apart into kernels. */
const graphMax = 3_000;
/** What of the budget the reductions may use. Where they solve a part they end far below this. */
const reducingShare = 0.4;
const reducingSteps = 300_000_000;

/**
 * Products that together are exactly the relation, as few as were found, with a certificate for
 * `lowerBound` that `checkCover` verifies. The same input gives the same result, unless the budget
 * ended the work.
 */
export function productCover(input: CoverInput): CoverResult {
  const now = input.now ?? clock();
  const meter = meterOf(input.budgetMs, now);
  const reducing = limited(meterOf(input.budgetMs * reducingShare, now), reducingSteps);
  const { parts, oversized } = partsOf(input);
  const tasks = parts.map((part) => reducePart(part, reducing));
  // Small kernels first: one that is too large must not use up what the others need.
  const kernels = tasks.flatMap((task) => task.kernels.map((kernel) => ({ task, kernel })));
  kernels.sort((a, b) => a.kernel.edges.length - b.kernel.edges.length);
  for (const { task, kernel } of kernels) {
    task.solved.push({ kernel, ...solveKernel(kernel, meter) });
  }
  const products = [...tasks.flatMap(productsOf), ...oversized.flat()].sort(byMembers);
  return { products, ...proved({ tasks, oversized, products: products.length }) };
}

/** `performance` is no part of the language, only of every place that runs it today. */
function clock(): (() => number) | undefined {
  const { performance } = globalThis;
  return typeof performance === "object" ? performance.now.bind(performance) : undefined;
}

/** A connected part on its way: what is settled, and what is left to solve. */
interface Task {
  readonly part: Part;
  readonly reduction: Reduction;
  readonly kernels: readonly Induced[];
  readonly solved: (Solved & { readonly kernel: Induced })[];
}

const nothingReduced: Reduction = { fooling: [], groups: [], dropped: [], left: [] };

function reducePart(part: Part, meter: Meter): Task {
  const { relation } = part;
  const missing = crownOf(relation);
  if (missing !== undefined) {
    const kernel = inducedBy(relation, edgesOf(relation));
    const solved = [{ kernel, ...solveCrown(kernel, missing) }];
    return { part, reduction: nothingReduced, kernels: [], solved };
  }
  const reduction = reduceCover(relation, meter);
  return { part, reduction, kernels: kernelsOf(relation, reduction.left), solved: [] };
}

/** Left-over edges by what is compatible with what, directly or by way of others. */
function kernelsOf(relation: Relation, left: readonly number[]): Induced[] {
  if (left.length === 0) return [];
  const whole = inducedBy(relation, left);
  if (left.length > graphMax) return [whole];
  const components = componentsOf(kernelGraph(whole));
  if (components.length === 1) return [whole];
  return components.map((vertices) =>
    inducedBy(
      relation,
      vertices.map((vertex) => left[vertex] ?? 0),
    ),
  );
}

/** Each edge goes where its group goes; a dropped one where the edge goes that it was dropped for. */
function productsOf({ part, reduction, solved }: Task): ProductOf[] {
  const { relation } = part;
  const groups = [
    ...reduction.groups.map((group) => [...group]),
    ...solved.flatMap(({ kernel, groups }) =>
      groups.map((group) => group.map((edge) => outerEdge(kernel, relation, edge))),
    ),
  ];
  const groupOf = new Map<number, number>();
  groups.forEach((group, index) => {
    for (const edge of group) groupOf.set(edge, index);
  });
  for (const [edge, dominating] of reduction.dropped.toReversed()) {
    const group = groupOf.get(dominating);
    if (group === undefined) throw new Error("bug in segc (product cover): an edge in no product");
    groupOf.set(edge, group);
    groups[group]?.push(edge);
  }
  return groups.filter((group) => group.length > 0).map((group) => spanOf(part, group));
}

/** The least product around some edges, in rows and columns of the input. */
function spanOf(
  { relation, rowMembers, columnMembers }: Part,
  edges: readonly number[],
): ProductOf {
  const rows = new Set<number>();
  const columns = new Set<number>();
  for (const edge of edges) {
    const row = Math.floor(edge / relation.columns);
    rows.add(row);
    columns.add(edge - row * relation.columns);
  }
  return { rows: expanded(rows, rowMembers), columns: expanded(columns, columnMembers) };
}

function expanded(classes: Iterable<number>, members: Part["rowMembers"]): number[] {
  return [...classes].flatMap((place) => members[place] ?? []).sort((a, b) => a - b);
}

function byMembers(a: ProductOf, b: ProductOf): number {
  return byNumbers(a.rows, b.rows) || byNumbers(a.columns, b.columns);
}

function byNumbers(a: readonly number[], b: readonly number[]): number {
  const different = a.findIndex((value, index) => value !== b[index]);
  if (different === -1) return a.length - b.length;
  return (a[different] ?? 0) - (b[different] ?? -1);
}

interface Proved {
  readonly tasks: readonly Task[];
  readonly oversized: readonly (readonly ProductOf[])[];
  /** How many there are in all. */
  readonly products: number;
}

/** The certificate of all parts together, in rows and columns of the input. */
function proved({ tasks, oversized, products }: Proved): Omit<CoverResult, "products"> {
  const crowns: Crown[] = [];
  const kernels: Kernel[] = [];
  const fooling = oversized.map(([first]): Edge => [first?.rows[0] ?? 0, first?.columns[0] ?? 0]);
  for (const { part, reduction, solved } of tasks) {
    for (const edge of reduction.fooling) fooling.push(inputEdge(part, edge));
    for (const { kernel, evidence } of solved) {
      const edgeOf = (edge: number) => inputEdge(part, outerEdge(kernel, part.relation, edge));
      if (evidence.kind === "fooling") {
        for (const edge of evidence.edges) fooling.push(edgeOf(edge));
      } else if (evidence.kind === "refuted") {
        const { bound, refutation } = evidence;
        kernels.push({ edges: kernel.edges.map(edgeOf), bound, refutation });
      } else {
        const rows = evidence.rows.map((row) => part.rowMembers[kernel.rowOf[row] ?? 0]?.[0] ?? 0);
        const columns = evidence.columns.map(
          (column) => part.columnMembers[kernel.columnOf[column] ?? 0]?.[0] ?? 0,
        );
        crowns.push({ rows, columns });
      }
    }
  }
  const ofKernels = kernels.reduce((sum, { bound }) => sum + bound, 0);
  const ofCrowns = crowns.reduce((sum, { rows }) => sum + productsOfCrown(rows.length), 0);
  const lowerBound = fooling.length + ofCrowns + ofKernels;
  const certificate =
    crowns.length + kernels.length === 0
      ? { kind: "fooling-set" as const, edges: fooling }
      : { kind: "sum" as const, fooling, crowns, kernels };
  return { lowerBound, optimal: lowerBound === products, certificate };
}

function inputEdge({ relation, rowMembers, columnMembers }: Part, edge: number): Edge {
  const row = Math.floor(edge / relation.columns);
  const column = edge - row * relation.columns;
  return [rowMembers[row]?.[0] ?? 0, columnMembers[column]?.[0] ?? 0];
}
