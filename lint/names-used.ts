// A syntax tree -> the names it uses. Walked as data: whatever grows in the grammar is seen.
import type { QualifiedName } from "../grammar/ast.ts";

/** The first part of every qualified name in a tree: names that are declared are none. */
export function namesUsed(tree: object): ReadonlySet<string> {
  const used = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) visit(one);
    else if (typeof node === "object" && node !== null) {
      if (isQualifiedName(node)) used.add(node.parts[0]?.text ?? "");
      else {
        for (const [key, value] of Object.entries(node)) {
          if (!/[sS]pan$|^comments$/.test(key)) visit(value);
        }
      }
    }
  };
  visit(tree);
  return used;
}

function isQualifiedName(node: object): node is QualifiedName {
  return "kind" in node && node.kind === "name" && "parts" in node;
}
