// Looking at syntax trees from tests: their shape without places, and whether they are sound.
import type { ModuleTree } from "../../grammar/ast.ts";

type Json = unknown;

/** The tree as plain data, without spans, comments, and orders that formatting may change. */
export function withoutPlaces(tree: ModuleTree): Json {
  const { name, isRoot, by, declarations } = tree;
  const plain = strip({ name, isRoot, by, declarations });
  return sortMeta(sortImports(plain));
}

function strip(value: Json): Json {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !/^span$|Span$|^source$/.test(key))
      .map(([key, of]) => [key, strip(of)]),
  );
}

/** Imports are sorted by the formatter, and so are their names. */
function sortImports(value: Json): Json {
  const file = value as { declarations: { kind: string; names?: unknown[] }[] }; // made above
  const text = (item: unknown) => JSON.stringify(item);
  const sorted = (items: readonly unknown[]) =>
    [...items].sort((a, b) => (text(a) < text(b) ? -1 : Number(text(a) > text(b))));
  const imports = file.declarations
    .filter(({ kind }) => kind === "import")
    .map((each) => ({ ...each, names: sorted(each.names ?? []) }));
  return {
    ...file,
    imports: sorted(imports),
    declarations: file.declarations.filter(({ kind }) => kind !== "import"),
  };
}

const metaOrder = [
  ...["because", "ticket", "until", "log", "family", "fallback-network", "fallback-cidr"],
];

/** The items in a rule's braces have one order. */
function sortMeta(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortMeta);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, of]) => [key, sortMeta(of)]);
  const result = Object.fromEntries(entries) as { meta?: { items: { kind: string }[] } };
  result.meta?.items.sort((a, b) => metaOrder.indexOf(a.kind) - metaOrder.indexOf(b.kind));
  return result;
}

/** Every `kind` that occurs. */
export function kindsIn(value: Json): ReadonlySet<string> {
  const kinds = new Set<string>();
  const visit = (item: Json): void => {
    if (Array.isArray(item)) item.forEach(visit);
    else if (typeof item === "object" && item !== null) {
      for (const [key, of] of Object.entries(item)) {
        if (key === "kind" && typeof of === "string") kinds.add(of);
        if (key !== "source") visit(of);
      }
    }
  };
  visit(value);
  return kinds;
}

/** True when nothing is missing that its type promises, and every place lies in the text. */
export function isWellFormed(tree: ModuleTree): boolean {
  const { length } = tree.source.text;
  const visit = (item: Json, isOptional: boolean): boolean => {
    if (item === undefined || item === null) return isOptional;
    if (typeof item === "number") return !Number.isNaN(item);
    if (typeof item !== "object") return true;
    if (Array.isArray(item)) return item.every((each) => visit(each, false));
    const entries: [string, Json][] = Object.entries(item);
    const { start, end } = item as { start?: Json; end?: Json };
    if (typeof start === "number" && typeof end === "number") {
      return start >= 0 && start <= end && end <= length;
    }
    return entries.every(([key, of]) => key === "source" || visit(of, optional.has(key)));
  };
  return visit(tree, false);
}

const optional = new Set([
  ...["name", "by", "meta", "with", "where", "condition", "platform", "platformSpan", "range"],
  ...["type", "code"],
]);
