// `segc expire DIR`: takes what has ended out of the last good artefacts, without the policy.
import { resolve } from "node:path";
import { printJson } from "../../diagnostics/render-json.ts";
import { manifestName } from "../../host/output-folder.ts";
import { expire as expireArtefacts } from "../../library/expire.ts";
import { counted, listed } from "../../report/counted.ts";
import { nextEnd } from "../../report/manifest.ts";
import { type Answer, type Call, failure } from "../call.ts";
import { exit } from "../exit.ts";
import { readArtefacts } from "../read-artefacts.ts";
import { writeArtefacts } from "../write-artefacts.ts";

export async function expire(call: Call): Promise<Answer> {
  const { operands, options, terminal } = call;
  const [folder = "."] = operands;
  const found = readArtefacts(resolve(terminal.folder, folder), folder);
  if ("kind" in found) return found;
  const { now } = options;
  const result = expireArtefacts(found.manifest, found.texts, { now });
  if (!result.ok) {
    const problems = result.problems.map(({ path, problem }) => `\`${path}\` ${problem}`);
    return failure(
      exit.environment,
      `these artefacts cannot be expired: ${listed(problems)}`,
      `compile them again; \`${folder}\` is as it was`,
    );
  }
  const { artefacts, manifest, removed } = result.expired;
  if (removed.length > 0) {
    const refusal = await writeArtefacts(call, folder, [
      ...artefacts.flatMap((artefact) => artefact.files),
      { path: manifestName, text: printJson(manifest) },
    ]);
    if (refusal !== undefined) return refusal;
  }
  return {
    kind: "result",
    status: options.exitCode && removed.length > 0 ? exit.changes : exit.fine,
    diagnostics: [],
    folder: terminal.folder,
    lines: (style) => [
      ...removed.map((rule) => `${style.removed("ended")}  ${rule}`),
      removed.length === 0
        ? `nothing has ended before ${now}; ${nextEnd(manifest)}`
        : `${style.help("ok")}: ${counted(removed.length, "rule")} removed from ${folder}, as of ${now}; ${nextEnd(manifest)}`,
    ],
    json: { now, removed, manifest },
  };
}
