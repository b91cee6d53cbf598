// What users get from the registry: packed, unpacked and run as they would.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildBrowserBundle } from "../../scripts/bundle.ts";
import { buildPackage } from "../../scripts/package.ts";

const run = promisify(execFile);

describe("the packed package", () => {
  let folder = "";
  let files: readonly string[] = [];

  beforeAll(async () => {
    const tarball = await buildPackage();
    folder = await mkdtemp(join(tmpdir(), "segc-package-"));
    await run("tar", ["-xzf", tarball, "-C", folder]);
    const { stdout } = await run("tar", ["-tzf", tarball]);
    files = stdout.trim().split("\n").sort();
  }, 400_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("asks for no Node of its own, runs no script and installs no tool of ours", async () => {
    const manifest = JSON.parse(await readFile(join(folder, "package/package.json"), "utf8"));
    expect(manifest).not.toHaveProperty("optionalDependencies");
    expect(manifest).not.toHaveProperty("devDependencies");
    expect(manifest).not.toHaveProperty("scripts");
    expect(manifest).not.toHaveProperty("dependencies");
    expect(JSON.stringify(manifest)).not.toContain("node-linux");
  });

  it("holds JavaScript, declarations, schemas, pages and examples, and no TypeScript", () => {
    const typescript = files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"));
    expect(typescript).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining([
        "package/LIBRARIES.md",
        "package/LICENSE",
        "package/README.md",
        "package/cli/main.js",
        "package/docs/diagnostics/SEG304.md",
        "package/examples/crm/org.seg",
        "package/index.d.ts",
        "package/index.js",
      ]),
    );
    expect(
      files.filter((file) => /^package\/(test|bench|scripts|node_modules)\//.test(file)),
    ).toEqual([]);
  });

  it("runs from where it was unpacked, in a project of its own", async () => {
    const bin = join(folder, "package/cli/main.js");
    const { version } = JSON.parse(await readFile("package.json", "utf8"));
    const said = await run(process.execPath, [bin, "version"]);
    expect(said.stdout).toContain(version);
    const example = join(folder, "package/examples/quickstart");
    const args = ["check", "--project", example, "--now", "2026-11-23"];
    await expect(run(process.execPath, [bin, ...args])).resolves.toBeDefined();
    const page = await run(process.execPath, [bin, "explain", "SEG304"]);
    expect(page.stdout).toContain("SEG304");
  });

  it("compiles to the bytes that its source does", async () => {
    const sums = async (program: string, out: string) => {
      const example = join(folder, "package/examples/quickstart");
      const args = ["compile", "--project", example, "--out", join(folder, out)];
      await run(process.execPath, [program, ...args, "--now", "2026-11-23"]);
      return readFile(join(folder, out, "manifest.json"), "utf8");
    };
    const packed = await sums(join(folder, "package/cli/main.js"), "packed");
    expect(packed).toBe(await sums("cli/segc.js", "source"));
  });

  it("names the licences of all that is in it", async () => {
    const text = await readFile(join(folder, "package/LIBRARIES.md"), "utf8");
    const { dependencies } = JSON.parse(await readFile("package.json", "utf8"));
    for (const [name, version] of Object.entries(dependencies)) {
      expect(text).toContain(`${name} ${version} (`);
    }
    expect(text).toContain("THE SOFTWARE IS PROVIDED");
  });

  it("can be bundled for browsers from there", async () => {
    expect((await buildBrowserBundle(join(folder, "package/index.js"))).problems).toEqual([]);
  });

  it("can be imported by name", async () => {
    const code = `import("${resolve(folder, "package/index.js")}").then((segc) => console.log(typeof segc.check))`;
    const { stdout } = await run(process.execPath, ["-e", code]);
    expect(stdout.trim()).toBe("function");
  });
});
