// A diagnostic -> one line, as compilers have written them for decades and editors and `grep` read
// them: `path:line:column: severity CODE name: message`.
import type { Diagnostic } from "./diagnostic.ts";
import { escapeText } from "./render-display.ts";
import { positionAt } from "./source.ts";

/** `policy.seg:7:18: error SEG201 unknown-name: …`; nothing before the severity without a place. */
export function renderCompact({ code, name, severity, message, span }: Diagnostic): string {
  return `${span === undefined ? "" : placeOf(span)}${severity} ${code} ${name}: ${escapeText(message)}\n`;
}

function placeOf({ source, start }: NonNullable<Diagnostic["span"]>): string {
  const { line, column } = positionAt(source, start);
  return `${escapeText(source.path)}:${line}:${column}: `;
}
