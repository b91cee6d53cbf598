// Many rows of bits -> which of them hold a member, or meet another row: words of all rows stand together
// by place, so that only rows with something nearby are looked at.
import type { Bitset } from "../../compiler/sets/bitset.ts";

export interface RowLookup {
  /** The indexes of the rows that hold a member, ascending. */
  readonly holding: (member: number) => readonly number[];
  /** The indexes of the rows that share a member with a row, ascending. */
  readonly meeting: (row: Bitset) => readonly number[];
}

/** Looks members up in these rows. */
export function rowLookup(rows: readonly Bitset[]): RowLookup {
  const size = rows.reduce((most, row) => Math.max(most, row.size), 0);
  const starts = new Uint32Array(((size + 31) >>> 5) + 1);
  for (const { places } of rows) {
    for (const place of places) starts[place + 1] = (starts[place + 1] as number) + 1;
  }
  for (let place = 1; place < starts.length; place++) {
    starts[place] = (starts[place] as number) + (starts[place - 1] as number);
  }
  const next = starts.slice();
  const total = starts.at(-1) ?? 0;
  const rowAt = new Uint32Array(total);
  const wordAt = new Uint32Array(total);
  for (const [row, { places, words }] of rows.entries()) {
    for (let index = 0; index < places.length; index++) {
      const place = places[index] as number;
      const at = next[place] as number;
      next[place] = at + 1;
      rowAt[at] = row;
      wordAt[at] = words[index] as number;
    }
  }
  return {
    holding: (member) => {
      const place = member >>> 5;
      const found: number[] = [];
      for (let at = starts[place] as number; at < (starts[place + 1] as number); at++) {
        if ((((wordAt[at] as number) >>> (member & 31)) & 1) === 1) found.push(rowAt[at] as number);
      }
      return found;
    },
    meeting: ({ places, words }) => {
      const meets = new Uint8Array(rows.length);
      for (let index = 0; index < places.length; index++) {
        const place = places[index] as number;
        const word = words[index] as number;
        for (let at = starts[place] as number; at < (starts[place + 1] as number); at++) {
          if (((wordAt[at] as number) & word) !== 0) meets[rowAt[at] as number] = 1;
        }
      }
      return [...meets.keys()].filter((row) => meets[row] === 1);
    },
  };
}
