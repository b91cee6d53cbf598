// `segc init [DIR]`: a small project that compiles and whose test passes. Nothing is overwritten:
// where one of its files exists already, none is written.
import { lstatSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describeFault } from "../../host/faults.ts";
import { nodeFileSystem } from "../../host/file-system.ts";
import { type Answer, type Call, failure } from "../call.ts";
import { exit } from "../exit.ts";
import { starterFiles } from "../starter.ts";

export function init({ operands, options, terminal }: Call): Answer {
  const named = operands[0] ?? options.project ?? ".";
  const folder = resolve(terminal.folder, named);
  const present = Object.keys(starterFiles).filter((name) => isThere(join(folder, name)));
  if (present.length > 0) {
    return failure(
      exit.usage,
      `\`${join(named, present[0] ?? "")}\` exists already, so nothing was written`,
      "name another folder: `segc init DIR`",
    );
  }
  const fault = writeAll(folder);
  if (fault !== undefined)
    return failure(exit.environment, `cannot start in \`${named}\`: ${fault}`);
  const there = named === "." ? "" : ` --project ${named}`;
  return {
    kind: "result",
    status: exit.fine,
    diagnostics: [],
    folder,
    lines: (style) => [
      ...Object.keys(starterFiles).map((name) => `${style.added("new")}  ${join(named, name)}`),
      `next: segc check${there}, then segc compile${there} --out out`,
    ],
    json: { files: Object.keys(starterFiles).map((name) => join(named, name)) },
  };
}

/** Even a link to nowhere is somebody's. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** All files, or none and what went wrong. */
function writeAll(folder: string): string | undefined {
  const written: string[] = [];
  try {
    nodeFileSystem.createFolders(folder);
    for (const [name, text] of Object.entries(starterFiles)) {
      writeFileSync(join(folder, name), text, { flag: "wx" });
      written.push(join(folder, name));
    }
    return undefined;
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    return describeFault(error);
  }
}
