// A drift says `ok` of what is right, proves it, and says it of nothing else.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile } from "../../index.ts";
import { cloudChange, cloudDrift, cloudTarget } from "../../library/cloud.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import { applyTransition } from "../../targets/aws/apply/apply.ts";
import { segc } from "../cli/run-segc.ts";
import { Account } from "./account.ts";
import { directEc2 } from "./direct.ts";
import { filesFor, launchGroup, place, policyOf, today } from "./fleet.ts";
import { drift, edit, planAndApply, planned, type World, world } from "./world.ts";

const proved = { status: 0, out: expect.stringContaining("proved of what is live") };

const ours = ({ account }: World) =>
  [...account.groups.values()].filter(({ tags }) => tags.has("segc:group"));

describe("a drift", () => {
  it("tells of a service's interface that carries our groups and is in no inventory", async () => {
    const shop = await world();
    await planAndApply(shop);
    const groups = ours(shop).map(({ id }) => id);
    const service = "network_load_balancer";
    const id = shop.account.createInterface(shop.vpc, ["10.0.9.8"], { groups, service });
    const { status, out } = await segc(shop.folder, drift);
    expect(status).toBe(1);
    expect(out).toContain(`${id} (${id}) carries`);
    expect(out).toMatch(new RegExp(`opened +${id} -> host-3 : tcp/8443`));
  });

  it("keeps the last days of rules that have another name or another day now", async () => {
    const ending = (name: string, day: string) =>
      `allow ${name} = db -> web : tcp/9 {
  because "for a while"
  ticket "SHOP-1"
  until ${day}
}`;
    const shop = await world();
    const path = join(shop.folder, "segc.yaml");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, `${text}expiry: { schedule: daily }\n`);
    edit(shop.folder, "allow public", `${ending("tmp", "2099-05-01")}\nallow public`);
    await planAndApply(shop);
    expect(await segc(shop.folder, drift)).toMatchObject(proved);
    edit(shop.folder, ending("tmp", "2099-05-01"), ending("other", "2099-05-01"));
    expect(await segc(shop.folder, drift)).toMatchObject(proved);
    edit(shop.folder, ending("other", "2099-05-01"), ending("other", "2099-06-01"));
    expect(await segc(shop.folder, drift)).toMatchObject(proved);
  });

  it("does not mind groups that stay because a template names them", async () => {
    const account = new Account();
    const vpc = account.createVpc();
    const hosts = place(account, vpc, [
      { role: "web", addresses: ["10.0.0.1"] },
      { role: "web", addresses: ["10.0.0.2"] },
      { role: "api", addresses: ["10.0.1.1"] },
      { role: "db", addresses: ["10.0.2.1"] },
    ]);
    account.dataPlane.settle();
    const policy = policyOf([
      "allow public = outside -> web : tcp/443",
      "allow web-to-api = web -> api : tcp/8443",
      "allow api-to-db = api -> db : tcp/5432",
    ]);
    await reach(account, vpc, hosts, policy);
    for (const { id, tags } of account.groups.values()) {
      if (tags.has("segc:group")) account.templates.set(`lt-${id}`, { name: "x", groups: [id] });
    }
    const roles = ["api", "web", "db", "web"];
    const moved = hosts.map((host, at) => ({ ...host, role: roles[at] ?? host.role }));
    const { way, result } = await reach(account, vpc, moved, policy);
    expect(way).toContain("beside the old");
    expect(result).toMatchObject({ drifts: [], problems: [], isProved: true });
  });

  it("does not mind a group of others across a peering that nobody of ours carries", async () => {
    const shop = await world();
    await planAndApply(shop);
    const other = shop.account.createVpc();
    shop.account.peer(shop.vpc, other);
    const GroupId = launchGroup(shop.account, shop.vpc);
    const Groups = { "1": { GroupId: shop.account.defaultGroup(other) } };
    const IpPermissions = { "1": { IpProtocol: "-1", Groups } };
    shop.account.authorize({ GroupId, IpPermissions }, "ingress");
    expect(await segc(shop.folder, drift)).toMatchObject(proved);
  });

  it("is told as no proof where an interface has other addresses than the inventory", async () => {
    const shop = await world();
    await planAndApply(shop);
    const [host] = shop.hosts;
    const own = shop.account.interfaces.get(host?.interface ?? "");
    if (own === undefined) throw new Error("no interface");
    const addresses = [...own.addresses, "10.0.0.66"];
    shop.account.interfaces.set(own.id, { ...own, addresses });
    const { status, out } = await segc(shop.folder, drift);
    expect({ status, isProved: out.includes("proved") }).toEqual({ status: 0, isProved: false });
    expect((await segc(shop.folder, planned)).out).toContain("no changes");
  });
});

async function reach(
  account: Account,
  vpc: string,
  hosts: Parameters<typeof filesFor>[1],
  policy: string,
) {
  const { target } = cloudTarget(filesFor(vpc, hosts, policy), { now: today });
  if (target === undefined) throw new Error("no target");
  const ec2 = directEc2(account);
  const { transition } = cloudChange(target, await describeAccount(ec2, target.vpcs, target));
  const host = { ec2, wait: async () => undefined, progress: () => undefined };
  const lease = { prolong: async () => undefined };
  const options = { owner: target.owner, vpcs: target.vpcs, settle: 0, lease };
  expect(await applyTransition(transition, host, options)).toMatchObject({ ok: true });
  const live = await describeAccount(ec2, target.vpcs, target);
  return { way: transition.way, result: cloudDrift(target, live) };
}

it("without minimising there is no less than with it", () => {
  const account = new Account();
  const vpc = account.createVpc();
  const hosts = place(account, vpc, [{ role: "web", addresses: ["10.0.0.1"] }]);
  const files = filesFor(vpc, hosts, policyOf([]));
  const { compiled } = compile(files, { now: today, targets: ["aws"] });
  expect(compiled?.artefacts[0]?.entry.minimised).toMatchObject({ before: 1, after: 1 });
});
