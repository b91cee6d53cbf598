// The edits of a fix -> the lines as they will stand once they are made:
//
//    7 + allow api -> database : tcp/5432
//
// Only a line that vanishes is shown as it was, with a minus.
import type { Edit } from "./diagnostic.ts";
import { cellsOf } from "./render-display.ts";
import { gutter, lineAt } from "./render-excerpt.ts";
import type { Style } from "./render-style.ts";

const linesMax = 6;
const columnsMax = 120;
/** Text beyond this is not shown changed: the excerpt and the help say enough. */
const lengthMax = 2_000;

/** The changed lines, at most a few; none where the edits cannot be shown well. */
export function fixLines(fix: readonly Edit[], gutterWidth: number, style: Style): string[] {
  const changed = changedLines(fix);
  if (changed === undefined) return [];
  const { before, after, number } = changed;
  const vanishes = after.trim() === "";
  const sign = vanishes ? "-" : "+";
  const paint = vanishes ? style.removed : style.added;
  const all = (vanishes ? before : after).split(/\r?\n/);
  const lines = all.slice(0, linesMax).map((line, index) => {
    const where = index === 0 || vanishes ? String(number + index) : "";
    return `${style.faint(where.padStart(gutterWidth))} ${paint(`${sign} ${shortLine(line)}`)}`;
  });
  return all.length > linesMax ? [...lines, `${gutter("", gutterWidth)} ${paint("…")}`] : lines;
}

/** The whole lines that the edits touch, as they are and as they will be. */
function changedLines(fix: readonly Edit[]) {
  const edits = [...fix].sort((a, b) => a.span.start - b.span.start);
  const [first] = edits;
  const last = edits.at(-1);
  if (first === undefined || last === undefined || !areApart(edits)) return undefined;
  const { source } = first.span;
  const from = lineAt(source, first.span.start);
  // An edit that takes a line with its end touches nothing of the next.
  const endsBehind = last.text === "" && source.text[last.span.end - 1] === "\n";
  const to = lineAt(source, endsBehind ? last.span.end - 1 : last.span.end);
  if (to.end - from.start > lengthMax) return undefined;
  let after = "";
  let at = from.start;
  for (const { span, text } of edits) {
    after += source.text.slice(at, span.start) + text;
    at = span.end;
  }
  after += source.text.slice(Math.min(at, to.end), to.end);
  return { before: source.text.slice(from.start, to.end), after, number: from.number };
}

/** One source, no two edits over the same text. */
function areApart(edits: readonly Edit[]): boolean {
  return edits.every(({ span }, index) => {
    const next = edits[index + 1]?.span;
    return next === undefined || (next.source === span.source && next.start >= span.end);
  });
}

function shortLine(line: string): string {
  const cells = cellsOf(line);
  let room = columnsMax;
  const firstBeyond = cells.findIndex((cell) => {
    room -= cell.width;
    return room < 0;
  });
  const shown = firstBeyond < 0 ? cells : cells.slice(0, firstBeyond);
  return shown.map((cell) => cell.shown).join("") + (firstBeyond < 0 ? "" : "…");
}
