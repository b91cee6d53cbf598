// `segc verify`: artefacts on disk against the policy of now.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { version } from "../../index.ts";
import { folderWith, segc } from "./run-segc.ts";
import { policy, smallProject } from "./small-project.ts";

/** A project with its artefacts in `out`, and the table of the database's host. */
async function compiled() {
  const folder = folderWith(smallProject);
  await segc(folder, ["compile", "--out", "out"]);
  const manifest: {
    artefacts: { id: string; workloads: string[]; files: { path: string }[] }[];
  } = JSON.parse(readFileSync(join(folder, "out/manifest.json"), "utf8"));
  const entry = manifest.artefacts.find(({ workloads }) => workloads.includes("db-1"));
  const table = join(folder, "out", `nftables/${entry?.id}/segc.nft`);
  const edit = (change: (text: string) => string) => {
    const before = readFileSync(table, "utf8");
    expect(change(before)).not.toBe(before);
    writeFileSync(table, change(before));
  };
  return { folder, table, edit, id: entry?.id };
}

describe("verify", () => {
  test("proves what was just compiled, on this day and on a later one", async () => {
    const { folder } = await compiled();
    expect(await segc(folder, ["verify", "out"])).toEqual({
      status: 0,
      out: "ok: 2 artefacts for 2 workloads proved equal to the policy, as of 2026-11-23\n",
      err: "",
    });
    expect((await segc(folder, ["verify", "out", "--now", "2027-01-01"])).status).toBe(0);
  });

  test("shows a packet that an edited table treats otherwise", async () => {
    const { folder, edit, id } = await compiled();
    edit((text) => text.replace("tcp dport 5432 accept", "tcp dport 5433 accept"));
    const { status, out } = await segc(folder, ["verify", "out"]);
    expect(status).toBe(1);
    expect(out).toContain(`differs  nftables/${id} (db-1): web-1 -> db-1 : tcp/5432`);
    expect(out).toContain("is allowed by the policy and dropped by the artefact");
    expect(out).toContain(`changed by hand  nftables/${id}/segc.nft`);
  });

  test("accepts an edited table that does the same, and says that it was edited", async () => {
    const { folder, edit, id } = await compiled();
    edit((text) => text.replaceAll(/ comment "[^"]*"/g, ""));
    const { status, out } = await segc(folder, ["verify", "out"]);
    expect(status).toBe(0);
    expect(out).toContain(`changed by hand  nftables/${id}/segc.nft`);
  });

  test("names the line of what no reader knows", async () => {
    const { folder, edit } = await compiled();
    edit((text) => text.replace("policy drop", "policy perhaps"));
    const { status, out } = await segc(folder, ["verify", "out"]);
    expect(status).toBe(1);
    expect(out).toMatch(/differs .* \(db-1\): segc\.nft:\d+: expected/);
  });

  test("holds old artefacts against a new policy and a new machine", async () => {
    const { folder } = await compiled();
    writeFileSync(join(folder, "app.seg"), policy.replace("tcp/5432\n", "tcp/5433\n"));
    const changed = await segc(folder, ["verify", "out"]);
    expect(changed.status).toBe(1);
    writeFileSync(join(folder, "app.seg"), policy);
    const hosts = readFileSync(join(folder, "hosts.yaml"), "utf8");
    const another = hosts.replaceAll("web-1", "web-2").replace("10.0.0.1", "10.0.0.3");
    writeFileSync(join(folder, "hosts.yaml"), hosts + another.split("- name: db-1")[0]);
    const grown = await segc(folder, ["verify", "out"]);
    expect(grown.status).toBe(1);
    expect(grown.out).toContain("differs  nftables (web-2): there is no artefact");
  });

  test("a missing file, a broken policy and a strange folder are said as they are", async () => {
    const { folder, table } = await compiled();
    rmSync(table);
    const missing = await segc(folder, ["verify", "out"]);
    expect(missing.status).toBe(1);
    expect(missing.out).toContain("/segc.nft` cannot be read");
    writeFileSync(join(folder, "app.seg"), policy.replace("tier is db", "tier is bd"));
    const broken = await segc(folder, ["verify", "out"]);
    expect(broken.status).toBe(1);
    expect(broken.out).toContain("out was not compared: the policy has errors");
    const strange = await segc(folder, ["verify", "nowhere"]);
    expect(strange.status).toBe(4);
    expect(strange.err).toContain("`nowhere/manifest.json` cannot be read");
  });

  test("says of an artefact of another format that it is one, and so does expire", async () => {
    const { folder, id } = await compiled();
    const path = join(folder, "out/manifest.json");
    const text = readFileSync(path, "utf8");
    const format = Number(/"format": (\d+)/.exec(text)?.[1]);
    // As an earlier version leaves it, with a loader of its own.
    writeFileSync(path, text.replaceAll(/"format": \d+/g, '"format": 1'));
    writeFileSync(join(folder, `out/nftables/${id}/segc-load`), "#!/bin/sh\n");
    const problem = `was made by segc ${version} in format 1 of nftables files, and this version reads format ${format}`;
    const { status, out } = await segc(folder, ["verify", "out"]);
    expect(status).toBe(1);
    expect(out).toContain(`differs  nftables/${id} (db-1): ${problem}: compile it again\n`);
    expect(out).not.toContain("segc-load:");
    await segc(folder, ["compile", "--out", "other"]);
    const other = join(folder, "other/manifest.json");
    writeFileSync(other, readFileSync(other, "utf8").replaceAll(/"format": \d+/g, '"format": 9'));
    const ended = await segc(folder, ["expire", "other", "--now", "2030-01-01"]);
    expect(ended).toMatchObject({ status: 4, out: "" });
    expect(ended.err).toContain(problem.replace("format 1", "format 9"));
    expect(ended.err).toContain("compile them again");
  });

  test("compile --minimise off is proved too", async () => {
    const { folder } = await compiled();
    await segc(folder, ["compile", "--out", "out", "--minimise", "off"]);
    expect((await segc(folder, ["verify", "out"])).status).toBe(0);
    const manifest = JSON.parse(readFileSync(join(folder, "out/manifest.json"), "utf8"));
    expect(manifest.artefacts.every((one: { minimised: unknown }) => one.minimised === null)).toBe(
      true,
    );
  });
});
