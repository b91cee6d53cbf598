// A repository, a branch for each thing that people do, and the comment that a reviewer gets. The comments
// are files beside this one, read by a person when they change (UPDATE=1 writes them).
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkout, segc } from "../cli/run-segc.ts";
import { temporaryFolder } from "../host/temporary-folder.ts";
import { commit, git, write } from "./repository.ts";
import { scenarios } from "./scenarios.ts";

const comments = join(import.meta.dirname, "comments");

test.each(scenarios)("the comment on a branch that $title", async ({ title, edit }) => {
  const files = exampleFiles();
  const folder = temporaryFolder();
  write(folder, files);
  commit(folder);
  git(folder, "checkout", "--quiet", "-b", "change");
  edit(files);
  rmSync(join(folder, "inventory"), { recursive: true });
  write(folder, files);
  commit(folder);

  const args = ["diff", "--against", "main", "--now", "2026-11-28"];
  const { out, err, status } = await segc(folder, [...args, "--format", "markdown"]);
  expect({ err, status }).toEqual({ err: "", status: 0 });
  expect(Buffer.from(out).length).toBeLessThan(60_000);
  const path = join(comments, `${title.replaceAll(" ", "-")}.md`);
  if (process.env.UPDATE === "1") {
    mkdirSync(comments, { recursive: true });
    writeFileSync(path, out);
  }
  expect(out).toBe(readFileSync(path, "utf8"));

  const text = await segc(folder, args);
  if (title === "reorders everything") expect(text.out).toMatch(/^no flow is newly allowed/);
});

/** The example as it is committed, without what it was compiled to. */
function exampleFiles(): Map<string, string> {
  const listed = execFileSync("git", ["-C", checkout, "ls-files", "-z", "examples/crm"], {
    encoding: "utf8",
  });
  return new Map(
    listed
      .split("\0")
      .filter((path) => /\.(seg|ya?ml|json|csv)$/.test(path))
      .map((path) => [
        path.slice("examples/crm/".length),
        readFileSync(join(checkout, path), "utf8"),
      ]),
  );
}
