// Small lists of all shapes over few atoms, changes to them that keep the meaning by construction
// and changes that need not, and the verdict of a list by its definition.
import fc from "fast-check";
import { type AtomSet, atomSet } from "../../compiler/verify/atoms.ts";
import type { ListRule, RuleList } from "../../compiler/verify/rule-lists.ts";

export interface ListPair {
  readonly axes: readonly number[];
  readonly a: RuleList;
  readonly b: RuleList;
}

const sizes = fc.array(fc.constantFrom(1, 2, 3, 4, 5, 7, 9), { minLength: 1, maxLength: 4 });

const runs = (atoms: number) =>
  fc.array(fc.tuple(fc.nat({ max: atoms - 1 }), fc.nat({ max: atoms - 1 })), { maxLength: 3 });

/** Whole, empty and of several runs; `undefined` often, since that is what wildcards are. */
function setOn(atoms: number): fc.Arbitrary<AtomSet | undefined> {
  const some = runs(atoms).map((list) =>
    atomSet(list.map(([x, y]) => [Math.min(x, y), Math.max(x, y)])),
  );
  const point = fc.nat({ max: atoms - 1 }).map((at) => atomSet([[at, at]]));
  return fc.oneof(some, point, point, fc.constant(undefined), fc.constant(undefined));
}

function ruleOn(axes: readonly number[], verdicts: number): fc.Arbitrary<ListRule> {
  return fc.record({
    sets: fc.tuple(...axes.map(setOn)),
    verdict: fc.nat({ max: verdicts - 1 }),
  });
}

export function listOn(axes: readonly number[], verdicts: number): fc.Arbitrary<RuleList> {
  return fc.record({
    rules: fc.array(ruleOn(axes, verdicts), { maxLength: 9, size: "max" }),
    otherwise: fc.nat({ max: verdicts - 1 }),
  });
}

const verdictCounts = fc.constantFrom(2, 2, 3);

/** Two lists that have nothing to do with each other. */
export const unrelated: fc.Arbitrary<ListPair> = fc
  .tuple(sizes, verdictCounts)
  .chain(([axes, verdicts]) =>
    fc.record({
      axes: fc.constant(axes),
      a: listOn(axes, verdicts),
      b: listOn(axes, verdicts),
    }),
  );

/** A list and one that means the same, made by some steps of `rewrite`. */
export const sameMeaning: fc.Arbitrary<ListPair> = fc
  .tuple(sizes, verdictCounts)
  .chain(([axes, verdicts]) =>
    fc
      .tuple(listOn(axes, verdicts), fc.array(stepOn(axes, verdicts), { maxLength: 12 }))
      .map(([a, steps]) => ({ axes, a, b: steps.reduce(rewrite, a) })),
  );

/** The same with one rule changed, moved, added or removed: often, but not always, different. */
export const mutated: fc.Arbitrary<ListPair> = fc
  .tuple(sizes, verdictCounts)
  .chain(([axes, verdicts]) =>
    fc
      .tuple(
        listOn(axes, verdicts),
        fc.array(stepOn(axes, verdicts), { maxLength: 6 }),
        fc.record({ at: fc.nat(), to: fc.nat(), rule: ruleOn(axes, verdicts) }),
        fc.constantFrom("replace", "remove", "move", "insert", "verdict"),
      )
      .map(([a, steps, change, kind]) => ({
        axes,
        a,
        b: mutate(steps.reduce(rewrite, a), change, kind),
      })),
  );

interface Step {
  readonly kind: "swap" | "split" | "repeat" | "shadowed" | "empty";
  readonly at: number;
  readonly axis: number;
  readonly by: AtomSet;
  readonly rule: ListRule;
}

function stepOn(axes: readonly number[], verdicts: number): fc.Arbitrary<Step> {
  return fc.nat({ max: axes.length - 1 }).chain((axis) =>
    fc.record({
      kind: fc.constantFrom("swap", "swap", "split", "repeat", "shadowed", "empty"),
      at: fc.nat(),
      axis: fc.constant(axis),
      by: setOn(axes[axis] ?? 1).map((set) => set ?? atomSet([])),
      rule: ruleOn(axes, verdicts),
    }),
  );
}

function rewrite(list: RuleList, step: Step): RuleList {
  const at = list.rules.length === 0 ? 0 : step.at % list.rules.length;
  const rule = list.rules[at];
  const after = list.rules[at + 1];
  if (rule === undefined) return list;
  const replaced = (count: number, ...by: readonly ListRule[]) => ({
    ...list,
    rules: list.rules.toSpliced(at, count, ...by),
  });
  const narrowed = (set: AtomSet, of: ListRule) => ({
    ...of,
    sets: of.sets.with(step.axis, set),
  });
  switch (step.kind) {
    case "swap":
      if (after === undefined) return list;
      return rule.verdict === after.verdict || areDisjoint(rule, after)
        ? replaced(2, after, rule)
        : list;
    case "split": {
      const own = rule.sets[step.axis];
      return own === undefined
        ? replaced(1, narrowed(step.by, rule), rule)
        : replaced(1, narrowed(both(own, step.by), rule), narrowed(own, rule));
    }
    case "repeat":
      return replaced(1, rule, rule);
    case "shadowed": {
      const sets = rule.sets.map((own, axis) => {
        const other = step.rule.sets[axis];
        return own === undefined ? other : other === undefined ? own : both(own, other);
      });
      return replaced(1, rule, { sets, verdict: step.rule.verdict });
    }
    case "empty":
      return replaced(0, narrowed(atomSet([]), step.rule));
  }
}

type Kind = "replace" | "remove" | "move" | "insert" | "verdict";

function mutate(
  list: RuleList,
  change: { readonly at: number; readonly to: number; readonly rule: ListRule },
  kind: Kind,
): RuleList {
  const { rules } = list;
  const at = rules.length === 0 ? 0 : change.at % rules.length;
  const rule = rules[at] ?? change.rule;
  switch (kind) {
    case "replace":
      return { ...list, rules: rules.toSpliced(at, 1, change.rule) };
    case "remove":
      return { ...list, rules: rules.toSpliced(at, 1) };
    case "insert":
      return { ...list, rules: rules.toSpliced(at, 0, change.rule) };
    case "verdict":
      return { ...list, rules: rules.toSpliced(at, 1, { ...rule, verdict: 1 - rule.verdict }) };
    case "move": {
      const without = rules.toSpliced(at, 1);
      return { ...list, rules: without.toSpliced(change.to % (without.length + 1), 0, rule) };
    }
  }
}

export function membersOf(set: AtomSet): readonly number[] {
  const atoms: number[] = [];
  for (let i = 0; i < set.length; i += 2) {
    for (let at = set[i] ?? 0; at < (set[i + 1] ?? 0); at++) atoms.push(at);
  }
  return atoms;
}

function both(a: AtomSet, b: AtomSet): AtomSet {
  const inB = new Set(membersOf(b));
  return atomSet(
    membersOf(a)
      .filter((at) => inB.has(at))
      .map((at) => [at, at]),
  );
}

function areDisjoint(a: ListRule, b: ListRule): boolean {
  return a.sets.some((set, axis) => {
    const other = b.sets[axis];
    return set !== undefined && other !== undefined && both(set, other).length === 0;
  });
}

/** Every point of the axes. */
export function pointsOf(axes: readonly number[]): readonly (readonly number[])[] {
  return axes.reduce<readonly (readonly number[])[]>(
    (points, atoms) =>
      points.flatMap((point) => Array.from({ length: atoms }, (_, at) => [...point, at])),
    [[]],
  );
}

/** First match, by its definition. */
export function verdictOf({ rules, otherwise }: RuleList, point: readonly number[]): number {
  for (const { sets, verdict } of rules) {
    const holds = sets.every(
      (set, axis) => set === undefined || membersOf(set).includes(point[axis] ?? -1),
    );
    if (holds) return verdict;
  }
  return otherwise;
}

/** Every point on which two lists differ. */
export function differences({ axes, a, b }: ListPair): readonly (readonly number[])[] {
  return pointsOf(axes).filter((point) => verdictOf(a, point) !== verdictOf(b, point));
}
