// Replays the record of an exhaustive search: in every case the edges that are left need more
// products than are left. Nothing is searched here; each step of the record is an argument to check.
import type { EveryProductFails, Kernel, Refutation } from "./cover-types.ts";
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
  if (refutation.kind === "apart") {
    const { edges } = refutation;
    if (edges.length <= left) return `${edges.length} edges apart fit into ${left} products`;
    const areOpen = edges.every((edge) => open.has(edge));
    const areApart = edges.every((edge, at) =>
      edges.slice(at + 1).every((other) => near[edge]?.has(other) === false),
    );
    return areOpen && areApart ? undefined : "edges said to be apart are not";
  }
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
