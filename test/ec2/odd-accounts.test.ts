// Accounts that are not as simple as they could be: interfaces of services, groups of other networks, delegated
// prefixes, the same address twice.
import { describe, expect, it } from "vitest";
import { awsDefaults } from "../../compiler/quotas.ts";
import { knownPrefix } from "../../compiler/sets/address.ts";
import type { LiveList } from "../../targets/aws/account/account.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import { readAccount } from "../../targets/aws/account/read.ts";
import { accountDigest } from "../../targets/aws/apply/digest.ts";
import type { AwsPlan } from "../../targets/aws/groups.ts";
import { driftOf } from "../../targets/aws/transition/drift.ts";
import { isProved, transitionOf } from "../../targets/aws/transition/transition.ts";
import { Account } from "./account.ts";
import { directEc2 } from "./direct.ts";
import { launchGroup, planFor, policyOf } from "./fleet.ts";

const owner = "test";
const options = { owner, limits: awsDefaults, foreign: "exclusive" as const };

interface Draft {
  readonly groups: Readonly<Record<string, readonly (readonly [peer: string, port: number])[]>>;
  readonly carried: Readonly<Record<string, readonly string[] | null>>;
}

/** Groups that let in ports from prefixes, or from other groups of the plan. */
const planOf = (network: string, { groups, carried }: Draft): AwsPlan => ({
  groups: Object.entries(groups).map(([name, rules]) => ({
    name,
    network,
    ingress: rules.map(([peer, port]) => ({
      protocol: "tcp",
      from: port,
      to: port,
      peer: peer.includes("/")
        ? { kind: "cidr", cidr: knownPrefix(peer) }
        : { kind: "group", group: peer, network },
      rules: ["shop.r"],
      until: undefined,
    })),
    egress: [],
  })),
  lists: [],
  attachments: Object.entries(carried).map(([id, names]) => ({
    interface: id,
    workload: id,
    network,
    groups: names === null ? undefined : names,
  })),
});

const listOf = (id: string, ...entries: readonly string[]): LiveList => ({
  id,
  name: id,
  tags: new Map(),
  family: 4,
  weight: entries.length,
  version: 1,
  entries: entries.map(knownPrefix),
});

/** A group of ours in the account, as an earlier apply left it. */
function ours(account: Account, vpc: string, name: string, ports: readonly number[]): string {
  const made = account.createGroup({ GroupName: name, GroupDescription: "by segc", VpcId: vpc });
  made.tags.set("segc:owner", owner).set("segc:group", name);
  made.egress.clear();
  for (const port of ports) open(account, made.id, port);
  return made.id;
}

const open = (account: Account, GroupId: string, port: number, cidr = "0.0.0.0/0") =>
  account.authorize(
    {
      GroupId,
      IpPermissions: {
        "1": {
          IpProtocol: "tcp",
          FromPort: String(port),
          ToPort: String(port),
          IpRanges: { "1": { CidrIp: cidr } },
        },
      },
    },
    "ingress",
  );

const live = (account: Account, ...vpcs: readonly string[]) =>
  describeAccount(directEc2(account), vpcs);

describe("an interface that only its service can change", () => {
  it("keeps its group and the rules of that, until its owner gives it others", async () => {
    const account = new Account();
    const vpc = account.createVpc();
    const old = ours(account, vpc, "segc-in-a", [443]);
    const web = account.createInterface(vpc, ["10.0.0.1"], { groups: [old] });
    const balancer = account.createInterface(vpc, ["10.0.0.2"], {
      groups: [old],
      service: "network_load_balancer",
    });
    const plan = planOf(vpc, {
      groups: { "segc-in-b": [["0.0.0.0/0", 443]] },
      carried: { [web]: ["segc-in-b"], [balancer]: ["segc-in-b"] },
    });
    const { phases, desired } = transitionOf(plan, await live(account, vpc), options);
    const touched = phases.flatMap(({ steps }) =>
      steps.filter((step) => "group" in step && step.group === old),
    );
    expect(touched).toEqual([]);
    expect(desired.handOvers).toMatchObject([{ interface: balancer, groups: ["segc-in-b"] }]);
  });

  it("is no reason to make its group anew, whatever was added to that by hand", async () => {
    const account = new Account();
    const vpc = account.createVpc();
    const group = ours(account, vpc, "segc-in-a", [443, 22]);
    const balancer = account.createInterface(vpc, ["10.0.0.2"], {
      groups: [group],
      service: "network_load_balancer",
    });
    const plan = planOf(vpc, {
      groups: { "segc-in-a": [["0.0.0.0/0", 443]] },
      carried: { [balancer]: ["segc-in-a"] },
    });
    const { states, desired } = transitionOf(plan, await live(account, vpc), options);
    const [carried = ""] = states.at(-1)?.carried.get(balancer) ?? [];
    expect([carried, states.at(-1)?.groups.get(carried)?.ingress.size]).toEqual([group, 1]);
    expect(desired.handOvers).toEqual([]);
  });

  it("is left to its owner, too, where it is in no inventory", async () => {
    const account = new Account();
    const vpc = account.createVpc();
    const group = ours(account, vpc, "segc-in-a", [443]);
    const stray = account.createInterface(vpc, ["10.0.0.2"], {
      groups: [group],
      service: "lambda",
    });
    const found = transitionOf(
      planOf(vpc, { groups: {}, carried: {} }),
      await live(account, vpc),
      options,
    );
    expect(found.phases).toEqual([]);
    expect(found.desired.handOvers).toMatchObject([{ interface: stray, groups: [] }]);
  });

  it("is looked at by drift as by the plan", async () => {
    const account = new Account();
    const vpc = account.createVpc();
    ours(account, vpc, "segc-in-a", [443]);
    const byHand = account.createGroup({ GroupName: "x", GroupDescription: "x", VpcId: vpc }).id;
    open(account, byHand, 5432);
    const database = account.createInterface(vpc, ["10.0.0.2"], {
      groups: [byHand],
      service: "rds",
    });
    const plan = planOf(vpc, {
      groups: { "segc-in-a": [["0.0.0.0/0", 443]] },
      carried: { [database]: ["segc-in-a"] },
    });
    const texts = driftOf(plan, await live(account, vpc), options).map(
      ({ kind, text }) => `${kind} ${text}`,
    );
    expect(texts).toContain(`opened 0.0.0.0 -> ${database} : tcp/5432`);
  });
});

describe("groups that are not of the network", () => {
  it("are read where an interface carries one", async () => {
    const account = new Account();
    const [vpc, other] = [account.createVpc(), account.createVpc()];
    const shared = account.createGroup({ GroupName: "x", GroupDescription: "x", VpcId: other }).id;
    const id = account.createInterface(vpc, ["10.0.0.1"], { groups: [shared] });
    const found = await live(account, vpc);
    expect(found.groups.map((group) => group.id)).toContain(shared);
    account.groups.delete(shared);
    await expect(live(account, vpc)).rejects.toThrow(`${id} carries a group that was not read`);
  });

  it("count as somebody where a rule names one", async () => {
    const account = new Account();
    const [vpc, peered] = [account.createVpc(), account.createVpc()];
    const theirs = account.createGroup({ GroupName: "x", GroupDescription: "x", VpcId: peered }).id;
    const group = ours(account, vpc, "segc-in-a", [443]);
    // Added by hand: whoever is in a group of the peered network may come in by ssh.
    const rule = { protocol: "tcp", from: 22, to: 22, description: "" };
    account.groups
      .get(group)
      ?.ingress.set("by hand", { ...rule, id: "sgr-1", peer: { kind: "group", id: theirs } });
    const none = ours(account, vpc, "segc-closed", []);
    const id = account.createInterface(vpc, ["10.0.0.1"], { groups: [none] });
    const other = account.createInterface(vpc, ["10.0.0.2"], { groups: [group] });
    const plan = planOf(vpc, {
      groups: { "segc-in-a": [["0.0.0.0/0", 443]] },
      carried: { [id]: ["segc-in-a"], [other]: ["segc-in-a"] },
    });
    const found = transitionOf(plan, await live(account, vpc), options);
    // Joined in place, the interface would be open to them until the rule is gone.
    expect(isProved(found)).toBe(true);
    expect(found.way).toContain("new groups beside the old");
  });
});

describe("addresses", () => {
  it("of one network are somebody else's in another", async () => {
    const ways: string[] = [];
    for (const isTwice of [false, true]) {
      const account = new Account();
      const [vpc, other] = [account.createVpc(), account.createVpc()];
      if (isTwice) account.createInterface(other, ["10.0.0.5"]);
      const group = ours(account, vpc, "segc-in-a", [443]);
      open(account, group, 22, "10.0.0.5/32");
      const none = ours(account, vpc, "segc-closed", []);
      const id = account.createInterface(vpc, ["10.0.0.1"], { groups: [none] });
      const holder = account.createInterface(vpc, ["10.0.0.2"], { groups: [group] });
      const plan = planOf(vpc, {
        groups: { "segc-in-a": [["0.0.0.0/0", 443]] },
        carried: { [id]: ["segc-in-a"], [holder]: ["segc-in-a"] },
      });
      ways.push(transitionOf(plan, await live(account, vpc, other), options).way);
    }
    expect(ways[1]).toBe(ways[0]);
  });

  it("delegated to an interface are its own", () => {
    const { interfaces } = readAccount({
      interfaces: [
        {
          NetworkInterfaceId: "eni-1",
          VpcId: "vpc-1",
          PrivateIpAddresses: [{ PrivateIpAddress: "10.0.0.9" }],
          Ipv4Prefixes: [{ Ipv4Prefix: "10.0.0.16/28" }],
          Ipv6Prefixes: [{ Ipv6Prefix: "fd00::/80" }],
        },
      ],
      groups: [],
      rules: [],
      templates: [],
      prefixLists: new Map(),
    });
    expect(interfaces[0]?.prefixes).toEqual([
      knownPrefix("10.0.0.16/28"),
      knownPrefix("fd00::/80"),
    ]);
  });

  it("in another order make no other account", async () => {
    const account = new Account();
    const vpc = account.createVpc();
    account.createInterface(vpc, ["10.0.0.1", "10.0.0.2"]);
    const found = await live(account, vpc);
    const lists = new Map([
      ["pl-1", listOf("pl-1", "10.0.0.0/8", "192.0.2.0/24")],
      ["pl-2", listOf("pl-2", "198.51.100.0/24")],
    ]);
    const reversed = new Map(
      [...lists]
        .reverse()
        .map(([id, list]) => [id, { ...list, entries: list.entries.toReversed() }]),
    );
    const interfaces = found.interfaces.map((one) => ({
      ...one,
      addresses: one.addresses.toReversed(),
    }));
    expect(accountDigest({ ...found, interfaces, prefixLists: reversed })).toBe(
      accountDigest({ ...found, prefixLists: lists }),
    );
    expect(accountDigest({ ...found, prefixLists: new Map() })).not.toBe(
      accountDigest({ ...found, prefixLists: lists }),
    );
  });
});

describe("a rule that names a group of a network that is joined no more", () => {
  /** Web sends everything; the database has let web in, by a peering that is gone. */
  async function plannedWith(isStale: boolean) {
    const account = new Account();
    const [near, far] = [account.createVpc(), account.createVpc()];
    const webs = launchGroup(account, near);
    const created = { GroupName: "db-old", GroupDescription: "x", VpcId: far };
    const { id: dbs } = account.createGroup(created);
    const web = account.createInterface(near, ["10.0.0.1"], { groups: [webs] });
    const db = account.createInterface(far, ["10.9.0.1"], { groups: [dbs] });
    if (isStale) {
      const peering = account.peer(near, far);
      const permission = {
        IpProtocol: "tcp",
        FromPort: "443",
        ToPort: "443",
        Groups: { "1": { GroupId: webs } },
      };
      account.authorize({ GroupId: dbs, IpPermissions: { "1": permission } }, "ingress");
      account.peerings.delete(peering);
    }
    const hosts = [
      { role: "web", addresses: ["10.0.0.1"], name: "web-1", interface: web, network: near },
      { role: "db", addresses: ["10.9.0.1"], name: "db-1", interface: db, network: far },
    ];
    const plan = planFor(near, hosts, policyOf(["allow public = outside -> db : tcp/443"]));
    return transitionOf(plan, await live(account, near, far), options);
  }

  it("opened nothing before, so a new rule waits for the sender's own groups", async () => {
    for (const isStale of [false, true]) {
      const { phases } = await plannedWith(isStale);
      expect(phases.map(({ kind }) => kind)).toContain("widen");
    }
  });
});

describe("answers that are no answers", () => {
  const odd = { toString: 1 };
  it.each([
    ["IpProtocol", { IpProtocol: odd }],
    ["FromPort", { IpProtocol: "tcp", FromPort: odd, ToPort: 1 }],
    ["CidrIpv4", { IpProtocol: "-1", CidrIpv4: odd }],
    ["GroupId", { GroupId: odd }],
  ])("are refused: %s", (_, fields) => {
    const rule = { GroupId: "sg-1", SecurityGroupRuleId: "sgr-1", IsEgress: false, ...fields };
    const groups = [{ GroupId: "sg-1", GroupName: "x", VpcId: "vpc-1" }];
    const answers = {
      interfaces: [],
      groups,
      rules: [rule],
      templates: [],
      prefixLists: new Map(),
    };
    expect(() => readAccount(answers)).toThrow(/sgr-1|a rule/);
  });

  it("that leave out the rules of a group are refused", () => {
    const groups = [
      { GroupId: "sg-1", GroupName: "x", VpcId: "vpc-1", IpPermissions: [{ IpProtocol: "-1" }] },
    ];
    const answers = { interfaces: [], groups, rules: [], templates: [], prefixLists: new Map() };
    expect(() => readAccount(answers)).toThrow("the rules of sg-1 are missing");
  });

  it("of which there are very many are read", () => {
    const rules = Array.from({ length: 200_000 }, (_, at) => ({
      GroupId: "sg-1",
      SecurityGroupRuleId: `sgr-${at}`,
      IsEgress: false,
      IpProtocol: "tcp",
      FromPort: at % 65_536,
      ToPort: at % 65_536,
      CidrIpv4: `10.${at >> 16}.0.0/16`,
    }));
    const groups = [{ GroupId: "sg-1", GroupName: "x", VpcId: "vpc-1" }];
    const found = readAccount({
      interfaces: [],
      groups,
      rules,
      templates: [],
      prefixLists: new Map(),
    });
    expect(found.groups[0]?.ingress).toHaveLength(200_000);
  });
});
