// `segc plan --calls`: made one by one by somebody else, the calls bring an account to what the policy says.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as sdk from "@aws-sdk/client-ec2";
import { expect, it } from "vitest";
import type { CliCall } from "../../targets/aws/apply/calls.ts";
import { segc } from "../cli/run-segc.ts";
import { many, networksOf } from "./generators.ts";
import { drift, edit, type World, world } from "./world.ts";

const calling = ["plan", "--target", "aws", "--calls", "calls.jsonl"];

const commands: Readonly<Record<string, unknown>> = { ...sdk };

/** As somebody with a script would: ids of new groups take the place of their refs. */
async function makeCalls({ folder, standIn }: World): Promise<readonly CliCall[]> {
  const client = new sdk.EC2Client({ endpoint: standIn.endpoint });
  const lines = readFileSync(join(folder, "calls.jsonl"), "utf8").trimEnd().split("\n");
  const ids = new Map<string, string>();
  const calls: CliCall[] = [];
  for (const line of lines) {
    const said = [...ids].reduce(
      (text, [ref, id]) => text.replaceAll(JSON.stringify(ref), JSON.stringify(id)),
      line,
    );
    const call: CliCall = JSON.parse(said);
    const name = call.call.replace(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase());
    // Every command of the SDK is made and sent in the same way.
    const Command = commands[`${name}Command`] as typeof sdk.CreateSecurityGroupCommand;
    try {
      const answer = await client.send(new Command(Object(call.input)));
      const { GroupId, PrefixList } = Object(answer);
      const id = GroupId ?? Object(PrefixList).PrefixListId;
      if (call.creates !== undefined) ids.set(call.creates, String(id));
      // EC2 takes its time over a list, and no other change meanwhile.
      if (PrefixList !== undefined)
        await client.send(new sdk.DescribeManagedPrefixListsCommand({}));
    } catch (error) {
      if (call.mayFailWith?.includes(Object(error).name) !== true) throw error;
    }
    calls.push(call);
  }
  return calls;
}

it("calls for the AWS CLI lead to what the policy says, and from there to another", async () => {
  const shop = await world();
  const first = await segc(shop.folder, calling);
  expect(first).toMatchObject({ status: 0 });
  expect(first.out).toContain("ok: calls written to calls.jsonl");
  const calls = await makeCalls(shop);
  expect(new Set(calls.map(({ call }) => call))).toEqual(
    new Set([
      "authorize-security-group-egress",
      "authorize-security-group-ingress",
      "create-security-group",
      "modify-network-interface-attribute",
      "revoke-security-group-egress",
    ]),
  );
  const phases = calls.map(({ phase }) => phase);
  expect(phases).toEqual(phases.toSorted((a, b) => a - b));
  expect(await segc(shop.folder, drift)).toMatchObject({ status: 0 });
  const gone = { GroupName: "gone", GroupDescription: "of an earlier plan", VpcId: shop.vpc };
  const { tags } = shop.account.createGroup(gone);
  tags.set("segc:owner", "shop").set("segc:group", "segc-gone");
  const partners = `allow p = ${networksOf(many)} -> { web, api } : { tcp/1, tcp/3 }`;
  edit(shop.folder, "tcp/5432", `tcp/5433\n${partners}`);
  edit(shop.folder, "allow web-to-api = web -> api : tcp/8443", "");
  await segc(shop.folder, calling);
  const more = (await makeCalls(shop)).map(({ call }) => call);
  expect(more).toContain("revoke-security-group-ingress");
  expect(more).toContain("delete-security-group");
  expect(more).toContain("create-managed-prefix-list");
  expect(await segc(shop.folder, drift)).toMatchObject({ status: 0 });
  edit(shop.folder, networksOf(many), networksOf([...many.slice(1), 25, 27]));
  await segc(shop.folder, calling);
  const changed = (await makeCalls(shop)).map(({ call }) => call);
  expect(changed).toEqual(Array.from({ length: 4 }, () => "modify-managed-prefix-list"));
  expect(await segc(shop.folder, drift)).toMatchObject({ status: 0 });
  // A list that nothing names is brought to its entries in one phase.
  for (const { ingress, egress } of shop.account.groups.values()) {
    for (const rules of [ingress, egress]) {
      for (const [key, { peer }] of rules) if (peer.kind === "list") rules.delete(key);
    }
  }
  edit(shop.folder, networksOf([...many.slice(1), 25, 27]), networksOf([...many.slice(3), 29]));
  await segc(shop.folder, calling);
  await makeCalls(shop);
  expect(await segc(shop.folder, drift)).toMatchObject({ status: 0 });
});

it("are not written of what is not proved", async () => {
  const shop = await world();
  const both = await segc(shop.folder, [...calling, "--out", "./calls.jsonl"]);
  expect(both).toMatchObject({ status: 3 });
  expect((await segc(shop.folder, calling)).status).toBe(0);
  const path = join(shop.folder, "segc.yaml");
  const text = readFileSync(path, "utf8");
  // The default group lets its members talk, and nobody has accepted that.
  writeFileSync(path, text.replace("settle: 0", "settle: 0, foreign: additive"));
  const { status, out } = await segc(shop.folder, calling);
  expect(status).toBe(1);
  expect(out).toContain("calls.jsonl is empty: there are calls of what is proved only");
  expect(readFileSync(join(shop.folder, "calls.jsonl"), "utf8")).toBe("");
});
