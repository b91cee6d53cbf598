// A first-match list -> layers of rules whose order within a layer does not matter: the normal form
// of Cartier and Foata for sequences in which some neighbours may be swapped (two rules may, where
// they say the same or hold nothing in common). Lists that differ by such swaps, by rules that one
// earlier rule covers or by rules split in parts mostly have the same layers as functions, so the
// diagrams of one serve the other; and rules of a layer can be joined in the order of space, where
// diagrams stay small.
import type { AtomSet } from "./atoms.ts";
import { everything, type MergedAxis, type MergedList } from "./merged.ts";

/** Rules of each layer, first layer first, in the order of the given axes. */
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

/** For each axis in order: the first and last class of each rule, and whether all between are in. */
interface Bounds {
  readonly lows: readonly Int32Array[];
  readonly highs: readonly Int32Array[];
  /** 1 where the rule holds every class between its bounds, on every axis. */
  readonly solid: Uint8Array;
}

function boundsOf(
  axes: readonly MergedAxis[],
  order: readonly number[],
  { verdicts, sets }: MergedList,
): Bounds {
  const count = verdicts.length;
  const solid = new Uint8Array(count).fill(1);
  const lows = order.map(() => new Int32Array(count));
  const highs = order.map(() => new Int32Array(count));
  for (const [position, axis] of order.entries()) {
    const { classes, sets: named } = axes[axis] as MergedAxis; // an order of these axes
    const low = lows[position] as Int32Array; // one for each position
    const high = highs[position] as Int32Array;
    for (let rule = 0; rule < count; rule++) {
      const number = sets[rule * order.length + axis] as number;
      const set = number === everything ? undefined : (named[number] as AtomSet); // a named set
      low[rule] = set === undefined ? 0 : (set[0] as number);
      high[rule] = (set === undefined ? classes : (set[set.length - 1] as number)) - 1;
      if (set !== undefined && set.length > 2) solid[rule] = 0;
    }
  }
  return { lows, highs, solid };
}

/** One more than the last layer of an earlier rule that this one must stay behind. */
function layerOf(
  { lows, highs, solid }: Bounds,
  { verdicts }: MergedList,
  layer: Int32Array,
  rule: number,
): number {
  const verdict = verdicts[rule] as number;
  const width = lows.length;
  const firstLow = lows[0];
  const firstHigh = highs[0];
  if (firstLow === undefined || firstHigh === undefined) return 0;
  const low = firstLow[rule] as number;
  const high = firstHigh[rule] as number;
  let found = 0;
  for (let earlier = 0; earlier < rule; earlier++) {
    if ((firstLow[earlier] as number) > high || (firstHigh[earlier] as number) < low) continue;
    const other = layer[earlier] as number;
    if (other === covered) continue;
    let meets = true;
    let covers = solid[earlier] === 1;
    for (let axis = 0; axis < width && meets; axis++) {
      const [otherLow, otherHigh] = [
        lows[axis]?.[earlier] as number,
        highs[axis]?.[earlier] as number,
      ];
      const [ownLow, ownHigh] = [lows[axis]?.[rule] as number, highs[axis]?.[rule] as number];
      meets = otherLow <= ownHigh && otherHigh >= ownLow;
      covers &&= otherLow <= ownLow && otherHigh >= ownHigh;
    }
    if (!meets) continue;
    if (covers) return covered;
    if (other >= found && verdicts[earlier] !== verdict) found = other + 1;
  }
  return found;
}

function compareBounds({ lows, highs }: Bounds, a: number, b: number): number {
  for (let axis = 0; axis < lows.length; axis++) {
    const low = (lows[axis]?.[a] as number) - (lows[axis]?.[b] as number);
    if (low !== 0) return low;
    const high = (highs[axis]?.[b] as number) - (highs[axis]?.[a] as number);
    if (high !== 0) return high;
  }
  return a - b;
}
