// A transition under a lease: taken first, given back when all is done, and let run out at once when something
// went wrong, so that the next apply of the same plan may go on.
import type { LiveAccount } from "../account/account.ts";
import { describeNetworks } from "../account/describe.ts";
import type { Ec2 } from "../account/ec2.ts";
import { describeLinks, namesAcross } from "../account/links.ts";
import type { Transition } from "../transition/transition.ts";
import { type Applied, type ApplyHost, applyTransition, Interrupted } from "./apply.ts";
import { linksDigest, networksDigest } from "./digest.ts";
import { type HeldLease, type LeaseClock, takeLease } from "./lease.ts";

export interface PlanOptions {
  readonly owner: string;
  readonly vpcs: readonly string[];
  readonly settle: number;
  /** What the transition was worked out from. */
  readonly live: LiveAccount;
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
  { owner, vpcs, settle, live, holder, plan, clock }: PlanOptions,
): Promise<Applied> {
  const lease = await takeLease(host.ec2, vpcs, { holder, plan }, clock);
  let isDone = false;
  try {
    const waiting = { ...host, wait: patiently(host, lease) };
    if (lease.isAfterStop) await waiting.wait(settle);
    // Between reading and having the lease somebody may have applied something else.
    const isSame =
      networksDigest(await describeNetworks(host.ec2, vpcs)) === networksDigest(live) &&
      (await sameLinks(host.ec2, vpcs, live));
    if (!isSame) {
      return { ok: false, phase: undefined, differences: [] };
    }
    const applied = await applyTransition(transition, waiting, { owner, vpcs, settle, lease });
    isDone = applied.ok;
    return applied;
  } finally {
    // What went wrong first is what is to be told; a lease that cannot be ended runs out by itself.
    if (isDone) await lease.release();
    else await lease.lapse().catch(() => undefined);
  }
}

/** Where they matter: else nobody asked for them before. */
async function sameLinks(ec2: Ec2, vpcs: readonly string[], live: LiveAccount) {
  const { links } = live;
  const isNone = links.peerings.length + links.transitGateways.length === 0;
  if (isNone && !namesAcross(live)) return true;
  return linksDigest(await describeLinks(ec2, vpcs)) === linksDigest(links);
}

/** Seconds after which the lease is looked at while nothing else happens. */
const slice = 20;

/** A wait that is cut short was none: what comes after it relies on all of it. */
function patiently({ wait, isInterrupted }: ApplyHost, lease: HeldLease): ApplyHost["wait"] {
  return async (seconds) => {
    for (let left = seconds; left > 0; left -= slice) {
      await wait(Math.min(left, slice));
      if (isInterrupted?.() === true) throw new Interrupted();
      await lease.prolong();
    }
  };
}
