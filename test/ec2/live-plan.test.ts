// What is live, proved as an artefact is: a second witness for a drift that finds nothing.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile, verify } from "../../index.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import { renderAws } from "../../targets/aws/render.ts";
import { driftOf } from "../../targets/aws/transition/drift.ts";
import { livePlan } from "../../targets/aws/transition/live-plan.ts";
import { namesOtherNetworks } from "../../targets/aws/transition/problems.ts";
import { segc } from "../cli/run-segc.ts";
import { Account } from "./account.ts";
import { change } from "./changing.ts";
import { directEc2 } from "./direct.ts";
import { filesFor, type Placed, place, planFor, today } from "./fleet.ts";
import { fleet, machinesOf, partners, policy } from "./generators.ts";
import { drift, planAndApply, world } from "./world.ts";

const owner = "test";

async function problemsIn(account: Account, vpc: string, hosts: readonly Placed[], text: string) {
  const files = filesFor(vpc, hosts, text);
  const { checked, compiled } = compile(files, { now: today, targets: ["aws"] });
  const path = compiled?.artefacts[0]?.files[0]?.path ?? "";
  if (compiled === undefined) throw new Error("nothing compiled");
  const plan = planFor(vpc, hosts, text);
  const asked = { links: namesOtherNetworks(plan) };
  const live = await describeAccount(directEc2(account), [vpc], asked);
  const found = livePlan(plan, live, owner);
  if (found === undefined) throw new Error("not known");
  const [file] = renderAws(found);
  const texts = new Map([[path, file?.text ?? ""]]);
  return {
    drifts: driftOf(plan, live, { owner, foreign: "exclusive" }),
    proof: verify(checked, compiled.manifest, texts, { now: today }).findings,
  };
}

describe("what is live", () => {
  it("is proved after an apply, and not when a rule came or went since", async () => {
    let noticed = 0;
    await fc.assert(
      fc.asyncProperty(
        fleet,
        policy,
        fc.array(partners, { maxLength: 1 }),
        fc.nat(),
        async (hosts, own, [listed = ""], nth) => {
          const account = new Account();
          const vpc = account.createVpc();
          const machines = machinesOf(hosts.map(([role, , dual]) => [role, dual]));
          const placed = place(account, vpc, machines);
          const text = `${own}${listed}`;
          const plan = planFor(vpc, placed, text);
          await change(account, [vpc], plan, () => undefined, { seed: 1, foreign: "exclusive" });
          const after = await problemsIn(account, vpc, placed, text);
          expect(after).toEqual({ drifts: [], proof: [] });
          const lists = [...account.groups.values()]
            .filter(({ tags }) => tags.has("segc:group"))
            .flatMap(({ ingress, egress }) => [ingress, egress]);
          const list = lists[nth % lists.length];
          const [key] = [...(list?.keys() ?? [])];
          const rule = {
            id: "sgr-1",
            protocol: "tcp",
            from: 9,
            to: 9,
            peer: { kind: "cidr", family: 4, text: "0.0.0.0/0" },
            description: "",
          } as const;
          if (key === undefined) list?.set("by hand", rule);
          else list?.delete(key);
          const { drifts, proof } = await problemsIn(account, vpc, placed, text);
          expect(drifts.length).toBeGreaterThan(0);
          // A rule of a group that nobody carries, or that others have too, changes no flow.
          const isFlow = drifts.some(({ kind }) => kind !== "other");
          if (isFlow) expect(proof.length).toBeGreaterThan(0);
          noticed += Number(proof.length > 0);
        },
      ),
      { numRuns: process.env.SEGC_FULL === undefined ? 25 : 300, seed: 20261128 },
    );
    expect(noticed).toBeGreaterThan(10);
  });

  it("is said to be proved by `segc drift`", async () => {
    const shop = await world();
    await planAndApply(shop);
    const { status, out } = await segc(shop.folder, drift);
    expect({ status, out }).toEqual({
      status: 0,
      out: expect.stringMatching(/^ok: vpc-\S+ holds what the policy says, as of \S+, proved of/),
    });
  });
});
