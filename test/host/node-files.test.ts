// Reading below a project folder: what is there, what is not, and what is none of our business.
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { replaceFile } from "../../host/atomic-file.ts";
import { type FileSystem, nodeFileSystem } from "../../host/file-system.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { picture, temporaryFolder } from "./temporary-folder.ts";

function folderWith(paths: readonly string[]): string {
  const folder = temporaryFolder();
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
  return folder;
}

const readText = (folder: string, path: string, bytesMax = 1_000_000) => {
  const read = nodeFiles(folder).read(path, bytesMax);
  return read.ok ? new TextDecoder().decode(read.bytes) : read.fault;
};

describe("read", () => {
  test("gives the bytes, or a fault", () => {
    const folder = folderWith(["a/x.seg", "b.seg"]);
    expect(readText(folder, "a/x.seg")).toBe("a/x.seg");
    expect(readText(folder, "./a/../b.seg")).toBe("b.seg");
    expect(readText(folder, "c.seg")).toBe("missing");
    expect(readText(folder, "b.seg/c")).toBe("missing");
    expect(readText(folder, "a")).toBe("is-directory");
    expect(readText(folder, "b.seg", 4)).toBe("too-large");
    expect(readText(folder, "b.seg", 5)).toBe("b.seg");
    expect(readText(folder, "x\0y")).toBe("unreadable");
    expect(readText(join(folder, "nowhere"), "x")).toBe("missing");
  });

  test("nothing outside the folder, by no path and no link", () => {
    const folder = folderWith(["project/in.seg", "out.seg", "project-two/out.seg"]);
    const project = join(folder, "project");
    symlinkSync("../out.seg", join(project, "link.seg"));
    symlinkSync("..", join(project, "up"));
    symlinkSync("in.seg", join(project, "good.seg"));
    symlinkSync("loop.seg", join(project, "loop.seg"));
    for (const path of [
      "../out.seg",
      "link.seg",
      "up/out.seg",
      "../project-two/out.seg",
      "loop.seg",
    ]) {
      expect(readText(project, path), path).toBe("unreadable");
    }
    expect(readText(project, join(folder, "out.seg"))).toBe("unreadable");
    expect(readText(project, "good.seg")).toBe("project/in.seg");
  });

  test("a pipe does not hang, a device does not fill the memory", () => {
    const folder = temporaryFolder();
    execFileSync("sh", ["-c", "mkfifo pipe"], { cwd: folder });
    expect(readText(folder, "pipe")).toBe("unreadable");
    expect(readText("/dev", "zero")).toBe("unreadable");
  });

  test("hashes", () => {
    const empty = nodeFiles(".").sha256(new Uint8Array());
    expect(empty).toMatch(/^e3b0c44298fc1c149afbf4c8996fb924/);
  });
});

describe("glob", () => {
  const files = ["a.seg", "b.yaml", "sub/c.seg", "sub/deep/d.seg", ".hidden/e.seg", "sub/.f.seg"];
  test.each([
    ["*.seg", ["a.seg"]],
    ["**/*.seg", ["a.seg", "sub/c.seg", "sub/deep/d.seg"]],
    ["sub/**/*.seg", ["sub/c.seg", "sub/deep/d.seg"]],
    ["sub/*/*.seg", ["sub/deep/d.seg"]],
    ["./?.{seg,yaml}", ["a.seg", "b.yaml"]],
    ["sub/.*.seg", ["sub/.f.seg"]],
    ["a.seg", ["a.seg"]],
    ["missing.seg", []],
    ["sub", []],
    ["nowhere/*.seg", []],
    ["../*", []],
    ["[ab].seg", []],
    ["{.seg", []],
  ])("%s", (pattern, expected) => {
    expect(nodeFiles(folderWith([...files, "node_modules/x/y.seg"])).glob(pattern)).toEqual(
      expected,
    );
  });

  test("follows no link to a folder, nor out of the project", () => {
    const folder = folderWith(["project/a.seg", "out.seg"]);
    symlinkSync(".", join(folder, "project/loop"));
    symlinkSync("../out.seg", join(folder, "project/out.seg"));
    symlinkSync("a.seg", join(folder, "project/b.seg"));
    expect(nodeFiles(join(folder, "project")).glob("**/*.seg")).toEqual(["a.seg", "b.seg"]);
  });
});

describe("a single file is replaced as a whole", () => {
  test("and keeps its permissions and its links", () => {
    const folder = folderWith(["a.seg"]);
    nodeFileSystem.setMode(join(folder, "a.seg"), 0o600);
    symlinkSync("a.seg", join(folder, "link.seg"));
    expect(replaceFile(join(folder, "link.seg"), "new")).toBeUndefined();
    expect(replaceFile(join(folder, "b.seg"), "new")).toBeUndefined();
    expect(picture(folder)).toEqual({ "a.seg": "600 new", "b.seg": "644 new", "link.seg/": "" });
    expect(replaceFile(folder, "new")).toBe("it is a directory");
    expect(replaceFile("/dev/null", "new")).toBeUndefined();
  });

  test.each(["createFile", "setMode", "rename"] as const)(
    "or stays, when %s fails",
    (operation) => {
      const folder = folderWith(["a.seg"]);
      const failing: FileSystem = {
        ...nodeFileSystem,
        [operation]: (path: string) => {
          if (operation === "createFile") nodeFileSystem.createFile(path, "cut", 0o644);
          throw Object.assign(new Error(), { code: "ENOSPC" });
        },
      };
      expect(replaceFile(join(folder, "a.seg"), "new", failing)).toBe("no space left on the disk");
      expect(picture(folder)).toEqual({ "a.seg": "644 a.seg" });
    },
  );
});
