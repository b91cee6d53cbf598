// `import { a, b } from m`: puts the meanings of another module's exports into this one's names.
// Imports are not exported again, so one pass over the modules' own names is enough.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import { didYouMean } from "../../diagnostics/suggest.ts";
import type { ImportDeclaration, Name } from "../../grammar/ast.ts";
import { isBroken } from "./broken-names.ts";
import { type Build, type Context, report } from "./context.ts";
import { components, cycleThrough, isCycle } from "./cycles.ts";
import { type Declared, reportDuplicate } from "./duplicates.ts";
import { type Meaning, type ModuleScope, nounOf, wrong } from "./scope.ts";
import { hasModule } from "./vocabulary.ts";

/** Resolves every import of every module, and reports modules that import each other (SEG204). */
export function resolveImports(build: Build): void {
  for (const scope of build.modules.values()) resolveImportsOf({ build, scope }, scope);
  reportModuleCycles(build);
}

export function importsOf(scope: ModuleScope): readonly ImportDeclaration[] {
  return scope.tree.declarations.filter((one) => one.kind === "import");
}

function resolveImportsOf(context: Context, scope: ModuleScope): void {
  const imported = new Map<string, Declared>();
  for (const declaration of importsOf(scope)) {
    const from = hasModule(context, declaration.from)
      ? context.build.modules.get(declaration.from.text)
      : undefined;
    for (const name of declaration.names) {
      const one = { name: name.text, span: name.span, noun: "import" };
      const known = imported.get(name.text) ?? declaredIn(scope, name.text);
      if (known !== undefined) reportDuplicate(context, known, one);
      else imported.set(name.text, one);
      const meaning = from === undefined ? wrong : exportOf(context, from, name);
      scope.names.set(name.text, known === undefined ? meaning : wrong);
    }
  }
}

function declaredIn(scope: ModuleScope, name: string): Declared | undefined {
  const meaning = scope.own.get(name);
  if (meaning === undefined || meaning.kind === "wrong") {
    return undefined; // nothing, or its own duplicate was reported
  }
  return { name, span: meaning.nameSpan, noun: nounOf(meaning) };
}

/** What the other module exports under this name. */
function exportOf(context: Context, from: ModuleScope, name: Name): Meaning {
  const meaning = from.own.get(name.text);
  if (meaning?.kind === "wrong") return wrong;
  if (meaning !== undefined && "exported" in meaning && meaning.exported) return meaning;
  if (meaning !== undefined || importsName(from, name.text)) {
    report(context, notExported(from, name, meaning));
    return wrong;
  }
  if (isBroken(from.tree, name.text)) return wrong;
  const exported = [...from.own].flatMap(([key, one]) =>
    "exported" in one && one.exported ? [key] : [],
  );
  const suggestion = didYouMean(name.text, exported);
  const where = `module \`${from.name}\``;
  const parameters = { why: "unknown", name: name.text, where, suggestion } as const;
  report(context, diagnose("SEG201", name.span, parameters));
  return wrong;
}

const importsName = (scope: ModuleScope, name: string) =>
  importsOf(scope).some((one) => one.names.some(({ text }) => text === name));

function notExported(from: ModuleScope, name: Name, meaning: Meaning | undefined): Diagnostic {
  const owner = from.tree.by?.text;
  const parameters = { name: name.text, holder: `module \`${from.name}\``, owner };
  const related =
    meaning === undefined || !("nameSpan" in meaning)
      ? []
      : [{ message: "declared here, without `export`", span: meaning.nameSpan }];
  return diagnose("SEG203", name.span, parameters, { related });
}

function reportModuleCycles(build: Build): void {
  const dependencies = (scope: ModuleScope) =>
    importsOf(scope).flatMap(({ from }) => build.modules.get(from.text) ?? []);
  for (const component of components(build.modules.values(), dependencies)) {
    if (!isCycle(component, dependencies)) continue;
    const [first] = component.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    if (first === undefined) continue;
    for (const scope of component) build.cyclicModules.add(scope);
    const path = cycleThrough(first, component, dependencies);
    const next = path[1] ?? first;
    const edge = importsOf(first).find(({ from }) => from.text === next.name);
    const names = [...path, first].map((scope) => scope.name).join(" → ");
    report({ build, scope: first }, diagnose("SEG204", edge?.span, { path: names }));
  }
}
