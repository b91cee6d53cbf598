// Artefacts are replaced as a whole or not at all: every single operation on the disk is made to
// fail once, and once each the run is interrupted there.
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type FileSystem, nodeFileSystem } from "../../host/file-system.ts";
import { type NewFile, type OutputOptions, replaceFolder } from "../../host/output-folder.ts";
import { picture, temporaryFolder } from "./temporary-folder.ts";

const manifest = (paths: readonly string[]): NewFile => ({
  path: "manifest.json",
  text: JSON.stringify({ ours: paths }),
});
const artefacts = (text: string): readonly NewFile[] => [
  { path: "nftables/a1/rules.nft", text },
  { path: "nftables/a1/run.sh", text, executable: true },
  { path: "nftables/b2/rules.nft", text },
  manifest(["nftables/a1/rules.nft", "nftables/a1/run.sh", "nftables/b2/rules.nft"]),
];
const listedIn = (text: string): readonly string[] | undefined => {
  try {
    return JSON.parse(text).ours;
  } catch {
    return undefined;
  }
};
const write = (folder: string, files: readonly NewFile[], options?: Partial<OutputOptions>) =>
  replaceFolder(folder, files, { listedIn, ...options });

/** Calls `before` ahead of every operation that changes the disk, with its number from 1. */
function watched(before: (step: number, operation: string, path: string) => void): FileSystem {
  let step = 0;
  const watch =
    <Rest extends readonly unknown[]>(name: string, run: (path: string, ...rest: Rest) => void) =>
    (path: string, ...rest: Rest) => {
      before(++step, name, path);
      run(path, ...rest);
    };
  const { createFile, createFolder, rename, removeFile, removeFolder, setMode } = nodeFileSystem;
  return {
    ...nodeFileSystem,
    createFile: watch("createFile", createFile),
    createFolder: watch("createFolder", createFolder),
    rename: watch("rename", rename),
    removeFile: watch("removeFile", removeFile),
    removeFolder: watch("removeFolder", removeFolder),
    setMode: watch("setMode", setMode),
  };
}

const systemError = (code: string) => Object.assign(new Error(code), { code });

async function stepsOf(): Promise<readonly string[]> {
  const folder = join(temporaryFolder(), "out");
  await write(folder, artefacts("old"));
  const steps: string[] = [];
  await write(folder, artefacts("new"), {
    fileSystem: watched((_, operation) => steps.push(operation)),
  });
  return steps;
}

describe("replaces as a whole", () => {
  test("a new folder, with the folders above it", async () => {
    const top = temporaryFolder();
    expect(await write(join(top, "a/b/out"), artefacts("new"))).toEqual({ outcome: "written" });
    expect(picture(top)).toMatchObject({
      "a/b/out/nftables/a1/rules.nft": "644 new",
      "a/b/out/nftables/a1/run.sh": "755 new",
    });
    expect(readdirSync(join(top, "a/b"))).toEqual(["out"]);
  });

  test("files that are no longer made are gone, and a link stays a link", async () => {
    const top = temporaryFolder();
    await write(join(top, "real"), artefacts("old"));
    symlinkSync("real", join(top, "out"));
    const fewer = [{ path: "x.nft", text: "new" }, manifest(["x.nft"])];
    expect(await write(join(top, "out"), fewer)).toEqual({ outcome: "written" });
    expect(Object.keys(picture(join(top, "real")))).toEqual(["manifest.json", "x.nft"]);
    expect(readdirSync(top).sort()).toEqual(["out", "real"]);
  });

  test("the umask and the folder's own mode are respected", async () => {
    const folder = join(temporaryFolder(), "out");
    mkdirSync(folder);
    chmodSync(folder, 0o700);
    const umask = process.umask(0o027);
    await write(folder, artefacts("new"));
    process.umask(umask);
    expect(nodeFileSystem.modeOf(folder)).toBe(0o700);
    expect(picture(folder)).toMatchObject({
      "nftables/a1/rules.nft": "640 new",
      "nftables/a1/run.sh": "750 new",
    });
  });
});

describe("refuses what is not ours", () => {
  test.each([
    [
      "a stranger's file",
      (out: string) => writeFileSync(join(out, "notes.txt"), "mine"),
      "notes.txt",
    ],
    ["an empty folder", (out: string) => mkdirSync(join(out, "nftables/mine")), "nftables/mine"],
    ["a link", (out: string) => symlinkSync("manifest.json", join(out, "root")), "root"],
    [
      "another manifest",
      (out: string) => writeFileSync(join(out, "manifest.json"), "{}"),
      "not one of segc",
    ],
    [
      "a broken manifest",
      (out: string) => writeFileSync(join(out, "manifest.json"), "{"),
      "not one of segc",
    ],
  ])("%s", async (_, spoil, named) => {
    const top = temporaryFolder();
    const out = join(top, "out");
    await write(out, artefacts("old"));
    spoil(out);
    const before = picture(top);
    const written = await write(out, artefacts("new"));
    expect(written).toMatchObject({ outcome: "not-ours", detail: expect.stringContaining(named) });
    expect(picture(top)).toEqual(before);
  });

  test("a folder without manifest, and a file", async () => {
    const top = temporaryFolder();
    writeFileSync(join(top, "mine.txt"), "mine");
    expect(await write(top, artefacts("new"))).toMatchObject({ outcome: "not-ours" });
    expect(await write(join(top, "mine.txt"), artefacts("new"))).toMatchObject({
      outcome: "not-ours",
      detail: "it is not a folder",
    });
    expect(picture(top)).toEqual({ "mine.txt": "644 mine" });
  });

  test("a file that came between the look and the swap survives", async () => {
    const top = temporaryFolder();
    const out = join(top, "out");
    await write(out, artefacts("old"));
    const fileSystem = watched((_, operation) => {
      if (operation === "setMode") writeFileSync(join(out, "late.txt"), "mine");
    });
    expect(await write(out, artefacts("new"), { fileSystem })).toMatchObject({
      outcome: "not-ours",
    });
    expect(picture(out)).toMatchObject({
      "late.txt": "644 mine",
      "nftables/a1/rules.nft": "644 old",
    });
    expect(readdirSync(top)).toEqual(["out"]);
  });
});

describe("when something goes wrong", () => {
  test("a fault at any one step changes nothing and leaves nothing", async () => {
    const steps = await stepsOf();
    const swapped = steps.lastIndexOf("rename") + 1;
    expect(swapped).toBeGreaterThan(8);
    for (let failing = 1; failing <= swapped; failing++) {
      const top = temporaryFolder();
      await write(join(top, "out"), artefacts("old"));
      const before = picture(top);
      const fileSystem = watched((step) => {
        if (step === failing) throw systemError("ENOSPC");
      });
      const written = await write(join(top, "out"), artefacts("new"), { fileSystem });
      expect(written, `step ${failing}`).toMatchObject({
        outcome: "failed",
        detail: "no space left on the disk",
      });
      expect(picture(top), `step ${failing}`).toEqual(before);
    }
  });

  test("a disk that stays full changes nothing and leaves nothing", async () => {
    const steps = await stepsOf();
    const creating = steps.lastIndexOf("createFile") + 1;
    for (let from = 1; from <= creating; from++) {
      const top = temporaryFolder();
      const fileSystem = watched((step, operation) => {
        if (step >= from && operation.startsWith("create")) throw systemError("ENOSPC");
      });
      const written = await write(join(top, "out"), artefacts("new"), { fileSystem });
      expect(written).toMatchObject({ outcome: "failed" });
      expect(picture(top)).toEqual({});
    }
  });

  test("a file cut short by a full disk goes too", async () => {
    const top = temporaryFolder();
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      createFile: (path, text, mode) => {
        nodeFileSystem.createFile(path, text.slice(0, 1), mode);
        throw systemError("ENOSPC");
      },
    };
    await write(join(top, "out"), artefacts("new"), { fileSystem });
    expect(picture(top)).toEqual({});
  });

  test("an interruption at any file changes nothing and leaves nothing", async () => {
    for (let at = 1; at <= 8; at++) {
      const top = temporaryFolder();
      await write(join(top, "out"), artefacts("old"));
      const before = picture(top);
      const abort = new AbortController();
      const fileSystem = watched((step) => {
        if (step === at) abort.abort();
      });
      const options = { fileSystem, signal: abort.signal };
      expect(await write(join(top, "out"), artefacts("new"), options)).toEqual({
        outcome: "interrupted",
      });
      expect(picture(top)).toEqual(before);
    }
  });

  test("old files that cannot be removed do not undo the new ones", async () => {
    const top = temporaryFolder();
    await write(join(top, "out"), artefacts("old"));
    const fileSystem = watched((_, operation, path) => {
      if (operation.startsWith("remove") && path.includes("-old-")) throw systemError("EACCES");
    });
    expect(await write(join(top, "out"), artefacts("new"), { fileSystem })).toEqual({
      outcome: "written",
    });
    expect(picture(join(top, "out"))).toMatchObject({ "nftables/a1/rules.nft": "644 new" });
  });

  test("a path that leaves the folder is our mistake, not a file", async () => {
    const escaping = [{ path: "../x", text: "" }, manifest(["../x"])];
    await expect(write(temporaryFolder(), escaping)).rejects.toThrow("bug in segc");
  });
});
