// What the user is told. A diagnostic is plain data: the registry gives its words, `render.ts`
// draws it. Problems with the user's input are always returned as these, never thrown.
import type { Span } from "./source.ts";

export type Severity = "error" | "warning";

/** The one verb that reports a code; every other verb that meets it only fails or goes on. */
export type ReportingVerb = "check" | "lint" | "compile";

/** A second place that explains the first: "declared here", "and again here". */
export interface Related {
  readonly message: string;
  readonly span?: Span;
}

/** A replacement that a machine may apply as it stands. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

export interface Diagnostic {
  readonly code: string;
  /** Kebab-case name, unique as the code is: `unknown-name`. */
  readonly name: string;
  readonly severity: Severity;
  /** One line, lower case first word, no final stop, the user's words in backticks. */
  readonly message: string;
  /** Absent only where no text is at fault (an empty folder, say). */
  readonly span?: Span;
  /** Short text beside the carets. */
  readonly label?: string;
  readonly related?: readonly Related[];
  readonly notes?: readonly string[];
  /** One concrete thing to do. */
  readonly help?: string;
  readonly fix?: readonly Edit[];
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}
