// The bound that a certificate shows, or what is wrong with it. Read `cover-types.ts` for why each
// of its forms is an argument.
import { refutationProblem } from "./check-refutation.ts";
import type { CoverCertificate, Crown, Edge, Kernel, SumOfParts } from "./cover-types.ts";
import type { EdgeIndex } from "./edge-index.ts";

/** A number, or a problem. */
export function provedBound(index: EdgeIndex, certificate: CoverCertificate): number | string {
  if (certificate.kind === "fooling-set") {
    return foolingProblem(index, certificate.edges) ?? certificate.edges.length;
  }
  const { fooling, crowns, kernels } = certificate;
  const problem =
    foolingProblem(index, fooling) ??
    firstProblem(crowns, (crown) => crownProblem(index, crown)) ??
    firstProblem(kernels, (kernel) => kernelProblem(index, kernel)) ??
    togetherProblem(index, certificate);
  if (problem !== undefined) return problem;
  const ofKernels = kernels.reduce((sum, { bound }) => sum + bound, 0);
  const ofCrowns = crowns.reduce((sum, { rows }) => sum + leastAntichain(rows.length), 0);
  return fooling.length + ofCrowns + ofKernels;
}

function firstProblem<T>(
  list: Iterable<T>,
  problemOf: (item: T) => string | undefined,
): string | undefined {
  for (const item of list) {
    const problem = problemOf(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function foolingProblem(index: EdgeIndex, edges: readonly Edge[]): string | undefined {
  const stranger = strangerAmong(index, edges);
  if (stranger !== undefined) return stranger;
  return firstProblem(edges.entries(), ([at, edge]) => compatibleWith(index, edge, edges, at + 1));
}

function strangerAmong(index: EdgeIndex, edges: readonly Edge[]): string | undefined {
  const stranger = edges.find(([row, column]) => index.find(row, column) === -1);
  return stranger && `the certificate names ${shown(stranger)}, which is no edge`;
}

/** Whether an edge could share a product with one of a list, from a place on. */
function compatibleWith(
  index: EdgeIndex,
  edge: Edge,
  others: readonly Edge[],
  from: number,
): string | undefined {
  const [row, column] = edge;
  for (let i = from; i < others.length; i++) {
    // In range: `i` is below the length.
    const [otherRow, otherColumn] = others[i] as Edge;
    if (index.find(row, otherColumn) === -1 || index.find(otherRow, column) === -1) continue;
    return `one product can hold ${shown(edge)} and ${shown([otherRow, otherColumn])}`;
  }
  return undefined;
}

function crownProblem(index: EdgeIndex, { rows, columns }: Crown): string | undefined {
  if (rows.length !== columns.length) return "a crown has as many rows as columns";
  for (const [i, row] of rows.entries()) {
    for (const [j, column] of columns.entries()) {
      const isEdge = index.find(row, column) !== -1;
      if (isEdge === (i === j)) return `${shown([row, column])} does not belong into a crown`;
    }
  }
  return undefined;
}

function kernelProblem(index: EdgeIndex, kernel: Kernel): string | undefined {
  return strangerAmong(index, kernel.edges) ?? refutationProblem(index, kernel);
}

/** The bounds of parts add up when no product can serve two of them. */
function togetherProblem(
  index: EdgeIndex,
  { fooling, crowns, kernels }: SumOfParts,
): string | undefined {
  for (const [at, { edges }] of kernels.entries()) {
    const others = [fooling, ...kernels.slice(at + 1).map((kernel) => kernel.edges)];
    for (const edge of edges) {
      const problem = firstProblem(others, (list) => compatibleWith(index, edge, list, 0));
      if (problem !== undefined) return problem;
    }
  }
  const single = [...fooling, ...kernels.flatMap(({ edges }) => edges)];
  for (const [at, crown] of crowns.entries()) {
    const problem =
      firstProblem(single, (edge) => meetsCrown(index, crown, edge)) ??
      firstProblem(crowns.slice(at + 1), (other) => crownsMeet(index, crown, other));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Whether an edge (u, p) is compatible with some (ri, cj) of a crown, where i is not j. */
function meetsCrown(index: EdgeIndex, { rows, columns }: Crown, edge: Edge): string | undefined {
  const [row, column] = edge;
  const rowsMet = rows.flatMap((other, i) => (index.find(other, column) === -1 ? [] : [i]));
  const columnsMet = columns.flatMap((other, j) => (index.find(row, other) === -1 ? [] : [j]));
  const areApart = rowsMet.every((i) => columnsMet.every((j) => i === j));
  return areApart ? undefined : `one product can hold ${shown(edge)} and an edge of a crown`;
}

function crownsMeet(index: EdgeIndex, crown: Crown, other: Crown): string | undefined {
  const isRelated = (a: Crown, b: Crown) =>
    a.rows.some((row) => b.columns.some((column) => index.find(row, column) !== -1));
  if (!isRelated(crown, other) || !isRelated(other, crown)) return undefined;
  const edges = other.rows.flatMap((row, i) =>
    other.columns.flatMap((column, j): Edge[] => (i === j ? [] : [[row, column]])),
  );
  return firstProblem(edges, (edge) => meetsCrown(index, crown, edge));
}

/** The least k such that k things have n subsets of which none lies in another (Sperner 1928). */
function leastAntichain(n: number): number {
  for (let k = 0; ; k++) {
    let subsets = 1;
    for (let i = 0; i < Math.floor(k / 2); i++) subsets = (subsets * (k - i)) / (i + 1);
    if (subsets >= n) return k;
  }
}

function shown([row, column]: Edge): string {
  return `(${row}, ${column})`;
}
