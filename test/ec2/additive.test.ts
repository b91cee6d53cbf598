// Groups of others that interfaces keep: what they let through beyond the policy is told, and nothing is applied
// until somebody answers for it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keepsToSchema } from "../cli/output-schema.ts";
import { segc } from "../cli/run-segc.ts";
import type { Account } from "./account.ts";
import { drift, planAndApply, planned, type World, world } from "./world.ts";

const settings = ({ folder }: World, aws: string) => {
  const path = join(folder, "segc.yaml");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(/targets: .*/, `targets: { aws: { settle: 0, ${aws} } }`));
};

/** A group that lets in ssh from one address; new groups of EC2 let everything out. */
function bastionGroup({ account, vpc }: World, name = "bastion"): string {
  const { id } = account.createGroup({ GroupName: name, GroupDescription: "x", VpcId: vpc });
  openSsh(account, id, "198.51.100.7/32");
  return id;
}

const openSsh = (account: Account, GroupId: string, CidrIp: string) => {
  const permission = {
    IpProtocol: "tcp",
    FromPort: "22",
    ToPort: "22",
    IpRanges: { "1": { CidrIp } },
  };
  account.authorize({ GroupId, IpPermissions: { "1": permission } }, "ingress");
};

const carry = (account: Account, id: string, groups: readonly string[]) => {
  const SecurityGroupId = Object.fromEntries(groups.map((one, at) => [String(at + 1), one]));
  account.attach({ NetworkInterfaceId: id, SecurityGroupId });
  account.dataPlane.settle();
};

const groupsOf = ({ account, hosts }: World, at: number) =>
  account.interfaces.get(hosts[at]?.interface ?? "")?.groups ?? [];

const passes = ({ account }: World, to: string, detail: number) =>
  account.dataPlane.passes({ from: "198.51.100.7", to, protocol: 6, detail });

it("a host that its own table holds back is named in the plan", async () => {
  const shop = await world();
  const path = join(shop.folder, "hosts.json");
  const records = JSON.parse(readFileSync(path, "utf8"));
  const host = {
    ...records[3],
    name: "host-9",
    addresses: ["10.0.9.9"],
    enforcers: [{ kind: "nftables", id: "host", directions: ["ingress", "egress"] }],
  };
  writeFileSync(path, JSON.stringify([...records, host]));
  const { plan } = await planAndApply(shop);
  expect(plan.out).toContain("relies  shop.public: nftables holds back 1 of the hosts\n");
});

describe("groups of others", () => {
  it("stay where they are accepted, and the rest of the policy holds", async () => {
    const shop = await world();
    const bastion = bastionGroup(shop);
    for (const { interface: id } of shop.hosts) carry(shop.account, id, [bastion]);
    settings(shop, "foreign: additive");
    const refused = await segc(shop.folder, planned);
    expect(refused.status).toBe(1);
    expect(refused.out).toContain(
      `foreign  198.51.100.7 -> host-1 and 1 more : tcp/22 by ${bastion} (bastion)\n`,
    );
    expect(refused.out).toMatch(/foreign {2}host-3 -> \d.* by sg-\w+ \(bastion\)\n/);
    const unapplied = await segc(shop.folder, ["apply", "plan.json"]);
    expect(unapplied.status).toBe(1);
    expect(unapplied.err).toContain("groups of others let through what the policy does not");
    expect(groupsOf(shop, 0)).toEqual([bastion]);

    settings(shop, `foreign: additive, accepted: { ${bastion}: administrators }`);
    expect((await segc(shop.folder, ["apply", "plan.json"])).err).toContain("segc.yaml");
    const { plan } = await planAndApply(shop);
    expect(plan.out).toContain("accepted  198.51.100.7 -> host-1 and 1 more : tcp/22 by");
    expect(plan.out).toContain("gap: none, excess: none: proved");
    for (const at of shop.hosts.keys()) {
      expect(groupsOf(shop, at)).toContain(bastion);
      expect(groupsOf(shop, at).length).toBeGreaterThan(1);
    }
    shop.account.dataPlane.settle();
    expect([22, 443, 80].map((port) => passes(shop, "10.0.0.1", port))).toEqual([
      true,
      true,
      false,
    ]);
    expect(await segc(shop.folder, drift)).toMatchObject({ status: 0 });
    expect((await segc(shop.folder, planned)).out).toContain("ok: no changes");
    const json = JSON.parse((await segc(shop.folder, [...planned, "--format", "json"])).out);
    expect(keepsToSchema(json)).toBe(true);
    expect(json.change.foreign.open).toEqual([]);
    expect(json.change.foreign.accepted.length).toBeGreaterThan(0);
  });

  it("are drift where nobody accepted them, and a plan that changes nothing says so", async () => {
    const shop = await world();
    const bastion = bastionGroup(shop);
    settings(shop, `foreign: additive, accepted: { ${bastion}: administrators }`);
    for (const { interface: id } of shop.hosts) carry(shop.account, id, [bastion]);
    await planAndApply(shop);
    const other = bastionGroup(shop, "by hand");
    const id = shop.hosts[3]?.interface ?? "";
    openSsh(shop.account, other, "0.0.0.0/0");
    carry(shop.account, id, [...groupsOf(shop, 3), other]);
    const found = await segc(shop.folder, drift);
    expect(found.status).toBe(1);
    expect(found.out).toContain(`differs  host-4 (${id}) carries ${other} (by hand)\n`);
    expect(found.out).toMatch(/opened {3}\d.* -> host-4 : tcp\/22\n/);
    const plan = await segc(shop.folder, planned);
    expect(plan.status).toBe(1);
    expect(plan.out).toContain("no changes");
    expect(plan.out).not.toContain("ok: no changes");
    expect(plan.out).toMatch(new RegExp(`foreign {2}\\d.* -> host-4 : tcp/22 by ${other}`));
  });

  it("are left, and named, where nothing is said of them", async () => {
    const shop = await world();
    const bastion = bastionGroup(shop);
    for (const { interface: id } of shop.hosts) carry(shop.account, id, [bastion]);
    const { plan } = await planAndApply(shop);
    expect(plan.out).toContain(`note  host-1 and 3 more leave ${bastion} (bastion)`);
    expect(groupsOf(shop, 0)).not.toContain(bastion);
  });

  it("count as groups of the interface: the quota is not overrun", async () => {
    const shop = await world();
    const own = ["a", "b", "c", "d", "e"].map((name) => bastionGroup(shop, name));
    for (const { interface: id } of shop.hosts) carry(shop.account, id, own);
    settings(
      shop,
      `foreign: additive, accepted: { ${own.map((id) => `${id}: known`).join(", ")} }`,
    );
    const plan = await segc(shop.folder, planned);
    expect(plan.status).toBe(1);
    expect(plan.out).toMatch(/quota {2}eni-\w+ would carry \d groups, and 5 is the quota/);
    expect((await segc(shop.folder, ["apply", "plan.json"])).status).toBe(1);
    expect(groupsOf(shop, 0)).toEqual(own.toSorted());
  });

  it.each([
    ["accepted: { sg-1: x }", "SEG810", "foreign: additive"],
    ["foreign: additive, accepted: { web: x }", "SEG810", "`web` is no id of a security group"],
    ["foreign: additive, accepted: { sg-1: '' }", "SEG810", "reason"],
    ["foreign: both", "SEG810", "additive"],
  ])("%s is refused", async (aws, code, text) => {
    const shop = await world();
    settings(shop, aws);
    const { status, out } = await segc(shop.folder, planned);
    expect(status).toBe(3);
    expect(out).toContain(code);
    expect(out).toContain(text);
  });
});
