// A first-match list -> layers of rules whose order within a layer does not matter: the normal form
// of Cartier and Foata for sequences in which some neighbours may be swapped (two rules may, where
// they say the same or hold nothing in common). Lists that differ by such swaps, by rules that one
// earlier rule covers or by rules split in parts mostly have the same layers as functions, so the
// diagrams of one serve the other; and rules of a layer can be joined in the order of space, where
// diagrams stay small.
import type { AtomSet } from "./atoms.ts";
import { everything, type MergedAxis, type MergedList } from "./merged.ts";

/** Keeps the rows of a block within some megabytes. */
const blockSize = 8192;

/** In place of a layer: an earlier rule holds all that this one holds. */
export const covered = -1;

/** What is known of a list before layers are chosen. Its last rule, which holds all, has none. */
export class Layering {
  readonly count: number;
  readonly #bounds: Bounds;
  readonly #verdicts: Int32Array;
  readonly #blocks: readonly Block[];

  constructor(
    axes: readonly MergedAxis[],
    order: readonly number[],
    list: MergedList,
    size = blockSize,
  ) {
    this.count = list.verdicts.length - 1;
    this.#bounds = boundsOf(axes, order, list);
    this.#verdicts = list.verdicts;
    const blocks: Block[] = [];
    for (let start = 0; start < this.count; start += size) {
      blocks.push(new Block(axes, list, start, Math.min(this.count, start + size)));
    }
    this.#blocks = blocks;
  }

  /** The first layer possible for each rule that is not before the one given; or `covered`. */
  assign(least: Int32Array): Int32Array {
    const layer = least.slice();
    for (const block of this.#blocks) {
      for (let rule = block.start; rule < this.count; rule++) {
        raise(block, this.#bounds, this.#verdicts, layer, rule);
      }
    }
    return layer;
  }

  /** Rules of each layer up to `depth`, in the order of space; the last rule alone behind them. */
  group(layer: Int32Array, depth: number): readonly (readonly number[])[] {
    const layers = Array.from({ length: depth }, (): number[] => []);
    for (let rule = 0; rule < this.count; rule++) {
      if (layer[rule] !== covered) layers[layer[rule] as number]?.push(rule);
    }
    for (const members of layers) members.sort((a, b) => compareBounds(this.#bounds, a, b));
    return [...layers, [this.count]];
  }

  /** Whether one rule certainly holds all that a rule of another list holds. */
  covers(wide: number, other: Layering, narrow: number): boolean {
    const { rows, width, solid } = this.#bounds;
    const narrowRows = other.#bounds.rows;
    return solid[wide] === 1 && covers(rows, wide * width, narrowRows, narrow * width, width);
  }
}

/** Puts a rule behind the rules of a block that it must stay behind; earlier blocks are done. */
function raise(
  block: Block,
  { rows, width, solid }: Bounds,
  verdicts: Int32Array,
  layer: Int32Array,
  rule: number,
): void {
  if (layer[rule] === covered) return;
  const meeting = block.meeting(rule);
  for (let word = 0; word < meeting.length; word++) {
    for (let bits = meeting[word] as number; bits !== 0; bits &= bits - 1) {
      const earlier = block.start + word * 32 + 31 - Math.clz32(bits & -bits);
      const other = layer[earlier] as number;
      if (other === covered) continue;
      if (solid[earlier] === 1 && covers(rows, earlier * width, rows, rule * width, width)) {
        layer[rule] = covered;
        return;
      }
      if (other >= (layer[rule] as number) && verdicts[earlier] !== verdicts[rule]) {
        layer[rule] = other + 1;
      }
    }
  }
}

/** Some rules that follow each other, as bits: which of them hold a class, or meet a rule. */
class Block {
  readonly start: number;
  readonly #end: number;
  readonly #axes: readonly MergedAxis[];
  readonly #sets: Int32Array;
  readonly #words: number;
  /** For each axis: rules that hold each class, one row after another. */
  readonly #holding: readonly Int32Array[];
  /** For each axis, by set: rules that hold one of its classes. */
  readonly #meetingSet: readonly (Int32Array | undefined)[][];
  readonly #result: Int32Array;

  constructor(axes: readonly MergedAxis[], { sets }: MergedList, start: number, end: number) {
    this.start = start;
    this.#end = end;
    this.#axes = axes;
    this.#sets = sets;
    this.#words = (end - start + 31) >>> 5;
    this.#holding = axes.map((_, axis) => this.#rowsOf(axis));
    this.#meetingSet = axes.map(({ sets: named }) => new Array(named.length));
    this.#result = new Int32Array(this.#words);
  }

  /** The rules of the block before `rule` that hold something that it holds. Read it at once. */
  meeting(rule: number): Int32Array {
    const before = Math.min(rule, this.#end) - this.start;
    const words = (before + 31) >>> 5;
    const result = this.#result.subarray(0, words).fill(-1);
    if ((before & 31) !== 0) result[words - 1] = (1 << (before & 31)) - 1;
    for (let axis = 0; axis < this.#axes.length; axis++) {
      const number = this.#sets[rule * this.#axes.length + axis] as number;
      if (number === everything) continue;
      const row = this.#meeting(axis, number);
      for (let word = 0; word < words; word++) {
        result[word] = (result[word] as number) & (row[word] as number);
      }
    }
    return result;
  }

  #meeting(axis: number, number: number): Int32Array {
    const bySet = this.#meetingSet[axis] ?? [];
    const known = bySet[number];
    if (known !== undefined) return known;
    const row = new Int32Array(this.#words);
    const holding = this.#holding[axis] as Int32Array; // one for each axis
    const runs = this.#axes[axis]?.sets[number] as AtomSet; // a named set
    for (let i = 0; i < runs.length; i += 2) {
      for (let at = runs[i] as number; at < (runs[i + 1] as number); at++) {
        const from = at * this.#words;
        for (let word = 0; word < this.#words; word++) {
          row[word] = (row[word] as number) | (holding[from + word] as number);
        }
      }
    }
    bySet[number] = row;
    return row;
  }

  #rowsOf(axis: number): Int32Array {
    const { classes, sets: named } = this.#axes[axis] as MergedAxis; // one of these axes
    const whole = Int32Array.of(0, classes);
    const rows = new Int32Array(classes * this.#words);
    for (let rule = this.start; rule < this.#end; rule++) {
      const number = this.#sets[rule * this.#axes.length + axis] as number;
      const runs = number === everything ? whole : (named[number] as AtomSet); // a named set
      const word = (rule - this.start) >>> 5;
      const bit = 1 << ((rule - this.start) & 31);
      for (let i = 0; i < runs.length; i += 2) {
        for (let at = runs[i] as number; at < (runs[i + 1] as number); at++) {
          const place = at * this.#words + word;
          rows[place] = (rows[place] as number) | bit;
        }
      }
    }
    return rows;
  }
}

interface Bounds {
  /** For each rule, axis by axis in the given order: its first class and its last. */
  readonly rows: Int32Array;
  /** Words of one row. */
  readonly width: number;
  /** 1 where the rule holds every class between its bounds, on every axis. */
  readonly solid: Uint8Array;
}

function boundsOf(
  axes: readonly MergedAxis[],
  order: readonly number[],
  { verdicts, sets }: MergedList,
): Bounds {
  const count = verdicts.length;
  const width = 2 * order.length;
  const rows = new Int32Array(count * width);
  const solid = new Uint8Array(count).fill(1);
  for (const [position, axis] of order.entries()) {
    const { classes, sets: named } = axes[axis] as MergedAxis; // an order of these axes
    for (let rule = 0; rule < count; rule++) {
      const number = sets[rule * order.length + axis] as number;
      const set = number === everything ? undefined : (named[number] as AtomSet); // a named set
      const at = rule * width + 2 * position;
      rows[at] = set === undefined ? 0 : (set[0] as number);
      rows[at + 1] = (set === undefined ? classes : (set[set.length - 1] as number)) - 1;
      if (set !== undefined && set.length > 2) solid[rule] = 0;
    }
  }
  return { rows, width, solid };
}

/** Whether the bounds in the row of `rows` at `wide` enclose those of `others` at `narrow`. */
function covers(
  rows: Int32Array,
  wide: number,
  others: Int32Array,
  narrow: number,
  width: number,
): boolean {
  for (let at = 0; at < width; at += 2) {
    if ((rows[wide + at] as number) > (others[narrow + at] as number)) return false;
    if ((rows[wide + at + 1] as number) < (others[narrow + at + 1] as number)) return false;
  }
  return true;
}

function compareBounds({ rows, width }: Bounds, a: number, b: number): number {
  for (let at = 0; at < width; at += 2) {
    const low = (rows[a * width + at] as number) - (rows[b * width + at] as number);
    if (low !== 0) return low;
    const high = (rows[b * width + at + 1] as number) - (rows[a * width + at + 1] as number);
    if (high !== 0) return high;
  }
  return a - b;
}
