// A seeded source of choices: the same seed, the same mutants.

export interface Chance {
  /** From 0 up to `count`, without it. */
  below(count: number): number;
  pick<Item>(list: readonly Item[]): Item | undefined;
}

/** mulberry32 */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const below = (count: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((((mixed ^ (mixed >>> 14)) >>> 0) * count) / 2 ** 32) | 0;
  };
  return { below, pick: (list) => list[below(list.length)] };
}
