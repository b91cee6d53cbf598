// What plan, apply and drift refuse, and what they say when something is in their way.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { segc } from "../cli/run-segc.ts";
import { changes, drift, edit, planAndApply, planned, world } from "./world.ts";

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
