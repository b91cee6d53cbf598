// A change of an account in the stand-in, with a look at its data plane after every message that reaches an interface.
import { expect } from "vitest";
import { awsDefaults } from "../../compiler/quotas.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import { applyTransition } from "../../targets/aws/apply/apply.ts";
import type { AwsPlan } from "../../targets/aws/groups.ts";
import type { Foreign } from "../../targets/aws/transition/keeps.ts";
import { namesOtherNetworks } from "../../targets/aws/transition/problems.ts";
import { transitionOf } from "../../targets/aws/transition/transition.ts";
import type { Account } from "./account.ts";
import type { Packet } from "./data-plane.ts";
import { directEc2 } from "./direct.ts";
import { picking, settle, waiting } from "./picking.ts";

export async function change(
  account: Account,
  vpcs: readonly string[],
  plan: AwsPlan,
  look: () => void,
  { seed, foreign }: { readonly seed: number; readonly foreign: Foreign },
) {
  const ec2 = directEc2(account);
  const live = await describeAccount(ec2, vpcs, { links: namesOtherNetworks(plan) });
  const transition = transitionOf(plan, live, { owner: "test", limits: awsDefaults, foreign });
  const pick = picking(seed);
  const wait = waiting(account, pick, look);
  const applied = await applyTransition(
    transition,
    { ec2, wait, progress: () => undefined },
    { owner: "test", vpcs, settle, lease: { prolong: async () => undefined } },
  );
  expect(applied).toMatchObject({ ok: true });
  return { transition, calls: ec2.calls };
}

/** What passed at a moment, packet by packet. */
export type Passed = readonly boolean[];

/** Nothing passes on the way that passes neither before nor after, and all does that passes both times. */
export function expectWithin(
  packets: readonly Packet[],
  {
    start,
    end,
    seen,
  }: { readonly start: Passed; readonly end: Passed; readonly seen: readonly Passed[] },
): void {
  for (const passed of seen) {
    for (const [at, packet] of packets.entries()) {
      const told = `${JSON.stringify(packet)} on the way`;
      if (passed[at] === true) expect(start[at] === true || end[at] === true, told).toBe(true);
      else expect(start[at] === true && end[at] === true, told).toBe(false);
    }
  }
}
