// The few operations that writing needs, synchronous, as an interface: tests put a disk behind it
// that fills up or is pulled out in the middle.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

export type EntryKind = "file" | "folder" | "other";

export interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
}

/** Every operation throws the system's error, as Node's does. */
export interface FileSystem {
  readonly list: (folder: string) => readonly Entry[];
  /** Undefined where there is nothing; links are not followed. */
  readonly kindOf: (path: string) => EntryKind | undefined;
  /** Permission bits. */
  readonly modeOf: (path: string) => number;
  readonly setMode: (path: string, mode: number) => void;
  readonly realPath: (path: string) => string;
  readonly readText: (path: string) => string;
  /** Fails where the file exists; the mode is cut by the umask. */
  readonly createFile: (path: string, content: string | Uint8Array, mode: number) => void;
  /** Writes into what exists, in place. */
  readonly write: (path: string, text: string) => void;
  readonly createFolder: (path: string) => void;
  readonly createFolders: (path: string) => void;
  readonly rename: (from: string, to: string) => void;
  readonly removeFile: (path: string) => void;
  /** Fails where the folder is not empty. */
  readonly removeFolder: (path: string) => void;
}

interface Stat {
  readonly isFile: () => boolean;
  readonly isDirectory: () => boolean;
}

function kindOfStat(stat: Stat): EntryKind {
  if (stat.isFile()) return "file";
  return stat.isDirectory() ? "folder" : "other";
}

/**
 * The folder and those above it that are missing. Node's own recursive form never returns where a
 * folder that is there says, as /proc does, that what is to come into it does not exist.
 */
function createFolders(path: string): void {
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder, { mode: 0o755 });
    } catch (error) {
      if (!existsSync(folder)) throw error; // somebody else was quicker
    }
  }
}

export const nodeFileSystem: FileSystem = {
  list: (folder) =>
    readdirSync(folder, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      kind: kindOfStat(entry),
    })),
  kindOf: (path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat === undefined ? undefined : kindOfStat(stat);
  },
  modeOf: (path) => lstatSync(path).mode & 0o7777,
  setMode: (path, mode) => chmodSync(path, mode),
  realPath: (path) => realpathSync(path),
  readText: (path) => readFileSync(path, "utf8"),
  createFile: (path, content, mode) => writeFileSync(path, content, { mode, flag: "wx" }),
  write: (path, text) => writeFileSync(path, text),
  createFolder: (path) => {
    mkdirSync(path, { mode: 0o755 });
  },
  createFolders,
  rename: (from, to) => renameSync(from, to),
  removeFile: (path) => unlinkSync(path),
  removeFolder: (path) => rmdirSync(path),
};
