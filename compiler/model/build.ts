// From syntax trees to the checked model: layout, vocabulary, names, templates, definitions, then
// everything that uses them. Each step reports what it finds and leaves out what is wrong, so that
// an error in one module never hides those in others.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { ModuleTree } from "../../grammar/ast.ts";
import { type Build, finishReports, type OpenValue } from "./context.ts";
import { declareNames, moduleScope } from "./declare.ts";
import { resolveDefinitions } from "./definitions.ts";
import { checkGuardrails } from "./guardrails.ts";
import { resolveImports } from "./imports.ts";
import { type Layout, layOut, type ProjectModules } from "./layout.ts";
import { checkOwnership } from "./ownership.ts";
import { checkPolicyTests } from "./policy-tests.ts";
import { checkRules } from "./rules.ts";
import type { Item, ModuleScope } from "./scope.ts";
import { instantiate } from "./templates.ts";
import { textScope } from "./text-scope.ts";
import type { Model, Module, NamedService, Program, Segment } from "./types.ts";
import { readVocabulary } from "./vocabulary.ts";

export interface BuiltModel {
  readonly model: Model;
  readonly diagnostics: readonly Diagnostic[];
  /** Labels that are declared, but not as they may be: what uses them is no fault of its own. */
  readonly refusedLabels: ReadonlySet<string>;
  readonly openValues: readonly OpenValue[];
}

/** The model of a project. It is always there; with errors it lacks what they are about. */
export function buildModel(trees: readonly ModuleTree[], project: ProjectModules): BuiltModel {
  const layout = layOut(trees, project);
  const build = emptyBuild(layout);
  readVocabulary(build, layout.refused);
  for (const scope of build.modules.values()) declareNames(build, scope);
  resolveImports(build);
  instantiate(build);
  resolveDefinitions(build);
  const model: Model = {
    modules: [...build.authored.values()],
    root: rootOf(build, trees),
    labels: build.labels,
    ...checkOwnership(build),
    guardrails: checkGuardrails(build),
    rules: checkRules(build),
    tests: checkPolicyTests(build),
    ...namedItems(build),
    scope: textScope(build),
  };
  const reports = layout.diagnostics.map((diagnostic) => ({ diagnostic, instance: undefined }));
  const diagnostics = finishReports([...reports, ...build.reports]);
  return { model, diagnostics, refusedLabels: build.refusedLabels, openValues: build.openValues };
}

function emptyBuild(layout: Layout): Build {
  const scopes = layout.modules.map(({ name, tree }) =>
    moduleScope(name, tree, name === layout.rootName),
  );
  return {
    modules: new Map(scopes.map((scope) => [scope.name, scope])),
    root: scopes.find((scope) => scope.isRoot),
    refusedModules: layout.refusedNames,
    authored: new Map(scopes.map((scope) => [scope, authoredModule(scope)])),
    cyclicModules: new Set(),
    labels: new Map(),
    refusedLabels: new Set(),
    teams: new Map(),
    refusedTeams: new Set(),
    instances: new Map(),
    bodies: new Map(),
    sets: new Map(),
    services: new Map(),
    programs: new Map(),
    interned: new Map(),
    openValues: [],
    reports: [],
  };
}

function authoredModule({ name, isRoot, tree }: ModuleScope): Module {
  return { name, isRoot, by: tree.by?.text, span: tree.name?.span ?? tree.span };
}

/** The root; where there is none, which was reported, one that owns and declares nothing. */
function rootOf(build: Build, trees: readonly ModuleTree[]): Module {
  const root = build.root && build.authored.get(build.root);
  if (root !== undefined) return root;
  const [first] = trees;
  const span: Span = first?.span ?? { source: { path: "segc.yaml", text: "" }, start: 0, end: 0 };
  return { name: "", isRoot: true, by: undefined, span };
}

/** What is left of the names: everything that means something, sorted. */
function namedItems(build: Build): Pick<Model, "segments" | "services" | "programs"> {
  const segments: Segment[] = [];
  const services: NamedService[] = [];
  const programs: Program[] = [];
  const add = (item: Item, author: ModuleScope, leavesModule: boolean) => {
    const module = build.authored.get(author);
    if (module === undefined) return;
    const { qualified, span } = item;
    const exported = item.exported && leavesModule;
    if (item.kind === "segment") {
      const set = build.sets.get(item)?.set;
      if (set !== undefined) segments.push({ qualified, module, exported, set, span });
    } else if (item.kind === "service") {
      const service = build.services.get(item)?.service;
      if (service !== undefined) services.push({ qualified, module, service, span });
    } else {
      const program = build.programs.get(item);
      if (program !== undefined) programs.push(program);
    }
  };
  for (const scope of build.modules.values()) {
    for (const item of soundItems(scope.items, scope.own)) add(item, scope, true);
  }
  for (const [use, scope] of build.instances) {
    for (const item of soundItems(scope.items, scope.members)) add(item, use.module, use.exported);
  }
  return {
    segments: segments.sort((a, b) => (a.qualified < b.qualified ? -1 : 1)),
    services: services.sort((a, b) => (a.qualified < b.qualified ? -1 : 1)),
    programs: programs.sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}

/** Without those whose name is taken. */
function soundItems(items: readonly Item[], names: ReadonlyMap<string, unknown>): readonly Item[] {
  return items.filter((item) => names.get(item.name) === item);
}
