// Fits the parsed files to segc.yaml: which tree is which module, and which is the root (SEG210).
// A file that does not fit is refused whole: its contents are not checked, and what depends on it
// stays silent (language.md 11, "Names and modules").
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { ModuleTree } from "../../grammar/ast.ts";

/** What segc.yaml says of modules. */
export interface ProjectModules {
  readonly root: string | undefined;
  /** Module name to path. */
  readonly modules: ReadonlyMap<string, string>;
}

export interface Layout {
  /** Sorted by name. */
  readonly modules: readonly { readonly name: string; readonly tree: ModuleTree }[];
  readonly rootName: string | undefined;
  /** Trees that are not part of the model. */
  readonly refused: readonly ModuleTree[];
  /** Names of modules that somebody meant to exist, but that are not in `modules`. */
  readonly refusedNames: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

interface Draft {
  readonly taken: Map<string, ModuleTree>;
  readonly refused: ModuleTree[];
  readonly diagnostics: Diagnostic[];
}

/** Decides which tree is which module, and which is the root. */
export function layOut(trees: readonly ModuleTree[], project: ProjectModules): Layout {
  const draft: Draft = { taken: new Map(), refused: [], diagnostics: [] };
  const listed = namesByPath(project.modules);
  for (const tree of trees) place(draft, tree, listed.get(plainPath(tree.source.path)) ?? []);
  reportUnlisted(draft, project);
  const rootName = findRoot(draft, project);
  const modules = [...draft.taken].map(([name, tree]) => ({ name, tree }));
  const meant = [...project.modules.keys(), ...draft.refused.flatMap((tree) => nameOf(tree) ?? [])];
  return {
    modules: modules.sort((a, b) => (a.name < b.name ? -1 : 1)),
    rootName,
    refused: draft.refused,
    refusedNames: new Set(meant.filter((name) => !draft.taken.has(name))),
    diagnostics: draft.diagnostics,
  };
}

const plainPath = (path: string) => path.replace(/^(\.\/)+/, "");
const nameOf = (tree: ModuleTree) => tree.name?.text;

function namesByPath(modules: ReadonlyMap<string, string>): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const [name, path] of modules) {
    const key = plainPath(path);
    result.set(key, [...(result.get(key) ?? []), name]);
  }
  return result;
}

/** A tree whose header could not be read is taken for the module that segc.yaml lists there. */
function place(draft: Draft, tree: ModuleTree, listed: readonly string[]): void {
  const name = nameOf(tree) ?? listed[0];
  if (name === undefined || !listed.includes(name) || draft.taken.has(name)) {
    draft.refused.push(tree);
  } else draft.taken.set(name, tree);
  if (tree.name === undefined || name === undefined) return;
  const path = tree.source.path;
  for (const other of listed) {
    if (other === name) continue;
    const parameters = { why: "other-name", path, module: name, listed: other } as const;
    draft.diagnostics.push(diagnose("SEG210", tree.name.span, parameters));
    return;
  }
}

/** Files that segc.yaml does not list, or that repeat a module: known once all are placed. */
function reportUnlisted(draft: Draft, project: ProjectModules): void {
  const listedPaths = new Set([...project.modules.values()].map(plainPath));
  const seen = new Set<ModuleTree>(draft.taken.values());
  for (const tree of draft.refused) {
    if (tree.name === undefined) continue;
    const module = tree.name.text;
    const path = tree.source.path;
    const first = draft.taken.get(module);
    const isListed = listedPaths.has(plainPath(path));
    if (first !== undefined && seen.has(first) && (!isListed || isSameFile(first, tree))) {
      const parameters = { why: "twice", module, other: first.source.path } as const;
      const related = first.name
        ? [{ message: `module \`${module}\` is this file`, span: first.name.span }]
        : [];
      draft.diagnostics.push(diagnose("SEG210", tree.name.span, parameters, { related }));
    } else if (!isListed) {
      const parameters = { why: "unlisted", path, module } as const;
      draft.diagnostics.push(diagnose("SEG210", tree.name.span, parameters));
    }
  }
}

const isSameFile = (a: ModuleTree, b: ModuleTree) =>
  plainPath(a.source.path) === plainPath(b.source.path);

/** The one root; every other module that says `root` is refused. */
function findRoot(draft: Draft, project: ProjectModules): string | undefined {
  const claiming = [...draft.taken].filter(([, tree]) => tree.isRoot);
  const rootName = project.root ?? claiming[0]?.[0] ?? headerless(draft);
  for (const [name, tree] of claiming) {
    if (name === rootName || rootName === undefined) continue;
    const parameters = { why: "second-root", module: name, root: rootName } as const;
    draft.diagnostics.push(diagnose("SEG210", tree.name?.span, parameters));
    draft.taken.delete(name);
    draft.refused.push(tree);
  }
  if (rootName === undefined) return reportNoRoot(draft);
  const root = draft.taken.get(rootName);
  if (root !== undefined) {
    if (!root.isRoot && root.name !== undefined) {
      const parameters = { why: "not-root", module: rootName } as const;
      draft.diagnostics.push(diagnose("SEG210", root.name.span, parameters));
    }
    return rootName;
  }
  if (!project.modules.has(rootName) && draft.refused.every((tree) => nameOf(tree) !== rootName)) {
    const parameters = { why: "root-unlisted", root: rootName } as const;
    draft.diagnostics.push(diagnose("SEG210", undefined, parameters));
  }
  return undefined;
}

/** The only module, where its header could not be read. */
function headerless(draft: Draft): string | undefined {
  const [only] = draft.taken;
  return draft.taken.size === 1 && only?.[1].name === undefined ? only?.[0] : undefined;
}

function reportNoRoot(draft: Draft): undefined {
  const explained =
    draft.refused.length > 0 || [...draft.taken.values()].some((tree) => tree.name === undefined);
  const [first] = draft.taken.values();
  if (!explained && first !== undefined) {
    draft.diagnostics.push(diagnose("SEG210", first.name?.span, { why: "no-root" }));
  }
  return undefined;
}
