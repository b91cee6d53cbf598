// A diagnostic -> plain data for machines (schemas/output.schema.json, `diagnostic`), and any such
// data -> bytes that are safe to look at in a terminal.
import type { Diagnostic, Edit, Related, Severity } from "./diagnostic.ts";
import { escapeText } from "./render-display.ts";
import { pageOf } from "./render-text.ts";
import { type Position, positionAt, type Span } from "./source.ts";

/** Lines and columns count from 1; columns and offsets count UTF-16 code units. */
export interface PlaceJson {
  readonly path: string;
  readonly start: Position & { readonly offset: number };
  readonly end: Position & { readonly offset: number };
}

export interface DiagnosticJson {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place?: PlaceJson;
  readonly label?: string;
  readonly related: readonly { readonly message: string; readonly place?: PlaceJson }[];
  readonly notes: readonly string[];
  readonly help?: string;
  readonly fix: readonly { readonly place: PlaceJson; readonly text: string }[];
  readonly page: string;
}

/** A diagnostic as it stands in JSON output: user text as it is, places worked out. */
export function diagnosticJson(diagnostic: Diagnostic): DiagnosticJson {
  const { code, name, severity, message, span, label, related, notes, help, fix } = diagnostic;
  return {
    code,
    name,
    severity,
    message,
    ...(span === undefined ? {} : { place: placeJson(span) }),
    ...(label === undefined ? {} : { label }),
    related: (related ?? []).map(relatedJson),
    notes: notes ?? [],
    ...(help === undefined ? {} : { help }),
    fix: (fix ?? []).map(editJson),
    page: pageOf(code),
  };
}

/** JSON with two spaces and a final line break; what a terminal could obey is escaped. */
export function printJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return `${text
    .split("\n")
    .map((line) => escapeText(line, jsonEscape))
    .join("\n")}\n`;
}

/** One `\u` escape for each code unit, as JSON has it. */
function jsonEscape(character: string): string {
  const units = Array.from(character.split(""), (unit) => unit.charCodeAt(0).toString(16));
  return units.map((digits) => `\\u${digits.padStart(4, "0")}`).join("");
}

/** A span as a place. */
export function placeJson({ source, start, end }: Span): PlaceJson {
  return {
    path: source.path,
    start: { ...positionAt(source, start), offset: start },
    end: { ...positionAt(source, Math.max(start, end)), offset: Math.max(start, end) },
  };
}

function relatedJson({ message, span }: Related) {
  return { message, ...(span === undefined ? {} : { place: placeJson(span) }) };
}

function editJson({ span, text }: Edit) {
  return { place: placeJson(span), text };
}
