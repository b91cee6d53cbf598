// Intersections and differences of rows, remembered per pair of row objects: thousands of rules
// meet the same few owners, delegations and label values.
import {
  type Bitset,
  difference,
  emptyBitset,
  intersection,
  intersects,
  isSubset,
} from "../sets/bitset.ts";

/** An operand, or an empty row, is returned as it is where that is the answer. */
export interface RowCuts {
  readonly meet: (a: Bitset, b: Bitset) => Bitset;
  readonly cut: (a: Bitset, b: Bitset) => Bitset;
}

/** Remembers for as long as the left row lives. */
export function rowCuts(): RowCuts {
  const nothing = emptyRows();
  return {
    meet: rememberedPairs((a, b) => {
      if (isSubset(a, b)) return a;
      return intersects(a, b) ? intersection(a, b) : nothing(a);
    }),
    cut: rememberedPairs((a, b) => {
      if (isSubset(a, b)) return nothing(a);
      return intersects(a, b) ? difference(a, b) : a;
    }),
  };
}

function rememberedPairs(compute: RowCuts["meet"]): RowCuts["meet"] {
  const known = new WeakMap<Bitset, Map<Bitset, Bitset>>();
  return (a, b) => {
    let answers = known.get(a);
    if (answers === undefined) {
      answers = new Map();
      known.set(a, answers);
    }
    let answer = answers.get(b);
    if (answer === undefined) {
      answer = compute(a, b);
      answers.set(b, answer);
    }
    return answer;
  };
}

/** One empty row per size. */
function emptyRows(): (like: Bitset) => Bitset {
  const known = new Map<number, Bitset>();
  return ({ size }) => {
    const row = known.get(size) ?? emptyBitset(size);
    known.set(size, row);
    return row;
  };
}
