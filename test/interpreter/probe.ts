// Two programs -> whether any packet at all tells them apart, exactly; and the packets on the
// boundaries of a program, for those who want to see them all.
import { type Artefact, readArtefact } from "./artefact.ts";
import {
  type Box,
  boundaries,
  type Classes,
  cgroupsOf,
  classify,
  mapAxes,
  pointIn,
} from "./classes.ts";
import { LoadFault } from "./fault.ts";
import { always, type Formula, type Test, testsOf, truth } from "./formula.ts";
import { type Axis, axes, axisNames, type Packet, type Point } from "./packet.ts";
import { packetOf } from "./packet-of.ts";
import { type Program, programTests, run, type Verdict } from "./program.ts";

export interface Difference {
  /** One packet of many. */
  readonly packet: Packet;
  readonly before: Verdict;
  readonly after: Verdict;
}

/**
 * A packet on which two programs disagree, or undefined where there is none. Exact: the space of all
 * packets (those of `among`) is split at the tests that the programs really ask, until no box of
 * packets leaves one open. Nothing is sampled.
 */
export function firstDifference(
  before: Program,
  after: Program,
  among: Formula = always,
): Difference | undefined {
  const tests = [...programTests(before), ...programTests(after), ...testsOf(among)];
  const classes = classify(tests);
  const stack: Box[] = [wholeBox(classes)];
  for (let box = stack.pop(); box !== undefined; box = stack.pop()) {
    const found = judge(box, before, after, among, classes);
    if (found === undefined) continue;
    if ("open" in found) stack.push(...split(box, found.open, classes));
    else return found;
  }
  return undefined;
}

function judge(
  box: Box,
  before: Program,
  after: Program,
  among: Formula,
  classes: Classes,
): Difference | { readonly open: Test } | undefined {
  const view = (test: Test): boolean | undefined => {
    const asked = classes.maskOf(test);
    const left = box[test.kind === "cgroup" ? "cgroup" : test.axis];
    const inside = left & asked;
    return inside === 0n ? false : inside === left ? true : undefined;
  };
  const counts = truth(among, view);
  if (typeof counts === "object") return { open: counts };
  if (!counts) return undefined;
  const first = run(before, view);
  if (typeof first === "object") return { open: first };
  const second = run(after, view);
  if (typeof second === "object") return { open: second };
  if (first === second) return undefined;
  return { packet: packetOf(pointIn(classes, box)), before: first, after: second };
}

function wholeBox(classes: Classes): Box {
  const full = (count: number) => (1n << BigInt(count)) - 1n;
  return {
    ...mapAxes((axis) => full(classes.values[axis].length)),
    cgroup: full(classes.cgroups.length),
  };
}

function split(box: Box, test: Test, classes: Classes): readonly [Box, Box] {
  const axis = test.kind === "cgroup" ? "cgroup" : test.axis;
  const asked = classes.maskOf(test);
  return [
    { ...box, [axis]: box[axis] & ~asked },
    { ...box, [axis]: box[axis] & asked },
  ];
}

/** Per axis the first and last value of everything that is named, and one before and after each. */
export interface Probes {
  readonly values: Readonly<Record<Axis, readonly bigint[]>>;
  readonly cgroups: readonly string[];
}

export function probesOf(programs: readonly Program[]): Probes {
  const tests = programs.flatMap((program) => [...programTests(program)]);
  const starts = boundaries(tests);
  const values = mapAxes((axis) => {
    // Nobody asks about this axis.
    if (starts[axis].length === 1) return starts[axis];
    const near = starts[axis].flatMap((value) => [value - 1n, value, value + 1n]);
    return [...new Set(near)].filter((value) => value >= 0n && value <= axes[axis]);
  });
  return { values, cgroups: cgroupsOf(tests) };
}

/** The packets of all combinations; the caller sees to it that there are not too many. */
export function* packetsOf({ values, cgroups }: Probes): Generator<Packet> {
  const seen = new Set<string>();
  for (const cgroup of cgroups) {
    for (const point of pointsOf(values, axisNames, { ...mapAxes(() => 0n), cgroup })) {
      // Values of the other family or protocol make no packet of their own.
      const packet = packetOf(point);
      const key = JSON.stringify(packet);
      if (!seen.has(key)) yield packet;
      seen.add(key);
    }
  }
}

function* pointsOf(
  values: Probes["values"],
  [axis, ...rest]: readonly Axis[],
  point: Point,
): Generator<Point> {
  if (axis === undefined) yield point;
  else for (const value of values[axis]) yield* pointsOf(values, rest, { ...point, [axis]: value });
}

/** What became of an artefact: the same, a packet that tells, or a text that does not load. */
export type Comparison =
  | { readonly kind: "equivalent" }
  | ({ readonly kind: "different" } & Difference)
  | { readonly kind: "refused"; readonly fault: LoadFault };

/** `before` must load. */
export function compareArtefacts(before: Artefact, after: Artefact, among?: Formula): Comparison {
  const known = readArtefact(before);
  try {
    const difference = firstDifference(known, readArtefact(after), among);
    return difference === undefined ? { kind: "equivalent" } : { kind: "different", ...difference };
  } catch (fault) {
    if (fault instanceof LoadFault) return { kind: "refused", fault };
    throw fault;
  }
}
