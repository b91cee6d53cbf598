// Most segments are small in a large estate, so loops that run for every rule visit only the words
// of a row that hold a bit.
import type { Bitset } from "../sets/bitset.ts";
import { remembered } from "./remembered.ts";

/** Indices of the words that are not zero, ascending. */
export const inhabitedWords = remembered((set: Bitset): readonly number[] => {
  const indices: number[] = [];
  for (let i = 0; i < set.words.length; i++) if (set.words[i] !== 0) indices.push(i);
  return indices;
});

/** Whether the two have a member in common; quick where the first is small and asked often. */
export function meetsSparse(small: Bitset, other: Bitset): boolean {
  return inhabitedWords(small).some(
    (i) => ((small.words[i] as number) & (other.words[i] as number)) !== 0,
  );
}

/** Whether every member of the first is one of the second; quick where the first is small. */
export function isSparseSubset(small: Bitset, other: Bitset): boolean {
  return inhabitedWords(small).every(
    (i) => ((small.words[i] as number) & ~(other.words[i] as number)) === 0,
  );
}
