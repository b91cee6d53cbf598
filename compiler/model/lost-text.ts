// What the parser could not read and left out of a tree. A name that is declared there is unknown
// because of the error already reported, so its uses stay silent. Text outside of every kept
// declaration and comment always comes with a syntax error: silence never hides the only one.
import type { Span } from "../../diagnostics/source.ts";
import type { Declaration, ModuleTree } from "../../grammar/ast.ts";

const lostTexts = new WeakMap<ModuleTree, string>();

/** True where the tree's text declares or imports the name in a part that was not understood. */
export function isLost(tree: ModuleTree, name: string): boolean {
  const text = lostTexts.get(tree) ?? lostTextOf(tree);
  lostTexts.set(tree, text);
  if (!text.includes(name)) return false;
  const declares = "segment|service|program|template|use|label|team|workload";
  const whole = `${name}(?![a-z0-9-])`; // names are lower case letters, digits and hyphens
  return new RegExp(`\\b(?:${declares})\\s+${whole}|\\bimport\\b[^}]*(?<![a-z0-9-])${whole}`).test(
    text,
  );
}

function lostTextOf(tree: ModuleTree): string {
  const known = [
    ...tree.declarations.flatMap(understood),
    ...tree.comments.map(({ span }) => span),
  ];
  known.sort((a, b) => a.start - b.start);
  const { text } = tree.source;
  const parts: string[] = [];
  let at = tree.span.start;
  for (const { start, end } of known) {
    if (start > at) parts.push(text.slice(at, start));
    at = Math.max(at, end);
  }
  parts.push(text.slice(at));
  return parts.join("\n");
}

/** The parts of a declaration that were read; bodies may lack what stood between them. */
function understood(declaration: Declaration): readonly Span[] {
  if (declaration.kind === "template") return declaration.body.map(({ span }) => span);
  if (declaration.kind !== "test") return [declaration.span];
  const { title, fixtures, assertions } = declaration;
  return [title, ...fixtures, ...assertions].map(({ span }) => span);
}
