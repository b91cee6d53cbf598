import type { Account } from "./account.ts";

/** Seconds after which everything has arrived. */
export const settle = 15;

/** Waits in which messages arrive, some of them or, where the wait is long enough, all. */
export const waiting =
  (account: Account, pick: (count: number) => number, look: () => void) =>
  async (seconds: number): Promise<void> => {
    const most = seconds >= settle ? Number.POSITIVE_INFINITY : seconds * 3;
    for (let arrived = 0; arrived < most && account.dataPlane.pending > 0; arrived++) {
      account.dataPlane.deliver(pick);
      look();
    }
  };

/** A choice among so many, the same for the same seed every time. */
export function picking(seed: number): (count: number) => number {
  let state = seed + 1;
  return (count) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}
