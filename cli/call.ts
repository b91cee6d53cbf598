// One call of one verb, its options read, and what a verb answers.
import type { UtcDate } from "../compiler/model/types.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Style } from "../diagnostics/render-style.ts";
import type { ExitStatus } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** What every verb can be asked for. */
export const commonFormats = ["text", "json", "github"] as const;
export type CommonFormat = (typeof commonFormats)[number];
/** What some verbs offer beside those; `verbs.ts` says which. */
export type OwnFormat = "compact" | "sarif" | "junit" | "markdown" | "html";
export type Format = CommonFormat | OwnFormat;

export interface Options {
  /** As typed; undefined: walk up. */
  readonly project: string | undefined;
  readonly now: UtcDate;
  readonly format: Format;
  readonly outputs: readonly { readonly format: Format; readonly path: string }[];
  readonly failLevel: "error" | "warning";
  readonly color: "auto" | "always" | "never";
  /** `fmt --check`. */
  readonly check: boolean;
  readonly exitCode: boolean;
  /** `lint --fix`. */
  readonly fix: boolean;
  /** `compile --out`, a folder; `plan --out`, a file. */
  readonly out: string | undefined;
  /** `compile --minimise`. */
  readonly minimise: boolean;
  /** `compile --since`: the manifest of an earlier compile. */
  readonly since: string | undefined;
  readonly target: readonly string[] | undefined;
  /** `diff --against`: a commit, tag or branch. */
  readonly against: string | undefined;
  /** `plan --live`: a folder with saved answers of EC2. */
  readonly live: string | undefined;
  /** `plan --calls`: a file for the calls, for the AWS CLI. */
  readonly calls: string | undefined;
  /** `plan --refresh`: the inventory is read from the account first. */
  readonly refresh: boolean;
  readonly allowGap: boolean;
  readonly allowExcess: boolean;
  /** `apply --settle`, in seconds; undefined: as the plan says. */
  readonly settle: number | undefined;
}

export interface Call {
  readonly operands: readonly string[];
  readonly options: Options;
  readonly terminal: Terminal;
}

/** What a verb found out; how it is shown is not its business. */
export interface Result {
  readonly kind: "result";
  /** Without regard to `--fail-level`. */
  readonly status: ExitStatus;
  readonly diagnostics: readonly Diagnostic[];
  /** Folder that the paths of the diagnostics are relative to. */
  readonly folder: string;
  /** Shown after the diagnostics. */
  readonly lines: (style: Style) => readonly string[];
  /** Fields of the JSON form beside the common ones. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The whole text in each format that the verb offers beside the common ones. */
  readonly documents?: Readonly<Partial<Record<OwnFormat, () => string>>>;
  /** The text is for a program: diagnostics must not stand in its way. */
  readonly diagnosticsApart?: boolean;
}

/** The verb could not do its work at all. */
export interface Failure {
  readonly kind: "failure";
  readonly status: ExitStatus;
  readonly message: string;
  readonly help?: string;
}

export type Answer = Result | Failure;

/** The one export of every file in `commands/`. */
export type Command = (call: Call) => Answer | Promise<Answer>;

export function failure(status: ExitStatus, message: string, help?: string): Failure {
  return { kind: "failure", status, message, ...(help === undefined ? {} : { help }) };
}
