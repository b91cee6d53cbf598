// plan, apply and drift as a user calls them, with the real SDK against the stand-in over HTTP.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { keepsToSchema } from "../cli/output-schema.ts";
import { checkout, segc } from "../cli/run-segc.ts";
import { temporaryFolder } from "../host/temporary-folder.ts";
import { awsEnvironment, type StandIn, serve } from "./server.ts";
import { newShop, type Shop, shopPolicy, writeShop } from "./shop.ts";

interface World extends Shop {
  readonly folder: string;
  readonly standIn: StandIn;
}

const open: StandIn[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const standIn of open.splice(0)) await standIn.close();
});

async function world(policy = shopPolicy): Promise<World> {
  const shop = newShop();
  const folder = temporaryFolder();
  await writeShop(folder, shop, policy);
  const standIn = await serve(shop.account);
  open.push(standIn);
  for (const [name, value] of Object.entries(awsEnvironment(standIn.endpoint)))
    vi.stubEnv(name, value);
  return { ...shop, folder, standIn };
}

const planned = ["plan", "--target", "aws", "--out", "plan.json"];
const drift = ["drift", "--target", "aws"];

async function planAndApply({ folder }: World) {
  const plan = await segc(folder, planned);
  expect(plan).toMatchObject({ status: 0, err: "" });
  const applied = await segc(folder, ["apply", "plan.json"]);
  expect(applied).toMatchObject({ status: 0 });
  return { plan, applied };
}

const edit = (folder: string, from: string, to: string) => {
  const path = join(folder, "shop.seg");
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
};

const changes = (calls: readonly string[]) => calls.filter((call) => !/^(Describe|Get)/.test(call));

describe("an account", () => {
  it("is brought to what the policy says, and stays there", async () => {
    const shop = await world();
    const { plan, applied } = await planAndApply(shop);
    expect(plan.out).toContain("gap: none, excess: none: proved");
    expect(applied.out).toMatch(/^ok: applied in \d phases with \d+ calls, and read back\n$/);
    expect((await segc(shop.folder, drift)).out).toContain("holds what the policy says");
    shop.standIn.calls.length = 0;
    expect((await segc(shop.folder, ["apply", "plan.json"])).out).toBe("ok: no changes\n");
    expect((await segc(shop.folder, planned)).out).toContain("no changes");
    expect(changes(shop.standIn.calls)).toEqual([]);
    shop.account.dataPlane.settle();
    const passes = (from: string, to: string, detail: number) =>
      shop.account.dataPlane.passes({ from, to, protocol: 6, detail });
    expect(passes("198.51.100.9", "10.0.0.1", 443)).toBe(true);
    expect(passes("10.0.0.1", "10.0.1.1", 8443)).toBe(true);
    expect(passes("10.0.0.1", "10.0.2.1", 5432)).toBe(false);
    expect(passes("10.0.1.1", "10.0.0.1", 443)).toBe(false);
  });

  it("takes few calls: groups x 4, attachments, and the lease", async () => {
    const shop = await world();
    await planAndApply(shop);
    const groups = [...shop.account.groups.values()].filter(({ tags }) => tags.has("segc:group"));
    const calls = changes(shop.standIn.calls).length;
    expect(calls).toBeLessThanOrEqual(groups.length * 4 + 2 * shop.hosts.length + 50);
    shop.standIn.calls.length = 0;
    edit(shop.folder, "tcp/8443", "tcp/9443");
    await planAndApply(shop);
    expect(changes(shop.standIn.calls).length).toBeLessThanOrEqual(10);
  });

  it("that somebody changed by hand is told from the policy, and changed back", async () => {
    const shop = await world();
    await planAndApply(shop);
    const group = [...shop.account.groups.values()].find(({ name }) => name.includes("public"));
    shop.account.authorize(
      {
        GroupId: group?.id,
        IpPermissions: {
          "1": {
            IpProtocol: "tcp",
            FromPort: "22",
            ToPort: "22",
            IpRanges: { "1": { CidrIp: "0.0.0.0/0" } },
          },
        },
      },
      "ingress",
    );
    const found = await segc(shop.folder, drift);
    expect(found.status).toBe(1);
    expect(found.out).toContain(
      `opened   0.0.0.0/0 -> host-1 and 1 more : tcp/22 in ${group?.id} (`,
    );
    expect(found.out).toContain("by hand");
    const json = JSON.parse((await segc(shop.folder, [...drift, "--format", "json"])).out);
    expect(keepsToSchema(json)).toBe(true);
    expect(json.drifts[0].kind).toBe("opened");
    const { plan } = await planAndApply(shop);
    expect(plan.out).toContain("closes  0.0.0.0");
    expect((await segc(shop.folder, drift)).status).toBe(0);
  });

  it("keeps groups that launch templates name, and names the templates", async () => {
    const shop = await world();
    await planAndApply(shop);
    const groups = (host: number) =>
      shop.account.interfaces.get(shop.hosts[host]?.interface ?? "")?.groups.toSorted() ?? [];
    const [api, db] = [groups(2), groups(3)];
    shop.account.templates.set("lt-1", { name: "db", groups: db });
    shop.account.templates.set("lt-2", { name: "api", groups: api });
    expect((await segc(shop.folder, planned)).out).not.toContain("launch template");
    // Neither needs a group then: one of their groups may become the one without rules, the others go.
    edit(shop.folder, "allow api-to-db = api -> db : tcp/5432", "");
    edit(shop.folder, "allow web-to-api = web -> api : tcp/8443", "");
    const { plan } = await planAndApply(shop);
    expect(plan.out).toMatch(/launch template {2}lt-\d \(\w+, version 1\) gives sg-\w+.*, which/);
    for (const id of [...api, ...db]) expect(shop.account.groups.has(id)).toBe(true);
    expect((await segc(shop.folder, planned)).out).toContain("no changes");
  });

  it("says in JSON what it says in text", async () => {
    const shop = await world();
    const plan = JSON.parse((await segc(shop.folder, [...planned, "--format", "json"])).out);
    expect(keepsToSchema(plan)).toBe(true);
    expect(plan.change.counts.groups.created).toBeGreaterThan(2);
    expect(plan.change.gaps).toEqual([]);
    const applied = JSON.parse(
      (await segc(shop.folder, ["apply", "plan.json", "--format", "json"])).out,
    );
    expect(keepsToSchema(applied)).toBe(true);
    expect(applied.calls).toBe(plan.change.counts.calls);
    expect((await segc(shop.folder, [...planned, "--exit-code"])).status).toBe(0);
    edit(shop.folder, "tcp/8443", "tcp/9443");
    expect((await segc(shop.folder, [...planned, "--exit-code"])).status).toBe(2);
  });

  it("is where the inventory comes from with --refresh", async () => {
    const shop = await world();
    const id = shop.account.createInterface(shop.vpc, ["10.0.0.7"], { tags: { Role: "web" } });
    const settings = `edition: 1
modules: { shop: shop.seg }
inventory:
  - hosts.json
  - { file: interfaces.json, reader: ec2, instances: instances.json, tags: { Role: role } }
targets: { aws: { settle: 0 } }
`;
    for (const { interface: one } of shop.hosts) shop.account.interfaces.delete(one);
    writeFileSync(join(shop.folder, "hosts.json"), "[]");
    writeFileSync(join(shop.folder, "segc.yaml"), settings);
    expect((await segc(shop.folder, planned)).status).toBe(4); // nothing is saved yet
    const plan = await segc(shop.folder, [...planned, "--refresh"]);
    expect(plan).toMatchObject({ status: 0 });
    expect(plan.out).toContain(`opens  0.0.0.0 -> ${id} : tcp/443`);
    expect(readFileSync(join(shop.folder, "interfaces.json"), "utf8")).toContain(id);
    expect((await segc(shop.folder, ["apply", "plan.json"])).status).toBe(0);
    expect(shop.standIn.calls).toContain("DescribeInstances");
    const plain = await world();
    const refused = await segc(plain.folder, [...planned, "--refresh"]);
    expect(refused).toMatchObject({ status: 3 });
    expect(refused.err).toContain("no source with `reader: ec2` to refresh");
  });

  it("need not be there for a plan: saved answers do", async () => {
    const shop = await world();
    vi.unstubAllEnvs();
    const { status, out } = await segc(shop.folder, [
      "plan",
      "--target",
      "aws",
      "--live",
      "account",
    ]);
    expect({ status, calls: shop.standIn.calls }).toEqual({ status: 0, calls: [] });
    expect(out).toContain("gap: none, excess: none: proved");
    const missing = await segc(shop.folder, ["plan", "--target", "aws", "--live", "."]);
    expect(missing).toMatchObject({ status: 4 });
    expect(missing.err).toContain("network-interfaces.json is missing");
  });
});

describe("what the verbs ask of EC2", () => {
  it("is what targets/aws/README.md says, no less and no more", async () => {
    const shop = await world();
    const prefixed = (calls: readonly string[]) =>
      [...new Set(calls.map((call) => `ec2:${call}`))].sort();
    shop.account.templates.set("lt-1", { name: "any", groups: [] });
    shop.account.prefixLists.set("pl-1", ["203.0.113.0/24"]);
    const byHand = shop.account.createGroup({
      GroupName: "a",
      GroupDescription: "b",
      VpcId: shop.vpc,
    });
    const IpPermissions = {
      "1": { IpProtocol: "-1", PrefixListIds: { "1": { PrefixListId: "pl-1" } } },
    };
    shop.account.authorize({ GroupId: byHand.id, IpPermissions }, "ingress");
    await segc(shop.folder, planned);
    await segc(shop.folder, drift);
    const reading = prefixed(shop.standIn.calls);
    await segc(shop.folder, ["apply", "plan.json"]);
    // Another name for a group, one group less, and rules less: everything that apply does.
    edit(shop.folder, "allow web-to-api", "allow web-to-api-2");
    edit(shop.folder, "allow api-to-db = api -> db : tcp/5432", "");
    await planAndApply(shop);
    expect(reading).toEqual(actionsOf("plan"));
    expect(prefixed(shop.standIn.calls)).toEqual(
      [...actionsOf("plan"), ...actionsOf("apply")].sort(),
    );
  });
});

/** As the table of the README has them. */
function actionsOf(verb: string): readonly string[] {
  const readme = readFileSync(join(checkout, "targets/aws/README.md"), "utf8");
  const row = readme.split("\n").find((line) => line.startsWith(`| \`${verb}\``)) ?? "";
  return [...row.matchAll(/ec2:\w+/g)].map(([action]) => action).sort();
}

describe("apply refuses", () => {
  it("where the policy is not that of the plan", async () => {
    const shop = await world();
    await segc(shop.folder, planned);
    edit(shop.folder, "tcp/8443", "tcp/9443");
    const { status, err } = await segc(shop.folder, ["apply", "plan.json"]);
    expect(status).toBe(1);
    expect(err).toContain("`shop.seg` is not what `plan.json` was made from");
    expect(changes(shop.standIn.calls)).toEqual([]);
  });

  it("where the account is not that of the plan", async () => {
    const shop = await world();
    await segc(shop.folder, planned);
    shop.account.createGroup({ GroupName: "new", GroupDescription: "by hand", VpcId: shop.vpc });
    const { status, err } = await segc(shop.folder, ["apply", "plan.json"]);
    expect(status).toBe(1);
    expect(err).toContain("the account is not what it was when the plan was made");
    expect(changes(shop.standIn.calls)).toEqual([]);
  });

  it.each([
    ["a rule", (text: string) => text.replace('"from":443,"to":443', '"from":22,"to":22')],
    ["the owner", (text: string) => text.replace('"owner": "shop"', '"owner": "billing"')],
    [
      "the quota",
      (text: string) => text.replace('"groupsPerInterface": 5', '"groupsPerInterface": 16'),
    ],
  ])("a plan that was edited: %s", async (_, edited) => {
    const shop = await world();
    await segc(shop.folder, planned);
    const path = join(shop.folder, "plan.json");
    const text = readFileSync(path, "utf8");
    expect(edited(text)).not.toBe(text);
    writeFileSync(path, edited(text));
    const { status, err } = await segc(shop.folder, ["apply", "plan.json"]);
    expect(status).toBe(1);
    expect(err).toContain("`plan.json` does not say what the project says");
    expect(changes(shop.standIn.calls)).toEqual([]);
  });

  it("while somebody else applies", async () => {
    const shop = await world();
    await segc(shop.folder, planned);
    const until = new Date(Date.now() + 60_000).toISOString();
    const tags = { "segc:lease": "other/1", "segc:lease-until": until };
    shop.account.createGroup({
      GroupName: "segc-lease",
      GroupDescription: "held",
      VpcId: shop.vpc,
      TagSpecification: {
        "1": {
          Tag: Object.fromEntries(
            Object.entries(tags).map(([Key, Value], at) => [String(at + 1), { Key, Value }]),
          ),
        },
      },
    });
    const { status, err } = await segc(shop.folder, ["apply", "plan.json"]);
    expect(status).toBe(4);
    expect(err).toContain(`other/1 applies a plan to ${shop.vpc}, until ${until}`);
  });

  it.each([
    ["{}", "is no plan of `segc plan --target aws`"],
    ["nothing", "is no JSON"],
    [
      '{"target":"aws","formatVersion":9}',
      "has another format than this version of segc reads, which is 1",
    ],
    ['{"target":"aws","formatVersion":1,"plan":{}}', "is not complete"],
    ['{"target":"aws","formatVersion":1,"live":"a","now":"b","inputs":[null]}', "is not complete"],
    ['{"target":"aws","formatVersion":{"toString":1}}', "has another format"],
    [`{"target":"aws","plan":${"[".repeat(20_000)}${"]".repeat(20_000)}}`, "is no JSON"],
  ])("what is no plan: %s", async (text, why) => {
    const shop = await world();
    writeFileSync(join(shop.folder, "plan.json"), text);
    const { status, err } = await segc(shop.folder, ["apply", "plan.json"]);
    expect({ status, told: err.includes(why) }).toEqual({ status: 4, told: true });
  });

  it("what is not proved, unless it is told to", async () => {
    const shop = await world();
    // With one group an interface there is no way from the default group that keeps web talking to api.
    const path = join(shop.folder, "segc.yaml");
    const quotas = "quotas: { aws: { groupsPerInterface: 1, reserveSlots: 0 } }\n";
    writeFileSync(path, readFileSync(path, "utf8") + quotas);
    const plan = await segc(shop.folder, planned);
    expect(plan.status).toBe(1);
    expect(plan.out).toContain("gap  host-1 and 1 more -> host-3 : tcp/8443");
    expect(plan.out).toContain("no order is proved");
    const refused = await segc(shop.folder, ["apply", "plan.json"]);
    expect(refused.status).toBe(1);
    expect(refused.err).toContain("--allow-gap applies it all the same");
    expect((await segc(shop.folder, ["apply", "plan.json", "--allow-excess"])).status).toBe(1);
    expect(changes(shop.standIn.calls)).toEqual([]);
    expect((await segc(shop.folder, ["apply", "plan.json", "--allow-gap"])).status).toBe(0);
    expect((await segc(shop.folder, drift)).status).toBe(0);
  });
});

describe("trouble", () => {
  it("without credentials is said to be that", async () => {
    const shop = await world();
    vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", undefined);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("HOME", shop.folder);
    const { status, err } = await segc(shop.folder, planned);
    expect(status).toBe(4);
    expect(err).toContain("give credentials as for every tool of AWS");
  });

  it("with the region, or the network, is said to be that", async () => {
    const shop = await world();
    vi.stubEnv("HOME", shop.folder);
    vi.stubEnv("AWS_REGION", undefined);
    expect((await segc(shop.folder, planned)).err).toContain("say which region");
    vi.stubEnv("AWS_REGION", "eu-west-1");
    vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    const { status, err } = await segc(shop.folder, planned);
    expect(status).toBe(4);
    expect(err).toContain("EC2 cannot be reached");
  });

  it("on the way leaves what can be gone on from", async () => {
    const shop = await world();
    await segc(shop.folder, planned);
    let count = 0;
    shop.standIn.trouble = (action) => {
      if (action !== "ModifyNetworkInterfaceAttribute") return "none";
      count++;
      return count > 1 && count < 9 ? "error" : "none";
    };
    const first = await segc(shop.folder, ["apply", "plan.json"]);
    expect(first.status).toBe(4);
    expect(first.err).toContain("ModifyNetworkInterfaceAttribute: ");
    shop.standIn.trouble = () => "none";
    expect((await segc(shop.folder, ["apply", "plan.json"])).out).toContain("and read back");
    expect((await segc(shop.folder, drift)).status).toBe(0);
  });

  it("of throttling and lost answers is borne", { timeout: 60_000 }, async () => {
    const shop = await world();
    await segc(shop.folder, planned);
    const seen = new Set<number>();
    shop.standIn.trouble = (_, call) => {
      const before = call - 1;
      if (call % 4 !== 0 || seen.has(before)) return "none";
      seen.add(call);
      return call % 8 === 0 ? "throttled" : "lost";
    };
    const applied = await segc(shop.folder, ["apply", "plan.json"]);
    expect(applied).toMatchObject({ status: 0 });
    shop.standIn.trouble = () => "none";
    expect((await segc(shop.folder, drift)).status).toBe(0);
  });

  it("with an interface that is gone, or a quota that is smaller, is named", async () => {
    const shop = await world();
    const [first] = shop.hosts;
    shop.account.interfaces.delete(first?.interface ?? "");
    const { status, out } = await segc(shop.folder, planned);
    expect(status).toBe(1);
    expect(out).toContain(`${shop.vpc} has no interface ${first?.interface} (host-1)`);
  });

  it("of names that are hostile reaches no terminal", async () => {
    const shop = await world();
    await planAndApply(shop);
    const [first] = shop.hosts;
    const own = shop.account.interfaces.get(first?.interface ?? "");
    const group = shop.account.createGroup({
      GroupName: "a",
      GroupDescription: "b",
      VpcId: shop.vpc,
    });
    shop.account.groups.set(group.id, { ...group, name: "\u001b[2J\u202e$(id)" });
    if (own !== undefined) own.groups = [...own.groups, group.id];
    const found = await segc(shop.folder, drift);
    expect(found.status).toBe(1);
    expect(found.out).not.toContain("\u001b");
    expect(found.out).toContain("$(id)");
  });

  it("with a project that has no interfaces is said to be that", async () => {
    const shop = await world();
    const path = join(shop.folder, "hosts.json");
    writeFileSync(path, readFileSync(path, "utf8").replaceAll("aws-sg", "nftables"));
    const { status, err } = await segc(shop.folder, planned);
    expect(status).toBe(3);
    expect(err).toContain("the inventory has no interface with security groups");
  });

  it("needs to know against what", async () => {
    const shop = await world();
    expect(await segc(shop.folder, ["plan"])).toMatchObject({ status: 3 });
    expect(await segc(shop.folder, ["drift", "--target", "nftables"])).toMatchObject({ status: 3 });
  });
});
