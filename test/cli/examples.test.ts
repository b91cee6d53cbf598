// Every --help ends with three examples, and every one of them is run as a shell would run it, in
// a project as `segc init` makes it.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verbs } from "../../cli/verbs.ts";
import { temporaryFolder } from "../host/temporary-folder.ts";
import { checkout, plainEnvironment, segc } from "./run-segc.ts";

/** A fresh project, and a PATH on which `segc` is this checkout. */
async function shellIn(): Promise<{ folder: string; environment: Record<string, string> }> {
  const folder = temporaryFolder();
  await segc(folder, ["init", "project"]);
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const launcher = `exec "${process.execPath}" "${join(checkout, "cli/segc.js")}" "$@"`;
  writeFileSync(join(bin, "segc"), `#!/bin/sh\n${launcher}\n`);
  chmodSync(join(bin, "segc"), 0o755);
  const environment = { ...plainEnvironment(), PATH: `${bin}:${process.env.PATH}` };
  return { folder: join(folder, "project"), environment };
}

const pages = ["", ...verbs.map((verb) => verb.name)];

describe.each(pages)("segc %s --help", async (name) => {
  const { out } = await segc(
    "/",
    [name, "--help"].filter((word) => word !== ""),
  );
  const [, examples = ""] = out.split("\nExamples:\n");
  const commands = examples
    .trimEnd()
    .split("\n")
    .map((line) => /^ {2}\$ (.+?) +# \S/.exec(line)?.[1]);

  test("ends with three", () => {
    expect(commands).toHaveLength(3);
    expect(commands).not.toContain(undefined);
  });

  test("which all work", async () => {
    for (const command of commands) {
      const { folder, environment } = await shellIn();
      const { status, stdout, stderr } = spawnSync("sh", ["-c", command ?? "false"], {
        cwd: folder,
        env: environment,
        encoding: "utf8",
      });
      expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: "" });
      if (!command?.includes(" > ")) expect(stdout).not.toBe("");
    }
  });
});

describe("completion", () => {
  test("bash offers verbs, options and values", async () => {
    const { out } = await segc("/", ["completion", "bash"]);
    const offered = (words: readonly string[]) =>
      execFileSync(
        "bash",
        [
          "-c",
          `${out}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _segc; echo "\${COMPREPLY[*]}"`,
          "bash",
          ...words,
        ],
        { encoding: "utf8" },
      )
        .trim()
        .split(" ");
    expect(offered(["segc", "c"])).toEqual(["check", "compile", "completion"]);
    expect(offered(["segc", "fmt", "--c"])).toEqual(["--check", "--color"]);
    expect(offered(["segc", "check", "--format", ""])).toEqual(["text", "json", "github"]);
    expect(offered(["segc", "completion", ""])).toEqual(["bash", "zsh", "fish"]);
    expect(offered(["segc", "check", "--project", ""])).toEqual([""]);
  });

  test.each(["bash", "zsh", "fish"])("%s knows every verb and every option", async (shell) => {
    const { out } = await segc("/", ["completion", shell]);
    for (const verb of verbs) {
      expect(out).toContain(verb.name);
      const help = (await segc("/", [verb.name, "--help"])).out;
      for (const [, option = ""] of help.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)) {
        expect(out, `${verb.name} --${option}`).toContain(
          shell === "fish" ? `-l ${option}` : `--${option}`,
        );
      }
    }
  });
});
