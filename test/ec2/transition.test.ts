// Old policies to new ones in the stand-in, whose data plane is looked at after every message that reaches an
// interface: nothing passes that neither policy allows, and nothing is refused that both do.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { awsDefaults } from "../../compiler/quotas.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import { applyTransition } from "../../targets/aws/apply/apply.ts";
import { isProved, transitionOf } from "../../targets/aws/transition/transition.ts";
import { Account } from "./account.ts";
import { directEc2 } from "./direct.ts";
import { launchGroup, type Machine, packetsOf, place, planFor, policyOf, roles } from "./fleet.ts";

const ports = [22, 80, 443];
const side = fc.constantFrom(...roles, "outside", "networks { 198.51.100.0/24 }", "anywhere");
const rule = fc
  .tuple(side, fc.constantFrom(...roles, "networks { 203.0.113.0/24 }"), fc.constantFrom(...ports))
  .filter(([from, to]) => roles.some((role) => role === from || role === to));
const policy = fc
  .array(rule, { minLength: 1, maxLength: 5 })
  .map((rules) =>
    policyOf(rules.map(([from, to, port], at) => `allow r${at} = ${from} -> ${to} : tcp/${port}`)),
  );
const role = fc.constantFrom(...roles);
const fleet = fc.array(fc.tuple(role, role, fc.boolean()), { minLength: 2, maxLength: 5 });

const machinesOf = (rolesOf: readonly (readonly [string, boolean])[]): readonly Machine[] =>
  rolesOf.map(([own, isDual], at) => ({
    role: own,
    addresses: [`10.0.0.${at + 1}`, ...(isDual ? [`fd00::${at + 1}`] : [])],
  }));

/** A deterministic choice among the messages on their way. */
function picking(seed: number) {
  let state = seed + 1;
  return (count: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}

async function change(
  account: Account,
  vpc: string,
  plan: ReturnType<typeof planFor>,
  look: () => void,
  seed: number,
) {
  const ec2 = directEc2(account);
  const live = await describeAccount(ec2, [vpc]);
  const transition = transitionOf(plan, live, { owner: "test", limits: awsDefaults });
  const pick = picking(seed);
  const wait = async () => {
    while (account.dataPlane.pending > 0) {
      account.dataPlane.deliver(pick);
      look();
    }
  };
  const applied = await applyTransition(
    transition,
    { ec2, wait, progress: () => undefined },
    { owner: "test", vpcs: [vpc], settle: 1, lease: { prolong: async () => undefined } },
  );
  expect(applied).toMatchObject({ ok: true });
  return { transition, calls: ec2.calls };
}

describe("a change of policy", () => {
  it("opens and closes nothing on the way that it must not", { timeout: 600_000 }, async () => {
    let proved = 0;
    let all = 0;
    let moments = 0;
    const ways = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fleet,
        policy,
        policy,
        fc.integer({ min: 0, max: 1000 }),
        fc.boolean(),
        async (hosts, first, second, seed, isByHand) => {
          const account = new Account();
          const vpc = account.createVpc();
          const machines = machinesOf(hosts.map(([own, , dual]) => [own, dual]));
          const before = place(
            account,
            vpc,
            machines,
            isByHand ? [launchGroup(account, vpc)] : undefined,
          );
          const after = before.map((host, at) => ({ ...host, role: hosts[at]?.[1] ?? host.role }));
          const packets = packetsOf(before, ports);
          account.dataPlane.settle();
          const snapshot = () => packets.map((packet) => account.dataPlane.passes(packet));
          for (const [list, text] of [
            [before, first],
            [after, second],
          ] as const) {
            const start = snapshot();
            const seen: boolean[][] = [];
            const { transition } = await change(
              account,
              vpc,
              planFor(vpc, list, text),
              () => seen.push(snapshot()),
              seed,
            );
            const end = snapshot();
            all++;
            ways.set(transition.way, (ways.get(transition.way) ?? 0) + 1);
            if (!isProved(transition))
              console.log(
                text,
                JSON.stringify(list.map((h) => h.role)),
                transition.excess.length,
                transition.gaps.length,
                transition.overruns,
              );
            moments += seen.length;
            if (!isProved(transition)) continue;
            proved++;
            for (const passed of seen) {
              for (const [at, packet] of packets.entries()) {
                const told = `${JSON.stringify(packet)} on the way`;
                if (passed[at] === true)
                  expect(start[at] === true || end[at] === true, told).toBe(true);
                else expect(start[at] === true && end[at] === true, told).toBe(false);
              }
            }
          }
        },
      ),
      { numRuns: process.env.SEGC_FULL === undefined ? 25 : 400, seed: 20261127 },
    );
    console.log(`${proved} of ${all} proved, ${moments} moments`, ways);
    expect(proved / all).toBeGreaterThan(0.9);
  });
});
