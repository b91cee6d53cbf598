// A single file replaced as a whole: written beside the old one, then renamed over it. Links are
// followed, and the file keeps its permissions.
import { basename, dirname, join } from "node:path";
import { describeFault } from "./faults.ts";
import { type FileSystem, nodeFileSystem } from "./file-system.ts";

/** Undefined when it is written, else what went wrong; then the old file is as it was. */
export function replaceFile(
  path: string,
  text: string,
  fileSystem: FileSystem = nodeFileSystem,
): string | undefined {
  try {
    const exists = fileSystem.kindOf(path) !== undefined;
    const target = exists ? fileSystem.realPath(path) : path;
    switch (fileSystem.kindOf(target)) {
      case "folder":
        return "it is a directory";
      case "other": // a pipe or a terminal has nothing to keep
        fileSystem.write(target, text);
        return undefined;
      case "file":
        rewrite(fileSystem, target, text, fileSystem.modeOf(target));
        return undefined;
      case undefined:
        rewrite(fileSystem, target, text, undefined);
        return undefined;
    }
  } catch (error) {
    return describeFault(error);
  }
}

/** A new file is created under a name that nobody has, so that removing it is always right. */
function rewrite(
  fileSystem: FileSystem,
  target: string,
  text: string,
  mode: number | undefined,
): void {
  const stage = freeName(fileSystem, target);
  try {
    fileSystem.createFile(stage, text, 0o644);
    if (mode !== undefined) fileSystem.setMode(stage, mode);
    fileSystem.rename(stage, target);
  } finally {
    if (fileSystem.kindOf(stage) !== undefined) fileSystem.removeFile(stage);
  }
}

function freeName(fileSystem: FileSystem, target: string): string {
  for (let count = 0; ; count++) {
    const name = `.${basename(target)}.segc-${process.pid}-${count}`;
    const path = join(dirname(target), name);
    if (fileSystem.kindOf(path) === undefined) return path;
  }
}
