// Edits -> a text with them made. Of edits that touch the same place only those of the first finding are
// made: what is then still wrong is found again.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";

/** Findings of one file whose fixes can be made together, in the order of their places. */
export function apart(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const taken: { readonly start: number; readonly end: number }[] = [];
  return findings.filter(({ fix = [] }) => {
    const isFree = fix.every(({ span }) =>
      taken.every(({ start, end }) => span.end < start || span.start > end),
    );
    if (isFree) for (const { span } of fix) taken.push(span);
    return isFree;
  });
}

/** The text with the fixes made, which must be apart. */
export function withFixes(text: string, findings: readonly Diagnostic[]): string {
  const edits = findings
    .flatMap(({ fix = [] }) => fix)
    .sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let result = "";
  let at = 0;
  for (const { span, text: inserted } of edits) {
    result += text.slice(at, span.start) + inserted;
    at = span.end;
  }
  return result + text.slice(at);
}
