// Managed prefix lists of an account, as the verbs make, change and delete them, with the real SDK.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { segc } from "../cli/run-segc.ts";
import { policyOf } from "./fleet.ts";
import { many, networksOf } from "./generators.ts";
import { changes, drift, planAndApply, planned, type World, world } from "./world.ts";

const policyFor = (hosts: readonly number[]) =>
  policyOf([
    `allow a = ${networksOf(hosts)} -> web : tcp/443`,
    `allow b = ${networksOf(hosts)} -> db : tcp/5432`,
  ]);

const listsOf = ({ account }: World) => [...account.prefixLists.values()];
const passes = ({ account }: World, from: string) => {
  account.dataPlane.settle();
  return account.dataPlane.passes({ from, to: "10.0.2.1", protocol: 6, detail: 5432 });
};
const become = ({ folder }: World, policy: string) =>
  writeFileSync(join(folder, "shop.seg"), policy);

describe("prefixes that two groups name", () => {
  it("are a list in the account, which is changed once for both, and goes with them", async () => {
    const shop = await world(policyFor(many));
    const { plan } = await planAndApply(shop);
    expect(plan.out).toContain("prefix lists: 1 to create, 0 to change, 0 to delete\n");
    expect(listsOf(shop)).toMatchObject([{ family: "IPv4", max: 12, state: "create-complete" }]);
    expect([passes(shop, "192.0.2.1"), passes(shop, "192.0.2.25")]).toEqual([true, false]);
    expect((await segc(shop.folder, drift)).status).toBe(0);

    become(shop, policyFor([...many.slice(1), 25, 27]));
    shop.standIn.calls.length = 0;
    const changed = await planAndApply(shop);
    expect(changed.plan.out).toContain("prefix lists: 0 to create, 1 to change, 0 to delete\n");
    expect(changed.plan.out).toContain("gap: none, excess: none: proved");
    // More room, two entries more, one less, and the room given back; and the lease.
    const made = changes(shop.standIn.calls).filter((call) => call === "ModifyManagedPrefixList");
    expect(made).toHaveLength(4);
    expect(changes(shop.standIn.calls)).toHaveLength(6);
    expect(listsOf(shop)).toMatchObject([{ max: 13, version: 3 }]);
    expect([passes(shop, "192.0.2.1"), passes(shop, "192.0.2.25")]).toEqual([false, true]);

    become(shop, policyFor([1, 3]));
    await planAndApply(shop);
    expect(listsOf(shop)).toEqual([]);
    expect((await segc(shop.folder, drift)).status).toBe(0);
  });

  it("are called otherwise with another rule, and stay the same list", async () => {
    const shop = await world(policyFor(many));
    await planAndApply(shop);
    const [before] = listsOf(shop);
    become(shop, policyFor(many).replace("allow a", "allow other"));
    await planAndApply(shop);
    expect(listsOf(shop)).toMatchObject([{ id: before?.id, version: 1 }]);
    expect(before?.tags.get("segc:group")).toContain("-shop.b-");
    expect((await segc(shop.folder, planned)).out).toContain("no changes");
  });

  it("edited by hand are told, with what that opens", async () => {
    const shop = await world(policyFor(many));
    await planAndApply(shop);
    const [list] = listsOf(shop);
    if (list === undefined) throw new Error("no list");
    list.entries = [...list.entries.slice(1), "0.0.0.0/0"];
    list.max = 20;
    const found = await segc(shop.folder, drift);
    expect(found).toMatchObject({ status: 1 });
    expect(found.out).toContain(`0.0.0.0/0 in ${list.id} (`);
    expect(found.out).toMatch(/192\.0\.2\.1\/32 in pl-\S+ \(segc-\S+\) missing/);
    expect(found.out).toMatch(/opened .*-> host-4 : tcp\/5432/);
    await planAndApply(shop);
    expect(list).toMatchObject({ max: 12, entries: expect.not.arrayContaining(["0.0.0.0/0"]) });
    expect((await segc(shop.folder, drift)).status).toBe(0);
  });

  it("of very many are made by the hundred", async () => {
    const hosts = Array.from({ length: 128 }, (_, at) => 2 * at + 1);
    const shop = await world(policyFor(hosts));
    const path = join(shop.folder, "segc.yaml");
    const quotas = "quotas: { aws: { rulesPerGroup: 200 } }\n";
    writeFileSync(path, readFileSync(path, "utf8") + quotas);
    await planAndApply(shop).catch((error) => error); // the account grants 60
    expect(listsOf(shop)).toMatchObject([{ max: 128, version: 2 }]);
    expect(listsOf(shop)[0]?.entries).toHaveLength(128);
  });

  it("for which a group has no room are said so, and nothing is half known", async () => {
    const shop = await world(policyFor(many));
    await planAndApply(shop);
    const group = [...shop.account.groups.values()].find(({ name }) => name.includes("shop.a"));
    const IpRanges = Object.fromEntries(
      Array.from({ length: 46 }, (_, at) => [String(at + 1), { CidrIp: `203.0.113.${at}/32` }]),
    );
    const permission = { IpProtocol: "tcp", FromPort: "1", ToPort: "1", IpRanges };
    become(shop, policyFor([...many, 25, 27, 29]));
    expect((await segc(shop.folder, planned)).status).toBe(0);
    // Under the lease nobody else should do this.
    shop.standIn.trouble = (action) => {
      if (action === "ModifyManagedPrefixList") {
        shop.standIn.trouble = () => "none";
        const GroupId = group?.id;
        shop.account.authorize({ GroupId, IpPermissions: { "1": permission } }, "ingress");
      }
      return "none";
    };
    const applied = await segc(shop.folder, ["apply", "plan.json"]);
    expect(applied.err).toContain("error: ModifyManagedPrefixList: no room in what names it");
    expect(applied.status).toBe(4);
    expect(listsOf(shop)[0]?.entries).toHaveLength(12);
  });

  it("that somebody else names stay when they go", async () => {
    const shop = await world(policyFor(many));
    await planAndApply(shop);
    const [list] = listsOf(shop);
    const elsewhere = shop.account.createVpc();
    const GroupId = shop.account.defaultGroup(elsewhere);
    const PrefixListIds = { "1": { PrefixListId: list?.id } };
    const permission = { IpProtocol: "-1", PrefixListIds };
    shop.account.authorize({ GroupId, IpPermissions: { "1": permission } }, "ingress");
    become(shop, policyFor([1, 3]));
    expect((await segc(shop.folder, planned)).status).toBe(0);
    const applied = await segc(shop.folder, ["apply", "plan.json"]);
    expect(applied).toMatchObject({ status: 0 });
    expect(applied.out).toContain(list?.id);
    expect(listsOf(shop)).toMatchObject([{ state: "delete-failed" }]);
  });
});
