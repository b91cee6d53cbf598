// A place in a source -> the line it stands on with carets under it:
//
//    7 | allow api -> databse : tcp/5432
//      |              ^^^^^^^ not a segment
//
// A span over several lines shows its first and its last. A long line is cut around the carets
// before anything looks at it, so that a line of megabytes costs no more than a short one.
import { type Cell, cellsOf, escapeText } from "./render-display.ts";
import { lineStarts, positionAt, type SourceFile, type Span } from "./source.ts";

/** Columns of source text shown at most. */
const columnsMax = 100;
/** Columns shown left of the carets at most, where the line is cut. */
const contextBefore = 40;
/** Code units looked at on each side of the marked text. */
const reach = 600;
const cut = "…";

/** One line of a source and the part of it that is marked; offsets are into the source. */
interface MarkedLine {
  readonly number: number;
  readonly start: number;
  readonly end: number;
  readonly markStart: number;
  readonly markEnd: number;
}

type Paint = (text: string) => string;

export interface ExcerptStyle {
  readonly caret: Paint;
  readonly gutter: Paint;
}

/** The lines of the excerpt; every line number takes `gutterWidth` columns. */
export function excerptLines(
  span: Span,
  label: string | undefined,
  gutterWidth: number,
  style: ExcerptStyle,
): readonly string[] {
  const bar = style.gutter(`${" ".repeat(gutterWidth)} |`);
  const lines = [bar];
  const marked = markedLines(span);
  for (const [index, line] of marked.entries()) {
    if (index > 0 && line.number > (marked[index - 1]?.number ?? 0) + 1) {
      lines.push(style.gutter(`${cut.padStart(gutterWidth)} |`));
    }
    const isLast = index === marked.length - 1;
    const { text, indent, carets } = drawLine(span.source, line);
    const said = isLast && label !== undefined ? ` ${escapeText(label)}` : "";
    lines.push(trimEnd(`${style.gutter(`${gutter(line.number, gutterWidth)} |`)} ${text}`));
    lines.push(`${bar} ${" ".repeat(indent)}${style.caret("^".repeat(carets) + said)}`);
  }
  return lines;
}

/** Columns that the greatest line number of the span takes. */
export function gutterWidthOf(span: Span): number {
  return String(markedLines(span).at(-1)?.number ?? 1).length;
}

/** A line number as it stands before the bar. */
export function gutter(number: number | "", width: number): string {
  return String(number).padStart(width);
}

const trimEnd = (line: string) => line.replace(/ +$/, "");

/** The first line of the span and, where it goes on, the last. */
function markedLines({ source, start, end }: Span): readonly MarkedLine[] {
  const length = source.text.length;
  const from = Math.min(start, length);
  const to = Math.max(from, endWithoutLineBreak(source, from, Math.min(end, length)));
  const first = lineAt(source, from);
  if (to <= first.end) return [{ ...first, markStart: from, markEnd: to }];
  const last = lineAt(source, to);
  const indent = /^[ \t]*/.exec(source.text.slice(last.start, to))?.[0].length ?? 0;
  return [
    { ...first, markStart: Math.min(from, first.end), markEnd: first.end },
    { ...last, markStart: last.start + indent, markEnd: to },
  ];
}

/** A span that ends with a line break marks nothing on the next line. */
function endWithoutLineBreak(source: SourceFile, start: number, end: number): number {
  let at = end;
  while (at > start && source.text[at - 1] === "\n") {
    at -= at - 1 > start && source.text[at - 2] === "\r" ? 2 : 1;
  }
  return at;
}

/** The line around an offset, without its line break. */
export function lineAt(source: SourceFile, offset: number) {
  const { line: number } = positionAt(source, offset);
  const starts = lineStarts(source);
  const start = starts[number - 1] ?? 0;
  const next = starts[number];
  const end = next === undefined ? source.text.length : next - 1;
  return { number, start, end: end > start && source.text[end - 1] === "\r" ? end - 1 : end };
}

function drawLine(source: SourceFile, line: MarkedLine) {
  const markEnd = Math.min(line.markEnd, line.markStart + reach);
  const from = Math.max(line.start, line.markStart - reach);
  const to = Math.min(line.end, markEnd + reach);
  const cells = cellsOf(source.text.slice(from, to));
  const isMarked = (cell: Cell) => cell.end > line.markStart - from && cell.start < markEnd - from;
  const markAt = cells.findIndex((cell) => cell.end > line.markStart - from);
  const { first, last } = visible(cells, markAt < 0 ? cells.length : markAt);
  const shown = cells.slice(first, last);
  const before = first > 0 || from > line.start ? cut : "";
  const after = last < cells.length || to < line.end ? cut : "";
  const untilMark = shown.slice(0, Math.max(0, (markAt < 0 ? cells.length : markAt) - first));
  return {
    text: before + shown.map((cell) => cell.shown).join("") + after,
    indent: before.length + columns(untilMark),
    carets: Math.max(1, columns(shown.filter(isMarked))),
  };
}

/** The cells that fit, with some room left of the mark where the line must be cut. */
function visible(cells: readonly Cell[], mark: number) {
  if (columns(cells) <= columnsMax) return { first: 0, last: cells.length };
  let first = mark;
  for (let room = contextBefore; first > 0; first--) {
    room -= cells[first - 1]?.width ?? 0;
    if (room < 0) break;
  }
  let last = first;
  for (let room = columnsMax; last < cells.length; last++) {
    room -= cells[last]?.width ?? 0;
    if (room < 0) break;
  }
  return { first, last };
}

const columns = (cells: readonly Cell[]) => cells.reduce((sum, cell) => sum + cell.width, 0);
