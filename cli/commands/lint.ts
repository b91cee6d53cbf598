// `segc lint`: what is sound but most likely not meant; with `--fix`, put right where a machine can.
import { resolve } from "node:path";
import { compactLine } from "../../diagnostics/render-compact.ts";
import { diagnosticJson } from "../../diagnostics/render-json.ts";
import { plainStyle, type Style } from "../../diagnostics/render-style.ts";
import { replaceFile } from "../../host/atomic-file.ts";
import { fileDay } from "../../host/file-day.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { stagedSince } from "../../host/staged-since.ts";
import { type Fixed, type FixResult, fix } from "../../library/fix.ts";
import { lint as lintProject } from "../../library/lint.ts";
import { counted } from "../../report/counted.ts";
import { statusFor } from "../answer.ts";
import { askedDocuments } from "../asked-documents.ts";
import { type Answer, type Call, type Failure, failure } from "../call.ts";
import { exit } from "../exit.ts";
import { problemCount, sizeOf } from "../problems.ts";
import { projectFolder } from "../project-folder.ts";

export async function lint(call: Call): Promise<Answer> {
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  const done = lintIn(folder, call);
  if ("kind" in done) return done;
  const { linted, fixed } = done;
  const { diagnostics, suppressed, complete } = linted;
  const { now, format } = call.options;
  if (!["text", "github", "json"].includes(format)) {
    // A document has no room for it, and files have changed.
    for (const each of fixed) call.terminal.err(`${fixedLine(each, plainStyle)}\n`);
  }
  return {
    kind: "result",
    status: statusFor(diagnostics),
    diagnostics,
    folder,
    ...(await askedDocuments(call, { verb: "lint", diagnostics, folder, suppressed })),
    lines: (style) => [
      ...fixed.map((each) => fixedLine(each, style)),
      ...problemCount(linted, style),
      ...(diagnostics.length > 0
        ? []
        : [`${style.help("ok")}: nothing to say of ${sizeOf(linted)}`]),
      ...(suppressed.length === 0
        ? []
        : [`${counted(suppressed.length, "finding")} suppressed with a reason`]),
      ...(complete ? [] : ["what else is likely not meant is said once there is no error"]),
    ],
    json: {
      now,
      suppressed: suppressed.map(({ diagnostic, suppression }) => ({
        reason: suppression.reason,
        diagnostic: diagnosticJson(diagnostic),
      })),
      fixed: fixed.map(({ diagnostic, claim }) => ({
        keepsMeaning: claim !== "changes the meaning",
        diagnostic: diagnosticJson(diagnostic),
      })),
    },
  };
}

/** With `--fix` files are written before anything is said. */
function lintIn(folder: string, { options }: Call): Pick<FixResult, "linted" | "fixed"> | Failure {
  const since = stagedSince(folder);
  const settings = {
    now: options.now,
    fileDay: (path: string) => fileDay(folder, path),
    ...(since === undefined ? {} : { since }),
  };
  if (!options.fix) return { linted: lintProject(nodeFiles(folder), settings), fixed: [] };
  const result = fix(nodeFiles(folder), settings);
  for (const [path, text] of result.changed) {
    const fault = replaceFile(resolve(folder, path), text);
    if (fault !== undefined) return failure(exit.environment, `cannot write \`${path}\`: ${fault}`);
  }
  return result;
}

const fixedLine = ({ diagnostic, claim }: Fixed, style: Style) =>
  `${style.added("fixed")} ${compactLine(diagnostic)} (${claim})`;
