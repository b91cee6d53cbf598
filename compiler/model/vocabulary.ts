// Labels and the names of teams: declared in the root module, known everywhere (language.md 6.1).
import { diagnose } from "../../diagnostics/registry.ts";
import { didYouMean } from "../../diagnostics/suggest.ts";
import type {
  Declaration,
  LabelDeclaration,
  LabelNode,
  ModuleTree,
  Name,
} from "../../grammar/ast.ts";
import { isBroken } from "./broken-names.ts";
import { type Build, type Context, report } from "./context.ts";
import { reportDuplicates } from "./duplicates.ts";
import type { Label } from "./types.ts";

const rootOnly = ["label", "team", "require", "observe"] as const;
type RootOnly = (typeof rootOnly)[number];

/** Fills in the labels and team names; reports vocabulary outside the root (SEG208). */
export function readVocabulary(build: Build, refused: readonly ModuleTree[]): void {
  for (const scope of build.modules.values()) {
    if (scope.isRoot) readRoot({ build, scope }, scope.tree);
    else for (const declaration of scope.tree.declarations) refuse({ build, scope }, declaration);
  }
  for (const tree of refused) for (const one of tree.declarations) forget(build, one);
}

function readRoot(context: Context, tree: ModuleTree): void {
  const { build } = context;
  const declarations = tree.declarations;
  const labels = declarations.filter((one) => one.kind === "label");
  const teams = declarations.filter((one) => one.kind === "team");
  const named = (name: Name, noun: string) => ({ name: name.text, span: name.span, noun });
  const repeated = {
    labels: reportDuplicates(
      context,
      labels.map(({ name }) => named(name, "label")),
    ),
    teams: reportDuplicates(
      context,
      teams.map(({ name }) => named(name, "team")),
    ),
  };
  for (const declaration of labels) {
    const label = labelOf(context, declaration);
    if (repeated.labels.has(label.name)) build.refusedLabels.add(label.name);
    else build.labels.set(label.name, label);
  }
  for (const { name } of teams) {
    if (repeated.teams.has(name.text)) build.refusedTeams.add(name.text);
    else build.teams.set(name.text, name.span);
  }
}

function refuse(context: Context, declaration: Declaration): void {
  const kind = rootOnly.find((one): one is RootOnly => one === declaration.kind);
  if (kind === undefined) return;
  const { root } = context.build;
  if (root !== undefined) {
    const span = { ...declaration.span, end: declaration.span.start + kind.length };
    report(context, diagnose("SEG208", span, { kind, root: root.name }));
  } // else there is nowhere to move it to, which was reported
  forget(context.build, declaration);
}

/** A declaration that does not count still explains why its name is used. */
function forget(build: Build, declaration: Declaration): void {
  if (declaration.kind === "label" && !build.labels.has(declaration.name.text)) {
    build.refusedLabels.add(declaration.name.text);
  }
  if (declaration.kind === "team" && !build.teams.has(declaration.name.text)) {
    build.refusedTeams.add(declaration.name.text);
  }
}

function labelOf(context: Context, declaration: LabelDeclaration): Label {
  const nodes = new Map<string, ReadonlySet<string>>();
  const leaves: string[] = [];
  const declared: Name[] = [];
  const visit = (node: LabelNode): readonly string[] => {
    declared.push(node.name);
    const below = node.children.length === 0 ? [node.name.text] : node.children.flatMap(visit);
    if (!nodes.has(node.name.text)) {
      nodes.set(node.name.text, new Set(below));
      if (node.children.length === 0) leaves.push(node.name.text);
    }
    return below;
  };
  for (const node of declaration.tree) visit(node);
  const noun = `value of label \`${declaration.name.text}\``;
  reportDuplicates(
    context,
    declared.map(({ text, span }) => ({ name: text, span, noun })),
  );
  const { name, type: kind, optional, span } = declaration;
  return { name: name.text, kind, optional, nodes, leaves, span };
}

/** The label of this name; unknown ones are reported, refused ones were. */
export function findLabel(context: Context, name: Name): Label | undefined {
  const { build } = context;
  const label = build.labels.get(name.text);
  if (label !== undefined || build.refusedLabels.has(name.text)) return label;
  if (build.root === undefined || isBroken(build.root.tree, name.text)) return undefined;
  const suggestion = didYouMean(name.text, build.labels.keys());
  const parameters = { why: "undeclared", kind: "label", name: name.text, suggestion } as const;
  report(context, diagnose("SEG201", name.span, parameters));
  return undefined;
}

/** True unless the team is unknown, which is reported here or was. */
export function hasTeam(context: Context, name: Name): boolean {
  const { build } = context;
  if (build.teams.has(name.text)) return true;
  if (build.refusedTeams.has(name.text)) return false;
  if (build.root === undefined || isBroken(build.root.tree, name.text)) return false;
  const suggestion = didYouMean(name.text, build.teams.keys());
  const parameters = { why: "undeclared", kind: "team", name: name.text, suggestion } as const;
  report(context, diagnose("SEG201", name.span, parameters));
  return false;
}

/** True for a module of the project; an unknown one is reported. */
export function hasModule(context: Context, name: Name): boolean {
  const { build } = context;
  if (build.modules.has(name.text)) return true;
  if (build.refusedModules.has(name.text)) return false;
  const suggestion = didYouMean(name.text, build.modules.keys());
  const parameters = { why: "undeclared", kind: "module", name: name.text, suggestion } as const;
  report(context, diagnose("SEG201", name.span, parameters));
  return false;
}
