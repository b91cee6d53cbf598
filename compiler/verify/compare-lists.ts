// Two first-match lists of products of sets -> a proof that they say the same of everything, or
// something of which they do not. Atoms that no rule tells apart are merged first (the atomic
// predicates of Yang and Lam); then a sweep with a budget, which compares whole planes of two axes as
// bits, and decision diagrams, which always decide and are the better for many classes on three axes
// and more (the packet classifiers of Batfish are diagrams). Knows no addresses, ports or verdicts.
import type { AtomSet } from "./atoms.ts";
import { differenceByDiagrams } from "./by-diagrams.ts";
import { isSameList, type MergedPair, mergePair } from "./merged.ts";
import type { ListRule, RuleList } from "./rule-lists.ts";
import { sweep } from "./sweep.ts";

export type { RuleList } from "./rule-lists.ts";

export type ListComparison =
  | { readonly equal: true }
  /** A point on which the lists differ, one atom for each axis, and what each says of it. */
  | {
      readonly equal: false;
      readonly atoms: readonly number[];
      readonly a: number;
      readonly b: number;
    };

/** `axes`: number of atoms of each. Exact, whatever the lists. */
export function compareLists(axes: readonly number[], a: RuleList, b: RuleList): ListComparison {
  if (axes.includes(0)) return { equal: true }; // there is no point
  const pair = mergePair(axes, a, b);
  if (isSameList(pair.a, pair.b)) return { equal: true };
  const classes = differenceOf(pair);
  if (classes === undefined) return { equal: true };
  const atoms = pair.axes.map(({ lowest }, axis) => lowest[classes[axis] as number] as number);
  const found = { atoms, a: verdictAt(a, atoms), b: verdictAt(b, atoms) };
  // WHY: what the engines say is believed only after looking.
  if (found.a === found.b) throw new Error("bug in segc: a difference that is none");
  return { equal: false, ...found };
}

function differenceOf(pair: MergedPair): readonly number[] | undefined {
  const swept = sweep(pair, fewestClassesFirst(pair), sweepBudget);
  if (swept === "equal") return undefined;
  return swept === "spent" ? differenceByDiagrams(pair, mostSelectiveFirst(pair)) : swept;
}

/** Words: about two seconds. Generated classifiers of 10,000 rules take less than half of it. */
const sweepBudget = 500_000_000;

/** So few planes are left to compare; their lines are rows of the larger axis, which are short. */
function fewestClassesFirst({ axes }: MergedPair): readonly number[] {
  const order = axes
    .map(({ classes }, axis) => ({ classes, axis }))
    .sort((x, y) => x.classes - y.classes || x.axis - y.axis)
    .map(({ axis }) => axis);
  return [...order.slice(0, -2), ...order.slice(-2).reverse()];
}

/**
 * The axis first that the fewest rules leave open; of such, the one on which an average rule holds
 * the smallest part. Measured on generated classifiers (bench/equality.ts): among the best few of
 * all orders, and up to ten times fewer nodes than the worst.
 */
function mostSelectiveFirst({ axes, a, b }: MergedPair): readonly number[] {
  const measures = axes.map(({ classes, sets }, axis) => {
    const shares = sets.map((set) => sizeOf(set) / classes);
    let wide = 0;
    let sum = 0;
    for (const list of [a, b]) {
      for (let i = axis; i < list.sets.length; i += axes.length) {
        const share = shares[list.sets[i] as number] ?? 1;
        if (share > 0.5) wide++;
        sum += share;
      }
    }
    return { axis, wide, sum };
  });
  return measures
    .sort((x, y) => x.wide - y.wide || x.sum - y.sum || x.axis - y.axis)
    .map(({ axis }) => axis);
}

function sizeOf(set: AtomSet): number {
  let size = 0;
  for (let i = 0; i < set.length; i += 2) size += (set[i + 1] as number) - (set[i] as number);
  return size;
}

/** What a list says of one point, by the definition. */
function verdictAt({ rules, otherwise }: RuleList, atoms: readonly number[]): number {
  const holds = ({ sets }: ListRule) =>
    sets.every((set, axis) => set === undefined || hasAtom(set, atoms[axis] as number));
  return rules.find(holds)?.verdict ?? otherwise;
}

function hasAtom(set: AtomSet, atom: number): boolean {
  for (let i = 0; i < set.length; i += 2) {
    if ((set[i] as number) <= atom && atom < (set[i + 1] as number)) return true;
  }
  return false;
}
