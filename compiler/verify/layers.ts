// A first-match list -> layers of rules whose order within a layer does not matter: the normal form
// of Cartier and Foata for sequences in which some neighbours may be swapped (two rules may, where
// they say the same or hold nothing in common). Lists that differ by such swaps, by rules that one
// earlier rule covers or by rules split in parts mostly have the same layers as functions, so the
// diagrams of one serve the other; and rules of a layer can be joined in the order of space, where
// diagrams stay small.
import type { AtomSet } from "./atoms.ts";
import { everything, type MergedAxis, type MergedList } from "./merged.ts";

/** Rules of each layer, first layer first; within one, in the order of the given axes. */
export function layersOf(
  axes: readonly MergedAxis[],
  order: readonly number[],
  list: MergedList,
): readonly (readonly number[])[] {
  const bounds = boundsOf(axes, order, list);
  const count = list.verdicts.length;
  const layer = new Int32Array(count);
  const layers: number[][] = [];
  for (let rule = 0; rule < count; rule++) {
    const found = rule === count - 1 ? layers.length : layerOf(bounds, list, layer, rule);
    layer[rule] = found;
    if (found === covered) continue;
    const members = layers[found];
    if (members === undefined) layers[found] = [rule];
    else members.push(rule);
  }
  return layers.map((members) => members.sort((a, b) => compareBounds(bounds, a, b)));
}

/** In place of a layer: an earlier rule holds all that this one holds. */
const covered = -1;

interface Bounds {
  /** For each rule, axis by axis in the given order: its first class and its last. */
  readonly rows: Int32Array;
  /** Words of one row. */
  readonly width: number;
  /** 1 where the rule holds every class between its bounds, on every axis. */
  readonly solid: Uint8Array;
  /** The bounds of all rules on the axis that keeps most pairs of rules apart. */
  readonly lows: Int32Array;
  readonly highs: Int32Array;
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
  let sharpest = 0;
  let leastShare = Number.POSITIVE_INFINITY;
  for (const [position, axis] of order.entries()) {
    const { classes, sets: named } = axes[axis] as MergedAxis; // an order of these axes
    let share = 0;
    for (let rule = 0; rule < count; rule++) {
      const number = sets[rule * order.length + axis] as number;
      const set = number === everything ? undefined : (named[number] as AtomSet); // a named set
      const low = set === undefined ? 0 : (set[0] as number);
      const high = (set === undefined ? classes : (set[set.length - 1] as number)) - 1;
      rows[rule * width + 2 * position] = low;
      rows[rule * width + 2 * position + 1] = high;
      share += (high - low + 1) / classes;
      if (set !== undefined && set.length > 2) solid[rule] = 0;
    }
    if (share < leastShare) {
      leastShare = share;
      sharpest = position;
    }
  }
  const column = (at: number) =>
    Int32Array.from(verdicts, (_, rule) => rows[rule * width + at] ?? 0);
  const [lows, highs] = [column(2 * sharpest), column(2 * sharpest + 1)];
  return { rows, width, solid, lows, highs };
}

/** One more than the last layer of an earlier rule that this one must stay behind. */
function layerOf(
  { rows, width, solid, lows, highs }: Bounds,
  { verdicts }: MergedList,
  layer: Int32Array,
  rule: number,
): number {
  const verdict = verdicts[rule] as number;
  const [low, high] = [lows[rule] as number, highs[rule] as number];
  const own = rule * width;
  let found = 0;
  for (let earlier = 0; earlier < rule; earlier++) {
    if ((lows[earlier] as number) > high || (highs[earlier] as number) < low) continue;
    const other = layer[earlier] as number;
    if (other === covered) continue;
    const relation = relationOf(rows, earlier * width, own, width);
    if (relation === apart) continue;
    if (relation === covers && solid[earlier] === 1) return covered;
    if (other >= found && verdicts[earlier] !== verdict) found = other + 1;
  }
  return found;
}

const apart = 0;
const meets = 1;
const covers = 2;

/** How the box of the row at `wide` lies to the one at `narrow`. */
function relationOf(rows: Int32Array, wide: number, narrow: number, width: number): number {
  let relation = covers;
  for (let at = 0; at < width; at += 2) {
    const wideLow = rows[wide + at] as number;
    const wideHigh = rows[wide + at + 1] as number;
    const narrowLow = rows[narrow + at] as number;
    const narrowHigh = rows[narrow + at + 1] as number;
    if (wideLow > narrowHigh || wideHigh < narrowLow) return apart;
    if (wideLow > narrowLow || wideHigh < narrowHigh) relation = meets;
  }
  return relation;
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
