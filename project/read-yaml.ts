// YAML text to a document. Aliases are followed, within a bound; a fault inside an anchor is shown
// there. Merge keys (`<<`), own tags and several documents in one file are refused.
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
  type Document as YamlDocument,
} from "yaml";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import { type DocumentRead, faultsMax, type Path, type ReadFault, spanIn } from "./document.ts";

/** Uses of anchors, counted through nesting: above this a file is taken for an alias bomb. */
const aliasesMax = 10_000;

/** Reads YAML. Never throws, whatever the text. */
export function readYaml(source: SourceFile): DocumentRead {
  let parsed: YamlDocument.Parsed;
  let value: unknown;
  try {
    parsed = parseDocument(source.text, {
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: true,
      logLevel: "error", // "silent" would accept several documents
    });
    const errors = [...parsed.errors, ...parsed.warnings];
    if (errors.length > 0) return { ok: false, faults: faultsOf(source, parsed, errors) };
    value = parsed.toJS({ maxAliasCount: aliasesMax });
  } catch (problem) {
    // The reader throws for what it finds late: unresolved or too many aliases, endless nesting.
    const detail = sentence(problem instanceof Error ? problem.message : String(problem));
    return {
      ok: false,
      faults: [{ span: spanIn(source, 0, 0), fault: { why: "syntax", detail } }],
    };
  }
  const valueAt = (path: Path) => spanOf(source, find(parsed, path).node);
  const keyAt = (path: Path) => {
    const { key, node } = find(parsed, path);
    return spanOf(source, key ?? node);
  };
  return { ok: true, document: { source, value, valueAt, keyAt } };
}

/** Keys given twice, and the first fault of another kind: those after it mostly follow from it. */
function faultsOf(
  source: SourceFile,
  document: YamlDocument,
  errors: readonly YAMLError[],
): readonly ReadFault[] {
  const sorted = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  const twice = sorted
    .filter(({ code }) => code === "DUPLICATE_KEY")
    .flatMap(({ pos }) => twiceAt(source, document, pos[0]) ?? []);
  const broken = sorted
    .filter(({ code }) => code !== "DUPLICATE_KEY" || twice.length === 0)
    .slice(0, 1)
    .map((error) => syntaxFault(source, error));
  return [...twice, ...broken].sort((a, b) => a.span.start - b.span.start).slice(0, faultsMax);
}

function syntaxFault(source: SourceFile, { pos: [start, end], message }: YAMLError): ReadFault {
  const line = source.text.lastIndexOf("\n", start - 1) + 1;
  const indent = /^[ \t]*/.exec(source.text.slice(line, end))?.[0] ?? "";
  const isTab = indent.includes("\t") && start <= line + indent.length;
  return isTab
    ? {
        span: spanIn(source, line, line + indent.length),
        fault: { why: "syntax", detail: "YAML is indented with spaces, not with tabs" },
      }
    : { span: spanIn(source, start, end), fault: { why: "syntax", detail: sentence(message) } };
}

/** The key that stands at the offset, and stood before in the same mapping. */
function twiceAt(
  source: SourceFile,
  document: YamlDocument,
  offset: number,
): ReadFault | undefined {
  let found: ReadFault | undefined;
  visit(document, {
    Map: (_, map, ancestors) => {
      const second = map.items.find(({ key }) => isScalar(key) && key.range?.[0] === offset)?.key;
      if (!isScalar(second)) return undefined;
      const key = String(second.value);
      const first = map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
      found = {
        span: spanOf(source, second),
        fault: { why: "duplicate-key", key },
        ...(isScalar(first?.key) ? { first: spanOf(source, first.key) } : {}),
        ...(isScalar(first?.value) ? { firstValue: String(first.value.value) } : {}),
        path: ancestors.flatMap((node) => (isPair(node) ? [String(node.key)] : [])),
      };
      return visit.BREAK;
    },
  });
  return found;
}

/** The reader's own words as one of our headlines. */
function sentence(message: string): string {
  const line = (message.split("\n", 1)[0] ?? "").replace(/[.:]$/, "");
  if (/call stack|stack overflow/i.test(line)) return "this is nested too deeply";
  if (/excessive alias count/i.test(line)) return `anchors are used more than ${aliasesMax} times`;
  if (/multiple documents/i.test(line))
    return "one file holds one document: a second one starts here";
  return line.charAt(0).toLowerCase() + line.slice(1);
}

interface Found {
  readonly node: Node | undefined;
  readonly key: Node | undefined;
}

/** The node that the path leads to, through aliases; or the last one on the way. */
function find(document: YamlDocument.Parsed, path: Path): Found {
  let found: Found = { node: document.contents ?? undefined, key: undefined };
  for (const step of path) {
    const next = child(document, found.node, step);
    if (next === undefined) return found;
    found = next;
  }
  return found;
}

function child(document: YamlDocument, node: unknown, step: string | number): Found | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(target)) {
    const item = target.items[Number(step)];
    return isNode(item) ? { node: item, key: undefined } : undefined;
  }
  if (!isMap(target)) return undefined;
  const pair = target.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (pair === undefined || !isNode(pair.key)) return undefined;
  return { node: isNode(pair.value) ? pair.value : pair.key, key: pair.key };
}

/** An alias is shown where it is used: the anchor may be right for others. */
function spanOf(source: SourceFile, node: Node | undefined): Span {
  const [start, end] = node?.range ?? [0, 0];
  if (node === undefined || isScalar(node) || isAlias(node)) return spanIn(source, start, end);
  return firstLine(source, start, end);
}

/** Lists and mappings are shown by their first line: a page of carets helps nobody. */
function firstLine(source: SourceFile, start: number, end: number): Span {
  const newline = source.text.indexOf("\n", start);
  const last = newline < 0 ? end : Math.min(end, newline);
  const trimmed = source.text.slice(start, last).trimEnd().length;
  return spanIn(source, start, start + trimmed);
}
