// How a project takes what is found: warnings may be errors, or nothing at all.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";

/** By code; what is not in it stays a warning. */
export type Levels = ReadonlyMap<string, "error" | "warning" | "off">;

/** What segc.yaml makes of warnings. */
export function atLevels(
  diagnostics: readonly Diagnostic[],
  levels: Levels,
): readonly Diagnostic[] {
  return diagnostics.flatMap((diagnostic) => {
    const level = diagnostic.severity === "warning" ? levels.get(diagnostic.code) : undefined;
    if (level === "off") return [];
    return [level === "error" ? { ...diagnostic, severity: "error" as const } : diagnostic];
  });
}

/** The codes that the project makes errors. */
export const raisedIn = (levels: Levels): ReadonlySet<string> =>
  new Set([...levels].flatMap(([code, level]) => (level === "error" ? [code] : [])));
