// Two first-match lists over atoms -> the same two over classes of atoms, without the rules that
// plainly decide nothing: the form that both engines of compare-lists.ts work on.
import { type AtomSet, equalAtomSets, mergeAtoms, scattered } from "./atoms.ts";
import type { ListRule, RuleList } from "./rule-lists.ts";

/** One axis: its classes, and the sets of them that rules name, none full or empty. */
export interface MergedAxis {
  readonly classes: number;
  /** The lowest atom of each class. */
  readonly lowest: readonly number[];
  readonly sets: readonly AtomSet[];
}

/** Rules 0 .. verdicts.length - 1, of which the last one holds everything. */
export interface MergedList {
  readonly verdicts: Int32Array;
  /** Set of rule r on axis x at `r * axes + x`; -1: every class. */
  readonly sets: Int32Array;
}

export interface MergedPair {
  readonly axes: readonly MergedAxis[];
  readonly a: MergedList;
  readonly b: MergedList;
}

/** Stands for every atom in place of a set. */
export const everything = -1;
const nothing = -2;

export function mergePair(axes: readonly number[], a: RuleList, b: RuleList): MergedPair {
  const named = axes.map((atoms) => new NamedSets(atoms));
  const inA = reduced(named, a);
  const inB = reduced(named, b);
  const merged = named.map(({ atoms, sets }) => mergeAtoms(atoms, sets));
  return {
    axes: merged.map(({ count, lowest, sets }) => ({ classes: count, lowest, sets })),
    a: inA,
    b: inB,
  };
}

/** The sets of one axis by content, each numbered once. */
class NamedSets {
  readonly sets: AtomSet[] = [];
  readonly atoms: number;
  readonly #byObject = new Map<AtomSet, number>();
  readonly #byHash = new Map<number, number[]>();

  constructor(atoms: number) {
    this.atoms = atoms;
  }

  numberOf(set: AtomSet | undefined): number {
    if (set === undefined) return everything;
    const known = this.#byObject.get(set);
    if (known !== undefined) return known;
    const number = this.#numberByContent(set);
    this.#byObject.set(set, number);
    return number;
  }

  #numberByContent(set: AtomSet): number {
    if (set.length === 0) return nothing;
    if (set.length === 2 && set[0] === 0 && (set[1] as number) >= this.atoms) return everything;
    let hash = set.length;
    for (let i = 0; i < set.length; i++) hash = scattered(hash ^ (set[i] as number));
    const alike = this.#byHash.get(hash) ?? [];
    for (const number of alike) {
      if (equalAtomSets(this.sets[number] as AtomSet, set)) return number; // numbers are in range
    }
    this.sets.push(set);
    alike.push(this.sets.length - 1);
    this.#byHash.set(hash, alike);
    return this.sets.length - 1;
  }
}

/**
 * The list without rules that hold nothing or whose sets an earlier rule has, without what comes
 * after a rule that holds everything, and without last rules that say what follows them anyway.
 */
function reduced(named: readonly NamedSets[], { rules, otherwise }: RuleList): MergedList {
  const width = named.length;
  const sets = new Int32Array((rules.length + 1) * width);
  const verdicts = new Int32Array(rules.length + 1);
  const seen = new Boxes(sets, width);
  let count = 0;
  let rest = otherwise;
  for (const rule of rules) {
    const kind = numberSets(named, rule, sets, count * width);
    if (kind === nothing || !seen.add(count)) continue;
    if (kind === everything) {
      rest = rule.verdict;
      break;
    }
    verdicts[count++] = rule.verdict;
  }
  while (count > 0 && verdicts[count - 1] === rest) count--;
  sets.fill(everything, count * width, (count + 1) * width);
  verdicts[count] = rest;
  return { verdicts: verdicts.subarray(0, count + 1), sets: sets.subarray(0, (count + 1) * width) };
}

/** Writes the numbers of a rule's sets; says whether it holds nothing, everything or else (0). */
function numberSets(
  named: readonly NamedSets[],
  rule: ListRule,
  sets: Int32Array,
  at: number,
): number {
  let kind = everything;
  for (let axis = 0; axis < named.length; axis++) {
    const number = (named[axis] as NamedSets).numberOf(rule.sets[axis]); // `axis` is in range
    if (number === nothing) return nothing;
    if (number !== everything) kind = 0;
    sets[at + axis] = number;
  }
  return kind;
}

/** Which rows of `sets` have been seen. */
class Boxes {
  readonly #sets: Int32Array;
  readonly #width: number;
  readonly #index: Int32Array;

  constructor(sets: Int32Array, width: number) {
    this.#sets = sets;
    this.#width = width;
    const rows = width === 0 ? 1 : sets.length / width;
    this.#index = new Int32Array(2 ** Math.ceil(Math.log2(rows * 2 + 1)));
  }

  /** False where an equal row was added before. */
  add(row: number): boolean {
    const from = row * this.#width;
    let hash = 0;
    for (let i = 0; i < this.#width; i++) {
      hash = scattered(hash ^ (this.#sets[from + i] as number));
    }
    const mask = this.#index.length - 1;
    let place = hash & mask;
    for (;;) {
      const other = (this.#index[place] as number) - 1;
      if (other < 0) break;
      if (this.#equal(from, other * this.#width)) return false;
      place = (place + 1) & mask;
    }
    this.#index[place] = row + 1;
    return true;
  }

  #equal(from: number, other: number): boolean {
    for (let i = 0; i < this.#width; i++) {
      if (this.#sets[from + i] !== this.#sets[other + i]) return false;
    }
    return true;
  }
}

/** True where both lists have the same rules in the same order: then they are equal. */
export function isSameList(a: MergedList, b: MergedList): boolean {
  return equalAtomSets(a.verdicts, b.verdicts) && equalAtomSets(a.sets, b.sets);
}
