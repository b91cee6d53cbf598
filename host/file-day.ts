// The day of a file: of its last commit where git has it unchanged, since a checkout writes every file
// anew; else the day on which it was last written.
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { askGit } from "./staged-since.ts";

/** `YYYY-MM-DD` in UTC; undefined for what is no file. */
export function fileDay(folder: string, path: string): string | undefined {
  return commitDay(folder, path) ?? writtenDay(resolve(folder, path));
}

function commitDay(folder: string, path: string): string | undefined {
  // Compared without the filters that a repository may configure: they are programs.
  const here = askGit(folder, ["hash-object", "--no-filters", "--", path]);
  const there = askGit(folder, ["rev-parse", "--verify", "--quiet", `HEAD:./${path}`]);
  if (here === undefined || here !== there) return undefined;
  const asked = ["log", "-1", "--no-show-signature", "--format=%ct", "--", `:(literal)${path}`];
  const seconds = askGit(folder, asked)?.trim() ?? "";
  return /^\d{1,12}$/.test(seconds) ? dayOf(Number(seconds) * 1000) : undefined;
}

function writtenDay(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true ? dayOf(found.mtimeMs) : undefined;
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
