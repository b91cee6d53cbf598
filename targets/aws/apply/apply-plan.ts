// A transition under a lease: taken first, given back when all is done, and let run out at once when something
// went wrong, so that the next apply of the same plan may go on.
import type { Transition } from "../transition/transition.ts";
import { type Applied, type ApplyHost, applyTransition } from "./apply.ts";
import { type LeaseClock, takeLease } from "./lease.ts";

export interface PlanOptions {
  readonly owner: string;
  readonly vpcs: readonly string[];
  readonly settle: number;
  /** Who applies, for people who find the lease. */
  readonly holder: string;
  /** Digest of the plan. */
  readonly plan: string;
  readonly clock: LeaseClock;
}

/** @throws Ec2Error, LeaseTaken, UnreadableAnswer, Interrupted */
export async function applyPlan(
  transition: Pick<Transition, "phases" | "states">,
  host: ApplyHost,
  { owner, vpcs, settle, holder, plan, clock }: PlanOptions,
): Promise<Applied> {
  const lease = await takeLease(host.ec2, vpcs, { holder, plan }, clock);
  let isDone = false;
  try {
    if (lease.isAfterStop) await host.wait(settle);
    const applied = await applyTransition(transition, host, { owner, vpcs, settle, lease });
    isDone = applied.ok;
    return applied;
  } finally {
    // What went wrong first is what is to be told; a lease that cannot be ended runs out by itself.
    if (isDone) await lease.release();
    else await lease.lapse().catch(() => undefined);
  }
}
