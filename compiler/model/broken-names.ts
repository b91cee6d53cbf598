// Names whose declarations the parser could not read: they are unknown because of an error that
// was already reported, so their uses stay silent.
import type { ModuleTree } from "../../grammar/ast.ts";

const namesOf = new WeakMap<ModuleTree, ReadonlySet<string>>();

/** True where the module would declare or import the name if its text were sound. */
export function isBroken(tree: ModuleTree, name: string): boolean {
  const names = namesOf.get(tree) ?? new Set(tree.broken.map(({ text }) => text));
  namesOf.set(tree, names);
  return names.has(name);
}
