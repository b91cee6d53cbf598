// The tests of some programs -> per axis, the values that no test tells apart, as one class each. A
// test is then a set of classes (a bit per class), and a set of packets is a product of such sets.
import { cgroupAnswer, type Test } from "./formula.ts";
import { type Axis, axes, axisNames, type Point } from "./packet.ts";
import { holds } from "./ranges.ts";

export interface Classes {
  /** Per axis, one value of every class. */
  readonly values: Readonly<Record<Axis, readonly bigint[]>>;
  readonly cgroups: readonly string[];
  /** The classes in which a test holds. */
  maskOf(test: Test): bigint;
}

/** Per axis, every value at which an answer begins to differ, and the least one. */
export function boundaries(tests: Iterable<Test>): Readonly<Record<Axis, readonly bigint[]>> {
  const starts = mapAxes((): Set<bigint> => new Set([0n]));
  for (const test of tests) {
    if (test.kind !== "within") continue;
    for (const { low, high } of test.ranges) {
      if (low <= axes[test.axis]) starts[test.axis].add(low);
      if (high < axes[test.axis]) starts[test.axis].add(high + 1n);
    }
  }
  return mapAxes((axis) => [...starts[axis]].sort((a, b) => (a < b ? -1 : 1)));
}

/**
 * Cgroups that answer in every way the tests can tell apart: every ancestor of a path that is named,
 * and below it strangers as deep as a test looks.
 */
export function cgroupsOf(tests: Iterable<Test>): readonly string[] {
  const named = new Set([""]);
  let deepest = 0;
  for (const test of tests) {
    if (test.kind !== "cgroup") continue;
    deepest = Math.max(deepest, test.level);
    for (const path of test.paths ?? []) {
      const parts = path.split("/");
      for (const index of parts.keys()) named.add(parts.slice(0, index + 1).join("/"));
    }
  }
  let stranger = "other";
  while ([...named].some((path) => path.split("/").includes(stranger))) stranger += "-";
  return [...named].flatMap((path) =>
    Array.from({ length: deepest + 1 }, (_, extra) =>
      [...(path === "" ? [] : [path]), ...new Array<string>(extra).fill(stranger)].join("/"),
    ),
  );
}

export function classify(allTests: Iterable<Test>): Classes {
  const tests = [...allTests];
  const byAxis = Map.groupBy(tests, (test) => (test.kind === "cgroup" ? "cgroup" : test.axis));
  const starts = boundaries(tests);
  const masks = new Map<Test, bigint>();
  const values = mapAxes((axis) => {
    const asked = distinct(byAxis.get(axis) ?? []);
    return merge(starts[axis], asked, masks, (test, value) => answers(test, axis, value));
  });
  const cgroups = merge(
    cgroupsOf(tests),
    distinct(byAxis.get("cgroup") ?? []),
    masks,
    (test, path) => answers(test, "cgroup", path),
  );
  return {
    values,
    cgroups,
    maskOf(test) {
      const mask = masks.get(test);
      if (mask === undefined) throw new Error("a test that was not classified");
      return mask;
    },
  };
}

function answers(test: Test, axis: Axis | "cgroup", value: bigint | string): boolean {
  if (test.kind === "cgroup") return cgroupAnswer(test.level, test.paths, String(value));
  return test.axis === axis && typeof value === "bigint" && holds(test.ranges, value);
}

/** Groups of tests that ask the same thing. */
function distinct(tests: readonly Test[]): readonly (readonly Test[])[] {
  const keyOf = (test: Test) =>
    test.kind === "within"
      ? test.ranges.map(({ low, high }) => `${low}-${high}`).join()
      : `${test.level} ${test.paths === undefined ? "" : JSON.stringify([...test.paths].sort())}`;
  return [...Map.groupBy(new Set(tests), keyOf).values()];
}

/** One value per different list of answers; notes the classes in which each test holds. */
function merge<Value>(
  candidates: readonly Value[],
  asked: readonly (readonly Test[])[],
  masks: Map<Test, bigint>,
  answer: (test: Test, value: Value) => boolean,
): readonly Value[] {
  const firsts = asked.flatMap(([first]) => (first === undefined ? [] : [first]));
  const signatures = new Map<string, Value>();
  for (const value of candidates) {
    const signature = firsts.map((test) => (answer(test, value) ? "1" : "0")).join("");
    if (!signatures.has(signature)) signatures.set(signature, value);
  }
  const list = [...signatures.keys()];
  for (const [place, group] of asked.entries()) {
    const mask = list.reduceRight((bits, each) => (bits << 1n) | BigInt(each[place] ?? "0"), 0n);
    for (const test of group) masks.set(test, mask);
  }
  return [...signatures.values()];
}

export function mapAxes<Result>(make: (axis: Axis) => Result): Record<Axis, Result> {
  // Every axis is a key, and no other name is.
  return Object.fromEntries(axisNames.map((axis) => [axis, make(axis)])) as Record<Axis, Result>;
}

/** The packet in the lowest class of every axis that a box of classes leaves. */
export function pointIn(classes: Classes, box: Box): Point {
  const lowest = (mask: bigint) => mask.toString(2).length - 1 - mask.toString(2).lastIndexOf("1");
  return {
    ...mapAxes((axis) => classes.values[axis][lowest(box[axis])] ?? 0n),
    cgroup: classes.cgroups[lowest(box.cgroup)] ?? "",
  };
}

/** Per axis a set of classes, as bits: all packets whose values lie in them. */
export type Box = Readonly<Record<Axis | "cgroup", bigint>>;
