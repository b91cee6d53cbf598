// Days of lines, asked of a repository made here.
import { execFileSync } from "node:child_process";
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileDay } from "../../host/file-day.ts";
import { stagedSince } from "../../host/staged-since.ts";
import { segc } from "../cli/run-segc.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const policy = `module app root
label role: enum { web, db }
staged deny old = workloads where role is web -> workloads where role is db : tcp/21
`;
const later =
  "staged deny young = workloads where role is web -> workloads where role is db : tcp/23\n";

function commit(folder: string, day: string): void {
  const date = `${day}T23:30:00+00:00`;
  const who = ["-c", "user.name=A", "-c", "user.email=a@example.net", "-c", "commit.gpgsign=false"];
  const env = { ...process.env, GIT_AUTHOR_DATE: "2020-01-01T00:00:00Z", GIT_COMMITTER_DATE: date };
  execFileSync("git", ["add", "-A"], { cwd: folder });
  execFileSync("git", [...who, "commit", "-q", "-m", day], { cwd: folder, env });
}

function repository(): string {
  const folder = temporaryFolder();
  execFileSync("git", ["init", "-q"], { cwd: folder });
  writeFileSync(join(folder, "segc.yaml"), "edition: 1\nmodules: { app: app.seg }\n");
  writeFileSync(join(folder, "app.seg"), policy);
  commit(folder, "2026-05-01");
  writeFileSync(join(folder, "app.seg"), policy + later);
  commit(folder, "2026-11-01");
  return folder;
}

const placeIn = (text: string, at: string) => ({
  source: { path: "app.seg", text },
  start: text.indexOf(at),
  end: text.length,
});

test("each line has the day of its commit", () => {
  const folder = repository();
  const since = stagedSince(folder);
  const text = policy + later;
  expect(since?.(placeIn(text, "staged deny old"))).toBe("2026-05-01");
  expect(since?.(placeIn(text, "staged deny young"))).toBe("2026-11-01");
  expect(since?.({ ...placeIn(text, "module"), source: { path: "none.seg", text } })).toBe(
    undefined,
  );
});

test("nobody knows outside of a repository", () => {
  expect(stagedSince(temporaryFolder())).toBe(undefined);
});

test("lint asks for it", async () => {
  const folder = repository();
  const { out } = await segc(folder, ["lint", "--format", "compact"]);
  expect(out.split("\n").filter((line) => line.includes("SEG709"))).toEqual([
    "app.seg:3:1: warning SEG709 staged-for-long: rule `app.old` has been staged for 206 days",
  ]);
});

test("a file is of the day of its last commit, or on which it was written since", () => {
  const folder = repository();
  expect(fileDay(folder, "segc.yaml")).toBe("2026-05-01");
  expect(fileDay(folder, "app.seg")).toBe("2026-11-01");
  writeFileSync(join(folder, "hosts.yaml"), "[]");
  utimesSync(join(folder, "hosts.yaml"), 1_700_000_000, 1_700_000_000);
  expect(fileDay(folder, "hosts.yaml")).toBe("2023-11-14");
  writeFileSync(join(folder, "app.seg"), policy);
  utimesSync(join(folder, "app.seg"), 1_700_000_000, 1_700_000_000);
  expect(fileDay(folder, "app.seg")).toBe("2023-11-14");
  expect(fileDay(folder, "none.yaml")).toBe(undefined);
});
