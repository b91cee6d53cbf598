// A diagnostic -> one line, as compilers have written them for decades and editors and `grep` read
// them: `path:line:column: severity CODE name: message`.
import type { Diagnostic } from "./diagnostic.ts";
import { escapeText } from "./render-display.ts";
import { positionAt } from "./source.ts";

/** `policy.seg:7:18: error SEG201 unknown-name: …`; nothing before the severity without a place. */
export const renderCompact = (diagnostic: Diagnostic): string =>
  `${placeBefore(diagnostic)}${diagnostic.severity} ${compactWords(diagnostic)}\n`;

/** The same of a finding that is none any more. */
export const compactLine = (diagnostic: Diagnostic): string =>
  `${placeBefore(diagnostic)}${compactWords(diagnostic)}`;

const compactWords = ({ code, name, message }: Diagnostic) =>
  `${code} ${name}: ${escapeText(message)}`;

function placeBefore({ span }: Diagnostic): string {
  if (span === undefined) return "";
  const { line, column } = positionAt(span.source, span.start);
  return `${escapeText(span.source.path)}:${line}:${column}: `;
}
