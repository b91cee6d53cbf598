// Collects what each module declares, before anything is looked up: declaration order is free.
import type { BodyDeclaration, Declaration, ModuleTree, Name } from "../../grammar/ast.ts";
import type { Build, Context } from "./context.ts";
import { type Declared, reportDuplicate } from "./duplicates.ts";
import {
  authorOf,
  type InstanceScope,
  type Item,
  type Meaning,
  type ModuleScope,
  nounOf,
  type Template,
  type Use,
  wrong,
} from "./scope.ts";

/** The scope of one module, its own declarations filled in; `declareNames` makes them known. */
export function moduleScope(name: string, tree: ModuleTree, isRoot: boolean): ModuleScope {
  const items: Item[] = [];
  const templates: Template[] = [];
  const uses: Use[] = [];
  const spaces = { own: new Map<string, Meaning>(), names: new Map<string, Meaning>() };
  const scope: ModuleScope = {
    kind: "module",
    name,
    tree,
    isRoot,
    ...spaces,
    items,
    templates,
    uses,
  };
  for (const declaration of tree.declarations) {
    const item = itemOf(declaration, scope);
    if (item !== undefined) items.push(item);
    if (declaration.kind === "template")
      templates.push({ ...base(declaration), kind: "template", declaration, module: scope });
    if (declaration.kind === "use")
      uses.push({ ...base(declaration), kind: "use", declaration, module: scope });
  }
  return scope;
}

function base(declaration: { readonly name: Name; readonly exported: boolean }) {
  const { name, exported } = declaration;
  return { name: name.text, exported, nameSpan: name.span };
}

/** The segment, service or program that a declaration of `scope` makes. */
export function itemOf(
  declaration: Declaration | BodyDeclaration,
  scope: ModuleScope | InstanceScope,
): Item | undefined {
  const { kind } = declaration;
  if (kind !== "segment" && kind !== "service" && kind !== "program") return undefined;
  const use = scope.kind === "instance" ? scope.use : undefined;
  const path = [authorOf(scope).name, ...(use ? [use.name] : []), declaration.name.text];
  const common = {
    ...base(declaration),
    qualified: path.join("."),
    scope,
    span: declaration.span,
  };
  if (kind === "segment") return { ...common, kind, definition: declaration.set };
  if (kind === "service") return { ...common, kind, definition: declaration.service };
  return { ...common, kind, definition: declaration.body };
}

/** Fills the module's space of names; a name declared twice means nothing (SEG202). */
export function declareNames(build: Build, scope: ModuleScope): void {
  const declared = [...scope.items, ...scope.templates, ...scope.uses];
  declared.sort((a, b) => a.nameSpan.start - b.nameSpan.start);
  const first = new Map<string, Declared>();
  for (const meaning of declared) {
    const one = { name: meaning.name, span: meaning.nameSpan, noun: nounOf(meaning) };
    const known = first.get(meaning.name);
    if (known !== undefined) reportDuplicate({ build, scope }, known, one);
    else first.set(meaning.name, one);
    scope.own.set(meaning.name, known === undefined ? meaning : wrong);
    scope.names.set(meaning.name, known === undefined ? meaning : wrong);
  }
}

/** Fills the space of a template body; it may not repeat a name of its module. */
export function declareMembers(build: Build, scope: InstanceScope): void {
  const context: Context = { build, scope };
  const first = new Map<string, Declared>();
  for (const item of scope.items) {
    const one = { name: item.name, span: item.nameSpan, noun: item.kind };
    const known = first.get(item.name) ?? declarationOf(scope.module, item.name);
    if (known !== undefined) reportDuplicate(context, known, one);
    else first.set(item.name, one);
    scope.members.set(item.name, known === undefined ? item : wrong);
  }
}

/** Where the module declares or imports the name. */
export function declarationOf(module: ModuleScope, name: string): Declared | undefined {
  if (!module.names.has(name)) return undefined;
  const own = [...module.items, ...module.templates, ...module.uses].find(
    (one) => one.name === name,
  );
  if (own !== undefined) return { name, span: own.nameSpan, noun: nounOf(own) };
  for (const declaration of module.tree.declarations) {
    if (declaration.kind !== "import") continue;
    const imported = declaration.names.find((one) => one.text === name);
    if (imported !== undefined) return { name, span: imported.span, noun: "import" };
  }
  return undefined;
}
