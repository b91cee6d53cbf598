// More problems of one file than anybody reads at once say nothing new, and take their time to show.
import type { Diagnostic } from "./diagnostic.ts";

/** Shown of one file; what is wrong with a thousand places has one cause, or a few. */
export const problemsMax = 1000;

/**
 * The first ones of each file, errors before warnings, in the order given; the last of a file that has
 * more says so.
 */
export function foremost(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length <= problemsMax) return diagnostics;
  const kept = new Set<Diagnostic>();
  const counts = new Map<string | undefined, number>();
  const cut = new Set<string | undefined>();
  for (const severity of ["error", "warning"] as const) {
    for (const diagnostic of diagnostics) {
      if (diagnostic.severity !== severity) continue;
      const path = pathOf(diagnostic);
      const count = (counts.get(path) ?? 0) + 1;
      counts.set(path, count);
      if (count <= problemsMax) kept.add(diagnostic);
      else cut.add(path);
    }
  }
  const shown = diagnostics.filter((diagnostic) => kept.has(diagnostic));
  const last = new Map(shown.map((diagnostic) => [pathOf(diagnostic), diagnostic]));
  return shown.map((diagnostic) => {
    const path = pathOf(diagnostic);
    return cut.has(path) && last.get(path) === diagnostic ? withNote(diagnostic) : diagnostic;
  });
}

const pathOf = ({ span }: Diagnostic) => span?.source.path;

const left = "further problems in this file are not shown";

const withNote = (diagnostic: Diagnostic): Diagnostic =>
  diagnostic.notes?.includes(left) === true
    ? diagnostic
    : { ...diagnostic, notes: [...(diagnostic.notes ?? []), left] };
