// What reports of findings are made from, whichever format they have.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Suppressed } from "../lint/suppressions.ts";

export interface FindingsReport {
  /** `check`, `lint` or `test`. */
  readonly verb: string;
  readonly diagnostics: readonly Diagnostic[];
  /** What comments in the policy take back. */
  readonly suppressed: readonly Suppressed[];
  /** From a path in the project to one in the repository, with forward slashes. */
  readonly pathOf: (path: string) => string;
  readonly tool: Tool;
  /** Whether a finding makes the verb fail. */
  readonly fails: (diagnostic: Diagnostic) => boolean;
}

/** Who reports. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  /** Where the page of a code is to be read. */
  readonly pageOf: (code: string) => string;
}
