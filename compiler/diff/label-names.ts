// Workloads by the labels that they share, where those select nothing else.
import type { LabelValue } from "../inventory/types.ts";
import type { Version } from "./version.ts";

/** Conditions joined by `and`: more of them are no name any more. */
const conditionsMax = 3;

/** Makes `(workloads where env is prod and role is db)` for workloads of the universe, by number. */
export function labelsOf({
  context,
}: Version): (workloads: readonly number[]) => string | undefined {
  const { universe } = context.expansion;
  const labelOf = (workload: number, label: string) =>
    universe.workloads[workload]?.labels.get(label);
  const labels = [...context.model.labels.values()]
    .filter(({ kind }) => kind === "enum")
    .map(({ name }) => name);
  let known: ReadonlyMap<string, readonly number[]> | undefined;
  const holders = (label: string, value: LabelValue | undefined) => {
    known ??= holdersByValue(universe.workloads, labels);
    return known.get(`${label} ${value}`) ?? [];
  };
  return (workloads) => {
    const [first] = workloads;
    if (first === undefined) return undefined;
    const common = labels
      .map((name) => ({ name, value: labelOf(first, name) }))
      .filter(
        ({ name, value }) =>
          value !== undefined && workloads.every((one) => labelOf(one, name) === value),
      )
      .map(({ name, value }) => ({ name, value, held: holders(name, value) }))
      .sort((a, b) => a.held.length - b.held.length);
    const [least, ...others] = common;
    if (least === undefined) return undefined;
    const wanted = new Set(workloads);
    let left = least.held.filter((one) => !wanted.has(one));
    const chosen = [`${least.name} is ${least.value}`];
    for (const { name, value } of others) {
      if (left.length === 0) break;
      const rest = left.filter((one) => labelOf(one, name) === value);
      if (rest.length === left.length) continue;
      left = rest;
      chosen.push(`${name} is ${value}`);
    }
    const isExact = left.length === 0 && chosen.length <= conditionsMax;
    return isExact ? `(workloads where ${chosen.sort().join(" and ")})` : undefined;
  };
}

type Labelled = { readonly labels: ReadonlyMap<string, LabelValue> };

function holdersByValue(
  workloads: readonly Labelled[],
  labels: readonly string[],
): ReadonlyMap<string, readonly number[]> {
  const holders = new Map<string, number[]>();
  for (const [number, workload] of workloads.entries()) {
    for (const label of labels) {
      const value = workload.labels.get(label);
      if (value === undefined) continue;
      const key = `${label} ${value}`;
      const list = holders.get(key);
      if (list === undefined) holders.set(key, [number]);
      else list.push(number);
    }
  }
  return holders;
}
