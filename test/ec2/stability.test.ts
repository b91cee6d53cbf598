// How little of an account changes with a small change of the project: an order or a name changes no rule and
// no interface, a port changes its rules, a machine more changes itself.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { awsDefaults } from "../../compiler/quotas.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import { applyTransition } from "../../targets/aws/apply/apply.ts";
import { type Counts, countsOf } from "../../targets/aws/transition/counts.ts";
import { transitionOf } from "../../targets/aws/transition/transition.ts";
import { Account } from "./account.ts";
import { directEc2 } from "./direct.ts";
import { type Placed, place, planFor, policyOf } from "./fleet.ts";
import { fleet, machinesOf, rules } from "./generators.ts";

interface Project {
  readonly hosts: readonly Placed[];
  readonly rules: readonly string[];
}

const owner = "test";

/** Brings the account to the first project, and says what the second would change. */
async function change(
  machines: Parameters<typeof place>[2],
  edit: (before: Project, account: Account, vpc: string) => Project,
  own: readonly string[],
): Promise<Counts> {
  const account = new Account();
  const vpc = account.createVpc();
  const before = { hosts: place(account, vpc, machines), rules: own };
  const ec2 = directEc2(account);
  const towards = async ({ hosts, rules: lines }: Project) => {
    const live = await describeAccount(ec2, [vpc]);
    const plan = planFor(vpc, hosts, policyOf(lines));
    const transition = transitionOf(plan, live, {
      owner,
      limits: awsDefaults,
      foreign: "exclusive",
    });
    return { transition, counts: countsOf(transition, awsDefaults) };
  };
  const { transition } = await towards(before);
  await applyTransition(
    transition,
    { ec2, wait: async () => undefined, progress: () => undefined },
    { owner, vpcs: [vpc], settle: 0, lease: { prolong: async () => undefined } },
  );
  return (await towards(edit(before, account, vpc))).counts;
}

const project = fc.tuple(fleet, rules).map(([hosts, own]) => ({
  machines: machinesOf(hosts.map(([role, , isDual]) => [role, isDual])),
  own,
}));

const check = (
  name: string,
  edit: (before: Project, account: Account, vpc: string) => Project,
  holds: (counts: Counts, before: readonly string[]) => void,
) =>
  it(name, { timeout: 300_000 }, () =>
    fc.assert(
      fc.asyncProperty(project, async ({ machines, own }) => {
        holds(await change(machines, edit, own), own);
      }),
      { numRuns: process.env.SEGC_FULL === undefined ? 20 : 200, seed: 7 },
    ),
  );

const nothing = {
  groups: { created: 0, changed: 0, deleted: 0 },
  rules: { added: 0, removed: 0 },
  attachments: 0,
};

describe("an account", () => {
  check(
    "does not change with the order of rules and machines",
    ({ hosts, rules: own }) => ({ hosts: hosts.toReversed(), rules: own.toReversed() }),
    (counts) => expect(counts).toMatchObject({ ...nothing, calls: 0 }),
  );

  check(
    "keeps its rules and interfaces when rules get other names",
    ({ hosts, rules: own }) => ({
      hosts,
      rules: own.map((line) => line.replace("allow r", "allow q")),
    }),
    (counts) => expect(counts).toMatchObject(nothing),
  );

  check(
    "changes by the rules of the one whose port changes",
    ({ hosts, rules: own }) => ({
      hosts,
      rules: own.map((line, at) => (at === 0 ? line.replace(/tcp\/\d+/, "tcp/8080") : line)),
    }),
    ({ rules: { added, removed } }, own) => {
      // Both ends, both families of a prefix, and as many groups as share the rule's side.
      expect(added + removed).toBeLessThanOrEqual(16);
      expect(own.length).toBeGreaterThan(0);
    },
  );

  check(
    "changes by one interface for a machine more of a role that two have",
    ({ hosts, rules: own }, account, vpc) => {
      // With one of a role, what it says to itself needs no rule; with two it does.
      const first = hosts.find(({ name, role }) =>
        hosts.some((other) => other.name !== name && other.role === role),
      );
      fc.pre(first !== undefined);
      const id = account.createInterface(vpc, ["10.0.0.99"]);
      const more = {
        name: "host-99",
        role: first?.role ?? "web",
        addresses: ["10.0.0.99"],
        interface: id,
        network: vpc,
      };
      return { hosts: [...hosts, more], rules: own };
    },
    ({ attachments, groups, rules: { added, removed } }) => {
      expect(attachments).toBeLessThanOrEqual(1);
      expect(groups.created + groups.deleted + added + removed).toBe(0);
    },
  );
});
