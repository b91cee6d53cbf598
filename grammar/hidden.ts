// Characters that make a text read otherwise than it looks, wherever they stand: SEG115.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import { positionAt, type SourceFile } from "../diagnostics/source.ts";

const hidden = /[\0\uFEFF\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]|\r(?!\n)/g;

/** Characters that turn the direction of writing: more than these in one file say nothing new. */
const turnsMax = 50;

/**
 * Every character that turns the direction is a problem of its own. NULs, lone carriage returns
 * and byte order marks come by the thousand from one wrong encoding: each kind is one problem.
 */
export function hiddenCharacters(source: SourceFile): readonly Diagnostic[] {
  const byKind = new Map<string, number[]>();
  const turns: number[] = [];
  for (const { 0: character, index } of source.text.matchAll(hidden)) {
    if (index === 0 && character === "\uFEFF") continue;
    const name = names.get(character);
    if (name === undefined) {
      if (turns.length < turnsMax) turns.push(index);
    } else push(byKind, name, index);
  }
  return [
    ...turns.map((index) => hiddenAt(source, "direction-changing character", [index])),
    ...[...byKind].map(([name, indices]) => hiddenAt(source, name, indices)),
  ];
}

const placesMax = 1000;

const names: ReadonlyMap<string, string> = new Map([
  ["\0", "NUL character"],
  ["\r", "carriage return without a line feed"],
  ["\uFEFF", "byte order mark"],
]);

function hiddenAt(source: SourceFile, what: string, indices: readonly number[]): Diagnostic {
  const spans = indices.map((start) => ({ source, start, end: start + 1 }));
  const [first = { source, start: 0, end: 0 }] = spans;
  const { column } = positionAt(source, first.start);
  const text = source.text[first.start] === "\r" ? "\n" : "";
  const more = spans.length - 1;
  return diagnose(
    "SEG115",
    first,
    { what, column },
    {
      fix: spans.map((span) => ({ span, text })),
      ...(more === 0 ? {} : { notes: [`${more} more of these follow in this file`] }),
    },
  );
}

function push(byKind: Map<string, number[]>, name: string, index: number): void {
  const indices = byKind.get(name);
  if (indices === undefined) byKind.set(name, [index]);
  else if (indices.length < placesMax) indices.push(index);
}
