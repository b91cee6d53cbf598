// Verbs that write: artefacts and new projects. Run in this process.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { picture, temporaryFolder } from "../host/temporary-folder.ts";
import { folderWith, type Said, segc, today } from "./run-segc.ts";
import { policy, smallProject } from "./small-project.ts";

const noStack = ({ out, err }: Said) => expect(out + err).not.toMatch(/\n\s+at .*:\d+:\d+/);

describe("compile", () => {
  test("writes artefacts with their manifest, the same bytes each time", async () => {
    const folder = folderWith(smallProject);
    const { status, out } = await segc(folder, ["compile", "--out", "out"]);
    expect(status).toBe(0);
    expect(out).toMatch(
      /\nok: 2 artefacts \(\d+ files\) written to out, as of 2026-11-23; app\.vendor ends first, after 2026-12-15\n$/,
    );
    const first = picture(join(folder, "out"));
    expect(JSON.parse((first["manifest.json"] ?? "").slice(4))).toMatchObject({
      formatVersion: 1,
      now: today,
    });
    await segc(folder, ["compile", "--out", "again", "--target", "nftables"]);
    await segc(folder, ["compile", "--out", "out"]);
    expect(picture(join(folder, "again"))).toEqual(first);
    expect(picture(join(folder, "out"))).toEqual(first);
  });

  test("errors leave the old artefacts as they were", async () => {
    const folder = folderWith(smallProject);
    await segc(folder, ["compile", "--out", "out"]);
    const before = picture(join(folder, "out"));
    writeFileSync(join(folder, "app.seg"), policy.replace("tier is db", "tier is bd"));
    const { status, out } = await segc(folder, ["compile", "--out", "out"]);
    expect(status).toBe(1);
    expect(out).toMatch(/nothing was written to out\n$/);
    expect(picture(join(folder, "out"))).toEqual(before);
  });

  test.skipIf(process.platform !== "linux")(
    "a place where no folder can be made is an error, not a wait",
    async () => {
      const folder = folderWith(smallProject);
      for (const args of [
        ["compile", "--out", "/proc/none/out"],
        ["init", "/proc/none/new"],
      ]) {
        const result = await segc(folder, args);
        expect(result).toMatchObject({ status: 4, out: "" });
        expect(result.err).toContain("/proc/none");
        noStack(result);
      }
    },
  );

  test("a folder that is not ours is refused, the project's own too", async () => {
    const folder = folderWith({ ...smallProject, "mine/notes.txt": "mine" });
    const before = picture(folder);
    for (const out of ["mine", ".", "app.seg"]) {
      const result = await segc(folder, ["compile", "--out", out]);
      expect(result).toMatchObject({ status: 4, out: "" });
      expect(result.err).toContain(`\`${out}\` is not a folder of artefacts that segc wrote`);
      noStack(result);
    }
    expect(picture(folder)).toEqual(before);
  });
});

describe("compile --since", () => {
  const hosts = (...lines: readonly (readonly [name: string, tier: string, last: number])[]) =>
    lines
      .map(
        ([name, tier, last]) => `- name: ${name}
  platform: linux
  labels: { tier: ${tier} }
  addresses: ["10.0.0.${last}"]
  enforcers: [{ kind: nftables, id: host, directions: [ingress, egress] }]
`,
      )
      .join("");
  const before = hosts(["web-1", "web", 1], ["web-2", "web", 3], ["db-1", "db", 9]);
  const after = hosts(["web-1", "web", 1], ["web-3", "web", 5], ["db-1", "db", 9]);

  test("writes what leads from the earlier artefacts to the new ones, in the same folder too", async () => {
    const folder = folderWith({ ...smallProject, "hosts.yaml": before });
    await segc(folder, ["compile", "--out", "out"]);
    writeFileSync(join(folder, "hosts.yaml"), after);
    const again = ["compile", "--out", "out", "--since", "out/manifest.json"];
    const { status, out } = await segc(folder, again);
    expect(status).toBe(0);
    expect(out).toContain("1 of 2 artefacts can be updated in place: 2 elements added, 2 removed");
    const { artefacts } = JSON.parse(readFileSync(join(folder, "out/manifest.json"), "utf8"));
    const db = artefacts.find(({ workloads }: { workloads: unknown }) => `${workloads}` === "db-1");
    expect(db.update).toMatchObject({ added: 2, removed: 2 });
    const update = readFileSync(join(folder, `out/nftables/${db.id}/update.nft`), "utf8");
    expect(update).toMatch(/\ndelete element inet segc \w+ \{\n {2}10\.0\.0\.3\n\}\n/);
    expect(update).toMatch(/\nadd element inet segc \w+ \{\n {2}10\.0\.0\.5\n\}\n/);
    expect((await segc(folder, ["verify", "out"])).status).toBe(0);
    const wider = update.replace("10.0.0.5", "0.0.0.0/0");
    writeFileSync(join(folder, `out/nftables/${db.id}/update.nft`), wider);
    const edited = await segc(folder, ["verify", "out"]);
    expect([edited.status, edited.out]).toEqual([1, expect.stringContaining("was changed")]);
  });

  test("says what it cannot start from, and compiles all the same", async () => {
    const folder = folderWith({ ...smallProject, "hosts.yaml": before });
    await segc(folder, ["compile", "--out", "old"]);
    const { artefacts } = JSON.parse(readFileSync(join(folder, "old/manifest.json"), "utf8"));
    for (const { files } of artefacts) writeFileSync(join(folder, "old", files[0].path), "table");
    writeFileSync(join(folder, "hosts.yaml"), after);
    const call = ["compile", "--out", "out", "--since", "old/manifest.json"];
    const { status, out } = await segc(folder, call);
    expect(status).toBe(0);
    expect(out).toMatch(
      /no update from nftables\/\w+: nftables\/\w+\/segc\.nft was changed by hand/,
    );
    expect(out).toContain("0 of 2 artefacts can be updated in place");
    const json = await segc(folder, [...call, "--format", "json"]);
    expect(JSON.parse(json.out).notes[0]).toMatchObject({ target: "nftables" });
  });

  test("refuses what is no manifest of an earlier compile, before it writes", async () => {
    const folder = folderWith({ ...smallProject, "other.json": "{}" });
    const before = picture(folder);
    for (const [path, words] of [
      ["none/manifest.json", "`none/manifest.json` cannot be read"],
      ["other.json", "`other.json` is not a manifest of segc"],
      [".", "cannot be read"],
    ] as const) {
      const result = await segc(folder, ["compile", "--out", "out", "--since", path]);
      expect(result).toMatchObject({ status: 4, out: "" });
      expect(result.err).toContain(words);
      noStack(result);
    }
    expect(picture(folder)).toEqual(before);
  });
});

describe("expire", () => {
  test("removes what has ended, without the policy", async () => {
    const folder = folderWith(smallProject);
    await segc(folder, ["compile", "--out", "out"]);
    rmSync(join(folder, "app.seg"));
    const before = picture(join(folder, "out"));
    const early = await segc(folder, ["expire", "out", "--now", "2026-12-15"]);
    expect(early).toMatchObject({ status: 0 });
    expect(early.out).toMatch(/^nothing has ended before 2026-12-15; app\.vendor ends first/);
    expect(picture(join(folder, "out"))).toEqual(before);
    const late = await segc(folder, ["expire", "out", "--now", "2026-12-16", "--exit-code"]);
    expect(late.status).toBe(2);
    expect(late.out).toMatch(
      /^ended {2}app\.vendor\nok: 1 rule removed from out, as of 2026-12-16/,
    );
    expect(picture(join(folder, "out"))).not.toEqual(before);
    expect(
      (await segc(folder, ["expire", "out", "--now", "2026-12-16", "--exit-code"])).status,
    ).toBe(0);
  });

  test("touches nothing that is not ours or was changed by hand", async () => {
    const folder = folderWith(smallProject);
    await segc(folder, ["compile", "--out", "out"]);
    const { artefacts } = JSON.parse(readFileSync(join(folder, "out/manifest.json"), "utf8"));
    writeFileSync(join(folder, "out", artefacts[0].files[0].path), "table");
    const before = picture(folder);
    const changed = await segc(folder, ["expire", "out", "--now", "2030-01-01"]);
    expect(changed).toMatchObject({ status: 4, out: "" });
    expect(changed.err).toContain("was changed by hand");
    const none = await segc(folder, ["expire", ".", "--now", "2030-01-01"]);
    expect(none).toMatchObject({ status: 4, out: "" });
    expect(none.err).toContain("manifest.json` cannot be read");
    expect(picture(folder)).toEqual(before);
  });
});

describe("init", () => {
  test("starts a project that compiles and passes its test, formatted", async () => {
    const folder = temporaryFolder();
    expect((await segc(folder, ["init", "shop"])).status).toBe(0);
    const there = ["--project", "shop"];
    expect((await segc(folder, ["check", ...there, "--fail-level", "warning"])).status).toBe(0);
    expect((await segc(folder, ["test", ...there])).out).toContain("1 test passed");
    expect((await segc(folder, ["fmt", "--check", ...there])).status).toBe(0);
    expect((await segc(folder, ["compile", ...there, "--out", "out"])).status).toBe(0);
  });

  test("overwrites nothing, not even halfway", async () => {
    const folder = folderWith({ "inventory.yaml": "mine" });
    const result = await segc(folder, ["init"]);
    expect(result).toMatchObject({ status: 3, out: "" });
    expect(result.err).toContain("`inventory.yaml` exists already");
    expect(picture(folder)).toEqual({ "inventory.yaml": "644 mine" });
  });

  test("where it cannot write it says so", async () => {
    const result = await segc(folderWith({ x: "" }), ["init", "x/y"]);
    expect(result).toMatchObject({ status: 4, out: "" });
    expect(result.err).toContain("a part of the path is not a folder");
  });
});
