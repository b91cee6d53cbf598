// Gives every segment, service and program its meaning, each after what it is defined by. So no
// definition is worked out twice, and one that leads back to itself is found before (SEG205).
import { diagnose } from "../../diagnostics/registry.ts";
import type { Build, Context } from "./context.ts";
import { report } from "./context.ts";
import { components, cycleThrough, isCycle } from "./cycles.ts";
import { lookUp } from "./names.ts";
import { checkProgram } from "./programs.ts";
import { referencesOfService, referencesOfSet } from "./references.ts";
import type { Item } from "./scope.ts";
import { checkService } from "./services.ts";
import { checkSet } from "./sets.ts";

/** Fills `build.sets`, `build.services` and `build.programs`. */
export function resolveDefinitions(build: Build): void {
  const known = new Map<Item, readonly Item[]>();
  const dependencies = (item: Item): readonly Item[] => {
    const found = known.get(item) ?? dependenciesOf(build, item);
    known.set(item, found);
    return found;
  };
  for (const component of components(itemsOf(build), dependencies)) {
    if (isCycle(component, dependencies)) reportCycle(build, component, dependencies);
    else for (const item of component) resolve(build, item);
  }
}

/** Every item, and every set that is written out as an argument. */
function* itemsOf(build: Build): Generator<Item> {
  for (const scope of build.modules.values()) yield* scope.items;
  for (const scope of [...build.bodies.values(), ...build.instances.values()]) {
    yield* scope.items;
    for (const argument of scope.arguments.values()) {
      if (argument.kind === "segment") yield argument.item;
    }
  }
}

function dependenciesOf(build: Build, item: Item): readonly Item[] {
  const { scope } = item;
  if (item.kind === "program" || item.definition === undefined) return [];
  const references =
    item.kind === "segment"
      ? referencesOfSet(item.definition)
      : referencesOfService(item.definition);
  return references.flatMap((reference) => {
    if (reference.kind === "parameter") {
      const argument = scope.kind === "instance" ? scope.arguments.get(reference.name) : undefined;
      return argument !== undefined && "item" in argument ? [argument.item] : [];
    }
    const result = lookUp(build, scope, reference);
    return "found" in result && isItem(result.found) ? [result.found] : [];
  });
}

function isItem(meaning: { readonly kind: string }): meaning is Item {
  return meaning.kind === "segment" || meaning.kind === "service" || meaning.kind === "program";
}

function resolve(build: Build, item: Item): void {
  if (item.definition === undefined) return; // an opaque argument: its meaning is given
  const context: Context = { build, scope: item.scope };
  switch (item.kind) {
    case "segment": {
      const place = { machinesOnly: "a segment", names: true };
      const set = checkSet(context, item.definition, place);
      if (set === undefined) return;
      if (set.depth <= depthMax) build.sets.set(item, set);
      else reportDepth(context, item);
      return;
    }
    case "service": {
      const service = checkService(context, item.definition);
      if (service !== undefined) build.services.set(item, service);
      return;
    }
    case "program": {
      const program = checkProgram(context, item.definition, item);
      if (program !== undefined) build.programs.set(item, program);
      return;
    }
  }
}

/** Every later stage may recurse over a set, so one that is deeper is refused here. */
const depthMax = 500;

function reportDepth(context: Context, { name, nameSpan }: Item): void {
  report(context, diagnose("SEG119", nameSpan, { limit: depthMax, segment: name }));
}

/** At the first member in module and line order. Cycles of modules were reported themselves. */
function reportCycle(
  build: Build,
  component: readonly Item[],
  dependencies: (item: Item) => readonly Item[],
): void {
  const modules = new Set(
    component.map(({ scope }) => (scope.kind === "module" ? scope : scope.module)),
  );
  if (modules.size > 1 && [...modules].some((scope) => build.cyclicModules.has(scope))) return;
  const [first] = component.filter((item) => item.qualified !== "").sort(compareItems);
  if (first === undefined) return;
  const path = [...cycleThrough(first, component, dependencies), first];
  const names = path.flatMap((item) => (item.qualified === "" ? [] : [shortName(item)]));
  const kind = first.kind === "service" ? "services" : "segments";
  const text = names.length > 12 ? [...names.slice(0, 11), "…", names.at(-1)] : names;
  const parameters = { kind, path: text.join(" → ") } as const;
  report({ build, scope: first.scope }, diagnose("SEG205", first.nameSpan, parameters));
}

function shortName({ name, scope }: Item): string {
  return scope.kind === "instance" && scope.use !== undefined ? `${scope.use.name}.${name}` : name;
}

function compareItems(a: Item, b: Item): number {
  const moduleOf = ({ scope }: Item) => (scope.kind === "module" ? scope : scope.module).name;
  if (moduleOf(a) !== moduleOf(b)) return moduleOf(a) < moduleOf(b) ? -1 : 1;
  return a.nameSpan.start - b.nameSpan.start;
}
