// A CSV inventory to records: one row per workload, the columns as docs/inventory.md lists them.
// A column that is none of the known ones is a label of that name.
import type { Locator, RecordPath } from "../compiler/inventory/raw.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import { type CsvRow, type CsvTable, cellSpan, readCells } from "./csv-cells.ts";
import { faultsMax, spanIn } from "./document.ts";

export interface FlatTable {
  /** Not yet held against the schema. */
  readonly records: readonly unknown[];
  readonly locate: Locator;
  readonly diagnostics: readonly Diagnostic[];
}

export type FlatRead =
  | { readonly ok: true; readonly table: FlatTable }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Reads a CSV inventory. Never throws. */
export function readCsv(source: SourceFile): FlatRead {
  const read = readCells(source);
  if (!read.ok)
    return { ok: false, diagnostics: [diagnose("SEG809", read.fault.span, read.fault.fault)] };
  const { table } = read;
  const [header, ...rows] = table.rows;
  if (header === undefined) return formatFault(source);
  const columns = header.cells.map(columnOf);
  const faults = headerFaults(table, header, columns);
  if (faults.length > 0) return { ok: false, diagnostics: faults };
  const sound = rows.filter((row) => row.cells.length === header.cells.length);
  return {
    ok: true,
    table: {
      records: sound.map((row) => recordOf(columns, row)),
      locate: locatorOf(table, header, sound, columns),
      diagnostics: columnFaults(table, rows, header.cells.length),
    },
  };
}

/** Where the cells of a column go: a field of the record, or a key of one. */
interface Column {
  readonly field: string;
  readonly key?: string;
}

const aliases: Readonly<Record<string, string>> = {
  address: "addresses",
  enforcer: "enforcers",
  interface: "interfaces",
};
const fields: ReadonlySet<string> = new Set([
  ...["name", "platform", "addresses", "realm", "enforcers", "users", "groups"],
  ...["launcher", "app-tags", "interfaces", "published", "source"],
]);

function columnOf(title: string): Column {
  const [, prefix, key] = /^(label|tag):(.*)$/s.exec(title) ?? [];
  if (key !== undefined) return { field: prefix === "tag" ? "tags" : "labels", key: key.trim() };
  const field = Object.hasOwn(aliases, title) ? (aliases[title] ?? title) : title;
  return fields.has(field) ? { field } : { field: "labels", key: title };
}

function headerFaults(
  table: CsvTable,
  header: CsvRow,
  columns: readonly Column[],
): readonly Diagnostic[] {
  const seen = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const [index, { field, key }] of columns.entries()) {
    const id = key === undefined ? field : `${field}:${key}`;
    const span = cellSpan(table, header, index);
    if (key === "") {
      diagnostics.push(diagnose("SEG809", span, { why: "text", key: "column", fault: "empty" }));
    } else if (seen.has(id)) {
      const title = header.cells[index] ?? id;
      diagnostics.push(diagnose("SEG809", span, { why: "duplicate-key", key: title }));
    }
    seen.add(id);
  }
  if (!seen.has("name")) {
    const fault = { why: "missing-key", key: "name", of: "the header" } as const;
    diagnostics.push(diagnose("SEG809", cellSpan(table, header, 0), fault));
  }
  return diagnostics;
}

function columnFaults(
  table: CsvTable,
  rows: readonly CsvRow[],
  wanted: number,
): readonly Diagnostic[] {
  const bad = rows.filter((row) => row.cells.length !== wanted);
  const shown = bad.slice(0, faultsMax).map((row) => {
    const found = row.cells.length;
    const span = cellSpan(table, row, Math.min(found, wanted) - 1);
    return diagnose("SEG809", span, { why: "columns", found, wanted });
  });
  const last = bad[faultsMax];
  if (last === undefined) return shown;
  const count = bad.length - faultsMax;
  return [...shown, diagnose("SEG809", cellSpan(table, last, 0), { why: "more", count })];
}

function formatFault(source: SourceFile): FlatRead {
  const span: Span = { source, start: 0, end: 0 };
  return {
    ok: false,
    diagnostics: [diagnose("SEG809", span, { why: "format", path: source.path })],
  };
}

const separators = /[;\s]+/;
const wordsOf = (cell: string) => cell.split(separators).filter((word) => word !== "");

/** The record that a row stands for. An empty cell says nothing. */
function recordOf(columns: readonly Column[], row: CsvRow): unknown {
  const flat = new Map<string, string>();
  const nested = new Map<string, [string, string][]>();
  for (const [index, { field, key }] of columns.entries()) {
    const cell = row.cells[index] ?? "";
    if (cell === "") continue;
    if (key === undefined) flat.set(field, cell);
    else nested.set(field, [...(nested.get(field) ?? []), [key, cell]]);
  }
  const realm = flat.get("realm");
  const name = flat.get("name") ?? "";
  const record: Record<string, unknown> = { name };
  for (const [field, cell] of flat) {
    if (field === "addresses") {
      record[field] = wordsOf(cell).map((ip) => (realm === undefined ? ip : { ip, realm }));
    } else if (field === "interfaces" || field === "published") record[field] = wordsOf(cell);
    else if (field === "users" || field === "groups") record[field] = accountsOf(cell);
    else if (field === "enforcers")
      record[field] = cell.split(";").flatMap((part) => enforcerOf(part, name));
    else if (field !== "realm") record[field] = cell;
  }
  for (const [field, pairs] of nested) record[field] = Object.fromEntries(pairs);
  return record;
}

/** `crmreport=1001 batch=1002`. What is no number stays text: a SID, or for the schema to refuse. */
function accountsOf(cell: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    wordsOf(cell).map((word) => {
      const [name = "", number = ""] = word.split(/=(?=[^=]*$)/);
      return [name, /^\d+$/.test(number) ? Number(number) : number];
    }),
  );
}

/** `nftables`, `nftables ID`, or `nftables ID ingress egress`: the id defaults to the name of the
 * workload, the directions to both. */
function enforcerOf(text: string, workload: string): readonly unknown[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const [kind, ...rest] = words;
  if (kind === undefined) return [];
  const isDirection = (word: string) => word === "ingress" || word === "egress";
  const hasId = rest[0] !== undefined && !isDirection(rest[0]);
  const directions = hasId ? rest.slice(1) : rest;
  return [
    {
      kind,
      id: hasId ? rest[0] : workload,
      directions: directions.length === 0 ? ["ingress", "egress"] : directions,
    },
  ];
}

function locatorOf(
  table: CsvTable,
  header: CsvRow,
  rows: readonly CsvRow[],
  columns: readonly Column[],
): Locator {
  const columnAt = (path: RecordPath) => {
    const [field = "name", key] = path;
    return columns.findIndex(
      (column) => column.field === field && (column.key === undefined || column.key === key),
    );
  };
  const value = (record: number, path: RecordPath): Span => {
    const row = rows[record] ?? header;
    const column = columnAt(path);
    const cell = cellSpan(table, row, Math.max(0, column));
    const isWords = path[0] !== "enforcers";
    const item = columns[column]?.key === undefined ? path[1] : path[2];
    return typeof item === "number" && isWords ? wordIn(cell, item) : cell;
  };
  const key = (record: number, path: RecordPath): Span => {
    const column = columnAt(path);
    return column < 0 ? value(record, path) : cellSpan(table, header, column);
  };
  return { value, key };
}

/** The n-th word of a cell that holds a list. */
function wordIn(cell: Span, index: number): Span {
  const text = cell.source.text.slice(cell.start, cell.end);
  const word = [...text.matchAll(/[^;\s]+/g)][index];
  if (word === undefined) return cell;
  const start = cell.start + word.index;
  return spanIn(cell.source, start, start + word[0].length);
}
