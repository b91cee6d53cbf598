// JSON text to a document, quickly: JSON.parse reads it, and one pass outlines it. Places are found
// by reading again, with positions, only the element that is to be shown.
import {
  findNodeAtLocation,
  type Node,
  type ParseErrorCode,
  parseTree,
  printParseErrorCode,
  visit,
} from "jsonc-parser";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import { type DocumentRead, faultsMax, type Path, type ReadFault, spanIn } from "./document.ts";
import { depthMax, type JsonOutline, keysAtMost, outlineJson } from "./json-outline.ts";

/** Reads JSON whose records stand in a list at the root or under `listKey`. Never throws. */
export function readJson(source: SourceFile, listKey: string): DocumentRead {
  const { text } = source;
  const outline = remembered(() => outlineJson(text, listKey));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (problem) {
    return { ok: false, faults: [tooDeep(source, outline()) ?? syntaxFault(source, problem)] };
  }
  if (keysIn(value, 0) !== keysAtMost(text)) {
    const deep = tooDeep(source, outline());
    if (deep !== undefined) return { ok: false, faults: [deep] };
    const duplicates = keysIn(value, 0) === outline().keys ? [] : duplicateKeys(source);
    if (duplicates.length > 0) return { ok: false, faults: duplicates };
  }
  const valueAt = (path: Path) => locate(source, outline(), listKey, path).value;
  const keyAt = (path: Path) => locate(source, outline(), listKey, path).key;
  return { ok: true, document: { source, value, valueAt, keyAt } };
}

function remembered<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function tooDeep(source: SourceFile, { tooDeepAt }: JsonOutline): ReadFault | undefined {
  if (tooDeepAt === undefined) return undefined;
  const detail = `this is nested more than ${depthMax} levels deep`;
  return { span: spanIn(source, tooDeepAt, tooDeepAt + 1), fault: { why: "syntax", detail } };
}

/** Keys in the value; no number where it nests too deeply. */
function keysIn(value: unknown, depth: number): number {
  if (typeof value !== "object" || value === null) return 0;
  if (depth >= depthMax) return Number.NaN;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === "object") count += keysIn(item, depth + 1);
    return count;
  }
  const mapping = value as Readonly<Record<string, unknown>>; // JSON has nothing else
  for (const key in mapping) {
    const item = mapping[key];
    count += typeof item === "object" ? 1 + keysIn(item, depth + 1) : 1;
  }
  return count;
}

interface Place {
  readonly value: Span;
  readonly key: Span;
}

function locate(source: SourceFile, outline: JsonOutline, listKey: string, path: Path): Place {
  const inList = path[0] === listKey ? path.slice(1) : path;
  const [index, ...rest] = inList;
  if (typeof index === "number" && index < outline.elements.length) {
    return locateInElement(source, outline, index, rest);
  }
  const at = outline.rootKeys.get(String(path[0])) ?? Math.max(0, source.text.search(/\S/));
  const span = spanIn(source, at, at + tokenLength(source.text, at));
  return { key: span, value: span };
}

function locateInElement(
  source: SourceFile,
  { elements }: JsonOutline,
  index: number,
  path: Path,
): Place {
  const start = elements[index] as number; // the caller looked
  const end = elements[index + 1] ?? source.text.length;
  const root = parseTree(source.text.slice(start, end));
  let node: Node | undefined;
  for (let length = path.length; node === undefined && root !== undefined; length--) {
    node = findNodeAtLocation(root, path.slice(0, length));
  }
  const spanOf = (found: Node | undefined) => {
    const offset = start + (found?.offset ?? 0);
    const isContainer = found?.type === "object" || found?.type === "array";
    const length = isContainer ? tokenLength(source.text, offset) : (found?.length ?? 1);
    return spanIn(source, offset, offset + length);
  };
  const name = node?.parent?.type === "property" ? node.parent.children?.[0] : node;
  return { value: spanOf(node), key: spanOf(name) };
}

/** What stands at the offset, to the end of its line at most. */
function tokenLength(text: string, at: number): number {
  const line = /^"(?:[^"\\\n]|\\.)*"|^.*/.exec(text.slice(at, at + 200))?.[0] ?? "";
  return Math.max(1, line.trimEnd().length);
}

function syntaxFault(source: SourceFile, problem: unknown): ReadFault {
  const errors: {
    readonly code: ParseErrorCode;
    readonly offset: number;
    readonly length: number;
  }[] = [];
  visit(
    source.text,
    {
      onError: (code, offset, length) => {
        if (errors.length === 0) errors.push({ code, offset, length });
      },
    },
    { disallowComments: true, allowTrailingComma: false },
  );
  const [first] = errors;
  if (first !== undefined) {
    const { code, offset, length } = first;
    const detail = syntaxWords[printParseErrorCode(code)] ?? "this is no JSON";
    return {
      span: spanIn(source, offset, offset + Math.max(1, length)),
      fault: { why: "syntax", detail },
    };
  }
  // The two readers differ in rare characters: then the engine says where.
  const at = Number(/position (\d+)/.exec(String(problem))?.[1] ?? 0);
  return { span: spanIn(source, at, at + 1), fault: { why: "syntax", detail: "this is no JSON" } };
}

const syntaxWords: Readonly<Record<string, string>> = {
  InvalidSymbol: "expected a value: text, a number, `true`, `false`, a list or a mapping",
  InvalidNumberFormat: "this is no number",
  PropertyNameExpected: "expected a key in double quotes",
  ValueExpected: "expected a value",
  ColonExpected: "expected `:`",
  CommaExpected: "expected `,`",
  CloseBraceExpected: "expected `}`",
  CloseBracketExpected: "expected `]`",
  EndOfFileExpected: "expected the end of the file",
  InvalidCommentToken: "JSON has no comments",
  UnexpectedEndOfComment: "JSON has no comments",
  UnexpectedEndOfString: "this text has no closing quote",
  UnexpectedEndOfNumber: "this number is incomplete",
  InvalidUnicode: "this is no `\\u` escape",
  InvalidEscapeCharacter: "JSON has no such escape",
  InvalidCharacter: "a control character must be escaped",
};

function duplicateKeys(source: SourceFile): readonly ReadFault[] {
  const open: Map<string, Span>[] = [];
  const faults: ReadFault[] = [];
  visit(source.text, {
    onObjectBegin: () => {
      open.push(new Map());
    },
    onObjectEnd: () => {
      open.pop();
    },
    onObjectProperty: (key, offset, length) => {
      const span = spanIn(source, offset, offset + length);
      const seen = open.at(-1);
      const first = seen?.get(key);
      if (first === undefined) seen?.set(key, span);
      else if (faults.length < faultsMax) {
        faults.push({ span, fault: { why: "duplicate-key", key }, first });
      }
    },
  });
  return faults;
}
