// `segc lint`: what is sound but most likely not meant.
import { hasErrors } from "../../diagnostics/diagnostic.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { lint as lintProject } from "../../library/lint.ts";
import { statusFor } from "../answer.ts";
import type { Answer, Call } from "../call.ts";
import { findingDocuments } from "../finding-documents.ts";
import { problemCount, sizeOf } from "../problems.ts";
import { projectFolder } from "../project-folder.ts";

export function lint(call: Call): Answer {
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  const { now } = call.options;
  const linted = lintProject(nodeFiles(folder), { now });
  const { diagnostics, suppressed } = linted;
  return {
    kind: "result",
    status: statusFor(diagnostics),
    diagnostics,
    folder,
    documents: findingDocuments(call, { verb: "lint", diagnostics, folder, suppressed }),
    lines: (style) => [
      ...problemCount(linted, style),
      ...(diagnostics.length > 0
        ? []
        : [`${style.help("ok")}: nothing to say of ${sizeOf(linted)}`]),
      ...(hasErrors(diagnostics)
        ? ["what else is likely not meant is said once there is no error"]
        : []),
    ],
    json: { now },
  };
}
