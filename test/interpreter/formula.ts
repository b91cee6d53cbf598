// What a rule asks of a packet: tests on single axes, and what connects them. One evaluation serves
// single packets (every test has an answer) and whole boxes of packets (some have none yet).
import type { Axis, Point } from "./packet.ts";
import { holds, type Range, range, union } from "./ranges.ts";

/** A question about one axis. */
export type Test =
  | { readonly kind: "within"; readonly axis: Axis; readonly ranges: readonly Range[] }
  /** The ancestor at this depth is one of these; without paths, there is an ancestor so deep. */
  | {
      readonly kind: "cgroup";
      readonly level: number;
      readonly paths: ReadonlySet<string> | undefined;
    };

export type Formula =
  | Test
  | { readonly kind: "all" | "any"; readonly of: readonly Formula[] }
  | { readonly kind: "not"; readonly of: Formula };

/** The answer to a test; undefined where the packets looked at differ in it. */
export type View = (test: Test) => boolean | undefined;

export const all = (...of: readonly Formula[]): Formula => ({ kind: "all", of });
export const any = (...of: readonly Formula[]): Formula => ({ kind: "any", of });
export const not = (of: Formula): Formula => ({ kind: "not", of });
export const always = all();
export const never = any();

export const within = (axis: Axis, ranges: readonly Range[]): Test => ({
  kind: "within",
  axis,
  ranges: union(ranges),
});
export const is = (axis: Axis, ...values: readonly (bigint | number)[]): Test =>
  within(
    axis,
    values.map((value) => range(value)),
  );

/** True, false, or the first test whose answer is missing. */
export function truth(formula: Formula, view: View): boolean | Test {
  switch (formula.kind) {
    case "within":
    case "cgroup":
      return view(formula) ?? formula;
    case "not": {
      const inner = truth(formula.of, view);
      return typeof inner === "boolean" ? !inner : inner;
    }
    default: {
      const decisive = formula.kind === "any";
      let open: Test | undefined;
      for (const part of formula.of) {
        const answer = truth(part, view);
        if (answer === decisive) return decisive;
        if (typeof answer !== "boolean") open ??= answer;
      }
      return open ?? !decisive;
    }
  }
}

export const viewOf =
  (point: Point): View =>
  (test) =>
    test.kind === "within"
      ? holds(test.ranges, point[test.axis])
      : cgroupAnswer(test.level, test.paths, point.cgroup);

export const depthOf = (path: string): number => (path === "" ? 0 : path.split("/").length);

export function cgroupAnswer(
  level: number,
  paths: ReadonlySet<string> | undefined,
  cgroup: string,
): boolean {
  if (depthOf(cgroup) < level) return false;
  return paths === undefined || paths.has(cgroup.split("/").slice(0, level).join("/"));
}

/** Every test of a formula. */
export function* testsOf(formula: Formula): Generator<Test> {
  if (formula.kind === "within" || formula.kind === "cgroup") yield formula;
  else if (formula.kind === "not") yield* testsOf(formula.of);
  else for (const part of formula.of) yield* testsOf(part);
}

/** All values of an axis that are not above `high`. */
export const atMost = (high: bigint): readonly Range[] => (high < 0n ? [] : [range(0n, high)]);
