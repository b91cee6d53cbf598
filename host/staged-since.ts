// The day since when lines of a file read as they do, from `git blame`. Where there is no git, or no
// repository, nobody knows.
import { spawnSync } from "node:child_process";
import { positionAt, type Span } from "../diagnostics/source.ts";

/** Days of places in files of a folder, each file asked for once, when it is first needed. */
export function stagedSince(folder: string): ((place: Span) => string | undefined) | undefined {
  if (askGit(folder, ["rev-parse", "--is-inside-work-tree"])?.trim() !== "true") return undefined;
  const known = new Map<string, readonly string[]>();
  return ({ source, start }) => {
    const days = known.get(source.path) ?? daysOf(folder, source.path);
    known.set(source.path, days);
    return days[positionAt(source, start).line - 1];
  };
}

/** For each line the day, in UTC, of the commit that it is from; none for a file that git does not have. */
function daysOf(folder: string, path: string): readonly string[] {
  const said = askGit(folder, ["blame", "--line-porcelain", "--", path]) ?? "";
  const days: string[] = [];
  for (const line of said.split("\n")) {
    const [, seconds] = /^committer-time (\d{1,12})$/.exec(line) ?? [];
    if (seconds !== undefined) {
      days.push(new Date(Number(seconds) * 1000).toISOString().slice(0, 10));
    }
  }
  return days;
}

/** What git prints in a folder; undefined where it fails, is not there or takes too long. */
export function askGit(folder: string, args: readonly string[]): string | undefined {
  // What a repository configures to be run is not run to read it.
  const { status, stdout } = spawnSync("git", ["-c", "core.fsmonitor=false", ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" },
    maxBuffer: 256 * 1024 * 1024,
    timeout: 20_000,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return status === 0 ? stdout : undefined;
}
