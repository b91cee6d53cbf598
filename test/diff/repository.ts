// Git repositories for tests: made in a temporary folder, with nothing of the user's configuration.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const identity = ["-c", "user.name=test", "-c", "user.email=test@example.net"];

export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", folder, ...identity, "-c", "commit.gpgsign=false", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: "1" },
  }).trim();
}

/** Everything as it is, as a commit; a folder becomes a repository with its first one. */
export function commit(folder: string): string {
  if (!existsSync(join(folder, ".git"))) git(folder, "init", "--quiet", "--initial-branch=main");
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--allow-empty", "--message=a step");
  return git(folder, "rev-parse", "HEAD");
}

export function write(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
