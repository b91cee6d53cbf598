// A text the user gave us, and places in it. Offsets are UTF-16 code units into `text`;
// lines and columns are computed only when a message is shown.

export interface SourceFile {
  /** As shown to the user: relative to the project folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** A half-open range of a source text: `start` included, `end` excluded. */
export interface Span {
  readonly source: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** Both count from 1; the column counts UTF-16 code units, as editors and `--format github` do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The text that a span covers. */
export function textOf(span: Span): string {
  return span.source.text.slice(span.start, span.end);
}

const lineStartsOf = new WeakMap<SourceFile, readonly number[]>();

/** Offsets at which lines start: LF and CRLF end a line, as in the lexer. */
export function lineStarts(source: SourceFile): readonly number[] {
  const known = lineStartsOf.get(source);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = source.text.indexOf("\n"); at >= 0; at = source.text.indexOf("\n", at + 1)) {
    starts.push(at + 1);
  }
  lineStartsOf.set(source, starts);
  return starts;
}

/** Line and column of an offset; an offset past the end is the end. */
export function positionAt(source: SourceFile, offset: number): Position {
  const starts = lineStarts(source);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset)
      low = middle; // in range by construction
    else high = middle - 1;
  }
  const start = starts[low] as number; // starts is never empty
  return { line: low + 1, column: Math.min(offset, source.text.length) - start + 1 };
}

/** Orders spans by path, then place: the order in which messages are shown. */
export function compareSpans(a: Span, b: Span): number {
  if (a.source.path !== b.source.path) return a.source.path < b.source.path ? -1 : 1;
  return a.start - b.start || a.end - b.end;
}
