// `segc diff`: who gains and who loses access from one version of a project to another.
import { resolve } from "node:path";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { escapeText } from "../../diagnostics/render-display.ts";
import { diagnosticJson } from "../../diagnostics/render-json.ts";
import { placeOf } from "../../diagnostics/render-text.ts";
import { filesAt } from "../../host/git.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { diff as diffProjects } from "../../library/diff.ts";
import type { Files } from "../../project/files.ts";
import { projectFile } from "../../project/load.ts";
import { diffHtml } from "../../report/diff-html.ts";
import { diffJson } from "../../report/diff-json.ts";
import { diffMarkdown } from "../../report/diff-markdown.ts";
import { diffLines } from "../../report/diff-text.ts";
import { statusFor } from "../answer.ts";
import { type Answer, type Call, type Failure, failure } from "../call.ts";
import { exit } from "../exit.ts";
import { projectFolder } from "../project-folder.ts";

/** The two versions, and the folder that places of the new one are relative to. */
interface Versions {
  readonly before: Files;
  readonly after: Files;
  readonly folder: string;
  /** Undefined for a folder. */
  readonly commit: string | undefined;
}

export function diff(call: Call): Answer {
  const versions = versionsOf(call);
  if ("kind" in versions) return versions;
  const { before, after, folder, commit } = versions;
  const { now, exitCode } = call.options;
  const result = diffProjects(before, after, { now });
  if (result.diff === undefined) return stopped(result, versions, now);
  const { diff: changes } = result;
  return {
    kind: "result",
    status: exitCode && changes.changes.length > 0 ? exit.changes : exit.fine,
    diagnostics: [],
    folder,
    lines: (style) => diffLines(changes, style),
    documents: { markdown: () => diffMarkdown(changes), html: () => diffHtml(changes) },
    json: { now, ...(commit === undefined ? {} : { against: commit }), ...diffJson(changes) },
  };
}

function versionsOf(call: Call): Versions | Failure {
  const { operands, options, terminal } = call;
  const { against } = options;
  const [before, after, ...more] = operands.map((folder) => resolve(terminal.folder, folder));
  if (against === undefined) {
    if (before === undefined || after === undefined || more.length > 0) {
      return failure(
        exit.usage,
        "a diff needs two versions",
        "name two folders, `segc diff OLD NEW`, or a commit of this repository, `segc diff --against REF`",
      );
    }
    // Of a commit it is likely that there was no project yet; of a folder that its name is another.
    if (nodeFiles(before).glob(projectFile).length === 0) {
      return failure(
        exit.usage,
        `there is no \`${projectFile}\` in \`${operands[0]}\``,
        "name the folder of the old version",
      );
    }
    return { before: nodeFiles(before), after: nodeFiles(after), folder: after, commit: undefined };
  }
  if (before !== undefined) {
    return failure(
      exit.usage,
      "`--against` compares the project with a commit: no folder can be named beside it",
      "`--project DIR` says which project",
    );
  }
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  const read = filesAt(folder, against);
  if (!read.ok) return failure(exit.environment, read.why, read.help);
  return { before: read.files, after: nodeFiles(folder), folder, commit: read.commit };
}

/** A version with errors has no meaning that could be compared. */
function stopped(
  {
    before,
    after,
  }: { readonly before: readonly Diagnostic[]; readonly after: readonly Diagnostic[] },
  { folder }: Versions,
  now: string,
): Answer {
  return {
    kind: "result",
    status: statusFor([...after, ...before]),
    diagnostics: after,
    folder,
    lines: (style) => [
      ...(after.length === 0 ? [] : ["the new version has errors: nothing was compared"]),
      ...before.map(
        ({ code, message, span }) =>
          `${style.error("old version")}: ${code} ${span === undefined ? "" : `at ${escapeText(placeOf(span))}: `}${escapeText(message)}`,
      ),
      ...(before.length === 0 ? [] : ["the old version has errors: nothing was compared"]),
    ],
    documents: {
      markdown: () => `### No diff\n\n${stoppedWords(before, after)}\n`,
      html: () => `<!doctype html><title>segc diff</title><p>${stoppedWords(before, after)}</p>\n`,
    },
    json: {
      now,
      oldVersion: { errors: before.length, diagnostics: before.map(diagnosticJson) },
      newVersion: { errors: after.length },
    },
  };
}

const stoppedWords = (before: readonly unknown[], after: readonly unknown[]): string =>
  after.length > 0
    ? "The new version has errors, so nothing was compared: `segc check` names them."
    : `The old version has ${before.length === 1 ? "an error" : "errors"}, so nothing was compared.`;
