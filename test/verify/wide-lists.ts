// Lists of some dozens of rules over axes of more classes than a word has bits, which cross each
// other in all ways, and what they say of every point.
import fc from "fast-check";
import { type AtomSet, atomSet } from "../../compiler/verify/atoms.ts";
import type { ListRule, RuleList } from "../../compiler/verify/rule-lists.ts";
import { type ListPair, membersOf } from "./random-lists.ts";

/** Both sides of the ends of words, too. */
const sizes = fc.constantFrom(31, 32, 33, 64, 65, 90);

const axesOf = fc.oneof(
  fc.tuple(sizes, sizes),
  fc.tuple(sizes, sizes, fc.constantFrom(2, 3)),
  fc.tuple(fc.constantFrom(2, 3), sizes, fc.constant(1), sizes),
);

function setOn(atoms: number): fc.Arbitrary<AtomSet | undefined> {
  const atom = fc.nat({ max: atoms - 1 });
  const point = atom.map((at) => atomSet([[at, at]]));
  const run = fc.tuple(atom, atom).map(([x, y]) => atomSet([[Math.min(x, y), Math.max(x, y)]]));
  const some = fc
    .array(atom, { minLength: 2, maxLength: 5 })
    .map((list) => atomSet(list.map((at) => [at, at])));
  return fc.oneof(point, point, run, run, some, some, fc.constant(undefined));
}

const ruleOn = (axes: readonly number[], verdicts: number): fc.Arbitrary<ListRule> =>
  fc.record({ sets: fc.tuple(...axes.map(setOn)), verdict: fc.nat({ max: verdicts - 1 }) });

interface Change {
  readonly at: number;
  readonly to: number;
  readonly rule: ListRule;
}

/** A list and one in which rules have moved, most of them past what they cross. */
function pairOn(axes: readonly number[]): fc.Arbitrary<ListPair> {
  return fc.constantFrom(2, 2, 3, 5).chain((verdicts) =>
    fc
      .record({
        rules: fc.array(ruleOn(axes, verdicts), { minLength: 20, maxLength: 50, size: "max" }),
        otherwise: fc.nat({ max: verdicts - 1 }),
        changes: fc.array(
          fc.record({ at: fc.nat(), to: fc.nat({ max: 4 }), rule: ruleOn(axes, verdicts) }),
          { minLength: 1, maxLength: 6 },
        ),
        kind: fc.constantFrom("moved", "moved", "narrowed", "decided", "other"),
      })
      .map(({ rules, otherwise, changes, kind }) => {
        const a: RuleList = { rules, otherwise };
        return { axes, a, b: changes.reduce((list, change) => changed(list, change, kind), a) };
      }),
  );
}

type Kind = "moved" | "narrowed" | "decided" | "other";

function changed(list: RuleList, { at, to, rule }: Change, kind: Kind): RuleList {
  const from = at % list.rules.length;
  const own = list.rules[from] ?? rule;
  const rest = list.rules.toSpliced(from, 1);
  const put = (one: ListRule, place: number) => ({
    ...list,
    rules: rest.toSpliced(place, 0, one),
  });
  if (kind === "moved") return put(own, from + to);
  if (kind === "other") return put(rule, from);
  // One that decides nothing behind the one that it is a part of.
  if (kind === "decided") return { ...list, rules: list.rules.toSpliced(from + 1 + to, 0, own) };
  return put({ ...own, sets: own.sets.map((set, axis) => set ?? rule.sets[axis]) }, from);
}

export const crossing: fc.Arbitrary<ListPair> = axesOf.chain(pairOn);

/** What a list says of every point, the last axis being the fastest. */
export function tableOf(axes: readonly number[], { rules, otherwise }: RuleList): Int32Array {
  const table = new Int32Array(axes.reduce((product, atoms) => product * atoms, 1)).fill(otherwise);
  for (const { sets, verdict } of rules.toReversed()) {
    const members = sets.map((set, axis) =>
      membersOf(set ?? Int32Array.of(0, axes[axis] as number)),
    );
    const places = members.reduce<readonly number[]>(
      (starts, atoms, axis) =>
        starts.flatMap((start) => atoms.map((atom) => start * (axes[axis] as number) + atom)),
      [0],
    );
    for (const place of places) table[place] = verdict;
  }
  return table;
}

/** The place of a point in such a table. */
export function placeOf(axes: readonly number[], point: readonly number[]): number {
  return point.reduce((place, atom, axis) => place * (axes[axis] as number) + atom, 0);
}
