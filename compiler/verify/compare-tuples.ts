// First-match lists over integer lines (addresses, protocols, ports) -> lists over the elementary
// intervals of both, compared by compare-lists.ts.
import { type AtomSet, atomSet } from "./atoms.ts";
import { compareLists } from "./compare-lists.ts";
import type { RuleList } from "./rule-lists.ts";

/** Both ends included; first <= last. */
export interface TupleRange {
  readonly first: number;
  readonly last: number;
}

export interface TupleRule {
  /** One for each field, ranges in any order; undefined: whatever the number. */
  readonly fields: readonly (readonly TupleRange[] | undefined)[];
  readonly verdict: number;
}

/** The first rule that holds a tuple decides it. */
export interface TupleList {
  readonly rules: readonly TupleRule[];
  readonly otherwise: number;
}

export type TupleComparison =
  | { readonly equal: true }
  /** A tuple that the lists disagree about; each number is the lowest of its elementary interval. */
  | {
      readonly equal: false;
      readonly tuple: readonly number[];
      readonly a: number;
      readonly b: number;
    };

/** `lines`: the numbers that each field can have. */
export function compareTuples(
  lines: readonly TupleRange[],
  a: TupleList,
  b: TupleList,
): TupleComparison {
  const { axes, starts, a: inA, b: inB } = listsOfTuples(lines, a, b);
  const found = compareLists(axes, inA, inB);
  if (found.equal) return found;
  const tuple = starts.map((ofField, field) => ofField[found.atoms[field] as number] as number);
  return { equal: false, tuple, a: found.a, b: found.b };
}

/** Both lists over the elementary intervals of each line. */
export function listsOfTuples(lines: readonly TupleRange[], a: TupleList, b: TupleList) {
  const lineAxes = lines.map((line, field) => new LineAxis(line, field, [a, b]));
  const listOf = ({ rules, otherwise }: TupleList): RuleList => ({
    rules: rules.map(({ fields, verdict }) => ({
      sets: lineAxes.map((axis, field) => axis.setOf(fields[field])),
      verdict,
    })),
    otherwise,
  });
  return {
    axes: lineAxes.map((axis) => axis.starts.length),
    /** The first number of each atom, by line. */
    starts: lineAxes.map((axis) => axis.starts),
    a: listOf(a),
    b: listOf(b),
  };
}

/** The elementary intervals of one line: the atoms. */
class LineAxis {
  /** First number of each, ascending. */
  readonly starts: Float64Array;
  readonly #line: TupleRange;
  /** Sets of one range, by its atoms: most fields name one, again and again. */
  readonly #single = new Map<number, AtomSet>();

  constructor(line: TupleRange, field: number, lists: readonly TupleList[]) {
    this.#line = line;
    const starts: number[] = [line.first];
    for (const { rules } of lists) {
      for (const { fields } of rules) {
        for (const { first, last } of fields[field] ?? []) {
          if (first > line.first && first <= line.last) starts.push(first);
          if (last >= line.first && last < line.last) starts.push(last + 1);
        }
      }
    }
    const sorted = Float64Array.from(starts).sort();
    this.starts = sorted.filter((start, index) => index === 0 || start !== sorted[index - 1]);
  }

  setOf(ranges: readonly TupleRange[] | undefined): AtomSet | undefined {
    const [only] = ranges ?? [];
    if (ranges === undefined) return undefined;
    if (ranges.length === 1 && only !== undefined) return this.#setOfRange(only);
    return atomSet(ranges.filter((range) => this.#meets(range)).map((range) => this.#run(range)));
  }

  #setOfRange(range: TupleRange): AtomSet {
    if (!this.#meets(range)) return atomSet([]);
    const run = this.#run(range);
    const key = run[0] * (this.starts.length + 1) + run[1];
    const known = this.#single.get(key);
    if (known !== undefined) return known;
    const made = atomSet([run]);
    this.#single.set(key, made);
    return made;
  }

  #meets({ first, last }: TupleRange): boolean {
    return first <= last && last >= this.#line.first && first <= this.#line.last;
  }

  #run({ first, last }: TupleRange): readonly [number, number] {
    return [this.#atomAt(first), this.#atomAt(last)];
  }

  /** The last atom that starts at or before the number; the first atom before all of them. */
  #atomAt(value: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.starts[middle] as number) <= value) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}
