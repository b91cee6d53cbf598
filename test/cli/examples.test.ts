// Every --help ends with three examples, and every one of them is run as a shell would run it, in
// a project as `segc init` makes it.
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatsOf, verbs } from "../../cli/verbs.ts";
import { commit } from "../diff/repository.ts";
import { awsEnvironment, serve } from "../ec2/server.ts";
import { newShop, writeShop } from "../ec2/shop.ts";
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

/** The same with a project on AWS, and an account to speak to. */
async function shellWithAccount() {
  const shell = await shellIn();
  const shop = newShop();
  await writeShop(shell.folder, shop);
  for (const file of ["policy.seg", "inventory.yaml"]) rmSync(join(shell.folder, file));
  const standIn = await serve(shop.account);
  const environment = { ...shell.environment, ...awsEnvironment(standIn.endpoint) };
  return { ...shell, environment, close: standIn.close };
}

/** The same in a repository with two commits. */
async function shellWithHistory() {
  const shell = await shellIn();
  commit(shell.folder);
  commit(shell.folder);
  return shell;
}

function run(command: string, cwd: string, env: Record<string, string>) {
  return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    execFile("sh", ["-c", command], { cwd, env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const withAccount: readonly string[] = ["plan", "apply", "drift"];
function shellFor(verb: string): ReturnType<typeof shellIn | typeof shellWithAccount> {
  if (verb === "diff") return shellWithHistory();
  return withAccount.includes(verb) ? shellWithAccount() : shellIn();
}

/** Lines of progress are no mistakes. */
const progress = /^phase \d of \d: .*\n/gm;

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
      const shell = await shellFor(name);
      const found = await run(command ?? "false", shell.folder, shell.environment);
      if ("close" in shell) await shell.close();
      const { status, stdout } = found;
      const stderr = found.stderr.replace(progress, "");
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
    for (const verb of verbs) {
      expect(offered(["segc", verb.name, "--format", ""])).toEqual(formatsOf(verb));
    }
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
