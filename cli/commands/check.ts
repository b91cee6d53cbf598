// `segc check`: everything that can be wrong with a project, and where each rule is enforced.
import { hasErrors } from "../../diagnostics/diagnostic.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { check as checkProject } from "../../library/check.ts";
import { enforcementJson, enforcementLines } from "../../report/enforcement.ts";
import { statusFor } from "../answer.ts";
import { askedDocuments } from "../asked-documents.ts";
import type { Answer, Call } from "../call.ts";
import { problemCount, sizeOf } from "../problems.ts";
import { projectFolder } from "../project-folder.ts";

export async function check(call: Call): Promise<Answer> {
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  const { now } = call.options;
  const checked = checkProject(nodeFiles(folder), { now });
  const { diagnostics, enforcement } = checked;
  return {
    kind: "result",
    status: statusFor(diagnostics),
    diagnostics,
    folder,
    ...(await askedDocuments(call, { verb: "check", diagnostics, folder })),
    lines: (style) => [
      ...spaced(enforcementLines(enforcement, style)),
      ...problemCount(checked, style),
      ...(hasErrors(diagnostics) ? [] : [`${style.help("ok")}: ${sizeOf(checked)}, as of ${now}`]),
    ],
    json: { now, rules: enforcementJson(enforcement) },
  };
}

const spaced = (lines: readonly string[]) => (lines.length === 0 ? [] : [...lines, ""]);
