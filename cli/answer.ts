// A verb's answer -> text, JSON or workflow commands, on the streams and in the files asked for.
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type Diagnostic, hasErrors } from "../diagnostics/diagnostic.ts";
import { escapeText } from "../diagnostics/render-display.ts";
import { renderGithub } from "../diagnostics/render-github.ts";
import { diagnosticJson, printJson } from "../diagnostics/render-json.ts";
import { plainStyle, type Style } from "../diagnostics/render-style.ts";
import { renderText } from "../diagnostics/render-text.ts";
import { replaceFile } from "../host/atomic-file.ts";
import type { Answer, Call, Failure, Format, Options, OwnFormat, Result } from "./call.ts";
import { type ExitStatus, exit } from "./exit.ts";
import { packageVersion } from "./package-files.ts";
import { styleFor } from "./style.ts";
import type { Terminal } from "./terminal.ts";

/** Shows the answer and gives the exit status. */
export function giveAnswer(verb: string, answer: Answer, call: Call): ExitStatus {
  if (answer.kind === "failure") return giveFailure(answer, call);
  const { options, terminal } = call;
  const status = statusOf(answer, options.failLevel);
  const style = styleFor(options, terminal, terminal.outIsTerminal);
  const show = (format: Format, paint: Style) => {
    if (format === "json") return printJson(jsonOf(verb, answer, status));
    if (isForReaders(format))
      return problemsAs(format, answer, terminal, paint) + linesOf(answer, paint);
    return documentOf(verb, answer, format);
  };
  if (answer.diagnosticsApart === true && isForReaders(options.format)) {
    const errorStyle = styleFor(options, terminal, terminal.errIsTerminal);
    terminal.err(problemsAs(options.format, answer, terminal, errorStyle));
    terminal.out(linesOf(answer, style));
  } else {
    terminal.out(show(options.format, style));
  }
  for (const { format, path } of options.outputs) {
    const fault = replaceFile(resolve(terminal.folder, path), show(format, plainStyle));
    if (fault === undefined) continue;
    const message = `cannot write \`${path}\`: ${fault}`;
    return giveFailure({ kind: "failure", status: exit.environment, message }, call);
  }
  return status;
}

function giveFailure({ message, help, status }: Failure, { options, terminal }: Call): ExitStatus {
  const style = styleFor(options, terminal, terminal.errIsTerminal);
  terminal.err(`${style.error("error:")} ${escapeText(message)}\n`);
  if (help !== undefined) terminal.err(`${style.help("help:")} ${escapeText(help)}\n`);
  return status;
}

function statusOf({ status, diagnostics }: Result, failLevel: "error" | "warning"): ExitStatus {
  return status === exit.fine && failLevel === "warning" && diagnostics.length > 0
    ? exit.findings
    : status;
}

/** Diagnostics first, then the lines of the verb. */
const isForReaders = (format: Format): format is "text" | "github" =>
  format === "text" || format === "github";

function documentOf(verb: string, { documents }: Result, format: OwnFormat): string {
  const document = documents?.[format];
  if (document === undefined) throw new Error(`bug in segc (${verb}): no document as ${format}`);
  return document();
}

function problemsAs(
  format: "text" | "github",
  { diagnostics, folder }: Result,
  terminal: Terminal,
  style: Style,
): string {
  if (format === "text") {
    return diagnostics.map((diagnostic) => `${renderText(diagnostic, style)}\n`).join("");
  }
  const pathOf = repositoryPath(folder, terminal);
  return diagnostics.map((diagnostic) => renderGithub(diagnostic, pathOf)).join("");
}

/** The folder of the repository that a folder is in. */
function topOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** From a path in the project's folder to one in the repository, which GitHub shows places by. */
export function repositoryPath(folder: string, { environment, folder: here }: Terminal) {
  const repository = environment.GITHUB_WORKSPACE ?? topOf(resolve(here, folder)) ?? here;
  return (path: string) => relative(repository, resolve(folder, path));
}

const linesOf = (result: Result, style: Style) =>
  result
    .lines(style)
    .map((line) => `${line}\n`)
    .join("");

/** Schema: schemas/output.schema.json. */
function jsonOf(verb: string, { diagnostics, json }: Result, status: ExitStatus) {
  return {
    formatVersion: 1,
    segc: packageVersion(),
    verb,
    exitStatus: status,
    summary: countsOf(diagnostics),
    diagnostics: diagnostics.map(diagnosticJson),
    ...json,
  };
}

/** How many of each severity. */
export function countsOf(diagnostics: readonly Diagnostic[]) {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error").length;
  return { errors, warnings: diagnostics.length - errors };
}

/** What a verb shows that is not the one to report warnings: only what stops it. */
export function stopping(
  diagnostics: readonly Diagnostic[],
  { failLevel }: Pick<Options, "failLevel">,
): readonly Diagnostic[] {
  if (failLevel === "warning") return diagnostics;
  return diagnostics.filter((diagnostic) => diagnostic.severity === "error");
}

/**
 * The status that diagnostics alone call for. A broken segc.yaml or a file that cannot be read
 * counts for more than findings: what was found then is not the whole truth about the policy.
 */
export function statusFor(diagnostics: readonly Diagnostic[]): ExitStatus {
  if (!hasErrors(diagnostics)) return exit.fine;
  if (diagnostics.some(({ code }) => code === "SEG810")) return exit.usage;
  if (diagnostics.some(({ code }) => code === "SEG811")) return exit.environment;
  return exit.findings;
}
