// segc as a process: launcher, streams that close or fill up, signals, start-up by `npx`.
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { picture, temporaryFolder } from "../host/temporary-folder.ts";
import { checkout, folderWith, plainEnvironment, segcProcess } from "./run-segc.ts";
import { smallProject, spoilt } from "./small-project.ts";

const launcher = join(checkout, "cli/segc.js");

function shell(folder: string, line: string, environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", line], {
    cwd: folder,
    env: { ...plainEnvironment(), NODE: process.execPath, SEGC: launcher, ...environment },
    encoding: "utf8",
  });
  return { status, out: stdout, err: stderr };
}

test("statuses reach the shell", () => {
  const good = folderWith(smallProject);
  expect(segcProcess(good, ["check"])).toMatchObject({ status: 0, err: "" });
  const bad = folderWith(spoilt("app.seg", (text) => text.replace("tier is db", "tier is bd")));
  expect(segcProcess(bad, ["check"])).toMatchObject({ status: 1, err: "" });
  expect(segcProcess(good, ["chek"])).toMatchObject({ status: 3, out: "" });
});

describe("streams", () => {
  test("a reader that goes away is no fault", () => {
    const line = 'set -o pipefail; "$NODE" "$SEGC" check | true';
    expect(shell(folderWith(smallProject), line)).toEqual({ status: 0, out: "", err: "" });
  });

  test("results that cannot be written are", () => {
    const said = shell(folderWith(smallProject), '"$NODE" "$SEGC" check > /dev/full');
    expect(said).toEqual({
      status: 4,
      out: "",
      err: "error: cannot write the results: no space left on the disk\n",
    });
  });

  test("standard input", () => {
    const said = shell(folderWith(smallProject), '"$NODE" "$SEGC" fmt - < app.seg');
    expect(said).toEqual({ status: 0, out: smallProject["app.seg"], err: "" });
  });
});

test("a folder that is gone is no bug of ours", () => {
  const folder = folderWith({ "gone/x": "" });
  const said = shell(`${folder}/gone`, 'rm -r "$PWD"; "$NODE" "$SEGC" check');
  expect(said).toMatchObject({ status: 4, out: "" });
  expect(said.err).toBe("error: the current folder is gone: there is no such file or folder\n");
});

describe("the launcher", () => {
  test("says in one line that Node is too old", () => {
    // A Node that is told not to read TypeScript is as good as an old one.
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--no-experimental-strip-types", launcher, "check"],
      { encoding: "utf8", env: plainEnvironment() },
    );
    expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
    expect(stderr).toMatch(/^segc needs Node 22\.18 or later, and this is Node [\d.]+;.*\n$/);
  });

  test("npx finds it in a checkout, and the Node that npm ci installed", () => {
    const path = (process.env.PATH ?? "")
      .split(delimiter)
      .filter((part) => !part.startsWith(checkout));
    const { status, stdout, stderr } = spawnSync("npx", ["--offline", "segc", "version"], {
      cwd: checkout,
      env: {
        ...plainEnvironment(),
        PATH: path.join(delimiter),
        npm_config_cache: temporaryFolder(),
      },
      encoding: "utf8",
    });
    expect({ status, stdout, stderr }).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^segc \d+\.\d+\.\d+ \(language edition 1, Node 2[2-9]\./),
    });
  });
});

describe("a signal while artefacts are written", () => {
  /** Runs compile in a process that gets the signal as it writes its third file. */
  const compileInterruptedBy = (folder: string, signal: string) => {
    const script = `
      import { nodeFileSystem } from ${JSON.stringify(join(checkout, "host/file-system.ts"))};
      const { createFile } = nodeFileSystem;
      let count = 0;
      nodeFileSystem.createFile = (...args) => {
        if (++count === 3) process.kill(process.pid, "${signal}");
        createFile(...args);
      };
      process.argv.push("compile", "--out", "out");
      const { runProcess } = await import(${JSON.stringify(join(checkout, "cli/process.ts"))});
      await runProcess();`;
    writeFileSync(join(folder, "interrupt.mjs"), script);
    return shell(folder, '"$NODE" interrupt.mjs');
  };

  test.each(["SIGINT", "SIGTERM", "SIGHUP"])(
    "%s: status 130, old artefacts untouched",
    (signal) => {
      const folder = folderWith(smallProject);
      segcProcess(folder, ["compile", "--out", "out"]);
      const before = picture(join(folder, "out"));
      const entries = readdirSync(folder);
      const said = compileInterruptedBy(folder, signal);
      expect(said).toEqual({
        status: 130,
        out: "",
        err: "error: interrupted; `out` is as it was\n",
      });
      expect(picture(join(folder, "out"))).toEqual(before);
      expect(readdirSync(folder)).toEqual([...entries, "interrupt.mjs"].sort());
    },
  );
});
