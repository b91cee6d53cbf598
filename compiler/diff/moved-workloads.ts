// What is different about workloads themselves: who came, who went, whose labels, platform or enforcers are
// others. Addresses alone are no difference of a policy.
import type { LabelValue, Workload } from "../inventory/types.ts";
import type { Comparison } from "./cells.ts";

export interface MovedWorkloads {
  /** Names, sorted. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** By name; what is said is for people: `role: bastion -> monitor`. */
  readonly changed: readonly { readonly name: string; readonly what: readonly string[] }[];
}

export function movedWorkloads({ versions }: Pick<Comparison, "versions">): MovedWorkloads {
  const [before, after] = [0, 1].map(
    (version) =>
      new Map(
        versions[version]?.context.expansion.universe.workloads.map((one) => [one.name, one]),
      ),
  );
  if (before === undefined || after === undefined) return { added: [], removed: [], changed: [] };
  const only = (a: ReadonlyMap<string, Workload>, b: ReadonlyMap<string, Workload>) =>
    [...a.keys()].filter((name) => !b.has(name)).sort();
  const changed = [...after].flatMap(([name, workload]) => {
    const earlier = before.get(name);
    const what =
      earlier === undefined || isAlike(earlier, workload) ? [] : differences(earlier, workload);
    return what.length === 0 ? [] : [{ name, what }];
  });
  return {
    added: only(after, before),
    removed: only(before, after),
    changed: changed.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** True where nothing can differ; most workloads of most changes. */
function isAlike(before: Workload, after: Workload): boolean {
  return (
    before.platform === after.platform &&
    before.launcher === after.launcher &&
    before.labels.size === after.labels.size &&
    [...before.labels].every(([label, value]) => after.labels.get(label) === value) &&
    before.enforcers.length === after.enforcers.length &&
    before.enforcers.every(({ kind, directions }, index) => {
      const other = after.enforcers[index];
      return kind === other?.kind && directions.length === other.directions.length;
    })
  );
}

function differences(before: Workload, after: Workload): readonly string[] {
  const labels = [...new Set([...before.labels.keys(), ...after.labels.keys()])].sort();
  const facts: readonly (readonly [string, string, string])[] = [
    ...labels.map(
      (label) =>
        [label, valueText(before.labels.get(label)), valueText(after.labels.get(label))] as const,
    ),
    ["platform", before.platform, after.platform],
    ["launcher", before.launcher ?? "none", after.launcher ?? "none"],
    ["enforcers", enforcersText(before), enforcersText(after)],
  ];
  return facts.flatMap(([what, from, to]) => (from === to ? [] : [`${what}: ${from} -> ${to}`]));
}

function valueText(value: LabelValue | undefined): string {
  if (value === undefined) return "none";
  return typeof value === "string" ? value : `{ ${value.join(", ")} }`;
}

function enforcersText({ enforcers }: Workload): string {
  const texts = enforcers.map(({ kind, directions }) =>
    directions.length === 2 ? kind : `${kind} (${directions.join()})`,
  );
  return texts.length === 0 ? "none" : [...new Set(texts)].join(", ");
}
