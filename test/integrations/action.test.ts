// What forges and hooks are given, run as they would run it, on a repository with two branches.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { bundleOneFile } from "../../scripts/package-code.ts";
import { checkout, plainEnvironment } from "../cli/run-segc.ts";
import { smallProject } from "../cli/small-project.ts";
import { commit, git, write } from "../diff/repository.ts";
import { temporaryFolder } from "../host/temporary-folder.ts";
import { runAction } from "./runner.ts";

/** As a release has it: scripts, the bundle, and what the bundle reads beside itself. */
const home = join(tmpdir(), `segc-action-${process.pid}`);

beforeAll(async () => {
  cpSync(join(checkout, "integrations"), join(home, "integrations"), { recursive: true });
  cpSync(join(checkout, "package.json"), join(home, "package.json"));
  await bundleOneFile(join(home, "integrations/segc.mjs"));
}, 60_000);

const policyPath = "policy/app.seg";
const policy = smallProject["app.seg"] ?? "";

interface Repository {
  readonly folder: string;
  readonly base: string;
}

/** `main` with the small project, and a branch on which its policy is another. */
function repository(text: string): Repository {
  const folder = temporaryFolder();
  const files = Object.entries(smallProject).map(([path, one]) => [`policy/${path}`, one] as const);
  write(folder, new Map(files));
  const base = commit(folder);
  git(folder, "checkout", "--quiet", "-b", "change");
  write(folder, new Map([[policyPath, text]]));
  commit(folder);
  return { folder, base };
}

/** A `gh` that knows comments by their number and writes down what it is asked. */
function fakeGh(
  known: string,
  status: number,
): { readonly path: string; readonly calls: () => string } {
  const path = temporaryFolder();
  const log = join(path, "calls");
  writeFileSync(
    join(path, "gh"),
    `#!/bin/sh\nprintf '%s\\n' "$*" >> "${log}"\ncase "$*" in *--paginate*) printf '%s' "${known}";; esac\nexit ${status}\n`,
  );
  chmodSync(join(path, "gh"), 0o755);
  return { path, calls: () => (existsSync(log) ? readFileSync(log, "utf8") : "") };
}

function act(
  { folder, base }: Repository,
  more: Readonly<Record<string, string>> = {},
  known = "",
  ghStatus = 0,
) {
  const gh = fakeGh(known, ghStatus);
  const run = runAction({
    workspace: folder,
    temporary: temporaryFolder(),
    path: [gh.path, join(process.execPath, "..")],
    values: {
      "github.action_path": home,
      "github.event.pull_request.base.sha": base,
      "github.event.pull_request.number": "7",
      "github.token": "t",
      "inputs.project": "policy",
      ...more,
    },
  });
  return { ...run, calls: gh.calls() };
}

describe("the GitHub action", () => {
  test("says who gains access, in the summary and in a comment", () => {
    const run = act(repository(`${policy}allow ssh = outside -> web : tcp/22\n`));
    expect(run.log).not.toMatch(/bug in segc|not found/);
    expect(run.status).toBe(0);
    const comment = readFileSync(run.outputs.comment ?? "", "utf8");
    expect(comment).toMatch(/^<!-- segc policy -->\n### Who may talk to whom: 1 newly allowed/);
    expect(run.summary).toBe(comment);
    expect(run.calls).toContain("--method POST repos/acme/policy/issues/7/comments");
    expect(run.calls).toContain(`body=@${run.outputs.comment}`);
    expect(existsSync(run.outputs.junit ?? "")).toBe(true);
    for (const file of ["check.sarif", "lint.sarif"]) {
      const sarif = JSON.parse(readFileSync(join(run.outputs.sarif ?? "", file), "utf8"));
      expect(sarif.version).toBe("2.1.0");
    }
  });

  test("writes over its own comment", () => {
    const run = act(repository(`${policy}# nothing\n`), {}, "4711");
    expect(run.calls).toContain("--method PATCH repos/acme/policy/issues/comments/4711");
    expect(run.calls).not.toContain("POST");
  });

  test("a policy with an error fails, with its line as an annotation and the comment all the same", () => {
    const run = act(repository(policy.replace("tier is db", "tier is bd")));
    expect(run.status).toBe(1);
    expect(run.log).toMatch(/^::error .*file=policy\/app\.seg,line=4/m);
    expect(run.summary).toContain("SEG301");
    expect(run.calls).toContain("POST");
  });

  test("a test of the policy that fails does too", () => {
    const run = act(
      repository(policy.replace("  allowed web -> db : tcp/5432", "  denied web -> db : tcp/5432")),
    );
    expect(run.status).toBe(1);
    expect(run.summary).toContain("SEG611");
  });

  test("warnings fail where they are asked to", () => {
    const text = `${policy}segment empty = workloads where tier is web and not (tier is web)\n`;
    const lenient = act(repository(text));
    const strict = act(repository(text), { "inputs.fail-level": "warning" });
    expect([lenient.status, strict.status]).toEqual([0, 1]);
  });

  test("nobody is told where no comment is wanted, or it is no pull request", () => {
    const changed = repository(`${policy}# nothing\n`);
    expect(act(changed, { "inputs.comment": "false" }).calls).toBe("");
    expect(act(changed, { "github.event.pull_request.number": "" }).calls).toBe("");
  });

  test("a shallow checkout fetches what it is compared with", () => {
    const whole = repository(`${policy}allow ssh = outside -> web : tcp/22\n`);
    git(whole.folder, "config", "uploadpack.allowReachableSHA1InWant", "true");
    const folder = join(temporaryFolder(), "clone");
    git(whole.folder, "clone", "--quiet", "--depth=1", `file://${whole.folder}`, folder);
    const run = act({ folder, base: whole.base });
    expect(run.status).toBe(0);
    expect(run.summary).toContain("1 newly allowed");
  });

  test.each([
    ["a whole clone", []],
    ["a shallow one", ["--depth=1"]],
  ])("what others merged meanwhile is not told, in %s", (_, depth) => {
    const whole = repository(`${policy}allow ssh = outside -> web : tcp/22\n`);
    git(whole.folder, "config", "uploadpack.allowAnySHA1InWant", "true");
    git(whole.folder, "checkout", "--quiet", "main");
    const [first = "", ...rest] = policy.split("\n");
    const theirs = [first, "allow theirs = web -> db : tcp/9999", ...rest].join("\n");
    write(whole.folder, new Map([[policyPath, theirs]]));
    commit(whole.folder);
    git(whole.folder, "merge", "--quiet", "--no-ff", "--message=merged", "change");
    const folder = join(temporaryFolder(), "clone");
    git(whole.folder, "clone", "--quiet", ...depth, `file://${whole.folder}`, folder);
    const run = act({ folder, base: whole.base });
    expect(run.summary).toContain("1 newly allowed");
    expect(run.summary).not.toContain("9999");
  });

  test.each([
    ["a branch of the remote", "origin/main"],
    ["a branch", "main"],
    ["a tag", "v1"],
  ])("%s is fetched by its name", (_, name) => {
    const whole = repository(`${policy}allow ssh = outside -> web : tcp/22\n`);
    git(whole.folder, "tag", "v1", whole.base);
    const folder = join(temporaryFolder(), "clone");
    git(whole.folder, "clone", "--quiet", "--depth=1", `file://${whole.folder}`, folder);
    const run = act({ folder, base: name });
    expect(run.summary).toContain("1 newly allowed");
  });

  test.each([
    ["the first push", "0".repeat(40), "first push"],
    ["a commit that nobody has", "1".repeat(40), "could not be fetched"],
    ["an option", "--upload-pack=touch pwned;", "could not be fetched"],
  ])("%s is no failure, and the comment says that there is no diff", (_, base, said) => {
    const { folder } = repository(policy);
    git(folder, "remote", "add", "origin", folder);
    const run = act({ folder, base });
    expect(run.status).toBe(0);
    expect(run.summary).toContain("### No diff");
    expect(run.summary).toContain(said);
    expect(existsSync(join(folder, "pwned"))).toBe(false);
  });

  test("neither is a base with errors, which the branch puts right", () => {
    const { folder } = repository(policy.replace("tier is db", "tier is bd"));
    const base = commit(folder);
    write(folder, new Map([[policyPath, policy]]));
    commit(folder);
    const run = act({ folder, base });
    expect(run.status).toBe(0);
    expect(run.summary).toContain("### No diff");
  });

  test("a whole clone stays whole", () => {
    const { folder } = repository(policy);
    git(folder, "remote", "add", "origin", folder);
    act({ folder, base: "1".repeat(40) });
    expect(git(folder, "rev-parse", "--is-shallow-repository")).toBe("false");
  });

  test("who may not comment is told, and fails nothing", () => {
    const { folder, base } = repository(`${policy}# nothing\n`);
    const refused = act({ folder, base }, {}, "", 1);
    expect(refused.status).toBe(0);
    expect(refused.log).toContain("::warning::segc may not");
    expect(refused.summary).toContain("No flow changes");
  });

  test("what a diff prints is no command to the runner", () => {
    const run = act(repository(`${policy}allow ssh = outside -> web : tcp/22\n`));
    const [, token = ""] = /^::stop-commands::(segc-\S+)$/m.exec(run.log) ?? [];
    expect(token).not.toBe("");
    const [before = "", after = ""] = run.log.split(`::${token}::`);
    expect(before).toContain("newly allowed");
    expect(after).not.toContain("newly allowed");
  });

  test("a name with shell in it is a name", () => {
    const { folder, base } = repository(policy);
    const odd = "$(touch pwned) `touch pwned`; 'x'";
    cpSync(join(folder, "policy"), join(folder, odd), { recursive: true });
    commit(folder);
    const run = act({ folder, base }, { "inputs.project": odd });
    expect(existsSync(join(folder, "pwned"))).toBe(false);
    expect(run.summary.split("\n")[0]).toMatch(/^<!-- segc [A-Za-z0-9._/-]+ -->$/);
  });
});

test("the GitLab job runs the same", () => {
  const job = parse(readFileSync(join(home, "integrations/gitlab.yml"), "utf8")).segc;
  const { folder, base } = repository(`${policy}allow ssh = outside -> web : tcp/22\n`);
  const { SEGC_AGAINST: _, ...variables } = job.variables;
  const done = spawnSync("sh", ["-e", "-c", job.script.join("\n")], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...plainEnvironment(),
      PATH: process.env.PATH,
      ...variables,
      SEGC: `${process.execPath} ${join(home, "integrations/segc.mjs")}`,
      SEGC_HOME: home,
      SEGC_PROJECT: "policy",
      SEGC_AGAINST: base,
    },
  });
  expect(done.status, done.stderr).toBe(0);
  const [kept] = job.artifacts.paths;
  expect(readFileSync(join(folder, kept, "comment.md"), "utf8")).toContain("1 newly allowed");
  expect(existsSync(join(folder, job.artifacts.reports.junit))).toBe(true);
});

describe("hooks for pre-commit", () => {
  interface Hook {
    readonly id: string;
    readonly entry: string;
    readonly files: string;
    readonly language: string;
    readonly pass_filenames?: boolean;
  }
  const hooks: readonly Hook[] = parse(
    readFileSync(join(checkout, ".pre-commit-hooks.yaml"), "utf8"),
  );

  /** As pre-commit runs them: words of the entry, then the files that match. */
  function run(id: string, text: string, changed: readonly string[]) {
    const hook = hooks.find((one) => one.id === id);
    if (hook === undefined) throw new Error(`no hook ${id}`);
    const folder = temporaryFolder();
    write(folder, new Map([...Object.entries(smallProject), ["app.seg", text]]));
    const bin = join(folder, "node_modules/.bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(
      join(bin, "segc"),
      `#!/bin/sh\nexec "${process.execPath}" "${join(home, "integrations/segc.mjs")}" "$@"\n`,
    );
    chmodSync(join(bin, "segc"), 0o755);
    const files = changed.filter((path) => new RegExp(hook.files).test(path));
    if (files.length === 0) return undefined;
    const [program = "", ...words] = hook.entry.split(" ");
    const done = spawnSync(program, [...words, ...(hook.pass_filenames === false ? [] : files)], {
      cwd: folder,
      encoding: "utf8",
      env: { ...plainEnvironment(), PATH: process.env.PATH, HOME: folder },
    });
    return { ...done, text: readFileSync(join(folder, "app.seg"), "utf8") };
  }

  test("segc-fmt formats what is about to be committed", () => {
    const done = run("segc-fmt", policy.replace("module app", "module   app"), [
      "app.seg",
      "x.txt",
    ]);
    expect(done).toMatchObject({ status: 0, text: policy });
  });

  test("segc-check and segc-lint stop a commit", () => {
    expect(run("segc-check", policy, ["app.seg"])?.status).toBe(0);
    expect(run("segc-check", policy.replace("is db", "is bd"), ["app.seg"])?.status).toBe(1);
    const unused = `${policy}segment empty = workloads where tier is web and not (tier is web)\n`;
    expect(run("segc-lint", unused, ["app.seg"])?.status).toBe(1);
  });

  test("other files start nothing", () => {
    for (const { id } of hooks) expect(run(id, policy, ["README.md", "x.py"])).toBeUndefined();
    expect(hooks.every(({ language }) => language === "system")).toBe(true);
  });
});
