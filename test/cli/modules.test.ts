// What each verb loads. Start-up time is files read, so nothing heavy may creep in unseen: the
// figures below are budgets, and raising one is a decision to be explained.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkout, folderWith, plainEnvironment } from "./run-segc.ts";
import { smallProject } from "./small-project.ts";

const listModules = `
import { registerHooks } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
const loaded = new Set();
registerHooks({ load(url, context, next) { loaded.add(url); return next(url, context); } });
process.on("exit", () => writeFileSync(process.env.LOADED, JSON.stringify([...loaded])));
`;

/** URLs of all modules, relative to the checkout. */
function modulesOf(args: readonly string[], files: Readonly<Record<string, string>>) {
  const folder = folderWith({ ...files, "list-modules.mjs": listModules, loaded: "" });
  const loaded = join(folder, "loaded");
  writeFileSync(loaded, "[]");
  const hook = `--import=${join(folder, "list-modules.mjs")}`;
  const child = spawnSync(process.execPath, [hook, join(checkout, "cli/segc.js"), ...args], {
    cwd: folder,
    env: { ...plainEnvironment(), LOADED: loaded },
    input: smallProject["app.seg"],
    encoding: "utf8",
  });
  expect(child.stderr).toBe("");
  expect(child.status).toBe(0);
  const urls: unknown = JSON.parse(readFileSync(loaded, "utf8"));
  const names = Array.isArray(urls) ? urls.map(String) : [];
  return names
    .filter((url) => !url.startsWith("node:") && !url.endsWith("list-modules.mjs"))
    .map((url) => url.replace(new URL(`file://${checkout}/`).href, ""));
}

const heavy = ["chevrotain", "yaml", "ajv", "csv-parse", "jsonc-parser"] as const;
type Heavy = (typeof heavy)[number];

describe("modules loaded", () => {
  test.each<readonly [readonly string[], number, readonly Heavy[]]>([
    [["--help"], 30, []],
    [["--version"], 30, []],
    [["version"], 45, []],
    [["completion", "bash"], 45, []],
    [["explain", "SEG304"], 50, []],
    [["init", "new"], 50, []],
    [["fmt", "--check"], 100, ["chevrotain"]],
    [["fmt", "-"], 100, ["chevrotain"]],
    [["check"], 330, ["chevrotain", "yaml", "csv-parse", "jsonc-parser"]],
    [["lint"], 380, ["chevrotain", "yaml", "csv-parse", "jsonc-parser"]],
    [["test"], 330, ["chevrotain", "yaml", "csv-parse", "jsonc-parser"]],
    [["explain", "web -> db : tcp/5432"], 330, ["chevrotain", "yaml", "csv-parse", "jsonc-parser"]],
    [["compile", "--out", "out"], 535, ["chevrotain", "yaml", "csv-parse", "jsonc-parser"]],
  ])("%j: at most %d", (args, modulesMax, allowed) => {
    const modules = modulesOf(args, smallProject);
    const packages = heavy.filter((name) =>
      modules.some((module) => module.includes(`node_modules/${name}/`)),
    );
    expect(packages.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(modules.length).toBeGreaterThan(5);
    expect(modules.length).toBeLessThanOrEqual(modulesMax);
  });

  test("nothing of the compiler for help", () => {
    const rooms = modulesOf(["--help"], {}).map((module) => module.split("/")[0]);
    expect(rooms).not.toContain("compiler");
    expect(rooms).not.toContain("targets");
    expect(rooms).not.toContain("project");
  });
});
