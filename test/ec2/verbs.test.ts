// plan, apply and drift as a user calls them, with the real SDK against the stand-in over HTTP.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { keepsToSchema } from "../cli/output-schema.ts";
import { checkout, segc } from "../cli/run-segc.ts";
import { many, networksOf } from "./generators.ts";
import { changes, drift, edit, planAndApply, planned, world } from "./world.ts";

describe("an account", () => {
  it("is brought to what the policy says, and stays there", async () => {
    const shop = await world();
    const { plan, applied } = await planAndApply(shop);
    expect(plan.out).toContain("gap: none, excess: none: proved");
    expect(plan.out).toContain("closes  host-1 and 1 more -> host-3 : any-service but tcp/8443\n");
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
    const folder = join(shop.folder, "folders", "network-interfaces.json");
    mkdirSync(folder, { recursive: true });
    const unread = await segc(shop.folder, ["plan", "--target", "aws", "--live", "folders"]);
    expect(unread).toMatchObject({ status: 4 });
    expect(unread.err).toContain("network-interfaces.json cannot be read: ");
  });
});

describe("what the verbs ask of EC2", () => {
  it("is what targets/aws/README.md says, no less and no more", async () => {
    const shop = await world();
    const prefixed = (calls: readonly string[]) =>
      [...new Set(calls.map((call) => `ec2:${call}`))].sort();
    shop.account.templates.set("lt-1", { name: "any", groups: [] });
    shop.account.addList("pl-1", ["203.0.113.0/24"]);
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
    // A prefix list, another entry in it, and none again.
    const toPartners = (hosts: readonly number[]) =>
      `allow p = ${networksOf(hosts)} -> { web, api } : { tcp/1, tcp/3 }`;
    const [made, changed] = [toPartners(many), toPartners([...many, 25])];
    edit(shop.folder, "allow public", `${made}\nallow public`);
    await planAndApply(shop);
    edit(shop.folder, made, changed);
    await planAndApply(shop);
    edit(shop.folder, changed, "");
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
