// A folder of artefacts, replaced as a whole or not at all. The new one is written beside the old
// under a name of its own and takes its place with a rename; whatever goes wrong before that
// leaves the old artefacts as they were and nothing half-written behind.
//
// A folder is ours when its manifest lists exactly the files that are in it. We replace nothing
// else, and delete file by file what the manifest lists, so a stranger's file always survives.
import { basename, dirname, join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { contentOf } from "../compiler/file-bytes.ts";
import { describeFault } from "./faults.ts";
import { type FileSystem, nodeFileSystem } from "./file-system.ts";

/** One file to write; the path is relative to the folder. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
}

export interface OutputOptions {
  /** The paths that a manifest lists, or undefined when the text is no manifest of ours. */
  readonly listedIn: (manifest: string) => readonly string[] | undefined;
  /** Looked at between two files. */
  readonly signal?: AbortSignal;
  readonly fileSystem?: FileSystem;
}

export type Written =
  | { readonly outcome: "written" }
  | { readonly outcome: "interrupted" }
  /** The folder holds what we did not write. */
  | { readonly outcome: "not-ours"; readonly detail: string }
  | { readonly outcome: "failed"; readonly path: string; readonly detail: string };

export const manifestName = "manifest.json";

/** Writes all files and the manifest, or changes nothing. */
export async function replaceFolder(
  folder: string,
  files: readonly NewFile[],
  { listedIn, signal, fileSystem = nodeFileSystem }: OutputOptions,
): Promise<Written> {
  assertSound(files);
  let at = folder;
  let stage: string | undefined;
  try {
    const target = targetOf(fileSystem, resolve(folder));
    const before = inspect(fileSystem, target, listedIn);
    if (before.state === "not-ours") return { outcome: "not-ours", detail: before.detail };
    stage = siblingName(fileSystem, target, "new");
    at = stage;
    fileSystem.createFolder(stage);
    for (const file of files) {
      await setImmediate(); // lets a signal in
      if (signal?.aborted) return { outcome: "interrupted" };
      at = join(stage, file.path);
      writeInto(fileSystem, stage, file);
    }
    await setImmediate();
    if (signal?.aborted) return { outcome: "interrupted" };
    at = target;
    return swap(fileSystem, stage, target, listedIn);
  } catch (error) {
    return { outcome: "failed", path: at, detail: describeFault(error) };
  } finally {
    if (stage !== undefined) removeStage(fileSystem, stage, files);
  }
}

/** Paths inside the folder, none twice, the manifest among them: anything else is our mistake. */
function assertSound(files: readonly NewFile[]): void {
  const paths = files.map((file) => file.path);
  const sound = paths.every((path) => path.split("/").every((part) => !/^$|^\.\.?$/.test(part)));
  if (!sound || new Set(paths).size < paths.length || !paths.includes(manifestName)) {
    throw new Error("bug in segc (output): these paths cannot be written as artefacts");
  }
}

/** The folder meant, links followed; the folders above it are made. */
function targetOf(fileSystem: FileSystem, folder: string): string {
  fileSystem.createFolders(dirname(folder));
  if (fileSystem.kindOf(folder) === undefined) {
    return join(fileSystem.realPath(dirname(folder)), basename(folder));
  }
  return fileSystem.realPath(folder);
}

type Inspected =
  | { readonly state: "absent" | "empty" }
  | { readonly state: "ours"; readonly paths: readonly string[] }
  | { readonly state: "not-ours"; readonly detail: string };

/** What stands at the place now. */
function inspect(
  fileSystem: FileSystem,
  folder: string,
  listedIn: OutputOptions["listedIn"],
): Inspected {
  const kind = fileSystem.kindOf(folder);
  if (kind === undefined) return { state: "absent" };
  if (kind !== "folder") return { state: "not-ours", detail: "it is not a folder" };
  const { files, strange } = contents(fileSystem, folder);
  if (strange !== undefined) return { state: "not-ours", detail: holds(strange) };
  if (files.length === 0) return { state: "empty" };
  if (!files.includes(manifestName)) {
    return { state: "not-ours", detail: `it is not empty and has no ${manifestName}` };
  }
  const listed = listedIn(fileSystem.readText(join(folder, manifestName)));
  if (listed === undefined) {
    return { state: "not-ours", detail: `its ${manifestName} is not one of segc` };
  }
  const known = new Set([...listed, manifestName]);
  const unknown = files.find((path) => !known.has(path));
  return unknown === undefined
    ? { state: "ours", paths: files }
    : { state: "not-ours", detail: holds(unknown) };
}

const holds = (path: string) => `it holds \`${path}\`, which segc did not write`;

/** Regular files with their paths; the first thing that is neither file nor filled folder. */
function contents(fileSystem: FileSystem, folder: string) {
  const files: string[] = [];
  let strange: string | undefined;
  const visit = (under: string) => {
    const entries = fileSystem.list(join(folder, under));
    if (entries.length === 0 && under !== "") strange ??= under;
    for (const { name, kind } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = under === "" ? name : `${under}/${name}`;
      if (kind === "folder") visit(path);
      else if (kind === "file") files.push(path);
      else strange ??= path;
    }
  };
  visit("");
  return { files, strange };
}

function siblingName(fileSystem: FileSystem, folder: string, purpose: "new" | "old"): string {
  for (let count = 0; ; count++) {
    const name = `.${basename(folder)}.segc-${purpose}-${process.pid}-${count}`;
    const path = join(dirname(folder), name);
    if (fileSystem.kindOf(path) === undefined) return path;
  }
}

function writeInto(fileSystem: FileSystem, stage: string, file: NewFile): void {
  for (const folder of foldersOf([file.path]).reverse()) {
    if (fileSystem.kindOf(join(stage, folder)) === undefined) {
      fileSystem.createFolder(join(stage, folder));
    }
  }
  const mode = file.executable === true ? 0o755 : 0o644;
  fileSystem.createFile(join(stage, file.path), contentOf(file.path, file.text), mode);
}

/** The folders above these paths, the deepest first. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = dirname(path); at !== "."; at = dirname(at)) folders.add(at);
  }
  return [...folders].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

/**
 * Nothing here waits, so no signal can come between the two renames. The old folder is looked at
 * again once it is out of everybody's way: what came into it meanwhile is not lost.
 */
function swap(
  fileSystem: FileSystem,
  stage: string,
  target: string,
  listedIn: OutputOptions["listedIn"],
): Written {
  if (fileSystem.kindOf(target) === undefined) {
    fileSystem.rename(stage, target);
    return { outcome: "written" };
  }
  fileSystem.setMode(stage, fileSystem.modeOf(target));
  const old = siblingName(fileSystem, target, "old");
  fileSystem.rename(target, old);
  const refusal = takePlace(fileSystem, { stage, old, target }, listedIn);
  if (refusal === undefined) return { outcome: "written" };
  fileSystem.rename(old, target);
  return refusal;
}

/** Undefined when the stage stands in the target's place. */
function takePlace(
  fileSystem: FileSystem,
  { stage, old, target }: { readonly stage: string; readonly old: string; readonly target: string },
  listedIn: OutputOptions["listedIn"],
): Written | undefined {
  try {
    const now = inspect(fileSystem, old, listedIn);
    if (now.state === "not-ours") return { outcome: "not-ours", detail: now.detail };
    fileSystem.rename(stage, target);
    removeListed(fileSystem, old, now.state === "ours" ? now.paths : []);
    return undefined;
  } catch (error) {
    return { outcome: "failed", path: target, detail: describeFault(error) };
  }
}

/** What cannot be removed stays behind: the new artefacts stand, and nothing of others goes. */
function removeListed(fileSystem: FileSystem, folder: string, paths: readonly string[]): void {
  const steps = [
    ...paths.map((path) => () => fileSystem.removeFile(join(folder, path))),
    ...foldersOf(paths).map((path) => () => fileSystem.removeFolder(join(folder, path))),
    () => fileSystem.removeFolder(folder),
  ];
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      describeFault(error); // a bug still goes on; a fault of the system is accepted here
    }
  }
}

/** After a swap the stage is gone, and this does nothing. */
function removeStage(fileSystem: FileSystem, stage: string, files: readonly NewFile[]): void {
  if (fileSystem.kindOf(stage) !== "folder") return;
  removeListed(
    fileSystem,
    stage,
    files.map((file) => file.path),
  );
}
