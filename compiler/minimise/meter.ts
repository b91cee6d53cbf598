// How much may still be done. Work is counted in steps of about one word operation, and the clock is
// looked at once in many steps, so that a run which ends in time does not depend on it.

export interface Meter {
  /** Notes work that is about to be done or has been done. */
  readonly spend: (steps: number) => void;
  readonly isSpent: () => boolean;
}

const stepsPerLook = 250_000;
/** What stands for a millisecond where there is no clock. */
const stepsPerMs = 500_000;

export function meterOf(budgetMs: number, now: (() => number) | undefined): Meter {
  if (now === undefined) return limited(boundless, budgetMs * stepsPerMs);
  const end = now() + budgetMs;
  let sinceLook = 0;
  let isSpent = budgetMs <= 0;
  const spend = (steps: number) => {
    sinceLook += steps;
    if (sinceLook < stepsPerLook) return;
    sinceLook = 0;
    isSpent ||= now() >= end;
  };
  return { spend, isSpent: () => isSpent };
}

/** Part of a budget: ends after so many steps, or with the whole. */
export function limited(whole: Meter, steps: number): Meter {
  let left = steps;
  const spend = (used: number) => {
    left -= used;
    whole.spend(used);
  };
  return { spend, isSpent: () => left <= 0 || whole.isSpent() };
}

const boundless: Meter = { spend: () => undefined, isSpent: () => false };
