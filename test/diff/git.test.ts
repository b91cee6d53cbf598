// Versions read from git objects: as they were committed, whatever the working tree is.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesAt } from "../../host/git.ts";
import { segc } from "../cli/run-segc.ts";
import { smallProject } from "../cli/small-project.ts";
import { temporaryFolder } from "../host/temporary-folder.ts";
import { commit, git, write } from "./repository.ts";

const sshRule = "allow ssh = web -> db : tcp/2222\n";

/** A repository with the small project in a folder of it. */
function repository(): { readonly top: string; readonly project: string } {
  const top = temporaryFolder();
  const project = join(top, "deep/policy");
  write(project, new Map(Object.entries(smallProject)));
  commit(top);
  return { top, project };
}

const against = (project: string, ref: string, ...more: readonly string[]) =>
  segc(project, ["diff", "--against", ref, ...more]);

describe("against a commit", () => {
  test("nothing is different until something is, and the status says so where asked", async () => {
    const { project } = repository();
    expect(await against(project, "HEAD", "--exit-code")).toMatchObject({ status: 0, err: "" });
    writeFileSync(join(project, "app.seg"), `${smallProject["app.seg"]}${sshRule}`);
    const changed = await against(project, "HEAD");
    expect(changed).toMatchObject({ status: 0, err: "" });
    expect(changed.out).toContain("web -> db : tcp/2222");
    expect((await against(project, "HEAD", "--exit-code")).status).toBe(2);
  });

  test("tags, branches and steps back name it too, and JSON says which commit it was", async () => {
    const { top, project } = repository();
    const first = git(top, "rev-parse", "HEAD");
    git(top, "tag", "v1");
    writeFileSync(join(project, "app.seg"), `${smallProject["app.seg"]}${sshRule}`);
    commit(top);
    for (const ref of ["v1", "HEAD~1", first.slice(0, 10)]) {
      const json = JSON.parse((await against(project, ref, "--format", "json")).out);
      expect(json.against).toBe(first);
      expect(json.changes).toHaveLength(1);
    }
  });

  test("files that are not committed are not there, those deleted since are", async () => {
    const { top, project } = repository();
    writeFileSync(join(project, "later.json"), "{}");
    rmSync(join(project, "hosts.yaml"));
    const read = filesAt(project, "HEAD");
    if (!read.ok) throw new Error(read.why);
    expect(read.files.glob("*.{json,yaml}")).toEqual(["hosts.yaml", "segc.yaml"]);
    expect(read.files.read("later.json", 100)).toMatchObject({ ok: false, fault: "missing" });
    expect(read.files.read("hosts.yaml", 10)).toMatchObject({ ok: false, fault: "too-large" });
    expect(read.files.read("./hosts.yaml", 10_000)).toMatchObject({ ok: true });
    expect(read.files.read("../../x", 10_000)).toMatchObject({ ok: false });
    const whole = filesAt(top, "HEAD");
    if (!whole.ok) throw new Error(whole.why);
    expect(whole.files.read("deep/policy", 10)).toMatchObject({ fault: "is-directory" });
    expect(whole.files.glob("**/*.seg")).toEqual(["deep/policy/app.seg"]);
  });

  test("names with blanks, newlines and other letters are read", async () => {
    const { top, project } = repository();
    write(project, new Map([["a b\n\u00fc.json", "[]"]]));
    commit(top);
    const read = filesAt(project, "HEAD");
    if (!read.ok) throw new Error(read.why);
    expect(read.files.glob("*.json")).toEqual(["a b\n\u00fc.json"]);
    expect(read.files.read("a b\n\u00fc.json", 100)).toMatchObject({ ok: true });
  });

  test("links within the project are followed", async () => {
    const { top, project } = repository();
    rmSync(join(project, "hosts.yaml"));
    write(project, new Map([["data/hosts.yaml", smallProject["hosts.yaml"] ?? ""]]));
    symlinkSync("data/hosts.yaml", join(project, "hosts.yaml"));
    commit(top);
    expect(await against(project, "HEAD", "--exit-code")).toMatchObject({ status: 0, err: "" });
  });

  test("so are links to folders, and links to links", async () => {
    const { top, project } = repository();
    rmSync(join(project, "hosts.yaml"));
    write(project, new Map([["data/of/hosts.yaml", smallProject["hosts.yaml"] ?? ""]]));
    symlinkSync("data", join(project, "records"));
    symlinkSync("records/of/hosts.yaml", join(project, "again.yaml"));
    symlinkSync("again.yaml", join(project, "hosts.yaml"));
    commit(top);
    expect(await against(project, "HEAD", "--exit-code")).toMatchObject({ status: 0, err: "" });
  });

  test.each(["hosts.yaml", "../policy/hosts.yaml", "../../outside.yaml", "missing.yaml"])(
    "a link to %s leads nowhere, or in circles, and says so",
    async (target) => {
      const { top, project } = repository();
      rmSync(join(project, "hosts.yaml"));
      symlinkSync(target, join(project, "hosts.yaml"));
      commit(top);
      write(project, new Map());
      rmSync(join(project, "hosts.yaml"));
      write(project, new Map([["hosts.yaml", smallProject["hosts.yaml"] ?? ""]]));
      const { status, out } = await against(project, "HEAD");
      expect(status).toBe(4);
      expect(out).toContain("old version: SEG811");
    },
  );

  test("other links are not followed, and say so", async () => {
    const { top, project } = repository();
    rmSync(join(project, "hosts.yaml"));
    symlinkSync("/etc/passwd", join(project, "hosts.yaml"));
    commit(top);
    const read = filesAt(project, "HEAD");
    if (!read.ok) throw new Error(read.why);
    expect(read.files.read("hosts.yaml", 10_000)).toMatchObject({ ok: false, fault: "unreadable" });
    expect(await against(project, "HEAD")).toMatchObject({ status: 4 });
  });
});

describe("what cannot be read", () => {
  test.each(["nope", "HEAD~7", "--help", "HEAD:deep", "main..main", ""])(
    "`%s` is no commit",
    async (ref) => {
      const { project } = repository();
      const { status, err } = await segc(project, ["diff", `--against=${ref}`]);
      expect(status).toBe(4);
      expect(err).toContain("this repository has no commit");
      expect(err).not.toMatch(/\n\s+at /);
    },
  );

  test("a shallow clone says that it is one, and what to fetch", async () => {
    const { top } = repository();
    commit(top);
    const clone = temporaryFolder();
    git(clone, "clone", "--quiet", "--depth=1", `file://${top}`, "copy");
    const project = join(clone, "copy/deep/policy");
    const { status, err } = await against(project, "HEAD~1");
    expect(status).toBe(4);
    expect(err).toContain("it is shallow");
    expect(err).toContain("git fetch");
    expect((await against(project, "HEAD")).status).toBe(0);
  });

  test("a project that is a submodule is compared in its own repository", async () => {
    const { top: inner } = repository();
    const outer = temporaryFolder();
    write(outer, new Map([["README", "outer"]]));
    commit(outer);
    git(
      outer,
      "-c",
      "protocol.file.allow=always",
      "submodule",
      "--quiet",
      "add",
      inner,
      "policies",
    );
    commit(outer);
    const inside = await against(join(outer, "policies/deep/policy"), "HEAD");
    expect(inside).toMatchObject({ status: 0, err: "" });
    // As a file of the outer repository it is only the number of a commit.
    const read = filesAt(outer, "HEAD");
    if (!read.ok) throw new Error(read.why);
    for (const path of ["policies", "policies/deep/policy/app.seg"]) {
      expect(read.files.read(path, 100)).toMatchObject({ ok: false, fault: "unreadable" });
    }
  });

  test("a folder in no repository", async () => {
    const folder = temporaryFolder();
    write(folder, new Map(Object.entries(smallProject)));
    const { status, err } = await against(folder, "HEAD");
    expect(status).toBe(4);
    expect(err).toContain("no git repository");
  });

  test("an inventory in a submodule says that it is one", async () => {
    const { top: inner } = repository();
    const { top, project } = repository();
    git(
      top,
      "-c",
      "protocol.file.allow=always",
      "submodule",
      "--quiet",
      "add",
      inner,
      "deep/policy/data",
    );
    const yaml = (smallProject["segc.yaml"] ?? "").replace(
      "hosts.yaml",
      "data/deep/policy/hosts.yaml",
    );
    write(project, new Map([["segc.yaml", yaml]]));
    commit(top);
    const { status, out } = await against(project, "HEAD");
    expect(status).toBe(4);
    expect(out).toContain("`data` is a submodule");
  });

  test("a project that was not there yet is all new", async () => {
    const top = temporaryFolder();
    write(top, new Map([["README", "x"]]));
    commit(top);
    const project = join(top, "policy");
    mkdirSync(project);
    write(project, new Map(Object.entries(smallProject)));
    const { status, out } = await against(project, "HEAD");
    expect(status).toBe(0);
    expect(out).toContain("web -> db : { tcp/22, tcp/5432 }");
    expect(out).toContain("added: db-1 and web-1");
    expect(out).not.toContain("no longer");
  });
});

test("variables that a hook sets do not lead to another repository", async () => {
  const { project } = repository();
  const other = repository();
  const before = process.env.GIT_DIR;
  process.env.GIT_DIR = join(other.top, ".git-none");
  try {
    expect(await against(project, "HEAD")).toMatchObject({ status: 0, err: "" });
  } finally {
    if (before === undefined) delete process.env.GIT_DIR;
    else process.env.GIT_DIR = before;
  }
});
