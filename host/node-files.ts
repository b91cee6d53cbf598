// `Files` over a folder of this machine. Nothing outside the folder is read: links are followed,
// and what they lead to must still lie inside. Faults are values; nothing here throws.
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
} from "node:fs";
import { isAbsolute, join, sep } from "node:path";
import { digestBy } from "../compiler/model/sha256.ts";
import type { FileFault, FileRead, Files } from "../project/files.ts";
import { codeOf, describeFault } from "./faults.ts";
import { fixedFolder, globExpression, hasWildcard } from "./glob.ts";

digestBy(sha256);

/** Not an import of `hash`: that would also load all else that `node:crypto` gives, at every start. */
function sha256(input: string | Uint8Array): string {
  return process.getBuiltinModule("node:crypto").hash("sha256", input);
}

/** Folders below this many levels are not searched. */
const depthMax = 32;

/** Reads below `folder`; paths are relative to it, with forward slashes. */
export function nodeFiles(folder: string): Files {
  return {
    read: (path, bytesMax) => readInside(folder, path, bytesMax),
    glob: (pattern) => globInside(folder, pattern),
    sha256,
  };
}

function readInside(folder: string, path: string, bytesMax: number): FileRead {
  try {
    const real = realInside(folder, path);
    return real === undefined
      ? fault("unreadable", "it lies outside the project folder")
      : readWhole(real, bytesMax);
  } catch (error) {
    return faultOf(error);
  }
}

/** The file that the path leads to, or undefined when that is not in the folder. */
function realInside(folder: string, path: string): string | undefined {
  if (isAbsolute(path) || path.includes("\0")) return undefined;
  const root = realpathSync(folder);
  const real = realpathSync(join(root, path));
  return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)
    ? real
    : undefined;
}

function readWhole(path: string, bytesMax: number): FileRead {
  // O_NONBLOCK: opening a pipe that nobody writes to must not hang.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) return fault("is-directory", "it is a directory");
    if (!stat.isFile()) return fault("unreadable", "it is not a regular file");
    if (stat.size > bytesMax) return tooLarge(bytesMax);
    return readToEnd(file, stat.size, bytesMax);
  } finally {
    closeSync(file);
  }
}

/** A file may grow while it is read, and some (in /proc) do not know their size. */
function readToEnd(file: number, size: number, bytesMax: number): FileRead {
  let bytes = new Uint8Array(size + 1);
  let length = 0;
  for (;;) {
    const read = readSync(file, bytes, length, bytes.length - length, null);
    if (read === 0) return { ok: true, bytes: bytes.subarray(0, length) };
    length += read;
    if (length > bytesMax) return tooLarge(bytesMax);
    if (length === bytes.length) {
      const larger = new Uint8Array(length * 2);
      larger.set(bytes);
      bytes = larger;
    }
  }
}

function globInside(folder: string, pattern: string): readonly string[] {
  if (isAbsolute(pattern)) return [];
  const clean = pattern.replace(/^(?:\.\/)+/, "").replace(/\/{2,}/g, "/");
  const found: string[] = [];
  if (hasWildcard(clean)) {
    const expression = globExpression(clean);
    walk(folder, fixedFolder(clean), 0, (path) => {
      if (expression.test(path)) found.push(path);
    });
  } else if (isFileInside(folder, clean)) {
    found.push(clean);
  }
  return found.sort();
}

/** Links to folders are not followed, so that a cycle of links cannot trap us. */
function walk(folder: string, under: string, depth: number, visit: (path: string) => void): void {
  if (depth > depthMax) return;
  for (const entry of entriesOf(folder, under)) {
    const path = under === "" ? entry.name : `${under}/${entry.name}`;
    if (entry.isDirectory() && !isSkipped(entry.name)) walk(folder, path, depth + 1, visit);
    else if (entry.isFile()) visit(path);
    else if (entry.isSymbolicLink() && isFileInside(folder, path)) visit(path);
  }
}

const isSkipped = (name: string) => name === "node_modules" || name.startsWith(".");

function entriesOf(folder: string, under: string) {
  try {
    const real = realInside(folder, under === "" ? "." : under);
    return real === undefined ? [] : readdirSync(real, { withFileTypes: true });
  } catch {
    return []; // no such folder, or not ours to look into: nothing matches there
  }
}

function isFileInside(folder: string, path: string): boolean {
  const read = readInside(folder, path, 0);
  return read.ok || read.fault === "too-large";
}

const fault = (name: FileFault, detail: string): FileRead => ({ ok: false, fault: name, detail });

const tooLarge = (bytesMax: number) =>
  fault("too-large", `it is larger than ${Math.floor(bytesMax / 1024 / 1024)} MB`);

function faultOf(error: unknown): FileRead {
  const code = codeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") return fault("missing", "there is no such file");
  if (code === "EISDIR") return fault("is-directory", "it is a directory");
  if (code === "ERR_FS_FILE_TOO_LARGE") return fault("too-large", "it is too large to read");
  return fault("unreadable", describeFault(error));
}
