// The first engine: walks the classes of all axes but two with the rules that are still active as a
// row of bits, visits each such row once, and compares the lists on the plane of the last two axes
// (plane.ts). How alike the lists are makes no difference to it. Where the other axes have too many
// classes it gives up when its budget of words is spent.
import { Rows, scattered } from "./atoms.ts";
import type { MergedAxis, MergedPair } from "./merged.ts";
import { Plane } from "./plane.ts";
import { RuleBits } from "./rule-bits.ts";

/** Classes of a difference, one for each axis; "equal"; or "spent": not decided. */
export type SweepResult = readonly number[] | "equal" | "spent";

/**
 * @param order of the axes; the last two are the rows and the columns of planes
 * @param budget about how many words may be read
 * @param bandWords of lists on planes that are looked at together: so they stay near at hand
 */
export function sweep(
  pair: MergedPair,
  order: readonly number[],
  budget: number,
  bandWords = 65_536,
): SweepResult {
  const verdicts = [...new Set([...pair.a.verdicts, ...pair.b.verdicts])];
  let left = budget;
  // Lists are equal where each binary digit of the numbers of their verdicts is.
  for (let digit = 1; digit < verdicts.length; digit *= 2) {
    const ones = new Set(verdicts.filter((_, number) => (number & digit) !== 0));
    if (leastCost(pair, order) > left) return "spent";
    const swept = new Sweep(pair, order, ones, left, bandWords);
    const result = swept.run();
    if (result !== "equal") return result;
    left -= swept.spent;
  }
  return "equal";
}

/** Words of a row for one step of a walk: most are read several times. */
const passes = 6;

/** Few lists leave out more than this part of the steps that the classes of the axes allow. */
const visitedShare = 1 / 32;

function leastCost({ axes, a, b }: MergedPair, order: readonly number[]): number {
  const classes = order.slice(0, -2).map((axis) => (axes[axis] as MergedAxis).classes); // these axes
  const width = (a.verdicts.length + b.verdicts.length) / 32;
  const rows = classes.reduce((sum, count) => sum + count, 0);
  const steps = classes.reduce((product, count) => product * count, 1);
  return Math.max(rows, steps * passes * visitedShare) * width;
}

class Sweep {
  readonly #order: readonly number[];
  /** How many axes are walked. */
  readonly #depth: number;
  readonly #bits: RuleBits;
  /** For each axis that is walked: rules that hold each of its classes, one row after another. */
  readonly #holding: readonly Int32Array[];
  /** For each of them and the plane: rules that hold all classes from there on. */
  readonly #full: readonly Int32Array[];
  /** The same: rules that are active there, and such rows seen before. */
  readonly #active: readonly Int32Array[];
  readonly #seen: readonly Rows[];
  /** Rules that say the second of both verdicts. */
  readonly #ones: Int32Array;
  readonly #plane: Plane;
  /** Classes in the order of the axes. */
  readonly #path: number[];
  readonly #budget: number;
  #steps = 0;

  constructor(
    pair: MergedPair,
    order: readonly number[],
    ones: ReadonlySet<number>,
    budget: number,
    bandWords: number,
  ) {
    this.#order = order;
    this.#depth = Math.max(0, order.length - 2);
    this.#bits = new RuleBits(pair);
    const positions = Array.from({ length: this.#depth + 1 }, (_, position) => position);
    this.#holding = order.slice(0, this.#depth).map((axis) => this.#bits.holding(axis));
    this.#full = positions.map((position) => this.#bits.holdingAll(order.slice(position)));
    this.#active = positions.map(() => new Int32Array(this.#bits.width));
    this.#seen = positions.map(() => new Rows(this.#bits.width));
    this.#ones = this.#bits.saying(ones);
    const inner = order.slice(this.#depth);
    this.#plane = new Plane(pair, inner, ones, this.#bits.widthA, bandWords);
    this.#path = order.map(() => 0);
    this.#budget = budget;
  }

  get spent(): number {
    return this.#steps * (passes * this.#bits.width + 8) + this.#plane.spent;
  }

  run(): SweepResult {
    const all = this.#active[0] as Int32Array; // one for each position
    all.set(this.#bits.holdingAll([]));
    this.#cut(all, 0);
    const outcome = this.#visit(0);
    if (outcome !== "differs") return outcome;
    const classes = this.#order.map(() => 0);
    for (const [position, axis] of this.#order.entries()) {
      classes[axis] = this.#path[position] as number;
    }
    return classes;
  }

  #visit(position: number): "equal" | "differs" | "spent" {
    const active = this.#active[position] as Int32Array; // all of these have one for each position
    if (this.#isUniform(active)) return "equal";
    const seen = this.#seen[position] as Rows;
    const known = seen.count;
    if (seen.intern(active, hashOf(active)) < known) return "equal";
    if (position === this.#depth) return this.#compare(active);
    const holding = this.#holding[position] as Int32Array; // all of these, too
    const next = this.#active[position + 1] as Int32Array; // one more than is walked
    for (let at = 0; at * active.length < holding.length; at++) {
      this.#steps++;
      if (this.spent > this.#budget) return "spent";
      const from = at * active.length;
      for (let i = 0; i < active.length; i++) {
        next[i] = (active[i] as number) & (holding[from + i] as number);
      }
      this.#cut(next, position + 1);
      this.#path[position] = at;
      const outcome = this.#visit(position + 1);
      if (outcome !== "equal") return outcome;
    }
    return "equal";
  }

  #compare(active: Int32Array): "equal" | "differs" {
    const found = this.#plane.difference(active);
    if (found === undefined) return "equal";
    for (let i = this.#depth; i < this.#path.length; i++) {
      this.#path[i] = found[i - this.#depth] as number;
    }
    return "differs";
  }

  /** Clears what comes after the first rule of either list that holds all that is left. */
  #cut(row: Int32Array, position: number): void {
    const full = this.#full[position] as Int32Array; // one for each position
    cutWithin(row, full, 0, this.#bits.widthA);
    cutWithin(row, full, this.#bits.widthA, this.#bits.width);
  }

  /** True where all active rules of both lists say the same. */
  #isUniform(row: Int32Array): boolean {
    let ones = 0;
    let others = 0;
    for (let i = 0; i < row.length; i++) {
      ones |= (row[i] as number) & (this.#ones[i] as number);
      others |= (row[i] as number) & ~(this.#ones[i] as number);
      if (ones !== 0 && others !== 0) return false;
    }
    return true;
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
