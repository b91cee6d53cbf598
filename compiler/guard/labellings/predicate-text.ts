// Predicates as policies write them: `role is infra and not (has app)`. Values of a tree are called by
// the fewest nodes that cover exactly them.
import type { Label, Predicate } from "../../model/types.ts";
import { valueText } from "./traits.ts";

/** Text that means the predicate where a whole predicate may stand. */
export function predicateText(predicate: Predicate): string {
  switch (predicate.kind) {
    case "is":
      return choiceText(predicate, "is", "in");
    case "contains":
      return nodesCovering(predicate)
        .map((value) => `${predicate.label.name} has ${value}`)
        .join(" or ");
    case "defined":
      return `has ${predicate.label.name}`;
    case "not":
      return predicate.of.kind === "is"
        ? choiceText(predicate.of, "is not", "not in")
        : `not (${predicateText(predicate.of)})`;
    case "and":
    case "or":
      return flattened(predicate)
        .map((part) => (isCompound(part) ? `(${predicateText(part)})` : predicateText(part)))
        .join(` ${predicate.kind} `);
  }
}

type Joined = Predicate & { readonly kind: "and" | "or" };

/** Parts of the same kind need no parentheses. */
function flattened({ kind, of }: Joined): readonly Predicate[] {
  return of.flatMap((part) => (part.kind === kind ? flattened({ kind, of: part.of }) : [part]));
}

const isCompound = (predicate: Predicate) =>
  predicate.kind === "and" ||
  predicate.kind === "or" ||
  (predicate.kind === "contains" && nodesCovering(predicate).length > 1);

type Values = Predicate & { readonly kind: "is" | "contains" };

function choiceText(predicate: Values, one: string, several: string): string {
  const nodes = nodesCovering(predicate);
  const { name } = predicate.label;
  return nodes.length === 1
    ? `${name} ${one} ${nodes[0]}`
    : `${name} ${several} { ${nodes.join(", ")} }`;
}

function nodesCovering({ label, values }: Values): readonly string[] {
  if (label.nodes.size === 0) return [...values].sort().map((value) => textOfValue(label, value));
  const left = new Set(values);
  const largestFirst = [...label.nodes].sort(([, a], [, b]) => b.size - a.size);
  const found: string[] = [];
  for (const [node, leaves] of largestFirst) {
    if (leaves.size === 0 || ![...leaves].every((leaf) => left.has(leaf))) continue;
    found.push(node);
    for (const leaf of leaves) left.delete(leaf);
  }
  return found;
}

/** `string` labels are compared with texts only. */
const textOfValue = ({ kind }: Label, value: string) =>
  kind === "string" ? JSON.stringify(value) : valueText(value);
