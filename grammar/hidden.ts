// Characters that make a text read otherwise than it looks, wherever they stand: SEG115.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import { positionAt, type SourceFile } from "../diagnostics/source.ts";

const hidden = /[\0\uFEFF\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]|\r(?!\n)/g;

/** More than this many in one file say nothing new. */
const shownMax = 20;

export function hiddenCharacters(source: SourceFile): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  hidden.lastIndex = source.text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (let match = hidden.exec(source.text); match !== null; match = hidden.exec(source.text)) {
    const span = { source, start: match.index, end: match.index + 1 };
    const { column } = positionAt(source, match.index);
    const fix = [{ span, text: match[0] === "\r" ? "\n" : "" }];
    found.push(diagnose("SEG115", span, { what: nameOf(match[0]), column }, { fix }));
    if (found.length === shownMax) break;
  }
  hidden.lastIndex = 0;
  return found;
}

function nameOf(character: string): string {
  if (character === "\0") return "NUL character";
  if (character === "\r") return "carriage return without a line feed";
  if (character === "\uFEFF") return "byte order mark";
  return "direction-changing character";
}
