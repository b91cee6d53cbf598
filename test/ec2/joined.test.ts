// Two networks of an account, joined or not, as the verbs see them, with the real SDK.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { NetworkLinks } from "../../compiler/plan/network-links.ts";
import { checkout, segc } from "../cli/run-segc.ts";
import { drift, planAndApply, planned, type World, world } from "./world.ts";

/** Moves the project's database into a network of its own. */
async function twoNetworks(links: (vpc: string, other: string) => Partial<NetworkLinks>) {
  const shop = await world();
  const other = shop.account.createVpc();
  const db = shop.account.createInterface(other, ["10.9.0.1"]);
  const hosts = JSON.parse(readFileSync(join(shop.folder, "hosts.json"), "utf8"));
  for (const host of hosts) {
    const [enforcer] = host.enforcers;
    enforcer.network = host.labels.role === "db" ? other : shop.vpc;
    if (host.labels.role !== "db") continue;
    shop.account.interfaces.delete(enforcer.id);
    enforcer.id = db;
    host.addresses = ["10.9.0.1"];
  }
  writeFileSync(join(shop.folder, "hosts.json"), JSON.stringify(hosts));
  const targets = JSON.stringify({ aws: { settle: 0, ...links(shop.vpc, other) } });
  const path = join(shop.folder, "segc.yaml");
  const text = readFileSync(path, "utf8").replace(/targets:.*/, `targets: ${targets}`);
  writeFileSync(path, text);
  return { ...shop, other };
}

const peered = (one: string, other: string) => ({ peerings: [[one, other]] });

const passes = ({ account }: World, from: string, to: string) => {
  account.dataPlane.settle();
  return account.dataPlane.passes({ from, to, protocol: 6, detail: 5432 });
};

const groupsNamed = ({ account }: World, vpc: string, direction: "ingress" | "egress") =>
  [...account.groups.values()]
    .filter((group) => group.vpc === vpc && group.tags.has("segc:group"))
    .flatMap((group) => [...group[direction].values()])
    .flatMap(({ peer }) => (peer.kind === "group" ? account.groups.get(peer.id)?.vpc : []));

describe("networks of an account", () => {
  it("that are peered name each other's groups", async () => {
    const shop = await twoNetworks(peered);
    shop.account.peer(shop.other, shop.vpc);
    const { plan } = await planAndApply(shop);
    expect(plan.out).toContain("gap: none, excess: none: proved");
    expect(groupsNamed(shop, shop.other, "ingress")).toEqual([shop.vpc]);
    expect(groupsNamed(shop, shop.vpc, "egress")).toContain(shop.other);
    expect(passes(shop, "10.0.1.1", "10.9.0.1")).toBe(true);
    expect(passes(shop, "10.0.0.1", "10.9.0.1")).toBe(false);
    expect((await segc(shop.folder, drift)).status).toBe(0);
    shop.account.peerings.clear();
    const apart = await segc(shop.folder, drift);
    expect(apart).toMatchObject({ status: 1 });
    const { vpc, other } = shop;
    expect(apart.out).toContain(
      `groups are named for what comes from ${vpc} to ${other}, and nothing joins these as`,
    );
    expect(apart.out).toContain(`for what goes from ${vpc} to ${other}`);
  });

  it("at a transit gateway name groups for what comes in", async () => {
    const shop = await twoNetworks((one, other) => ({ transitGateways: [[one, other]] }));
    shop.account.createTransitGateway([shop.vpc, shop.other]);
    await planAndApply(shop);
    expect(groupsNamed(shop, shop.other, "ingress")).toEqual([shop.vpc]);
    expect(groupsNamed(shop, shop.vpc, "egress")).not.toContain(shop.other);
    expect(passes(shop, "10.0.1.1", "10.9.0.1")).toBe(true);
  });

  it("that are not joined as segc.yaml says are told, and nothing is changed", async () => {
    const shop = await twoNetworks(peered);
    shop.account.createTransitGateway([shop.vpc, shop.other]);
    const plan = await segc(shop.folder, planned);
    expect(plan).toMatchObject({ status: 1 });
    expect(plan.out + plan.err).toContain(
      `groups are named for what goes from ${shop.vpc} to ${shop.other}, and nothing joins these`,
    );
    expect(() => readFileSync(join(shop.folder, "plan.json"))).toThrow();
  });

  it("of which other ones are joined in between are not waited for", async () => {
    const shop = await twoNetworks(peered);
    shop.account.peer(shop.vpc, shop.other);
    expect((await segc(shop.folder, planned)).status).toBe(0);
    shop.account.peer(shop.account.createVpc(), shop.account.createVpc());
    expect((await segc(shop.folder, ["apply", "plan.json"])).status).toBe(0);
  });

  it("whose peering has gone, and segc.yaml knows it, are told what that closed", async () => {
    const shop = await twoNetworks(peered);
    shop.account.peer(shop.vpc, shop.other);
    await planAndApply(shop);
    shop.account.peerings.clear();
    const path = join(shop.folder, "segc.yaml");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/targets:.*/, "targets: { aws: { settle: 0 } }"));
    const { out } = await segc(shop.folder, drift);
    expect(out).toContain("closed   host-3 -> host-4 : tcp/5432");
    const { plan } = await planAndApply(shop);
    expect(plan.out).toContain("opens  host-3 -> host-4 : tcp/5432");
  });

  it("with a rule that EC2 calls stale are told so", async () => {
    const shop = await twoNetworks(peered);
    const old = shop.account.peer(shop.vpc, shop.other);
    await planAndApply(shop);
    shop.account.peerings.delete(old);
    shop.account.peer(shop.vpc, shop.other);
    shop.account.isStale = true;
    const found = await segc(shop.folder, drift);
    expect(found).toMatchObject({ status: 1 });
    expect(found.out).toMatch(/rule sgr-\S+ of sg-\S+ names sg-\S+ by a peering that is gone/);
  });

  it("whose peering goes between plan and apply are not touched", async () => {
    const shop = await twoNetworks(peered);
    shop.account.peer(shop.vpc, shop.other);
    expect((await segc(shop.folder, planned)).status).toBe(0);
    shop.account.peerings.clear();
    const applied = await segc(shop.folder, ["apply", "plan.json"]);
    expect(applied).toMatchObject({ status: 1 });
    expect(groupsNamed(shop, shop.other, "ingress")).toEqual([]);
  });

  it("are looked at in saved answers too", async () => {
    const shop = await twoNetworks(peered);
    shop.account.peer(shop.vpc, shop.other);
    const saved = ["plan", "--target", "aws", "--live", "account"];
    const missing = await segc(shop.folder, saved);
    expect(missing).toMatchObject({ status: 4 });
    expect(missing.err).toContain("vpc-peering-connections.json is missing");
    rmSync(join(shop.folder, "account"), { recursive: true });
  });

  it("take the calls that the README says", async () => {
    const shop = await twoNetworks(peered);
    shop.account.peer(shop.vpc, shop.other);
    shop.standIn.calls.length = 0;
    await segc(shop.folder, planned);
    const readme = readFileSync(join(checkout, "targets/aws/README.md"), "utf8");
    const row = readme.split("\n").find((line) => line.startsWith("| where groups name")) ?? "";
    const told = [...row.matchAll(/ec2:(\w+)/g)].map(([, action]) => action).sort();
    const links = shop.standIn.calls.filter((call) => /Peering|Transit/.test(call));
    expect(told).toHaveLength(3);
    expect([...new Set(links)].sort()).toEqual(told);
  });
});
