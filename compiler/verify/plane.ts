// Two lists on a plane of two axes, compared row by row. Rows that no active rule tells apart are one
// line, and columns are grouped in the same way (groups.ts); painter.ts paints the lines.
import { Groups } from "./groups.ts";
import { everything, type MergedList, type MergedPair } from "./merged.ts";
import { Painter, type PlaneRules } from "./painter.ts";

export class Plane {
  readonly #rows: Groups;
  readonly #columns: Groups;
  readonly #a: Painter;
  readonly #b: Painter;
  readonly #widthA: number;
  readonly #band: number;
  #spent = 0;

  /**
   * @param axes rows and columns; one that is not given has one class
   * @param ones the verdicts that are told from the others
   * @param widthA words of a row of rules that are those of the first list
   * @param bandWords lines are painted in bands of at most as many words, or of one line
   */
  constructor(
    pair: MergedPair,
    [rows, columns]: readonly number[],
    ones: ReadonlySet<number>,
    widthA: number,
    bandWords: number,
  ) {
    this.#rows = groupsOf(pair, rows);
    this.#columns = groupsOf(pair, columns);
    const words = (this.#columns.classes + 31) >>> 5;
    this.#band = Math.max(words, Math.min(bandWords, words * this.#rows.classes));
    const painterOf = (list: MergedList) =>
      new Painter(planeRules(list, [rows, columns], ones), this.#rows, this.#columns, this.#band);
    this.#a = painterOf(pair.a);
    this.#b = painterOf(pair.b);
    this.#widthA = widthA;
  }

  /** Words read so far, about. */
  get spent(): number {
    return this.#spent + this.#a.spent + this.#b.spent;
  }

  /** A row and a column on which the active rules of the lists differ. */
  difference(active: Int32Array): readonly [row: number, column: number] | undefined {
    const [a, b] = [this.#a, this.#b];
    this.#rows.clear();
    this.#columns.clear();
    a.activate(active, 0, this.#widthA);
    b.activate(active, this.#widthA, active.length);
    this.#rows.settle();
    this.#columns.settle();
    this.#spent += this.#rows.classes + this.#columns.classes;
    a.prepare();
    b.prepare();
    const words = (this.#columns.count + 31) >>> 5;
    const lines = Math.floor(this.#band / words);
    for (let from = 0; from < this.#rows.count; from += lines) {
      const to = Math.min(this.#rows.count, from + lines);
      a.paint(from, to);
      b.paint(from, to);
      const at = firstDifference(a.band, b.band, (to - from) * words);
      if (at < 0) continue;
      const bits = (a.band[at] as number) ^ (b.band[at] as number);
      const group = (at % words) * 32 + 31 - Math.clz32(bits & -bits);
      const line = from + Math.floor(at / words);
      return [this.#rows.first[line] as number, this.#columns.first[group] as number];
    }
    return undefined;
  }
}

/** Where the first `end` words are not the same; or -1. */
function firstDifference(a: Int32Array, b: Int32Array, end: number): number {
  for (let at = 0; at < end; at++) if (a[at] !== b[at]) return at;
  return -1;
}

function groupsOf({ axes }: MergedPair, axis: number | undefined): Groups {
  const { classes = 1, sets = [] } = axis === undefined ? {} : (axes[axis] ?? {});
  return new Groups(classes, sets);
}

function planeRules(
  { verdicts, sets }: MergedList,
  [rows, columns]: readonly (number | undefined)[],
  ones: ReadonlySet<number>,
): PlaneRules {
  const width = sets.length / verdicts.length;
  const setsOn = (axis: number | undefined) =>
    axis === undefined
      ? new Int32Array(verdicts.length).fill(everything)
      : Int32Array.from(verdicts, (_, rule) => sets[rule * width + axis] as number);
  return {
    rows: setsOn(rows),
    columns: setsOn(columns),
    values: Uint8Array.from(verdicts, (verdict) => (ones.has(verdict) ? 1 : 0)),
  };
}
