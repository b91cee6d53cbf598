// A project in a folder, its account in the stand-in over HTTP, and the environment in which the SDK finds it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, vi } from "vitest";
import { segc } from "../cli/run-segc.ts";
import { temporaryFolder } from "../host/temporary-folder.ts";
import { awsEnvironment, type StandIn, serve } from "./server.ts";
import { newShop, type Shop, shopPolicy, writeShop } from "./shop.ts";

export interface World extends Shop {
  readonly folder: string;
  readonly standIn: StandIn;
}

const open: StandIn[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const standIn of open.splice(0)) await standIn.close();
});

export async function world(policy = shopPolicy): Promise<World> {
  const shop = newShop();
  const folder = temporaryFolder();
  await writeShop(folder, shop, policy);
  const standIn = await serve(shop.account);
  open.push(standIn);
  for (const [name, value] of Object.entries(awsEnvironment(standIn.endpoint)))
    vi.stubEnv(name, value);
  return { ...shop, folder, standIn };
}

export const planned = ["plan", "--target", "aws", "--out", "plan.json"];
export const drift = ["drift", "--target", "aws"];

export async function planAndApply({ folder }: World) {
  const plan = await segc(folder, planned);
  expect(plan).toMatchObject({ status: 0, err: "" });
  const applied = await segc(folder, ["apply", "plan.json"]);
  expect(applied).toMatchObject({ status: 0 });
  return { plan, applied };
}

export const edit = (folder: string, from: string, to: string) => {
  const path = join(folder, "shop.seg");
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
};

export const changes = (calls: readonly string[]) =>
  calls.filter((call) => !/^(Describe|Get)/.test(call));
