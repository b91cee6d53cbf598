// `segc fmt`: policy files in their one format. A file with errors is left as it is.
import { relative, resolve } from "node:path";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { escapeText } from "../../diagnostics/render-display.ts";
import type { SourceFile } from "../../diagnostics/source.ts";
import { formatModule } from "../../grammar/print.ts";
import { replaceFile } from "../../host/atomic-file.ts";
import { describeFault } from "../../host/faults.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { readText } from "../../project/read-text.ts";
import { counted } from "../../report/counted.ts";
import { statusFor } from "../answer.ts";
import { type Answer, type Call, type Failure, failure } from "../call.ts";
import { type ExitStatus, exit } from "../exit.ts";
import { projectFolder } from "../project-folder.ts";
import type { Terminal } from "../terminal.ts";

export function fmt(call: Call): Answer {
  if (call.operands.includes("-")) return formatInput(call);
  const chosen = filesOf(call);
  if ("kind" in chosen) return chosen;
  const { folder, paths } = chosen;
  const files = paths.map((path) => formatFile(folder, path));
  const changed = files.filter((file) => file.changed !== undefined);
  const diagnostics = files.flatMap((file) => file.diagnostics);
  if (!call.options.check) {
    for (const { path, changed: text = "" } of changed) {
      const fault = replaceFile(resolve(folder, path), text);
      if (fault !== undefined) {
        return failure(exit.environment, `cannot write \`${path}\`: ${fault}`);
      }
    }
  }
  const names = changed.map((file) => file.path);
  return {
    kind: "result",
    status: statusOf(call, diagnostics, names.length),
    diagnostics,
    folder,
    lines: () => linesOf(call, names, files),
    json: { changed: names, unchanged: files.length - names.length },
  };
}

/** Unformatted files are findings for `--check`, and changes where the caller asks for those. */
function statusOf(
  { options }: Call,
  diagnostics: readonly Diagnostic[],
  changes: number,
): ExitStatus {
  const status = statusFor(diagnostics);
  if (status !== exit.fine || changes === 0) return status;
  if (options.exitCode) return exit.changes;
  return options.check ? exit.findings : exit.fine;
}

function linesOf(
  { options }: Call,
  changed: readonly string[],
  files: readonly FormattedFile[],
): readonly string[] {
  const verb = options.check ? "would change" : "changed";
  const faulty = files.filter(({ diagnostics }) => diagnostics.length > 0).length;
  const same = files.length - changed.length - faulty;
  const parts = [
    ...(changed.length > 0 ? [`${counted(changed.length, "file")} ${verb}`] : []),
    ...(same > 0 ? [`${counted(same, "file")} already fine`] : []),
    ...(faulty > 0 ? [`${counted(faulty, "file")} with errors left alone`] : []),
  ];
  const summary = parts.length === 0 ? "there are no policy files here" : parts.join(", ");
  return [...changed.map((path) => `${verb}  ${escapeText(path)}`), summary];
}

interface FormattedFile {
  readonly path: string;
  /** The new text; undefined when the file is as it should be, or cannot be formatted. */
  readonly changed: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Any file may be named, in the project or not. */
function formatFile(folder: string, path: string): FormattedFile {
  const everywhere = nodeFiles("/");
  const anyFile = {
    ...everywhere,
    read: (named: string, bytesMax: number) =>
      everywhere.read(relative("/", resolve(folder, named)), bytesMax),
  };
  const read = readText(anyFile, path, { kind: "policy", namedAt: undefined });
  if (!read.ok) return { path, changed: undefined, diagnostics: [read.diagnostic] };
  const { text, diagnostics } = formatModule(read.source);
  const isChanged = diagnostics.length === 0 && text !== read.source.text;
  return { path, changed: isChanged ? text : undefined, diagnostics };
}

/** The files named, else every policy file of the project. */
function filesOf(
  call: Call,
): { readonly folder: string; readonly paths: readonly string[] } | Failure {
  const { operands, terminal } = call;
  if (operands.length > 0) return { folder: terminal.folder, paths: operands };
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  return { folder, paths: nodeFiles(folder).glob("**/*.seg") };
}

function formatInput({ operands, options, terminal }: Call): Answer {
  if (operands.length > 1) return failure(exit.usage, "`-` stands alone: it is standard input");
  const read = readInput(terminal);
  if ("kind" in read) return read;
  const { source } = read;
  const { text, diagnostics } = formatModule(source);
  const isChanged = diagnostics.length === 0 && text !== source.text;
  const shown = options.check ? "" : text;
  return {
    kind: "result",
    status: statusOf({ operands, options, terminal }, diagnostics, isChanged ? 1 : 0),
    diagnostics,
    diagnosticsApart: true,
    folder: terminal.folder,
    lines: () => (shown === "" ? [] : [shown.replace(/\n$/, "")]),
    json: { changed: isChanged ? [source.path] : [], unchanged: isChanged ? 0 : 1, text },
  };
}

function readInput(terminal: Terminal): { readonly source: SourceFile } | Failure {
  try {
    const bytes = terminal.input();
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { source: { path: "(standard input)", text } };
  } catch (error) {
    const why = error instanceof TypeError ? "it is not UTF-8 text" : describeFault(error);
    return failure(exit.environment, `cannot read standard input: ${why}`);
  }
}
