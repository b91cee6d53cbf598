// How many pairs of workloads products speak of: each pair once, whatever its addresses, families and
// services. What is outside counts as one peer. Counted by workloads that are alike, not one by one.
import type { Family } from "../sets/address.ts";
import { type Bitset, bitsetOf, members, union } from "../sets/bitset.ts";
import type { Comparison } from "./cells.ts";
import type { PointProduct } from "./products.ts";

interface Alike {
  /** Of each class of endpoints, the sets of alike workloads that have one there. */
  readonly at: readonly Bitset[];
  /** Workloads in each set; the last stands for all that is outside, as one. */
  readonly sizes: readonly number[];
}

const known = new WeakMap<Comparison["space"], Alike>();

export function countPairs(
  { space, joint }: Pick<Comparison, "space" | "joint">,
  products: Iterable<Pick<PointProduct, "sources" | "destinations">>,
): number {
  const alike = known.get(space) ?? alikeIn({ space, joint });
  known.set(space, alike);
  const at = (points: readonly number[]) =>
    [...new Set(points.map((point) => space.points[point]?.of ?? -1))]
      .flatMap((of) => alike.at[of] ?? [])
      .reduce(union);
  const reached = new Map<number, Bitset>();
  for (const { sources, destinations } of products) {
    const far = at(destinations);
    for (const near of members(at(sources))) {
      const before = reached.get(near);
      reached.set(near, before === undefined ? far : union(before, far));
    }
  }
  let pairs = 0;
  for (const [near, far] of reached) {
    const size = alike.sizes[near] ?? 0;
    for (const other of members(far)) {
      pairs += other === near ? size * (size - 1) : size * (alike.sizes[other] ?? 0);
    }
  }
  return pairs;
}

/** Workloads that have endpoints in the same classes. */
function alikeIn({ space, joint }: Pick<Comparison, "space" | "joint">): Alike {
  const classesOf = new Map<string, number[]>();
  for (const [of, { endpoints }] of space.classes.entries()) {
    for (const endpoint of endpoints) {
      const name = joint.endpoints[endpoint]?.name ?? "";
      const list = classesOf.get(name);
      if (list === undefined) classesOf.set(name, [of]);
      else if (list.at(-1) !== of) list.push(of);
    }
  }
  const numbers = new Map<string, number>();
  const sizes: number[] = [];
  const setsAt: number[][] = space.classes.map(() => []);
  for (const classes of classesOf.values()) {
    const key = classes.join();
    const number = numbers.get(key) ?? numbers.size;
    if (!numbers.has(key)) {
      numbers.set(key, number);
      for (const of of classes) setsAt[of]?.push(number);
    }
    sizes[number] = (sizes[number] ?? 0) + 1;
  }
  const outside = sizes.length;
  sizes.push(1);
  return {
    sizes,
    at: space.classes.map((one, of) =>
      bitsetOf(sizes.length, one.outside === undefined ? (setsAt[of] ?? []) : [outside]),
    ),
  };
}

/** The other family, where both ends of a product that is seen in one have addresses of it too. */
export function otherFamilyOf(
  { space, joint, versions }: Pick<Comparison, "space" | "joint" | "versions">,
  version: number,
  part: { readonly family: Family; readonly realm: string; readonly product: PointProduct },
): Family | undefined {
  const other: Family = part.family === 4 ? 6 : 4;
  const universe = versions[version]?.context.expansion.universe;
  const hasOther = (points: readonly number[]) =>
    points.some((point) => {
      const one = space.classes[space.points[point]?.of ?? -1];
      if (one === undefined || universe === undefined) return false;
      if (one.outside !== undefined) return true;
      return one.endpoints.some((endpoint) => {
        const at = joint.endpoints[endpoint]?.at[version] ?? -1;
        const workload = universe.endpoints[at]?.workload ?? -1;
        const [from, to] = [universe.firstOf[workload] ?? 0, universe.firstOf[workload + 1] ?? 0];
        return universe.endpoints
          .slice(from, to)
          .some(({ family, realm }) => family === other && realm === part.realm);
      });
    });
  return hasOther(part.product.sources) && hasOther(part.product.destinations) ? other : undefined;
}

const numbersOf = new WeakMap<object, ReadonlyMap<string, number>>();

/** Whether a workload of a version has an address of a family in a realm. */
export function hasAddressOf(
  { versions }: Pick<Comparison, "versions">,
  version: number,
  name: string,
  { family, realm }: { readonly family: Family; readonly realm: string },
): boolean {
  const context = versions[version]?.context;
  const universe = context?.expansion.universe;
  if (universe === undefined) return false;
  const numbers =
    numbersOf.get(universe) ??
    new Map(universe.workloads.map((workload, number) => [workload.name, number]));
  numbersOf.set(universe, numbers);
  const number = numbers.get(name);
  if (number === undefined) return false;
  return universe.endpoints
    .slice(universe.firstOf[number], universe.firstOf[number + 1])
    .some((endpoint) => endpoint.family === family && endpoint.realm === realm);
}
