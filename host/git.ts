// `Files` over a commit of a git repository: objects are read as they are stored, nothing is checked out
// and nothing of the working tree is looked at. Git itself reads them: it knows packs, filters of partial
// clones and every format of its own.
import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { posix, relative } from "node:path";
import type { FileRead, Files } from "../project/files.ts";
import { globExpression } from "./glob.ts";
import { nodeFiles } from "./node-files.ts";

export type GitRead =
  | { readonly ok: true; readonly files: Files; readonly commit: string }
  /** `why` is a sentence for people; `help` what they can do. */
  | { readonly ok: false; readonly why: string; readonly help: string };

/** Trees with more bytes of names than this are not read. */
const outputMax = 256 * 1024 * 1024;

/** The project folder as it was at a commit, tag or branch. */
export function filesAt(folder: string, ref: string): GitRead {
  const top = git(folder, ["rev-parse", "--show-toplevel"]);
  if (!top.ok) return top.missing ? noGit : notARepository(folder, top.text);
  const resolved = git(folder, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${ref}^{commit}`,
  ]);
  if (!resolved.ok) return unknownRef(folder, ref);
  const commit = resolved.text.trim();
  const prefix = relative(realpathSync(top.text.trim()), realpathSync(folder)).replaceAll(
    "\\",
    "/",
  );
  const listed = git(folder, ["ls-tree", "-r", "-z", "-l", "--full-tree", commit, ...at(prefix)]);
  if (!listed.ok) return unreadable(ref, listed.text);
  const entries = entriesOf(listed.text, prefix);
  const module = entries.find(({ kind, path }) => kind === "commit" && path === "");
  if (module !== undefined) return inSubmodule(folder);
  return { ok: true, commit, files: objectFiles(folder, entries) };
}

const at = (prefix: string) => (prefix === "" ? [] : ["--", prefix]);

interface TreeEntry {
  /** Relative to the project folder; empty where the folder itself is a submodule. */
  readonly path: string;
  readonly mode: string;
  readonly kind: string;
  readonly object: string;
  readonly size: number;
}

/** Lines of `ls-tree -l -z`: mode, kind, object and size, a tab, the path. */
function entriesOf(text: string, prefix: string): readonly TreeEntry[] {
  return text.split("\0").flatMap((line) => {
    const tab = line.indexOf("\t");
    const [mode, kind, object, size] = line.slice(0, tab).split(/ +/);
    const full = line.slice(tab + 1);
    if (tab < 0 || mode === undefined || kind === undefined || object === undefined) return [];
    if (prefix !== "" && full !== prefix && !full.startsWith(`${prefix}/`)) return [];
    const path = prefix === "" ? full : full.slice(prefix.length + 1);
    return [{ path, mode, kind, object, size: Number(size) }];
  });
}

function objectFiles(folder: string, entries: readonly TreeEntry[]): Files {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const paths = [...byPath.keys()].filter((path) => byPath.get(path)?.kind === "blob").sort();
  const known = readTogether(folder, entries.filter(isLikely));
  const bytesOf = (entry: TreeEntry) =>
    known.get(entry.object) ?? readTogether(folder, [entry]).get(entry.object);
  const targetOf = (link: TreeEntry) => Buffer.from(bytesOf(link) ?? []).toString("utf8");
  return {
    sha256: nodeFiles(folder).sha256,
    glob: (pattern) => {
      const expression = globExpression(cleaned(pattern));
      return paths.filter((path) => expression.test(path) && !isSkipped(path));
    },
    read: (asked, bytesMax) => {
      const path = followed(byPath, targetOf, cleaned(asked));
      if (typeof path !== "string") return path;
      const entry = byPath.get(path);
      if (entry === undefined) {
        const isFolder = paths.some((other) => other.startsWith(`${path}/`));
        return isFolder
          ? fault("is-directory", "it is a directory")
          : fault("missing", "there is no such file");
      }
      if (entry.size > bytesMax) return tooLarge(bytesMax);
      const bytes = bytesOf(entry);
      return bytes === undefined
        ? fault("unreadable", "git does not have this object (a partial clone?)")
        : { ok: true, bytes };
    },
  };
}

const cleaned = (path: string) => path.replace(/^(?:\.\/)+/, "").replace(/\/{2,}/g, "/");

/** More links than this lead in circles. */
const linksMax = 16;

/** Where a path leads through the links of the project, or why it leads nowhere. */
function followed(
  byPath: ReadonlyMap<string, TreeEntry>,
  targetOf: (link: TreeEntry) => string,
  asked: string,
): string | FileRead {
  let path = asked;
  for (let links = 0; links <= linksMax; links++) {
    const steps = path.split("/");
    const at = steps.findIndex((_, index) => {
      const entry = byPath.get(steps.slice(0, index + 1).join("/"));
      return entry?.mode === "120000" || entry?.kind === "commit";
    });
    if (at < 0) return path;
    const entry = byPath.get(steps.slice(0, at + 1).join("/"));
    if (entry === undefined) return path;
    if (entry.kind === "commit") {
      const why = `\`${entry.path}\` is a submodule, whose files are in another repository`;
      return fault("unreadable", why);
    }
    const target = posix.join(posix.dirname(entry.path), targetOf(entry), ...steps.slice(at + 1));
    if (target.startsWith("../") || posix.isAbsolute(targetOf(entry))) break;
    path = target;
  }
  return fault("unreadable", `\`${asked}\` is a link that leads to no file of the project`);
}

/** As the working tree is searched: hidden folders and installed packages are left alone. */
const isSkipped = (path: string) =>
  path
    .split("/")
    .slice(0, -1)
    .some((step) => step === "node_modules" || step.startsWith("."));

/** Files that a project is likely to read: one call of git gets them all. */
const isLikely = ({ path, kind, mode, size }: TreeEntry) =>
  kind === "blob" &&
  mode !== "120000" &&
  size <= 4 * 1024 * 1024 &&
  /\.(seg|ya?ml|json|csv)$/.test(path) &&
  !isSkipped(path);

/** Objects by name; those that git does not have are left out. */
function readTogether(
  folder: string,
  entries: readonly TreeEntry[],
): ReadonlyMap<string, Uint8Array> {
  const objects = [...new Set(entries.map(({ object }) => object))];
  const found = new Map<string, Uint8Array>();
  if (objects.length === 0) return found;
  const { stdout } = spawnSync("git", ["-C", folder, "cat-file", "--batch"], {
    input: `${objects.join("\n")}\n`,
    maxBuffer: 1024 * 1024 * 1024,
    env: environment(),
  });
  if (stdout === null) return found;
  let offset = 0;
  while (offset < stdout.length) {
    const line = stdout.indexOf(10, offset);
    if (line < 0) break;
    const [object, kind, size] = stdout.toString("latin1", offset, line).split(" ");
    offset = line + 1;
    if (object === undefined || kind !== "blob") continue; // `missing`: nothing follows
    const end = offset + Number(size);
    found.set(object, stdout.subarray(offset, end));
    offset = end + 1;
  }
  return found;
}

export type GitRun =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly text: string; readonly missing: boolean };

/** What git prints in a folder, or why it does not. */
export function git(folder: string, args: readonly string[]): GitRun {
  const run = spawnSync("git", ["-C", folder, ...args], {
    encoding: "utf8",
    maxBuffer: outputMax,
    env: environment(),
  });
  if (run.error !== undefined || run.status !== 0) {
    const missing = run.error !== undefined && "code" in run.error && run.error.code === "ENOENT";
    return { ok: false, text: (run.stderr ?? "").trim(), missing };
  }
  return { ok: true, text: run.stdout };
}

/** Hooks run git with variables that point to another repository; only the folder counts here. */
function environment(): NodeJS.ProcessEnv {
  const { GIT_DIR: _, GIT_WORK_TREE: __, GIT_INDEX_FILE: ___, ...rest } = process.env;
  return { ...rest, GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };
}

const fault = (
  name: "missing" | "is-directory" | "unreadable" | "too-large",
  detail: string,
): FileRead => ({
  ok: false,
  fault: name,
  detail,
});

const tooLarge = (bytesMax: number) =>
  fault("too-large", `it is larger than ${Math.floor(bytesMax / 1024 / 1024)} MB`);

const noGit: GitRead = {
  ok: false,
  why: "`--against` reads a git repository, and there is no `git` on this machine",
  help: "install git, or compare two folders: `segc diff OLD NEW`",
};

/** Git has its own reasons too: a folder of somebody else, and says what to do about it. */
function notARepository(folder: string, said: string): GitRead {
  const owner = /dubious ownership/.test(said);
  return {
    ok: false,
    why: owner
      ? `git does not read \`${folder}\`: the repository belongs to another user`
      : `\`${folder}\` is in no git repository`,
    help: owner
      ? "trust it: `git config --global --add safe.directory FOLDER`"
      : "compare two folders: `segc diff OLD NEW`",
  };
}

const unreadable = (ref: string, text: string): GitRead => ({
  ok: false,
  why: `git cannot read the files of \`${ref}\`: ${text.split("\n")[0] ?? ""}`,
  help: "fetch the commit with its files: `git fetch --refetch`",
});

const inSubmodule = (folder: string): GitRead => ({
  ok: false,
  why: `\`${folder}\` is a submodule there: its files are in a repository of its own`,
  help: "run `segc diff --against` inside the submodule",
});

/** A clone without history, or without the branch, is what most often lies behind it. */
function unknownRef(folder: string, ref: string): GitRead {
  const shallow = git(folder, ["rev-parse", "--is-shallow-repository"]);
  const isShallow = shallow.ok && shallow.text.trim() === "true";
  return {
    ok: false,
    why: isShallow
      ? `this clone has no \`${ref}\`: it is shallow, and holds only its last commits`
      : `this repository has no commit \`${ref}\``,
    help: isShallow
      ? "fetch it: `git fetch --depth=1 origin REF` and compare with `FETCH_HEAD`, or check out with `fetch-depth: 0`"
      : "name a branch, a tag or a commit; a branch of the remote is `origin/main`",
  };
}
