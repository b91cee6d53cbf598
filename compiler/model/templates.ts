// Makes a scope for every template's body and for every `use`, and binds the arguments: they
// resolve where the `use` stands, the body where the template stands (language.md 6.1, 6.2).
import { diagnose } from "../../diagnostics/registry.ts";
import { didYouMean } from "../../diagnostics/suggest.ts";
import type { BodyDeclaration, TemplateParameter, UseArgument } from "../../grammar/ast.ts";
import { argumentOf, opaqueArgument, type ParameterType } from "./arguments.ts";
import { type Build, type Context, report } from "./context.ts";
import { components, cycleThrough, isCycle } from "./cycles.ts";
import { declareMembers, itemOf } from "./declare.ts";
import { reportDuplicates } from "./duplicates.ts";
import { resolveName } from "./names.ts";
import { type Reference, referencesOfService, referencesOfSet } from "./references.ts";
import { type InstanceScope, meaningOf, nounOf, type Template, type Use, wrong } from "./scope.ts";
import { findLabel } from "./vocabulary.ts";

type Parameters = ReadonlyMap<string, ParameterType>;

/** Fills `build.bodies` and `build.instances`. */
export function instantiate(build: Build): void {
  const parameters = new Map<Template, Parameters>();
  for (const scope of build.modules.values()) {
    for (const template of scope.templates) {
      const body = instanceScope(template, undefined);
      declareMembers(build, body);
      build.bodies.set(template, body);
      const types = parametersOf({ build, scope: body }, template);
      parameters.set(template, types);
      for (const [name, type] of types) {
        body.arguments.set(name, opaqueArgument(build, body, name, type));
      }
    }
  }
  makeInstances(build);
  refuseTemplateCycles(build);
  for (const [use, scope] of build.instances) {
    bind(build, use, scope, parameters.get(scope.template) ?? new Map());
  }
}

function instanceScope(template: Template, use: Use | undefined): InstanceScope {
  const scope: InstanceScope = {
    kind: "instance",
    template,
    module: template.module,
    use,
    members: new Map(),
    items: [],
    arguments: new Map(),
  };
  scope.items.push(
    ...template.declaration.body.flatMap((declaration) => itemOf(declaration, scope) ?? []),
  );
  return scope;
}

function parametersOf(context: Context, template: Template): Parameters {
  const { parameters } = template.declaration;
  const repeated = reportDuplicates(
    context,
    parameters.map(({ name }) => ({ name: name.text, span: name.span, noun: "parameter" })),
  );
  const result = new Map<string, ParameterType>();
  for (const parameter of parameters) {
    const type = typeOf(context, parameter);
    result.set(parameter.name.text, repeated.has(parameter.name.text) ? wrong : type);
  }
  return result;
}

function typeOf(context: Context, { type }: TemplateParameter): ParameterType {
  if (type.text === "segment" || type.text === "service") return { kind: type.text };
  const label = findLabel(context, type);
  return label === undefined ? wrong : { kind: "label", label };
}

/** Templates have names of one part; a longer one can only be resolved, and refused, at the end. */
function makeInstances(build: Build): void {
  const uses = [...build.modules.values()].flatMap((scope) => scope.uses);
  const isShort = (use: Use) => use.declaration.template.parts.length === 1;
  for (const use of [...uses.filter(isShort), ...uses.filter((one) => !isShort(one))]) {
    const context = { build, scope: use.module };
    const name = use.declaration.template;
    const meaning = resolveName(context, name);
    if (meaning === undefined) continue;
    if (meaning.kind === "template") {
      const scope = instanceScope(meaning, use);
      declareMembers(build, scope);
      build.instances.set(use, scope);
      continue;
    }
    const text = name.parts.map((part) => part.text).join(".");
    const parameters = { why: "not-a-template", name: text, found: nounOf(meaning) } as const;
    report(context, diagnose("SEG309", name.span, parameters));
  }
}

/** A body may name members of an instance, but not of one that leads back to its own template. */
function refuseTemplateCycles(build: Build): void {
  const known = new Map<Template, readonly Template[]>();
  const dependencies = (template: Template): readonly Template[] => {
    const found = known.get(template) ?? templatesNamedIn(build, template);
    known.set(template, found);
    return found;
  };
  for (const component of components(build.bodies.keys(), dependencies)) {
    if (!isCycle(component, dependencies)) continue;
    const [first] = component.toSorted(compareTemplates);
    if (first === undefined) continue;
    const path = cycleThrough(first, component, dependencies);
    const text = [...path, first].map((template) => template.name).join(" → ");
    const parameters = { kind: "templates", path: text } as const;
    report({ build, scope: first.module }, diagnose("SEG205", first.nameSpan, parameters));
    const members = new Set(component);
    for (const [use, { template }] of build.instances) {
      if (members.has(template)) build.instances.delete(use);
    }
  }
}

function compareTemplates(a: Template, b: Template): number {
  if (a.module !== b.module) return a.module.name < b.module.name ? -1 : 1;
  return a.nameSpan.start - b.nameSpan.start;
}

function templatesNamedIn(build: Build, template: Template): readonly Template[] {
  return template.declaration.body.flatMap(referencesOfBody).flatMap((reference) => {
    const [head] = reference.kind === "name" ? reference.parts : [];
    const meaning = head === undefined ? undefined : meaningOf(template.module, head.text);
    const instance = meaning?.kind === "use" ? build.instances.get(meaning) : undefined;
    return instance === undefined ? [] : [instance.template];
  });
}

function referencesOfBody(declaration: BodyDeclaration): readonly Reference[] {
  switch (declaration.kind) {
    case "segment":
      return referencesOfSet(declaration.set);
    case "service":
      return referencesOfService(declaration.service);
    case "program":
      return [];
    case "rule": {
      const { source, destination, service } = declaration.flow;
      return [source, destination].flatMap(referencesOfSet).concat(referencesOfService(service));
    }
  }
}

function bind(build: Build, use: Use, scope: InstanceScope, parameters: Parameters): void {
  const context = { build, scope: use.module };
  let isUnknown = false;
  for (const argument of use.declaration.arguments) {
    const name = argument.name.text;
    const type = parameters.get(name);
    if (type === undefined) {
      isUnknown = true;
      reportUnknownParameter(context, argument, scope.template, parameters);
    } else if (scope.arguments.has(name)) {
      const details = { why: "twice", template: scope.template.name, parameter: name } as const;
      report(context, diagnose("SEG309", argument.name.span, details));
      scope.arguments.set(name, wrong);
    } else scope.arguments.set(name, argumentOf(context, argument, type));
  }
  for (const parameter of parameters.keys()) {
    if (scope.arguments.has(parameter)) continue;
    // An argument under a wrong name is most likely the one that is missing: one cause.
    const details = { why: "missing", template: scope.template.name, parameter } as const;
    if (!isUnknown) report(context, diagnose("SEG309", use.declaration.template.span, details));
    scope.arguments.set(parameter, wrong);
  }
}

function reportUnknownParameter(
  context: Context,
  { name }: UseArgument,
  template: Template,
  parameters: Parameters,
): void {
  const suggestion = didYouMean(name.text, parameters.keys());
  const details = {
    why: "unknown",
    template: template.name,
    parameter: name.text,
    suggestion,
  } as const;
  report(context, diagnose("SEG309", name.span, details));
}
