// What one version allows between two points, by intent and in effect, as numbers of service sets. The
// definitions are those of language.md section 7; everything is asked of one source at a time.
import type { Direction } from "../inventory/types.ts";
import type { EndStates, Standing } from "./ends.ts";
import type { Entries } from "./entries.ts";
import type { PointSpace } from "./points.ts";
import { nothing, type ServiceTable } from "./service-table.ts";

export interface Reach {
  /** Î between two points. Quickest for one source after the other: what rules say from it is kept. */
  readonly intent: (source: number, destination: number) => number;
  /** E. */
  readonly effect: (source: number, destination: number) => number;
}

export interface ReachInput {
  readonly space: PointSpace;
  readonly services: ServiceTable;
  readonly ends: EndStates;
  readonly version: number;
  readonly entries: Entries;
}

/** What rules say from one point, lowered. */
interface Row extends Said {
  /** The same of rules as written; undefined where lowering changes none of them. */
  readonly written: Said | undefined;
}

/** Services by destination, none where nothing is said of it. */
interface Said {
  readonly allowed: Map<number, number>;
  readonly denied: Map<number, number>;
}

export function reachOf(input: ReachInput): Reach {
  const rows = rowMemory(input);
  const intent = (source: number, destination: number) =>
    intended(input, rows(source), source, destination);
  const effect = (source: number, destination: number) =>
    effective(input, { rows, intent }, source, destination);
  return { intent: besides(input, intent), effect: besides(input, effect) };
}

type Between = (source: number, destination: number) => number;

/**
 * At addresses that are outside in some versions only: what goes beyond that of outside in general. A workload
 * that goes leaves its address to whatever is there now, and that is news only where rules name it.
 */
function besides({ space, services }: ReachInput, reach: Between): Between {
  const generalOf = (point: number) => {
    const general = space.classes[space.points[point]?.of ?? -1]?.general;
    return general === undefined ? undefined : space.classes[general]?.points[0];
  };
  return (source, destination) => {
    const own = reach(source, destination);
    if (own === nothing) return own;
    const [from, to] = [generalOf(source), generalOf(destination)];
    if (from === undefined && to === undefined) return own;
    return services.subtract(own, reach(from ?? source, to ?? destination));
  };
}

/** Rows of the sources asked of last: whoever compares goes from class to class. */
function rowMemory(input: ReachInput): (source: number) => Row {
  const { space } = input;
  const known = new Map<number, Row>();
  let current = -1;
  return (source) => {
    const of = space.points[source]?.of ?? -1;
    if (of !== current) {
      known.clear();
      current = of;
    }
    const row = known.get(source) ?? rowFrom(input, source);
    known.set(source, row);
    return row;
  };
}

function rowFrom({ services, entries }: ReachInput, source: number): Row {
  const silent = (): Said => ({ allowed: new Map(), denied: new Map() });
  const lowered = silent();
  const from = entries.from(source);
  const written = from.every(({ reading }) => reading === "both") ? undefined : silent();
  for (const { effect, reading, destination, service } of from) {
    const rows = [
      ...(reading === "written" ? [] : [lowered]),
      ...(reading === "lowered" || written === undefined ? [] : [written]),
    ];
    for (const one of rows) {
      const row = effect === "allow" ? one.allowed : one.denied;
      for (const point of destination.members) {
        const before = row.get(point);
        row.set(point, before === undefined ? service : services.union(before, service));
      }
    }
  }
  return { ...lowered, written };
}

function intended(input: ReachInput, row: Row, source: number, destination: number): number {
  const { services } = input;
  const [flows, blind] = pathOf(input, source, destination);
  if (flows === nothing) return nothing;
  const at = (one: Said) =>
    services.subtract(
      one.allowed.get(destination) ?? nothing,
      one.denied.get(destination) ?? nothing,
    );
  return services.meet(flows, byReading(services, row, blind, at));
}

/** D̂: what is denied, whatever is allowed. */
function refused(input: ReachInput, row: Row, source: number, destination: number): number {
  const [, blind] = pathOf(input, source, destination);
  return byReading(input.services, row, blind, (one) => one.denied.get(destination) ?? nothing);
}

/** What nobody on the path filters counts as written, all else as lowered. */
function byReading(
  services: ServiceTable,
  row: Row,
  blind: number,
  at: (one: Said) => number,
): number {
  if (row.written === undefined || blind === nothing) return at(row);
  return services.union(services.subtract(at(row), blind), services.meet(at(row.written), blind));
}

/** Every flow between two points, and those that have no enforcer; no flow where the version lacks one of them. */
function pathOf(input: ReachInput, source: number, destination: number): [number, number] {
  const { space, ends, version, services } = input;
  const [from, to] = [space.points[source]?.of ?? -1, space.points[destination]?.of ?? -1];
  if (!isThere(input, from) || !isThere(input, to)) return [nothing, nothing];
  const flows = ends.flowsBetween(from, to);
  if (flows === nothing) return [nothing, nothing];
  let blind = flows;
  for (const [standing, direction, peer] of [
    [ends.at(version, from, "egress"), "egress", to],
    [ends.at(version, to, "ingress"), "ingress", from],
  ] as const) {
    const kinds = standing?.kinds ?? [];
    if (kinds.length > 0 && !ends.mayBeBlind(peer)) return [flows, nothing];
    for (const kind of kinds) {
      blind = services.meet(blind, ends.unfiltered(kind, direction, peer));
    }
  }
  return [flows, blind];
}

function isThere({ space, version }: ReachInput, of: number): boolean {
  const one = space.classes[of];
  return one?.there[version] === true;
}

interface Lookup {
  readonly rows: (source: number) => Row;
  readonly intent: Reach["intent"];
}

/** Every enforcer on the path lets pass what it can see of the flow. */
function effective(input: ReachInput, lookup: Lookup, source: number, destination: number): number {
  const { space, ends, version, services } = input;
  const [from, to] = [space.points[source]?.of ?? -1, space.points[destination]?.of ?? -1];
  if (isFirm(input, from, to)) return lookup.intent(source, destination);
  const [flows] = pathOf(input, source, destination);
  if (flows === nothing) return nothing;
  let passing = flows;
  for (const direction of ["egress", "ingress"] as const) {
    const [own, peer] = direction === "egress" ? [from, to] : [to, from];
    const standing = ends.at(version, own, direction);
    if (standing === undefined) continue;
    for (const kind of standing.kinds) {
      const through = installed(input, lookup, { standing, direction, source, destination });
      const exempt = services.meet(ends.unfiltered(kind, direction, peer), flows);
      passing = services.meet(passing, services.union(through, exempt));
    }
  }
  return passing;
}

/**
 * True where the path has an enforcer and what gets through is what the policy says. That is so where nobody
 * is only observed: the policy would be an error otherwise (language.md section 7, "Compilation is correct").
 * It is so, too, where one end enforces and rules tell no processes apart: an observed end stops only what is denied.
 */
function isFirm({ space, ends, version }: ReachInput, from: number, to: number): boolean {
  if (ends.mayBeBlind(from) || ends.mayBeBlind(to)) return false;
  const path = [ends.at(version, from, "egress"), ends.at(version, to, "ingress")].filter(
    (standing) => standing !== undefined && standing.kinds.length > 0,
  );
  const observed = path.filter((standing) => standing?.observed === true).length;
  if (observed === 0) return path.length > 0;
  const isPlain = [from, to].every((of) => space.classes[of]?.points.length === 1);
  return observed < path.length && isPlain;
}

interface Asked {
  readonly standing: Standing;
  readonly direction: Direction;
  readonly source: number;
  readonly destination: number;
}

/** π_k(f) ∈ P_k: some flow that looks the same to the enforcer is permitted (observed: is not denied). */
function installed(input: ReachInput, lookup: Lookup, asked: Asked): number {
  const { services } = input;
  const { standing } = asked;
  let passing = nothing;
  for (const [source, destination] of lookalikes(input, asked)) {
    const one = standing.observed
      ? services.subtract(
          pathOf(input, source, destination)[0],
          refused(input, lookup.rows(source), source, destination),
        )
      : lookup.intent(source, destination);
    passing = services.union(passing, one);
  }
  return passing;
}

/**
 * Pairs of points with any process at the far end, which no enforcer sees. What it does not see of processes at
 * its own end needs no look: rules that ask for it are lowered there, or the policy is an error (SEG501).
 */
function* lookalikes(
  { space }: ReachInput,
  { direction, source, destination }: Asked,
): Generator<readonly [number, number]> {
  const far = direction === "egress" ? destination : source;
  for (const remote of space.classes[space.points[far]?.of ?? -1]?.points ?? [far]) {
    yield direction === "egress" ? [source, remote] : [remote, destination];
  }
}
