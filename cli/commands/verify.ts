// `segc verify DIR`: proves that artefacts on disk are what the policy says, or shows a packet to
// which they do something else.
import { resolve } from "node:path";
import { hasErrors } from "../../diagnostics/diagnostic.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { check } from "../../library/check.ts";
import { verify as verifyFolder } from "../../library/verify.ts";
import { counted, listed } from "../../report/counted.ts";
import type { Answer, Call } from "../call.ts";
import { exit } from "../exit.ts";
import { stoppedByErrors } from "../problems.ts";
import { projectFolder } from "../project-folder.ts";
import { readArtefacts } from "../read-artefacts.ts";

export function verify(call: Call): Answer {
  const { now } = call.options;
  const [shown = "."] = call.operands;
  const found = readArtefacts(resolve(call.terminal.folder, shown), shown);
  if ("kind" in found) return found;
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  const checked = check(nodeFiles(folder), { now });
  if (hasErrors(checked.diagnostics)) {
    return stoppedByErrors(checked, {
      call,
      folder,
      note: `${shown} was not compared: the policy has errors`,
    });
  }
  const verified = verifyFolder(checked, found.manifest, found.texts, { now });
  const { findings, artefacts, workloads, edited } = verified;
  return {
    kind: "result",
    status: findings.length === 0 ? exit.fine : exit.findings,
    diagnostics: [],
    folder,
    lines: (style) => [
      ...findings.map(({ target, id, workloads: names, problem }) => {
        const where = id === undefined ? target : `${target}/${id}`;
        return `${style.error("differs")}  ${where}${names.length === 0 ? "" : ` (${listed(names)})`}: ${problem}`;
      }),
      ...edited.map((path) => `${style.warning("changed by hand")}  ${path}`),
      findings.length === 0
        ? `${style.help("ok")}: ${counted(artefacts, "artefact")} for ${counted(workloads, "workload")} proved equal to the policy, as of ${now}`
        : `${shown} is not what the policy says, as of ${now}`,
    ],
    json: { now, ...verified },
  };
}
