// Intersections and differences of rows, remembered per pair of row objects: thousands of rules
// meet the same few owners, delegations and label values.
import { type Bitset, difference, intersection, intersects, isSubset } from "../sets/bitset.ts";

/** An operand, or an empty row, is returned as it is where that is the answer. */
export interface RowCuts {
  readonly meet: (a: Bitset, b: Bitset) => Bitset;
  readonly cut: (a: Bitset, b: Bitset) => Bitset;
}

interface Cut {
  readonly inside: Bitset;
  readonly outside: Bitset;
}

/** Remembers for as long as the left row lives. */
export function rowCuts(): RowCuts {
  const known = new WeakMap<Bitset, Map<Bitset, Cut>>();
  const cutOf = (a: Bitset, b: Bitset): Cut => {
    let row = known.get(a);
    if (row === undefined) {
      row = new Map();
      known.set(a, row);
    }
    let cut = row.get(b);
    if (cut === undefined) {
      cut = cutRows(a, b);
      row.set(b, cut);
    }
    return cut;
  };
  return { meet: (a, b) => cutOf(a, b).inside, cut: (a, b) => cutOf(a, b).outside };
}

const noRows = new Map<number, Bitset>();

function cutRows(a: Bitset, b: Bitset): Cut {
  if (isSubset(a, b)) return { inside: a, outside: nothing(a) };
  if (!intersects(a, b)) return { inside: nothing(a), outside: a };
  return { inside: intersection(a, b), outside: difference(a, b) };
}

/** One empty row per size. */
function nothing({ size, words }: Bitset): Bitset {
  const row = noRows.get(size) ?? { size, words: new Uint32Array(words.length) };
  noRows.set(size, row);
  return row;
}
