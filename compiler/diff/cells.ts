// What differs between two points: which services are gained or lost, by intent, in effect or both, and
// since which step. Exact: every cell is worked out for both versions and, where it differs, for the
// states in between.
import type { EndStates } from "./ends.ts";
import { endStates } from "./ends.ts";
import { type Entries, entryBuilder } from "./entries.ts";
import { type Joint, jointOf } from "./joint.ts";
import { type Part, partsOf } from "./parts.ts";
import { type PointSpace, pointSpace } from "./points.ts";
import { type Reach, reachOf } from "./reach.ts";
import { regionsOf } from "./regions.ts";
import { nothing, type ServiceTable, serviceTable } from "./service-table.ts";
import type { Cause, Step, Version } from "./version.ts";

/** Whether the policy says so, whether it gets through, or both. */
export type Layer = "both" | "intent" | "effect";

export interface Kind {
  readonly change: "gained" | "lost";
  readonly layer: Layer;
  readonly causes: readonly Cause[];
}

export interface Cell extends Kind {
  readonly source: number;
  readonly destination: number;
  /** Number in the service table; never nothing. */
  readonly service: number;
}

export interface Comparison {
  readonly space: PointSpace;
  readonly joint: Joint;
  readonly services: ServiceTable;
  readonly ends: EndStates;
  /** The first is the old version, the second the new one. */
  readonly versions: readonly Version[];
  readonly entries: readonly Entries[];
  readonly parts: readonly (readonly Part[])[];
  /** By source, then destination. */
  readonly cells: readonly Cell[];
}

/** Compares a version with the last of the steps that lead from it to another. */
export function compareVersions(before: Version, steps: readonly Step[]): Comparison {
  const [after, between] = [steps.at(-1), steps.slice(0, -1)];
  if (after === undefined) throw new Error("bug in segc (diff): no step");
  const versions = [before, after, ...between];
  const joint = jointOf(versions);
  const parts = versions.map(partsOf);
  const space = pointSpace({ versions, joint, parts });
  const services = serviceTable();
  const ends = endStates(space, services, { versions, joint });
  const build = entryBuilder(space, services);
  const entries = parts.map((each, version) => build(version, each));
  const reaches = entries.map((each, version) =>
    reachOf({ space, services, ends, version, entries: each }),
  );
  const frame = { space, joint, services, ends, versions, entries, parts };
  return { ...frame, cells: [...cellsOf(frame, reaches, steps)] };
}

function* cellsOf(
  { space, ends, services, entries }: Omit<Comparison, "cells">,
  reaches: readonly Reach[],
  steps: readonly Step[],
): Generator<Cell> {
  const [before, after, ...between] = reaches;
  const [first, second] = entries;
  if (before === undefined || after === undefined || !first || !second) return;
  const pair = { before: 0, after: 1 };
  /** In the order of the steps. */
  const path = [before, ...between, after];
  for (const [source, destinations] of regionsOf(space, ends, pair, [first, second])) {
    for (const destination of destinations) {
      const intents = [before, after].map((one) => one.intent(source, destination));
      const effects = [before, after].map((one) => one.effect(source, destination));
      if (intents[0] === intents[1] && effects[0] === effects[1]) continue;
      const at = { source, destination };
      const intent = () => path.map((one) => one.intent(source, destination));
      const effect = () => path.map((one) => one.effect(source, destination));
      for (const change of ["gained", "lost"] as const) {
        const [by, through] = [delta(services, change, intents), delta(services, change, effects)];
        const both = services.meet(by, through);
        const layers = [
          ["both", both, intent],
          ["intent", services.subtract(by, both), intent],
          ["effect", services.subtract(through, both), effect],
        ] as const;
        for (const [layer, service, states] of layers) {
          if (service === nothing) continue;
          for (const [causes, part] of attributed(services, service, states(), steps)) {
            yield { ...at, change, layer, causes, service: part };
          }
        }
      }
    }
  }
}

function delta(
  services: ServiceTable,
  change: Kind["change"],
  [before = nothing, after = nothing]: readonly number[],
): number {
  return change === "gained" ? services.subtract(after, before) : services.subtract(before, after);
}

/** A flow belongs to the step at which its membership last changed. */
function* attributed(
  services: ServiceTable,
  service: number,
  states: readonly number[],
  steps: readonly Step[],
): Generator<readonly [readonly Cause[], number]> {
  let rest = service;
  for (let step = steps.length - 1; step >= 0; step--) {
    const [from, to] = [states[step] ?? nothing, states[step + 1] ?? nothing];
    const moved = services.union(services.subtract(to, from), services.subtract(from, to));
    const part = services.meet(rest, moved);
    if (part !== nothing) yield [steps[step]?.causes ?? [], part];
    rest = services.subtract(rest, part);
  }
}
