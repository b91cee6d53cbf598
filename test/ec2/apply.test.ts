// The executor beside others: a lease that holds, an account that changes, an end that is cut short.
import { describe, expect, it } from "vitest";
import { awsDefaults } from "../../compiler/quotas.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import { Interrupted } from "../../targets/aws/apply/apply.ts";
import { applyPlan } from "../../targets/aws/apply/apply-plan.ts";
import { LeaseTaken, leasesIn, takeLease } from "../../targets/aws/apply/lease.ts";
import { transitionOf } from "../../targets/aws/transition/transition.ts";
import { Account } from "./account.ts";
import { type Direct, directEc2 } from "./direct.ts";
import { type Placed, place, planFor, policyOf } from "./fleet.ts";

const owner = "test";

interface World {
  readonly account: Account;
  readonly vpc: string;
  readonly hosts: readonly Placed[];
  readonly ec2: Direct;
  time: number;
}

function newWorld(): World {
  const account = new Account();
  const vpc = account.createVpc();
  const machines = [
    { role: "web", addresses: ["10.0.0.1"] },
    { role: "db", addresses: ["10.0.0.2"] },
  ];
  const hosts = place(account, vpc, machines);
  return { account, vpc, hosts, ec2: directEc2(account), time: 0 };
}

interface Running {
  readonly settle?: number;
  readonly onWait?: (seconds: number) => void;
  readonly isInterrupted?: () => boolean;
  readonly holder?: string;
}

/** Reads and works out now; what is returned carries it out. */
async function prepared(world: World, rules: readonly string[], running: Running = {}) {
  const { vpc, hosts, ec2 } = world;
  const { settle = 1, onWait, isInterrupted, holder = "a" } = running;
  const live = await describeAccount(ec2, [vpc]);
  const plan = planFor(vpc, hosts, policyOf(rules));
  const transition = transitionOf(plan, live, { owner, limits: awsDefaults, foreign: "exclusive" });
  const wait = async (seconds: number) => {
    world.time += seconds * 1000;
    onWait?.(seconds);
  };
  const host = {
    ec2,
    wait,
    progress: () => undefined,
    ...(isInterrupted === undefined ? {} : { isInterrupted }),
  };
  const clock = { now: () => world.time };
  const options = { owner, vpcs: [vpc], settle, live, holder, plan: "p", clock };
  return { transition, carryOut: () => applyPlan(transition, host, options) };
}

const http = ["allow a = outside -> web : tcp/80"];
const https = ["allow a = outside -> web : tcp/443"];

describe("apply", () => {
  it("does nothing where the account changed before it had the lease", async () => {
    const world = newWorld();
    await (await prepared(world, http)).carryOut();
    const slow = await prepared(world, ["allow a = outside -> web : tcp/22"]);
    await (await prepared(world, https)).carryOut();
    const calls = world.ec2.calls.length;
    expect(await slow.carryOut()).toMatchObject({ ok: false, phase: undefined });
    const done = world.ec2.calls.slice(calls);
    expect(done.filter((call) => /Authorize|Revoke|Modify/.test(call))).toEqual([]);
  });

  it("keeps its lease through waits of any length", async () => {
    const world = newWorld();
    const { vpc, ec2 } = world;
    let asked = 0;
    const other = async () => {
      asked++;
      const leases = await leasesIn(ec2, [vpc]);
      expect(leases.every(({ until }) => until > world.time)).toBe(true);
    };
    const pending: Promise<void>[] = [];
    const own = await prepared(world, http, { settle: 900, onWait: () => pending.push(other()) });
    expect(await own.carryOut()).toMatchObject({ ok: true });
    await Promise.all(pending);
    expect(asked).toBeGreaterThan(40);
    expect(await leasesIn(ec2, [vpc])).toEqual([]);
  });

  it("does not take up a lease again that has run out", async () => {
    const { vpc, ec2 } = newWorld();
    let time = 0;
    const clock = { now: () => time };
    const lease = await takeLease(ec2, [vpc], { holder: "a", plan: "p" }, clock);
    time = 31_000;
    await lease.prolong();
    time = 152_000;
    await expect(lease.prolong()).rejects.toThrow(LeaseTaken);
    const next = await takeLease(ec2, [vpc], { holder: "b", plan: "q" }, clock);
    expect(next.isAfterStop).toBe(true);
    await expect(takeLease(ec2, [vpc], { holder: "c", plan: "q" }, clock)).rejects.toThrow(
      LeaseTaken,
    );
  });

  it("that is interrupted while it waits has not come to its end", async () => {
    const world = newWorld();
    let isOver = false;
    const own = await prepared(world, http, {
      isInterrupted: () => isOver,
      onWait: () => {
        isOver = true;
      },
    });
    await expect(own.carryOut()).rejects.toThrow(Interrupted);
    const [lease] = await leasesIn(world.ec2, [world.vpc]);
    expect(lease).toMatchObject({ plan: "p", until: world.time });
    isOver = false;
    expect(await (await prepared(world, http)).carryOut()).toMatchObject({ ok: true });
  });

  it("leaves a group that something else names, and says so", async () => {
    const world = newWorld();
    const { account, vpc, ec2 } = world;
    await (
      await prepared(world, [
        "allow a = web -> db : tcp/80",
        ...http.map((one) => one.replace(" a ", " b ")),
      ])
    ).carryOut();
    const peered = account.createVpc();
    const theirs = account.groups.get(account.defaultGroup(peered));
    const rule = { protocol: "tcp", from: 1, to: 1, description: "", id: "sgr-x" };
    for (const { id, tags } of account.groups.values()) {
      if (tags.has("segc:group")) theirs?.ingress.set(id, { ...rule, peer: { kind: "group", id } });
    }
    const own = await prepared(world, []);
    const applied = await own.carryOut();
    expect(applied).toMatchObject({ ok: true });
    expect(applied.ok && applied.left.length).toBeGreaterThan(0);
    for (const id of applied.ok ? applied.left : [])
      expect(account.groups.get(id)?.ingress.size).toBe(0);
    expect(await leasesIn(ec2, [vpc])).toEqual([]);
  });

  it("minds an interface that no step touches, for the proof relies on what it sends", async () => {
    const world = newWorld();
    const { account, hosts } = world;
    const db = hosts[1]?.interface ?? "";
    const before = ["allow a = db -> networks { 203.0.113.0/24 } : tcp/80"];
    await (await prepared(world, before)).carryOut();
    const second = await prepared(world, [...before, "allow b = outside -> web : tcp/443"], {
      onWait: () => {
        const found = account.interfaces.get(db);
        if (found !== undefined) found.groups = [account.defaultGroup(world.vpc)];
      },
    });
    const steps = second.transition.phases.flatMap((phase) => phase.steps);
    expect(JSON.stringify(steps)).not.toContain(db);
    const applied = await second.carryOut();
    expect(applied).toMatchObject({ ok: false });
    expect(!applied.ok && applied.differences.join()).toContain(db);
  });

  it("minds what is its own, and not what others do to theirs", async () => {
    const world = newWorld();
    const { account, vpc } = world;
    const stranger = account.createInterface(vpc, ["10.0.0.77"]);
    const own = await prepared(world, http, {
      onWait: () => {
        const name = `new-${account.groups.size}`;
        account.createGroup({ GroupName: name, GroupDescription: "b", VpcId: vpc });
      },
    });
    expect(await own.carryOut()).toMatchObject({ ok: true });
    const second = await prepared(world, https, {
      onWait: () => {
        const group = [...account.groups.values()].find(({ name }) => name.startsWith("segc-in"));
        const found = account.interfaces.get(stranger);
        if (found !== undefined && group !== undefined) found.groups = [group.id];
      },
    });
    const applied = await second.carryOut();
    expect(applied).toMatchObject({ ok: false });
    expect(!applied.ok && applied.differences.join()).toContain(stranger);
  });
});
