// Choices that look random and are not: the same input gives the same cover.

/** A whole number from 0 up to, but not including, `below`. */
export type Chance = (below: number) => number;

/** A linear congruence (Numerical Recipes, "quick and dirty generators"). */
export function seededChance(seed: number): Chance {
  let state = Math.imul(seed + 1, 2654435761) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
