// The day since when lines of a file read as they do, from `git blame`. Where there is no git, or no
// repository, nobody knows.
import { positionAt, type Span } from "../diagnostics/source.ts";
import { git } from "./git.ts";

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
  const said = askGit(folder, ["blame", "--no-textconv", "--line-porcelain", "--", path]) ?? "";
  const days: string[] = [];
  for (const line of said.split("\n")) {
    const [, seconds] = /^committer-time (\d{1,12})$/.exec(line) ?? [];
    if (seconds !== undefined) {
      days.push(new Date(Number(seconds) * 1000).toISOString().slice(0, 10));
    }
  }
  return days;
}

/** What git says of the working tree; undefined where it says nothing. */
export function askGit(folder: string, args: readonly string[]): string | undefined {
  // What a repository configures to be run is not run to read it.
  const run = git(folder, ["-c", "core.fsmonitor=false", ...args]);
  return run.ok ? run.text : undefined;
}
