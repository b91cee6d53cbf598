// Old policies to new ones in the stand-in, whose data plane is looked at after every message that reaches an
// interface: nothing passes that neither policy allows, and nothing is refused that both do.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NetworkLinks } from "../../compiler/plan/network-links.ts";
import type { AwsPlan } from "../../targets/aws/groups.ts";
import type { Foreign } from "../../targets/aws/transition/keeps.ts";
import { namesOtherNetworks } from "../../targets/aws/transition/problems.ts";
import { isProved } from "../../targets/aws/transition/transition.ts";
import { Account } from "./account.ts";
import { change, expectWithin } from "./changing.ts";
import { launchGroup, packetsOf, place, planFor, somePartners } from "./fleet.ts";
import { fleet, machinesOf, partners, policy, ports } from "./generators.ts";

/** A group of others that opens ssh to the machines of the networks; a new group lets everything out. */
function sshGroup(account: Account, VpcId: string): string {
  const { id } = account.createGroup({ GroupName: "ssh", GroupDescription: "x", VpcId });
  const IpRanges = { "1": { CidrIp: "10.0.0.0/8" } };
  const permission = { IpProtocol: "tcp", FromPort: "22", ToPort: "22", IpRanges };
  account.authorize({ GroupId: id, IpPermissions: { "1": permission } }, "ingress");
  return id;
}

/** As the account has it, and as segc.yaml says it. */
function joined(account: Account, vpcs: readonly string[], how: string): NetworkLinks {
  const [one = "", other = ""] = vpcs;
  if (how === "peered") account.peer(one, other);
  if (how === "routed") account.createTransitGateway(vpcs);
  return {
    peerings: how === "peered" ? [vpcs] : [],
    transitGateways: how === "routed" ? [vpcs] : [],
  };
}

describe("a change of policy", () => {
  it("opens and closes nothing on the way that it must not", { timeout: 600_000 }, async () => {
    let proved = 0;
    let all = 0;
    let moments = 0;
    let across = 0;
    let lists = 0;
    const counting = (plan: AwsPlan) => {
      across += Number(namesOtherNetworks(plan));
      lists += plan.lists.length;
      return plan;
    };
    const ways = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fleet,
        policy,
        policy,
        fc.integer({ min: 0, max: 1000 }),
        fc.constantFrom("default", "launch", "kept"),
        fc.constantFrom("one", "apart", "peered", "routed"),
        fc.array(fc.tuple(partners, partners), { maxLength: 1 }),
        async (hosts, own, then, seed, opening, networks, listed) => {
          const [[some, others] = ["", ""]] = listed;
          const [first, second] = [`${own}${some}`, `${then}${others}`];
          const account = new Account();
          const vpcs = Array.from({ length: networks === "one" ? 1 : 2 }, () =>
            account.createVpc(),
          );
          const links = joined(account, vpcs, networks);
          const [vpc = ""] = vpcs;
          const foreigners = new Map(vpcs.map((one) => [one, sshGroup(account, one)]));
          const ofOthers = (one: string) => foreigners.get(one) ?? "";
          const machines = machinesOf(hosts.map(([own, , dual]) => [own, dual]));
          const launch = new Map(vpcs.map((one) => [one, launchGroup(account, one)]));
          const groupsIn = {
            default: undefined,
            launch: (one: string) => [launch.get(one) ?? ""],
            kept: (one: string) => [ofOthers(one)],
          };
          const before = place(account, vpcs, machines, groupsIn[opening]);
          const foreign: Foreign =
            opening === "kept" ? { accepted: [...foreigners.values()] } : "exclusive";
          const after = before.map((host, at) => ({ ...host, role: hosts[at]?.[1] ?? host.role }));
          const packets = packetsOf(before, ports, listed.length === 0 ? [] : somePartners);
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
              vpcs,
              counting(planFor(vpc, list, text, links)),
              () => seen.push(snapshot()),
              { seed, foreign },
            );
            if (opening === "kept") {
              const own = [...account.interfaces.values()];
              expect(own.every(({ groups, vpc: at }) => groups.includes(ofOthers(at)))).toBe(true);
            }
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
            expectWithin(packets, { start, end, seen });
          }
        },
      ),
      { numRuns: process.env.SEGC_FULL === undefined ? 25 : 400, seed: 20261127 },
    );
    console.log(
      `${proved} of ${all} proved, ${moments} moments, ${across} across, ${lists} lists`,
      ways,
    );
    expect(Math.min(across, lists)).toBeGreaterThan(0);
    expect(proved / all).toBeGreaterThan(0.9);
  });
});
