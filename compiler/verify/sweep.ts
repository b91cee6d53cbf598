// The first engine: walks the classes of one axis after another with the rules that are still
// active as a row of bits, and visits each row of an axis once. Finds a difference early, and is
// quick where the first axes leave few rules; it gives up when its budget of words is spent.
import { Rows, scattered } from "./atoms.ts";
import { everything, type MergedAxis, type MergedList, type MergedPair } from "./merged.ts";

/** Classes of a difference, one for each axis; "equal"; or "spent": not decided. */
export type SweepResult = readonly number[] | "equal" | "spent";

/** `budget`: about how many words of rows may be read. */
export function sweep(pair: MergedPair, order: readonly number[], budget: number): SweepResult {
  const setUp = order.reduce((sum, axis) => sum + (pair.axes[axis] as MergedAxis).classes, 0);
  const widthA = (pair.a.verdicts.length + 31) >>> 5;
  const widthB = (pair.b.verdicts.length + 31) >>> 5;
  // WHY: rows alone would cost more than the budget has.
  if (setUp * (widthA + widthB) > budget) return "spent";
  return new Sweep(pair, order, widthA, widthB, budget).run();
}

/** The rules of `a` fill the first words of a row, those of `b` the words after them. */
class Sweep {
  readonly #axes: readonly MergedAxis[];
  readonly #order: readonly number[];
  readonly #widthA: number;
  readonly #width: number;
  /** For each position: the rows of its classes, one after another. */
  readonly #rows: readonly Int32Array[];
  /** For each position: rules that hold every class from there on. */
  readonly #full: readonly Int32Array[];
  readonly #sameVerdict = new Map<number, Int32Array>();
  readonly #verdicts: Int32Array;
  /** The active rules at each position. */
  readonly #active: readonly Int32Array[];
  readonly #seen: readonly Rows[];
  readonly #path: number[];
  #budget: number;

  constructor(
    { axes, a, b }: MergedPair,
    order: readonly number[],
    widthA: number,
    widthB: number,
    budget: number,
  ) {
    this.#axes = axes;
    this.#order = order;
    this.#widthA = widthA;
    this.#width = widthA + widthB;
    this.#budget = budget;
    this.#verdicts = new Int32Array(this.#width * 32);
    this.#verdicts.set(a.verdicts);
    this.#verdicts.set(b.verdicts, widthA * 32);
    this.#rows = order.map((axis) => this.#rowsOf(axis, a, b));
    this.#full = this.#fullRows(a, b);
    this.#active = [...order, 0].map(() => new Int32Array(this.#width));
    this.#seen = order.map(() => new Rows(this.#width));
    this.#path = order.map(() => 0);
    this.#fillVerdicts(a, 0);
    this.#fillVerdicts(b, widthA * 32);
  }

  run(): SweepResult {
    const all = this.#active[0] as Int32Array; // one for each position and one more
    const everyRule = this.#full[this.#order.length] as Int32Array;
    for (let word = 0; word < this.#width; word++) all[word] = everyRule[word] as number;
    this.#cut(all, 0);
    if (this.#isUniform(all)) return "equal";
    const outcome = this.#visit(0);
    if (outcome === "spent" || outcome === "equal") return outcome;
    const classes = this.#axes.map(() => 0);
    for (const [position, axis] of this.#order.entries()) classes[axis] = this.#path[position] ?? 0;
    return classes;
  }

  #visit(position: number): "equal" | "differs" | "spent" {
    if (position === this.#order.length) return "differs";
    const rows = this.#rows[position] as Int32Array; // all of these have one for each position
    const active = this.#active[position] as Int32Array;
    const next = this.#active[position + 1] as Int32Array;
    const seen = this.#seen[position + 1];
    const classes = rows.length / this.#width;
    for (let at = 0; at < classes; at++) {
      this.#budget -= this.#width + 8;
      if (this.#budget < 0) return "spent";
      const from = at * this.#width;
      for (let i = 0; i < this.#width; i++) {
        next[i] = (active[i] as number) & (rows[from + i] as number);
      }
      this.#cut(next, position + 1);
      if (this.#isUniform(next)) continue;
      const known = seen?.count ?? 0;
      if (seen !== undefined && seen.intern(next, hashOf(next)) < known) continue;
      this.#path[position] = at;
      const outcome = this.#visit(position + 1);
      if (outcome !== "equal") return outcome;
    }
    return "equal";
  }

  /** Clears what comes after the first rule of either list that holds all that is left. */
  #cut(row: Int32Array, position: number): void {
    const full = this.#full[position] as Int32Array; // one for each position and one more
    cutWithin(row, full, 0, this.#widthA);
    cutWithin(row, full, this.#widthA, this.#width);
  }

  /** True where all active rules of both lists say the same. */
  #isUniform(row: Int32Array): boolean {
    let word = 0;
    while (row[word] === 0) word++;
    const bits = row[word] as number;
    const verdict = this.#verdicts[word * 32 + 31 - Math.clz32(bits & -bits)] as number;
    const same = this.#sameVerdict.get(verdict) as Int32Array; // every verdict has a row
    for (let i = word; i < this.#width; i++) {
      if (((row[i] as number) & ~(same[i] as number)) !== 0) return false;
    }
    return true;
  }

  #rowsOf(axis: number, a: MergedList, b: MergedList): Int32Array {
    const { classes, sets } = this.#axes[axis] as MergedAxis; // an order of these axes
    const rows = new Int32Array(classes * this.#width);
    const fill = ({ verdicts, sets: numbers }: MergedList, base: number) => {
      for (let rule = 0; rule < verdicts.length; rule++) {
        const number = numbers[rule * this.#order.length + axis] as number;
        const word = base + (rule >>> 5);
        const bit = 1 << (rule & 31);
        const runs = number === everything ? [0, classes] : (sets[number] ?? []);
        for (let i = 0; i < runs.length; i += 2) {
          for (let at = runs[i] as number; at < (runs[i + 1] as number); at++) {
            const place = at * this.#width + word;
            rows[place] = (rows[place] as number) | bit;
          }
        }
      }
    };
    fill(a, 0);
    fill(b, this.#widthA);
    return rows;
  }

  #fullRows(a: MergedList, b: MergedList): readonly Int32Array[] {
    const rows = [...this.#order, 0].map(() => new Int32Array(this.#width));
    const fill = ({ verdicts, sets }: MergedList, base: number) => {
      for (let rule = 0; rule < verdicts.length; rule++) {
        for (let position = this.#order.length; position >= 0; position--) {
          const axis = this.#order[position];
          if (axis !== undefined && sets[rule * this.#order.length + axis] !== everything) break;
          const row = rows[position] as Int32Array; // one for each position and one more
          row[base + (rule >>> 5)] = (row[base + (rule >>> 5)] as number) | (1 << (rule & 31));
        }
      }
    };
    fill(a, 0);
    fill(b, this.#widthA);
    return rows;
  }

  #fillVerdicts({ verdicts }: MergedList, base: number): void {
    for (let rule = 0; rule < verdicts.length; rule++) {
      const verdict = verdicts[rule] as number;
      let row = this.#sameVerdict.get(verdict);
      if (row === undefined) {
        row = new Int32Array(this.#width);
        this.#sameVerdict.set(verdict, row);
      }
      const at = base + rule;
      row[at >>> 5] = (row[at >>> 5] as number) | (1 << (at & 31));
    }
  }
}

/** Words `from` .. `to - 1`: keeps bits up to the first one that is in `full` too. */
function cutWithin(row: Int32Array, full: Int32Array, from: number, to: number): void {
  for (let word = from; word < to; word++) {
    const stop = (row[word] as number) & (full[word] as number);
    if (stop === 0) continue;
    const bit = stop & -stop;
    row[word] = (row[word] as number) & (bit | (bit - 1));
    row.fill(0, word + 1, to);
    return;
  }
}

function hashOf(row: Int32Array): number {
  let hash = 0;
  for (let i = 0; i < row.length; i++) {
    const word = row[i] as number;
    if (word !== 0) hash = scattered(hash ^ word ^ Math.imul(i, 0x9e3779b1));
  }
  return hash;
}
