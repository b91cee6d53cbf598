// An apply that fails, is throttled to death, loses an answer or dies at each of its calls in turn: at every
// moment the bounds hold in the data plane, and run again it completes, also towards another policy.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { awsDefaults } from "../../compiler/quotas.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import { type Ec2, Ec2Error } from "../../targets/aws/account/ec2.ts";
import { applyPlan } from "../../targets/aws/apply/apply-plan.ts";
import { LeaseTaken } from "../../targets/aws/apply/lease.ts";
import type { AwsPlan } from "../../targets/aws/groups.ts";
import { isProved, transitionOf } from "../../targets/aws/transition/transition.ts";
import { Account } from "./account.ts";
import { type Direct, directEc2 } from "./direct.ts";
import {
  type Machine,
  type Placed,
  packetsOf,
  place,
  planFor,
  policyOf,
  somePartners,
} from "./fleet.ts";
import { fleet, machinesOf, many, networksOf, ports, rules } from "./generators.ts";
import { picking, settle, waiting } from "./picking.ts";

interface Case {
  readonly name: string;
  readonly machines: readonly Machine[];
  readonly before: readonly string[];
  /** Roles afterwards; those of before where left out. */
  readonly roles?: readonly string[];
  readonly after: readonly string[];
  /** Addresses of nobody's that matter. */
  readonly others?: readonly string[];
  /** Another policy that comes after the crash. */
  readonly changed: readonly string[];
}

const machine = (role: string, at: number): Machine => ({ role, addresses: [`10.0.0.${at}`] });

const fromPartners = (hosts: readonly number[]): readonly string[] => [
  `allow a = ${networksOf(hosts)} -> web : tcp/80`,
  `allow b = ${networksOf(hosts)} -> db : tcp/443`,
];

const cases: readonly Case[] = [
  {
    name: "a port that changes",
    machines: [machine("web", 1), machine("web", 2), machine("db", 3)],
    before: ["allow a = outside -> web : tcp/80", "allow b = web -> db : tcp/22"],
    after: ["allow a = outside -> web : tcp/443", "allow b = web -> db : tcp/22"],
    changed: ["allow a = outside -> web : tcp/443", "allow b = web -> db : tcp/443"],
  },
  {
    name: "two that both move from web to api, while api may reach web",
    machines: [machine("web", 1), machine("web", 2), machine("api", 3), machine("web", 4)],
    before: ["allow a = api -> web : tcp/22", "allow b = outside -> api : tcp/443"],
    roles: ["api", "api", "api", "web"],
    after: ["allow a = api -> web : tcp/22", "allow b = outside -> api : tcp/443"],
    changed: ["allow a = api -> web : tcp/80", "allow b = outside -> api : tcp/443"],
  },
  {
    name: "roles that change places",
    machines: [machine("web", 1), machine("db", 2), machine("ops", 3)],
    before: ["allow a = web -> db : tcp/22", "allow b = ops -> { web, db } : tcp/80"],
    roles: ["db", "web", "ops"],
    after: ["allow a = web -> db : tcp/22", "allow b = ops -> { web, db } : tcp/80"],
    changed: ["allow a = db -> web : tcp/22", "allow b = ops -> { web, db } : tcp/80"],
  },
  {
    name: "a prefix list that changes, and goes",
    machines: [machine("web", 1), machine("db", 2)],
    others: somePartners,
    before: fromPartners(many),
    after: fromPartners([...many.slice(1), 25, 27]),
    changed: fromPartners([...many.slice(2), 25]).slice(0, 1),
  },
];

const owner = "test";
const clock = { now: () => time };
let time = 0;

/** A process that dies makes no more calls, not even to clean up. */
class Died extends Error {}

type Trouble = "error" | "lost" | "died";

/** Something happens at the nth call; a change that is lost was carried out. */
function troubled(ec2: Direct, nth: number, trouble: Trouble): Ec2 {
  let count = 0;
  let isDead = false;
  const alive = () => {
    if (isDead) throw new Died();
  };
  return {
    list: async (operation, input) => {
      alive();
      count++;
      if (count !== nth) return ec2.list(operation, input);
      isDead = trouble === "died";
      if (isDead) throw new Died();
      throw new Ec2Error(operation, "InternalError", "an internal error");
    },
    change: async (operation, input) => {
      alive();
      count++;
      if (count !== nth) return ec2.change(operation, input);
      if (trouble === "error") throw new Ec2Error(operation, "InternalError", "an internal error");
      // A request may have arrived or not before the client died: half of them each.
      if (trouble === "lost" || nth % 2 === 0) await ec2.change(operation, input);
      isDead = trouble === "died";
      if (isDead) throw new Died();
      throw new Ec2Error(operation, "TimeoutError", "no answer");
    },
  };
}

interface World {
  readonly account: Account;
  readonly vpc: string;
  readonly look: () => void;
  readonly pick: (count: number) => number;
}

async function apply(ec2: Ec2, plan: AwsPlan, { account, vpc, look, pick }: World) {
  const live = await describeAccount(ec2, [vpc]);
  const transition = transitionOf(plan, live, { owner, limits: awsDefaults, foreign: "exclusive" });
  expect(isProved(transition)).toBe(true);
  const wait = waiting(account, pick, look);
  const host = { ec2, wait, progress: () => undefined };
  const options = {
    owner,
    vpcs: [vpc],
    settle,
    live,
    holder: `holder-${time}`,
    plan: "a",
    clock,
  };
  return applyPlan(transition, host, options);
}

async function crashed(one: Case, nth: number, trouble: Trouble, isChanged: boolean) {
  time += 1_000_000; // leases of before have run out
  const account = new Account();
  const vpc = account.createVpc();
  const hosts = place(account, vpc, one.machines);
  const moved: readonly Placed[] = hosts.map((host, at) => ({
    ...host,
    role: one.roles?.[at] ?? host.role,
  }));
  const packets = packetsOf(hosts, ports, one.others);
  const snapshot = () => packets.map((packet) => account.dataPlane.passes(packet));
  const seen: boolean[][] = [];
  const world = { account, vpc, look: () => seen.push(snapshot()), pick: picking(nth) };
  const plain = directEc2(account);
  await apply(plain, planFor(vpc, hosts, policyOf(one.before)), world);
  const wanted = [{ hosts: moved, policy: policyOf(one.after) }];
  if (isChanged) wanted.push({ hosts: moved, policy: policyOf(one.changed) });
  const corners = [snapshot()];
  seen.length = 0;
  const before = plain.calls.length;
  const [first = { hosts, policy: "" }] = wanted;
  const died = await apply(
    troubled(plain, nth, trouble),
    planFor(vpc, first.hosts, first.policy),
    world,
  ).then(
    () => false,
    (error: unknown) => {
      if (error instanceof Died || error instanceof Ec2Error) return true;
      throw error;
    },
  );
  const calls = plain.calls.length - before;
  // What died runs out after two minutes; what only failed may go on at once.
  time += trouble === "died" ? 120_001 : 1;
  const last = wanted.at(-1) ?? first;
  const again = () => apply(plain, planFor(vpc, last.hosts, last.policy), world);
  const done = await again().catch((error: unknown) => {
    // The answer to taking or ending the lease was lost: it runs out by itself.
    if (!(error instanceof LeaseTaken)) throw error;
    time += 120_001;
    return again();
  });
  expect(done).toMatchObject({ ok: true });
  corners.push(await pure(one, first), snapshot());
  for (const passed of seen) {
    for (const at of packets.keys()) {
      const all = corners.map((corner) => corner[at] === true);
      const told = `${one.name}, ${trouble} at ${nth}: ${JSON.stringify(packets[at])}`;
      if (passed[at] === true) expect(all.includes(true), told).toBe(true);
      else expect(all.includes(false), told).toBe(true);
    }
  }
  return { died, calls, moments: seen.length };
}

/** What passes where the wanted policy was reached without trouble. */
async function pure(
  one: Case,
  wanted: { readonly hosts: readonly Placed[]; readonly policy: string },
) {
  const account = new Account();
  const vpc = account.createVpc();
  const hosts = place(account, vpc, one.machines);
  const placed = hosts.map((host, at) => ({ ...host, role: wanted.hosts[at]?.role ?? host.role }));
  const world = { account, vpc, look: () => undefined, pick: picking(1) };
  await apply(directEc2(account), planFor(vpc, placed, wanted.policy), world);
  return packetsOf(hosts, ports, one.others).map((packet) => account.dataPlane.passes(packet));
}

/** With moves of membership, and rules from everywhere. */
const generated: readonly Case[] = fc
  .sample(fc.tuple(fleet, rules, rules, rules), {
    numRuns: process.env.SEGC_FULL === undefined ? 2 : 8,
    seed: 4,
  })
  .map(([hosts, before, after, changed], at) => ({
    name: `random ${at + 1}`,
    machines: machinesOf(hosts.map(([role, , isDual]) => [role, isDual])),
    roles: hosts.map(([, role]) => role),
    before,
    after,
    changed,
  }));

describe.each([...cases, ...generated])("$name", (one) => {
  it.each<Trouble>(["error", "lost", "died"])(
    "keeps the bounds: %s",
    { timeout: 300_000 },
    async (trouble) => {
      let runs = 0;
      for (let nth = 1; ; nth++) {
        const { died } = await crashed(one, nth, trouble, nth % 3 === 0);
        if (!died) break;
        runs++;
      }
      expect(runs).toBeGreaterThan(10);
    },
  );
});
