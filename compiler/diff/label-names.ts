// Endpoints by the labels that their workloads share, where those select nothing else.
import type { LabelValue, Workload } from "../inventory/types.ts";
import type { Comparison } from "./cells.ts";

/** Conditions joined by `and`: more of them are no name any more. */
const conditionsMax = 3;

/** Makes `workloads where env is prod and role is db` for endpoints of a group. */
export function labelsOf(
  { joint, space, versions }: Pick<Comparison, "joint" | "space" | "versions">,
  version: number,
): (group: number, endpoints: readonly number[]) => string | undefined {
  const context = versions[version]?.context;
  const workloadAt = (endpoint: number) => {
    const universe = context?.expansion.universe;
    const at = joint.endpoints[endpoint]?.at[version] ?? -1;
    return universe?.workloads[universe.endpoints[at]?.workload ?? -1];
  };
  const labels = [...(context?.model.labels.values() ?? [])]
    .filter(({ kind }) => kind === "enum")
    .map(({ name }) => name);
  const holders = endpointsByValue(space, labels, workloadAt);
  return (group, endpoints) => {
    const [first] = endpoints;
    const like = first === undefined ? undefined : workloadAt(first);
    const common = labels
      .map((name) => ({ name, value: like?.labels.get(name) }))
      .filter(
        ({ name, value }) =>
          value !== undefined &&
          endpoints.every((endpoint) => workloadAt(endpoint)?.labels.get(name) === value),
      )
      .map(({ name, value }) => ({ name, value, held: holders(group, name, value) }))
      .sort((a, b) => a.held.length - b.held.length);
    const [least, ...others] = common;
    if (least === undefined) return undefined;
    const wanted = new Set(endpoints);
    let left = least.held.filter((endpoint) => !wanted.has(endpoint));
    const chosen = [`${least.name} is ${least.value}`];
    for (const { name, value } of others) {
      if (left.length === 0) break;
      const rest = left.filter((endpoint) => workloadAt(endpoint)?.labels.get(name) === value);
      if (rest.length === left.length) continue;
      left = rest;
      chosen.push(`${name} is ${value}`);
    }
    const isExact = left.length === 0 && chosen.length <= conditionsMax;
    return isExact ? `(workloads where ${chosen.sort().join(" and ")})` : undefined;
  };
}

/** Endpoints of a group whose workloads have a value; found once for each group and label. */
function endpointsByValue(
  space: Comparison["space"],
  labels: readonly string[],
  workloadAt: (endpoint: number) => Workload | undefined,
): (group: number, label: string, value: LabelValue | undefined) => readonly number[] {
  const known = new Map<string, number[]>();
  const seen = new Set<number>();
  const index = (group: number) => {
    for (const one of space.classes) {
      if (one.group !== group) continue;
      for (const endpoint of one.endpoints) {
        const workload = workloadAt(endpoint);
        for (const label of labels) {
          const value = workload?.labels.get(label);
          if (value === undefined) continue;
          const key = `${group} ${label} ${value}`;
          const list = known.get(key);
          if (list === undefined) known.set(key, [endpoint]);
          else list.push(endpoint);
        }
      }
    }
  };
  return (group, label, value) => {
    if (!seen.has(group)) index(group);
    seen.add(group);
    return known.get(`${group} ${label} ${value}`) ?? [];
  };
}
