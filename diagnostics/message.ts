// The shape of one entry of the message table, and the only way to make one.
import type { ReportingVerb, Severity } from "./diagnostic.ts";

export interface Message<Parameters> {
  readonly name: string;
  readonly severity: Severity;
  readonly verb: ReportingVerb;
  /** An error or a warning by circumstance; `severity` says what it is at its worst. */
  readonly either?: true;
  /** One line for tables: what the code is about. */
  readonly title: string;
  readonly message: (parameters: Parameters) => string;
  readonly help?: (parameters: Parameters) => string | undefined;
}

/**
 * An error: no artefact is written while one stands. Errors belong to `check`, but for what only the
 * finished artefacts can show.
 */
export function error<Parameters>(
  entry: Omit<Message<Parameters>, "severity" | "verb"> & { readonly verb?: "compile" },
): Message<Parameters> {
  return { verb: "check", ...entry, severity: "error" };
}

/** A warning, reported by `lint` unless the entry says `check`. */
export function warning<Parameters>(
  entry: Omit<Message<Parameters>, "severity" | "verb"> & { readonly verb?: ReportingVerb },
): Message<Parameters> {
  return { verb: "lint", ...entry, severity: "warning" };
}
