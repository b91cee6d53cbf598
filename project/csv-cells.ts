// CSV text to rows of cells, each with its place. The csv reader decides what a cell is; places
// are found by scanning a row again when one of its cells is to be shown.
import { type CsvError, parse } from "csv-parse/browser/esm/sync";
import { type SourceFile, type Span, textOf } from "../diagnostics/source.ts";
import { type ReadFault, spanIn } from "./document.ts";

export interface CsvRow {
  readonly cells: readonly string[];
  /** Offset of its first character. */
  readonly start: number;
}

export interface CsvTable {
  readonly source: SourceFile;
  readonly delimiter: string;
  /** The header first; empty lines are left out. */
  readonly rows: readonly CsvRow[];
}

export type CsvRead =
  | { readonly ok: true; readonly table: CsvTable }
  | { readonly ok: false; readonly fault: ReadFault };

/** Splits CSV (RFC 4180; comma, semicolon or tab, as the first line shows). Never throws. */
export function readCells(source: SourceFile): CsvRead {
  const { text } = source;
  const delimiter = delimiterOf(text);
  try {
    const parsed = parse(text, {
      delimiter,
      raw: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      // With `raw`, each row is { record, raw }.
    }) as unknown as readonly { readonly record: readonly string[]; readonly raw: string }[];
    return { ok: true, table: { source, delimiter, rows: rowsOf(text, parsed) } };
  } catch (problem) {
    return { ok: false, fault: syntaxFault(source, problem as CsvError) }; // it throws nothing else
  }
}

function rowsOf(
  text: string,
  parsed: readonly { readonly record: readonly string[]; readonly raw: string }[],
): readonly CsvRow[] {
  let at = 0;
  return parsed.map(({ record, raw }) => {
    const line = raw.replace(/^[\r\n]+/, "");
    const start = Math.max(at, text.indexOf(line, at));
    at = start + line.length;
    return { cells: record, start };
  });
}

function delimiterOf(text: string): string {
  const header = /^[\s]*([^\r\n]*)/.exec(text.slice(0, 10_000))?.[1] ?? "";
  return [",", ";", "\t"].find((delimiter) => header.includes(delimiter)) ?? ",";
}

/** Where a cell stands, without its quotes and the space around it; the row's end if it has none. */
export function cellSpan({ source, delimiter }: CsvTable, row: CsvRow, column: number): Span {
  const { text } = source;
  let start = row.start;
  for (let index = 0; ; index++) {
    const end = cellEnd(text, start, delimiter);
    if (index === column || text[end] !== delimiter) return trimmed(source, start, end);
    start = end + 1;
  }
}

/** Offset of the delimiter or line end after the cell. */
function cellEnd(text: string, start: number, delimiter: string): number {
  let isQuoted = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (character === delimiter || character === "\n" || character === "\r")) {
      return at;
    }
  }
  return text.length;
}

function trimmed(source: SourceFile, start: number, end: number): Span {
  const cell = textOf({ source, start, end });
  const first = start + (cell.length - cell.trimStart().length);
  const last = Math.max(first, end - (cell.length - cell.trimEnd().length));
  const isQuoted = last - first >= 2 && source.text[first] === '"' && source.text[last - 1] === '"';
  return isQuoted ? spanIn(source, first + 1, last - 1) : spanIn(source, first, last);
}

function syntaxFault(source: SourceFile, problem: CsvError): ReadFault {
  const details: Readonly<Record<string, string>> = {
    CSV_QUOTE_NOT_CLOSED: "a quoted cell has no closing quote",
    CSV_INVALID_CLOSING_QUOTE: "a quoted cell goes on after its closing quote",
    INVALID_OPENING_QUOTE: "a quote stands in the middle of a cell",
  };
  const detail = details[problem.code] ?? "this is no CSV";
  // The reader counts bytes: those before the fault, decoded, are its offset.
  const bytes: unknown = (problem as { readonly bytes?: unknown }).bytes;
  const before = new TextEncoder().encode(source.text).subarray(0, Number(bytes ?? 0));
  const start = new TextDecoder().decode(before).length;
  return { span: spanIn(source, start, start + 1), fault: { why: "syntax", detail } };
}
