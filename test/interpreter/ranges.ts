// Inclusive ranges of numbers, and lists of them.

export interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

export const range = (low: bigint | number, high: bigint | number = low): Range => ({
  low: BigInt(low),
  high: BigInt(high),
});

export const overlap = (a: Range, b: Range): boolean => a.low <= b.high && b.low <= a.high;
export const sameRange = (a: Range, b: Range): boolean => a.low === b.low && a.high === b.high;

/** Sorted, disjoint, neighbours joined. */
export function union(list: readonly Range[]): readonly Range[] {
  const sorted = [...list].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  const joined: Range[] = [];
  for (const each of sorted) {
    const last = joined.at(-1);
    if (last === undefined || each.low > last.high + 1n) joined.push(each);
    else if (each.high > last.high) joined[joined.length - 1] = range(last.low, each.high);
  }
  return joined;
}

/** Whether a sorted, disjoint list holds a value. */
export function holds(list: readonly Range[], value: bigint): boolean {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const each = list[middle];
    if (each === undefined || value < each.low) to = middle;
    else if (value > each.high) from = middle + 1;
    else return true;
  }
  return false;
}
