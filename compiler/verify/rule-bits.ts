// The rules of two lists as bits of one row: those of the first list fill the first words, those of
// the second the words after them.
import type { AtomSet } from "./atoms.ts";
import { everything, type MergedList, type MergedPair } from "./merged.ts";

export class RuleBits {
  /** Words of the first list, and of both. */
  readonly widthA: number;
  readonly width: number;
  readonly #pair: MergedPair;

  constructor(pair: MergedPair) {
    this.#pair = pair;
    this.widthA = wordsOf(pair.a);
    this.width = this.widthA + wordsOf(pair.b);
  }

  /** Rules that hold every class of each of these axes. */
  holdingAll(axes: readonly number[]): Int32Array {
    const all = this.#pair.axes.length;
    return this.#where(({ sets }, rule) =>
      axes.every((axis) => sets[rule * all + axis] === everything),
    );
  }

  /** Rules that say one of these verdicts. */
  saying(some: ReadonlySet<number>): Int32Array {
    return this.#where(({ verdicts }, rule) => some.has(verdicts[rule] as number));
  }

  /** Rules that hold each class of an axis, one row after another. */
  holding(axis: number): Int32Array {
    const { axes, a, b } = this.#pair;
    const { classes = 0, sets: named = [] } = axes[axis] ?? {};
    const whole = Int32Array.of(0, classes);
    const rows = new Int32Array(classes * this.width);
    const fill = ({ verdicts, sets }: MergedList, base: number) => {
      for (let rule = 0; rule < verdicts.length; rule++) {
        const number = sets[rule * axes.length + axis] as number;
        const runs = number === everything ? whole : (named[number] as AtomSet); // a named set
        for (let i = 0; i < runs.length; i += 2) {
          for (let at = runs[i] as number; at < (runs[i + 1] as number); at++) {
            setBit(rows, (at * this.width + base) * 32 + rule);
          }
        }
      }
    };
    fill(a, 0);
    fill(b, this.widthA);
    return rows;
  }

  #where(holds: (list: MergedList, rule: number) => boolean): Int32Array {
    const { a, b } = this.#pair;
    const row = new Int32Array(this.width);
    for (let rule = 0; rule < a.verdicts.length; rule++) {
      if (holds(a, rule)) setBit(row, rule);
    }
    for (let rule = 0; rule < b.verdicts.length; rule++) {
      if (holds(b, rule)) setBit(row, this.widthA * 32 + rule);
    }
    return row;
  }
}

function wordsOf({ verdicts }: MergedList): number {
  return (verdicts.length + 31) >>> 5;
}

function setBit(row: Int32Array, at: number): void {
  const word = Math.floor(at / 32);
  row[word] = (row[word] as number) | (1 << (at & 31));
}
