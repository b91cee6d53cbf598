// Prefix lists that are not as an apply of ours left them: of other projects, half changed, made by hand.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isProved } from "../../targets/aws/transition/transition.ts";
import { segc } from "../cli/run-segc.ts";
import { Account } from "./account.ts";
import { change } from "./changing.ts";
import { type Machine, place, planFor, policyOf } from "./fleet.ts";
import { networksOf } from "./generators.ts";
import { savedAnswers } from "./shop.ts";
import { drift, planAndApply, planned, type World, world } from "./world.ts";

/** So many hosts, none beside another. */
const odd = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => 2 * (at + from) + 1);
const rulesFor = (hosts: readonly number[]) => [
  `allow a = ${networksOf(hosts)} -> web : tcp/80`,
  `allow b = ${networksOf(hosts)} -> db : tcp/443`,
];
const policyFor = (hosts: readonly number[]) => policyOf(rulesFor(hosts));
const machines: readonly Machine[] = [
  { role: "web", addresses: ["10.0.0.1"] },
  { role: "db", addresses: ["10.0.0.2"] },
];

const become = ({ folder }: World, policy: string) =>
  writeFileSync(join(folder, "shop.seg"), policy);
const listsOf = ({ account }: World) => [...account.prefixLists.values()];
const onlyList = (shop: World) => {
  const [list, ...more] = listsOf(shop);
  if (list === undefined || more.length > 0) throw new Error(`${more.length} more lists`);
  return list;
};

const applied = (account: Account, vpc: string, policy: string, hosts: ReturnType<typeof place>) =>
  change(account, [vpc], planFor(vpc, hosts, policy), () => undefined, {
    seed: 1,
    foreign: "exclusive",
  });

describe("a list", () => {
  it("is of one network: projects for others have their own, whoever owns them", async () => {
    const account = new Account();
    const [near, far] = [account.createVpc(), account.createVpc()];
    const here = place(account, near, machines);
    const there = place(account, far, machines);
    await applied(account, near, policyFor(odd(12)), here);
    await applied(account, far, policyFor(odd(12)), there);
    expect(account.prefixLists.size).toBe(2);
    const [first] = account.prefixLists.values();
    await applied(account, far, policyFor(odd(12, 1)), there);
    expect(first?.entries).toHaveLength(12);
    expect(first?.entries[0]).toBe("192.0.2.1/32");
    const { transition } = await applied(account, near, policyFor(odd(12)), here);
    expect(transition.phases).toEqual([]);
  });

  it("of somebody else goes from a group of ours without trouble", async () => {
    const shop = await world();
    await planAndApply(shop);
    shop.account.addList("pl-63a5400a", ["203.0.113.0/24"], "com.amazonaws.eu-west-1.s3");
    const group = [...shop.account.groups.values()].find(({ tags }) => tags.has("segc:group"));
    const PrefixListIds = { "1": { PrefixListId: "pl-63a5400a" } };
    const IpPermissions = { "1": { IpProtocol: "-1", PrefixListIds } };
    shop.account.authorize({ GroupId: group?.id, IpPermissions }, "egress");
    const found = await segc(shop.folder, drift);
    expect(found.out).toContain("pl-63a5400a (com.amazonaws.eu-west-1.s3)");
    await planAndApply(shop);
    expect((await segc(shop.folder, drift)).status).toBe(0);
  });

  it("whose last change failed is changed when there is room again", async () => {
    const shop = await world(policyFor(odd(12)));
    await planAndApply(shop);
    const list = onlyList(shop);
    list.state = "modify-failed";
    become(shop, policyFor(odd(14)));
    await planAndApply(shop);
    expect(list).toMatchObject({ max: 14, state: "modify-complete" });
  });

  it("that could not go is left, and another one is made when it is needed", async () => {
    const shop = await world(policyFor(odd(12)));
    await planAndApply(shop);
    const list = onlyList(shop);
    const GroupId = shop.account.defaultGroup(shop.account.createVpc());
    const PrefixListIds = { "1": { PrefixListId: list.id } };
    const IpPermissions = { "1": { IpProtocol: "-1", PrefixListIds } };
    shop.account.authorize({ GroupId, IpPermissions }, "ingress");
    become(shop, policyFor([1, 3]));
    await planAndApply(shop);
    expect(list.state).toBe("delete-failed");
    expect((await segc(shop.folder, planned)).out).toContain("no changes");
    become(shop, policyFor(odd(13)));
    await planAndApply(shop);
    expect(listsOf(shop).map(({ max }) => max)).toEqual([12, 13]);
  });

  it("that no rule names has its entries before any does", async () => {
    const shop = await world(policyFor(odd(12)));
    await planAndApply(shop);
    const list = onlyList(shop);
    // As after an apply that died before anything named it.
    for (const group of shop.account.groups.values()) {
      for (const [key, { peer }] of group.ingress) {
        if (peer.kind === "list") group.ingress.delete(key);
      }
    }
    become(shop, policyFor(odd(12, 2)));
    const { plan } = await planAndApply(shop);
    expect(plan.out).toContain("gap: none, excess: none: proved");
    expect(plan.out).toMatch(/1 +make prefix lists that nobody names yet/);
    expect(list.entries).not.toContain("192.0.2.1/32");
  });

  it("is the one that rules name, of two with one name", async () => {
    const shop = await world(policyFor(odd(12)));
    await planAndApply(shop);
    const list = onlyList(shop);
    const twin = { ...list, id: "pl-00000000000000000", entries: ["0.0.0.0/0"] };
    shop.account.prefixLists.clear();
    for (const one of [twin, list]) shop.account.prefixLists.set(one.id, one);
    const { plan } = await planAndApply(shop);
    expect(plan.out).toContain("prefix lists: 0 to create, 0 to change, 1 to delete");
    expect(onlyList(shop).id).toBe(list.id);
  });

  it("gives room back that an earlier apply left", async () => {
    const shop = await world(policyFor(odd(12)));
    await planAndApply(shop);
    const list = onlyList(shop);
    list.max = 55;
    await planAndApply(shop);
    expect(list).toMatchObject({ max: 12, version: 1 });
  });

  it("has entries in whatever form EC2 gives them back", async () => {
    const six = (from: number) =>
      Array.from({ length: 12 }, (_, at) => `2001:db8:${2 * (at + from) + 1}::/48`);
    const policy = (from: number) =>
      policyOf(
        ["web", "api"].map(
          (role, at) =>
            `allow r${at} = networks { ${six(from).join(", ")} } -> ${role} : tcp/${443 + at}`,
        ),
      );
    const shop = await world(policy(0));
    const path = join(shop.folder, "hosts.json");
    const hosts = JSON.parse(readFileSync(path, "utf8"));
    for (const [at, host] of hosts.entries()) host.addresses.push(`fd00:1::${at + 1}`);
    writeFileSync(path, JSON.stringify(hosts));
    for (const [at, one] of shop.hosts.entries()) {
      const found = shop.account.interfaces.get(one.interface);
      if (found === undefined) throw new Error("no interface");
      const addresses = [...found.addresses, `fd00:1::${at + 1}`];
      shop.account.interfaces.set(one.interface, { ...found, addresses });
    }
    await planAndApply(shop);
    const list = onlyList(shop);
    list.entries = list.entries.map((entry) => entry.replace("::/48", ":0:0:0:0:0/48"));
    expect((await segc(shop.folder, planned)).out).toContain("no changes");
    become(shop, policy(3));
    await planAndApply(shop);
    expect(list.entries).toHaveLength(12);
    expect((await segc(shop.folder, drift)).status).toBe(0);
  });

  it("of another owner changes nothing, whatever becomes of it", async () => {
    const shop = await world(policyFor(odd(12)));
    const path = join(shop.folder, "segc.yaml");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, `${text}quotas: { aws: { prefixLists: 1 } }\n`);
    shop.account.addList("pl-1", ["203.0.113.0/24"]);
    const other = shop.account.prefixLists.get("pl-1");
    const elsewhere = shop.account.createVpc();
    other?.tags.set("segc:owner", "other").set("segc:network", elsewhere);
    expect((await segc(shop.folder, planned)).status).toBe(0);
    if (other !== undefined) other.entries = ["198.51.100.0/24"];
    expect((await segc(shop.folder, ["apply", "plan.json"])).status).toBe(0);
  });

  it("that saved answers do not describe is missed", async () => {
    const shop = await world(policyFor(odd(12)));
    await planAndApply(shop);
    const { id, entries } = onlyList(shop);
    for (const [name, text] of Object.entries(await savedAnswers(shop.account))) {
      writeFileSync(join(shop.folder, name), text);
    }
    const listed = { Entries: entries.map((Cidr) => ({ Cidr })) };
    writeFileSync(join(shop.folder, "account", `prefix-list-${id}.json`), JSON.stringify(listed));
    const saved = ["plan", "--target", "aws", "--live", "account"];
    const found = await segc(shop.folder, saved);
    expect(found).toMatchObject({ status: 4 });
    expect(found.err).toContain(`${id}, which a rule names, is not among the prefix lists`);
    rmSync(join(shop.folder, "account"), { recursive: true });
  });
});

describe("a list that fills its groups", () => {
  it("changes by new lists in new groups", async () => {
    const account = new Account();
    const vpc = account.createVpc();
    const hosts = place(account, vpc, machines);
    await applied(account, vpc, policyFor(odd(60)), hosts);
    const { transition } = await applied(account, vpc, policyFor(odd(60, 1)), hosts);
    expect(isProved(transition)).toBe(true);
    expect([...account.prefixLists.values()]).toMatchObject([{ max: 60, version: 1 }]);
  });
});
