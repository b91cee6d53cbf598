// Which segments are exactly some endpoints of a group, alone, together, or but for a few workloads.

import { isAddressSubset, isNoAddress } from "../sets/address-set.ts";
import { forEachMember } from "../sets/bitset.ts";
import type { Comparison } from "./cells.ts";

export interface SegmentNames {
  /** The name of a segment, or `workloads` for all there are. */
  readonly exact: (group: number, endpoints: readonly number[]) => string | undefined;
  /** A few segments, each within the endpoints. */
  readonly together: (endpoints: readonly number[]) => readonly string[] | undefined;
  /** `web except web-3`. */
  readonly allBut: (endpoints: readonly number[]) => string | undefined;
  /** A segment of networks that is exactly these classes of addresses. */
  readonly outside: (group: number, classes: ReadonlySet<number>) => string | undefined;
}

/** More segments, or workloads left out, than this read worse than a list of names. */
const namesMax = 3;

/** Members looked at while names are searched for; past it only exact names are found. */
const stepsMax = 30_000_000;

interface Candidate {
  readonly name: string;
  /** Joint endpoints of the group, ascending. */
  readonly endpoints: readonly number[];
}

export function segmentNames(
  { space, joint, versions }: Pick<Comparison, "space" | "joint" | "versions">,
  version: number,
): SegmentNames {
  const context = versions[version]?.context;
  if (context === undefined) throw new Error("bug in segc (diff): no such version");
  const { model, expansion } = context;
  const groupOf = groupsOfEndpoints(space, joint.endpoints.length);
  const shortest = shortNames(model.segments.map(({ qualified }) => qualified));
  /** Of one group, since an endpoint is. */
  const holding = new Map<number, Candidate[]>();
  const named = new Map<string, string>();
  let steps = 0;
  const add = (name: string, row: Parameters<typeof forEachMember>[0]) => {
    const parts = new Map<number, number[]>();
    forEachMember(joint.rowOf(version, row), (endpoint) => {
      const group = groupOf[endpoint] as number; // in range
      const list = parts.get(group);
      if (list === undefined) parts.set(group, [endpoint]);
      else list.push(endpoint);
    });
    for (const [group, endpoints] of parts) {
      const key = `${group} ${endpoints.join()}`;
      if (named.has(key)) continue;
      named.set(key, name);
      const candidate = { name, endpoints };
      for (const endpoint of endpoints) {
        const list = holding.get(endpoint);
        if (list === undefined) holding.set(endpoint, [candidate]);
        else list.push(candidate);
      }
    }
  };
  add("workloads", expansion.universe.all);
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
  const within = (endpoints: ReadonlySet<number>) => {
    const near = new Set([...endpoints].flatMap((endpoint) => holding.get(endpoint) ?? []));
    return [...near].filter((one) => {
      if (one.endpoints.length > endpoints.size) return false;
      steps += one.endpoints.length;
      return one.endpoints.every((endpoint) => endpoints.has(endpoint));
    });
  };
  return {
    exact: (group, endpoints) => named.get(`${group} ${endpoints.join()}`),
    together: (endpoints) => {
      if (steps > stepsMax) return undefined;
      const left = new Set(endpoints);
      const chosen: string[] = [];
      const candidates = within(left);
      while (left.size > 0 && chosen.length < namesMax) {
        const best = largest(candidates, ({ endpoints: of }) => overlap(of, left));
        if (best === undefined) return undefined;
        chosen.push(best.name);
        for (const endpoint of best.endpoints) left.delete(endpoint);
      }
      return left.size === 0 ? chosen.sort() : undefined;
    },
    allBut: (endpoints) => {
      if (steps > stepsMax) return undefined;
      const wanted = new Set(endpoints);
      for (const candidate of holding.get(endpoints[0] ?? -1) ?? []) {
        const extra = candidate.endpoints.length - endpoints.length;
        if (extra <= 0 || extra > 4 * namesMax) continue;
        steps += candidate.endpoints.length;
        if (overlap(candidate.endpoints, wanted) < endpoints.length) continue;
        const others = candidate.endpoints.filter((endpoint) => !wanted.has(endpoint));
        const names = [...new Set(others.map((one) => joint.endpoints[one]?.name ?? ""))].sort();
        const isHalf = names.some((name) =>
          endpoints.some((one) => joint.endpoints[one]?.name === name),
        );
        if (names.length > namesMax || isHalf) continue;
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
  };
}

function groupsOfEndpoints({ classes }: Comparison["space"], count: number): Int32Array {
  const groupOf = new Int32Array(count);
  for (const { group, endpoints } of classes) {
    for (const endpoint of endpoints) groupOf[endpoint] = group;
  }
  return groupOf;
}

/** `web` for `crm.web` where no other module has a `web`. */
function shortNames(qualified: readonly string[]): (name: string) => string {
  const without = (name: string) => name.slice(name.indexOf(".") + 1);
  const counts = new Map<string, number>();
  for (const name of qualified) counts.set(without(name), (counts.get(without(name)) ?? 0) + 1);
  return (name) => (counts.get(without(name)) === 1 ? without(name) : name);
}

const overlap = (endpoints: readonly number[], within: ReadonlySet<number>): number =>
  endpoints.reduce((count, endpoint) => count + Number(within.has(endpoint)), 0);

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
