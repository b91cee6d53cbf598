// Replays the record of an exhaustive search: in every case the edges that are left need more
// products than are left. Nothing is searched here; each step of the record is an argument to check.
import type {
  EveryProductFails,
  Kernel,
  Refutation,
  TooHeavy,
  TooManyApart,
} from "./cover-types.ts";
import type { EdgeIndex } from "./edge-index.ts";

/** What is wrong with the claim that `bound` - 1 products do not cover a kernel. */
export function refutationProblem(index: EdgeIndex, kernel: Kernel): string | undefined {
  const { edges, bound, refutation } = kernel;
  if (!Number.isInteger(bound) || bound < 1 || bound > edges.length) {
    return `a kernel of ${edges.length} edges does not need ${bound} products`;
  }
  const near = edges.map(
    ([row, column]) =>
      new Set(
        edges.flatMap(([otherRow, otherColumn], other) =>
          index.find(row, otherColumn) !== -1 && index.find(otherRow, column) !== -1 ? [other] : [],
        ),
      ),
  );
  return replay(near, new Set(edges.keys()), { left: bound - 1, refutation });
}

/** For each edge of the kernel: itself and the edges that can share a product with it. */
type Near = readonly ReadonlySet<number>[];

interface Claim {
  readonly left: number;
  readonly refutation: Refutation;
}

/** INVARIANT: recursion is no deeper than the bound, since each step leaves one product less. */
function replay(near: Near, open: ReadonlySet<number>, claim: Claim): string | undefined {
  const { left, refutation } = claim;
  if (refutation.kind === "apart") return apartProblem(near, open, refutation, left);
  if (refutation.kind === "heavy") return heavyProblem(near, open, refutation, left);
  if (left < 1) return "a choice is made where no product is left";
  const kept = open.difference(new Set(refutation.dropped));
  const problem = choicesProblem(near, kept, refutation);
  if (problem !== undefined) return problem;
  for (const { covers, rest } of refutation.choices) {
    const below = { left: left - 1, refutation: rest };
    const deeper = replay(near, kept.difference(new Set(covers)), below);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

function apartProblem(
  near: Near,
  open: ReadonlySet<number>,
  { edges }: TooManyApart,
  left: number,
): string | undefined {
  if (edges.length <= left) return `${edges.length} edges apart fit into ${left} products`;
  const areOpen = edges.every((edge) => open.has(edge));
  const areApart = edges.every((edge, at) =>
    edges.slice(at + 1).every((other) => near[edge]?.has(other) === false),
  );
  return areOpen && areApart ? undefined : "edges said to be apart are not";
}

function heavyProblem(
  near: Near,
  open: ReadonlySet<number>,
  { edges, weights, capacity }: TooHeavy,
  left: number,
): string | undefined {
  const weightOf = new Map(edges.map((edge, at) => [edge, weights[at] ?? -1]));
  const areWeights = [...weights, capacity].every(
    (weight) => Number.isInteger(weight) && weight > 0,
  );
  if (!areWeights || weightOf.size !== edges.length || weights.length !== edges.length) {
    return "weights are not one whole number for each edge";
  }
  if (!edges.every((edge) => open.has(edge))) return "an edge with a weight is already covered";
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= left * capacity) return `a weight of ${total} fits into ${left} products`;
  const isLight = staysWithin(near, weightOf, capacity);
  return isLight ? undefined : `a product holds more than a weight of ${capacity}`;
}

/** Whether pairwise compatible edges never weigh more than the capacity, however chosen. */
function staysWithin(near: Near, weightOf: ReadonlyMap<number, number>, capacity: number): boolean {
  const weigh = (edges: Iterable<number>) => {
    let total = 0;
    for (const edge of edges) total += weightOf.get(edge) ?? 0;
    return total;
  };
  const toShow: { held: number; among: ReadonlySet<number> }[] = [
    { held: 0, among: new Set(weightOf.keys()) },
  ];
  for (let next = toShow.pop(); next !== undefined; next = toShow.pop()) {
    const { held, among } = next;
    if (held + weigh(among) <= capacity) continue;
    const edge = [...among].find((each) => !among.isSubsetOf(near[each] ?? new Set()));
    if (edge === undefined) return false;
    const rest = among.difference(new Set([edge]));
    // With this edge and only what is compatible with it, or without it.
    const with_ = rest.intersection(near[edge] ?? new Set());
    toShow.push({ held, among: rest }, { held: held + (weightOf.get(edge) ?? 0), among: with_ });
  }
  return true;
}

function choicesProblem(
  near: Near,
  open: ReadonlySet<number>,
  { edge, choices }: EveryProductFails,
): string | undefined {
  if (!open.has(edge)) return `edge ${edge} of a kernel is already covered`;
  const around = open.intersection(near[edge] ?? new Set());
  const products = choices.map(({ covers }) => new Set(covers));
  return isComplete(near, around, products)
    ? undefined
    : `a product through edge ${edge} of a kernel is not considered`;
}

/** Whether all pairwise compatible edges of a set lie in one of the products, however chosen. */
function isComplete(
  near: Near,
  edges: ReadonlySet<number>,
  products: readonly ReadonlySet<number>[],
): boolean {
  // A loop over what is still to show, not recursion: a hostile record must not exhaust the stack.
  const toShow = [edges];
  for (let set = toShow.pop(); set !== undefined; set = toShow.pop()) {
    const some = set;
    if (products.some((product) => some.isSubsetOf(product))) continue;
    const edge = [...some].find((each) => !some.isSubsetOf(near[each] ?? new Set()));
    if (edge === undefined) return false;
    // What is chosen either has this edge, and then only what is compatible with it, or has it not.
    toShow.push(some.intersection(near[edge] ?? new Set()), some.difference(new Set([edge])));
  }
  return true;
}
