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

export interface Cell {
  /** One object for all cells of a kind. */
  readonly kind: Kind;
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
  const partsFor = partsByStates(services, steps);
  const exemptAt = exemptions({ space, ends, services });
  for (const [source, destinations] of regionsOf(space, ends, pair, [first, second])) {
    for (const destination of destinations) {
      const intent = [before.intent(source, destination), after.intent(source, destination)];
      const effect = [before.effect(source, destination), after.effect(source, destination)];
      const exempt = exemptAt(source, destination);
      if (exempt !== nothing) {
        for (const [state, through] of effect.entries()) {
          const own = services.meet(through, intent[state] ?? nothing);
          effect[state] = services.union(services.subtract(through, exempt), own);
        }
      }
      if (intent[0] === intent[1] && effect[0] === effect[1]) continue;
      for (const state of between) {
        intent.splice(-1, 0, state.intent(source, destination));
        effect.splice(-1, 0, state.effect(source, destination));
      }
      for (const [kind, service] of partsFor(intent, effect)) {
        yield { kind, source, destination, service };
      }
    }
  }
}

/**
 * What enforcers never filter, where an end is not in both versions: that a workload which came or went may ask
 * its cloud for the time is no news.
 */
function exemptions({
  space,
  ends,
  services,
}: Pick<Comparison, "space" | "ends" | "services">): (
  source: number,
  destination: number,
) => number {
  return (source, destination) => {
    const [from, to] = [space.points[source]?.of ?? -1, space.points[destination]?.of ?? -1];
    if (!ends.mayBeBlind(from) && !ends.mayBeBlind(to)) return nothing;
    let exempt = nothing;
    for (const [of, direction, peer] of [
      [from, "egress", to],
      [to, "ingress", from],
    ] as const) {
      const versions = [ends.at(0, of, direction), ends.at(1, of, direction)];
      if (versions.every((standing) => standing !== undefined)) continue;
      for (const kind of versions.flatMap((standing) => standing?.kinds ?? [])) {
        exempt = services.union(exempt, ends.unfiltered(kind, direction, peer));
      }
    }
    return exempt;
  };
}

type Parts = readonly (readonly [Kind, number])[];

/** What cells with these states consist of, by step: millions of cells have the same few. */
function partsByStates(
  services: ServiceTable,
  steps: readonly Step[],
): (intent: readonly number[], effect: readonly number[]) => Parts {
  const known = new Map<string, Parts>();
  const kinds = new Map<string, Kind>();
  const kindOf = (change: Kind["change"], layer: Layer, causes: readonly Cause[]): Kind => {
    const key = `${change} ${layer} ${causes.join()}`;
    const kind = kinds.get(key) ?? { change, layer, causes };
    kinds.set(key, kind);
    return kind;
  };
  return (intent, effect) => {
    const key = `${intent.join()} ${effect.join()}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const parts = (["gained", "lost"] as const).flatMap((change) => {
      const [by, through] = [delta(services, change, intent), delta(services, change, effect)];
      const both = services.meet(by, through);
      const layers = [
        ["both", both, intent],
        ["intent", services.subtract(by, both), intent],
        ["effect", services.subtract(through, both), effect],
      ] as const;
      return layers.flatMap(([layer, service, states]) =>
        [...attributed(services, service, states, steps)].map(
          ([causes, part]) => [kindOf(change, layer, causes), part] as const,
        ),
      );
    });
    known.set(key, parts);
    return parts;
  };
}

/** From the first state to the last. */
function delta(services: ServiceTable, change: Kind["change"], states: readonly number[]): number {
  const [before, after] = [states[0] ?? nothing, states.at(-1) ?? nothing];
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
