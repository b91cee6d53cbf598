// Which segments are exactly some workloads, alone, together, or but for a few.
import type { Universe } from "../extent/types.ts";
import { isAddressSubset, isNoAddress } from "../sets/address-set.ts";
import { type Bitset, forEachMember } from "../sets/bitset.ts";
import type { Comparison } from "./cells.ts";

export interface SegmentNames {
  /** The name of a segment, or `workloads` for all there are. Workloads are numbers of the universe, ascending. */
  readonly exact: (workloads: readonly number[]) => string | undefined;
  /** A few segments, each within the workloads, fewer than those are. */
  readonly together: (workloads: readonly number[]) => readonly string[] | undefined;
  /** `(web except web-3)`. */
  readonly allBut: (workloads: readonly number[]) => string | undefined;
  /** A segment of networks that is exactly these classes of addresses. */
  readonly outside: (group: number, classes: ReadonlySet<number>) => string | undefined;
  /** True where a workload of this name would be taken for a segment. */
  readonly isTaken: (name: string) => boolean;
}

/** More segments, or workloads left out, than this read worse than a list of names. */
const namesMax = 3;

/** Members looked at while names are searched for; past it only exact names are found. */
const stepsMax = 30_000_000;

interface Candidate {
  readonly name: string;
  readonly workloads: readonly number[];
}

export function segmentNames(
  { space, versions }: Pick<Comparison, "space" | "versions">,
  version: number,
): SegmentNames {
  const context = versions[version]?.context;
  if (context === undefined) throw new Error("bug in segc (diff): no such version");
  const { model, expansion } = context;
  const { universe } = expansion;
  const shortest = shortNames(model.segments.map(({ qualified }) => qualified));
  const holding = new Map<number, Candidate[]>();
  const named = new Map<string, string>();
  let steps = 0;
  const add = (name: string, row: Bitset) => {
    const workloads = workloadsIn(universe, row);
    const key = workloads.join();
    if (workloads.length === 0 || named.has(key)) return;
    named.set(key, name);
    const candidate = { name, workloads };
    for (const workload of workloads) {
      const list = holding.get(workload);
      if (list === undefined) holding.set(workload, [candidate]);
      else list.push(candidate);
    }
  };
  add("workloads", universe.all);
  const addresses: { readonly name: string; readonly set: Parameters<typeof isNoAddress>[0] }[] =
    [];
  for (const { qualified, set } of model.segments) {
    const { terms, managed, external } = expansion.extentOf(set);
    const name = shortest(qualified);
    const isPlain = terms.every(({ include, exclude }) => include.length + exclude.length === 0);
    if (!isPlain) continue;
    if (isNoAddress(external)) add(name, managed);
    else addresses.push({ name, set: external });
  }
  const taken = new Set(model.segments.map(({ qualified }) => shortest(qualified)));
  return {
    exact: (workloads) => named.get(workloads.join()),
    together: (workloads) => {
      if (steps > stepsMax) return undefined;
      const left = new Set(workloads);
      const near = new Set(workloads.flatMap((workload) => holding.get(workload) ?? []));
      const candidates = [...near].filter((one) => {
        steps += one.workloads.length;
        return (
          one.workloads.length <= workloads.length &&
          overlap(one.workloads, left) === one.workloads.length
        );
      });
      const chosen: string[] = [];
      while (left.size > 0 && chosen.length < namesMax) {
        const best = largest(candidates, ({ workloads: of }) => overlap(of, left));
        if (best === undefined) return undefined;
        chosen.push(best.name);
        for (const workload of best.workloads) left.delete(workload);
      }
      return left.size === 0 && chosen.length < workloads.length ? chosen.sort() : undefined;
    },
    allBut: (workloads) => {
      if (steps > stepsMax) return undefined;
      const wanted = new Set(workloads);
      for (const candidate of holding.get(workloads[0] ?? -1) ?? []) {
        const extra = candidate.workloads.length - workloads.length;
        if (extra <= 0 || extra > namesMax || extra >= workloads.length) continue;
        steps += candidate.workloads.length;
        if (overlap(candidate.workloads, wanted) < workloads.length) continue;
        const others = candidate.workloads.filter((workload) => !wanted.has(workload));
        const names = others.map((workload) => universe.workloads[workload]?.name ?? "").sort();
        const rest = names.length === 1 ? names[0] : `{ ${names.join(", ")} }`;
        return `(${candidate.name} except ${rest})`;
      }
      return undefined;
    },
    outside: (group, classes) =>
      addresses.find(({ set }) =>
        [...space.classes.entries()].every(
          ([of, { outside, whole, group: own }]) =>
            outside === undefined ||
            own !== group ||
            (whole !== undefined && isAddressSubset(whole, set)) === classes.has(of),
        ),
      )?.name,
    isTaken: (name) => reserved.has(name) || taken.has(name),
  };
}

const reserved: ReadonlySet<string> = new Set(["workloads", "outside", "internet", "anywhere"]);

/** Numbers of the workloads that have some endpoint in the row, ascending. */
function workloadsIn({ endpoints }: Universe, row: Bitset): readonly number[] {
  const found: number[] = [];
  forEachMember(row, (endpoint) => {
    const workload = endpoints[endpoint]?.workload;
    if (workload !== undefined && workload !== found.at(-1)) found.push(workload);
  });
  return found;
}

/** `web` for `crm.web` where no other module has a `web`. */
function shortNames(qualified: readonly string[]): (name: string) => string {
  const without = (name: string) => name.slice(name.indexOf(".") + 1);
  const counts = new Map<string, number>();
  for (const name of qualified) counts.set(without(name), (counts.get(without(name)) ?? 0) + 1);
  return (name) => (counts.get(without(name)) === 1 ? without(name) : name);
}

const overlap = (workloads: readonly number[], within: ReadonlySet<number>): number =>
  workloads.reduce((count, workload) => count + Number(within.has(workload)), 0);

/** The first of those that score most, if any scores. */
function largest<T>(candidates: readonly T[], score: (one: T) => number): T | undefined {
  let best: T | undefined;
  let most = 0;
  for (const candidate of candidates) {
    const value = score(candidate);
    if (value > most) [best, most] = [candidate, value];
  }
  return best;
}
