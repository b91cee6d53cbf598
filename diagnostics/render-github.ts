// A diagnostic -> one workflow command, which GitHub shows beside the line in a pull request.
// Format: docs.github.com, "Workflow commands for GitHub Actions", "Setting an error message".
import type { Diagnostic } from "./diagnostic.ts";
import { escapeText } from "./render-display.ts";
import { pageOf } from "./render-text.ts";
import { positionAt, type Span } from "./source.ts";

/** `::error file=…,line=…::…`; `pathOf` makes a path relative to the repository. */
export function renderGithub(diagnostic: Diagnostic, pathOf: (path: string) => string): string {
  const { code, name, severity, message, notes = [], help, span } = diagnostic;
  const properties = [
    ...(span === undefined ? [] : placeProperties(span, pathOf)),
    ["title", `${code} ${name}`],
  ];
  const text = [
    message,
    ...notes.map((note) => `note: ${note}`),
    ...(help === undefined ? [] : [`help: ${help}`]),
    `page: ${pageOf(code)}`,
  ];
  const fields = properties.map(([key, value]) => `${key}=${escapeProperty(value ?? "")}`);
  return `::${severity} ${fields.join(",")}::${escapeData(text.map((line) => escapeText(line)).join("\n"))}\n`;
}

/** Columns only where start and end share a line: GitHub refuses them otherwise. */
function placeProperties({ source, start, end }: Span, pathOf: (path: string) => string) {
  const first = positionAt(source, start);
  const last = positionAt(source, Math.max(start, end));
  const place = [
    ["file", escapeText(pathOf(source.path))],
    ["line", String(first.line)],
    ["endLine", String(last.line)],
  ];
  if (first.line !== last.line) return place;
  return [...place, ["col", String(first.column)], ["endColumn", String(last.column)]];
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
