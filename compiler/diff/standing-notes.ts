// Why something gets through, or not any more, that no rule speaks of: what stands at the two ends of a flow
// in both versions.
import type { Direction } from "../inventory/types.ts";
import type { Comparison } from "./cells.ts";
import type { Standing } from "./ends.ts";

/** `hr-db-1: ingress is no longer enforced (was windows-firewall)`. */
export function standingNotes(
  { ends, space, versions }: Pick<Comparison, "ends" | "space" | "versions">,
  { source, destination }: { readonly source: number; readonly destination: number },
  names: { readonly source: string; readonly destination: string },
): readonly string[] {
  const sides = [
    ["egress", source, names.source],
    ["ingress", destination, names.destination],
  ] as const;
  return sides.flatMap(([direction, point, name]) => {
    const of = space.points[point]?.of ?? -1;
    const [before, after] = [ends.at(0, of, direction), ends.at(1, of, direction)];
    const isInBoth = [0, 1].every((version) =>
      versions[version]?.context.expansion.universe.workloads.some((one) => one.name === name),
    );
    // Another address of a workload that was there is no news about the workload.
    if (isInBoth && (before === undefined || after === undefined)) return [];
    const text = noteOf(direction, before, after);
    return text === undefined ? [] : [`${name}: ${text}`];
  });
}

function noteOf(
  direction: Direction,
  before: Standing | undefined,
  after: Standing | undefined,
): string | undefined {
  if (after === undefined) return before === undefined ? undefined : "is gone";
  const [was, is] = [kindsText(before), kindsText(after)];
  if (before === undefined) return `is new, ${direction} enforced by ${is}`;
  if (was !== is && after.kinds.length === 0)
    return `${direction} is no longer enforced (was ${was})`;
  if (was !== is) return `${direction} is enforced by ${is} (was ${was})`;
  if (before.observed === after.observed) {
    return after.observed ? `${direction} is only observed` : undefined;
  }
  return after.observed
    ? `${direction} is only observed now, not enforced`
    : `${direction} is enforced now, no longer only observed`;
}

const kindsText = (standing: Standing | undefined) =>
  standing === undefined || standing.kinds.length === 0 ? "nothing" : standing.kinds.join(" and ");
