// `segc compile --out DIR`: the artefacts of every enforcer class with their manifest, written as
// a whole or not at all.
import { resolve } from "node:path";
import type { Compiled } from "../../compiler/compile.ts";
import type { TargetName } from "../../compiler/plan/target.ts";
import type { Since } from "../../compiler/since.ts";
import { printJson } from "../../diagnostics/render-json.ts";
import { didYouMean } from "../../diagnostics/suggest.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { manifestName } from "../../host/output-folder.ts";
import { compile as compileProject, targetNames } from "../../library/compile.ts";
import { counted } from "../../report/counted.ts";
import { gapLines, manifestLines, nextEnd, updateLine } from "../../report/manifest.ts";
import { statusFor, stopping } from "../answer.ts";
import { type Answer, type Call, type Failure, failure } from "../call.ts";
import { exit } from "../exit.ts";
import { problemCount } from "../problems.ts";
import { projectFolder } from "../project-folder.ts";
import { readArtefactsOf } from "../read-artefacts.ts";
import { writeArtefacts } from "../write-artefacts.ts";

export async function compile(call: Call): Promise<Answer> {
  const { now, minimise, out = "" } = call.options; // commander insists on --out
  const targets = targetsOf(call.options.target);
  if ("kind" in targets) return targets;
  const earlier = earlierOf(call);
  if ("kind" in earlier) return earlier;
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  const result = compileProject(nodeFiles(folder), { now, minimise, ...targets, ...earlier });
  const diagnostics = stopping(result.diagnostics, call.options);
  const compiled = diagnostics.length === 0 ? result.compiled : undefined;
  if (compiled !== undefined) {
    const refusal = await writeArtefacts(call, out, filesOf(compiled));
    if (refusal !== undefined) return refusal;
  }
  return {
    kind: "result",
    status: statusFor(diagnostics),
    diagnostics,
    folder,
    lines: (style) => [
      ...(compiled === undefined ? [] : manifestLines(compiled.manifest, style)),
      ...(compiled === undefined ? [] : gapLines(compiled.manifest)),
      ...(compiled === undefined || earlier.since === undefined
        ? []
        : [updateLine(compiled.manifest)]),
      ...(compiled?.notes ?? []).map(({ target, id, problem }) =>
        style.warning(`no update from ${target}/${id}: ${problem}`),
      ),
      ...problemCount({ diagnostics }, style),
      compiled === undefined
        ? `nothing was written to ${out}`
        : `${style.help("ok")}: ${writtenWhat(compiled)} written to ${out}, as of ${now}; ${nextEnd(compiled.manifest)}`,
    ],
    json: {
      now,
      ...(compiled === undefined ? {} : { manifest: compiled.manifest, notes: compiled.notes }),
    },
  };
}

function writtenWhat({ artefacts }: Compiled): string {
  const files = artefacts.reduce((sum, artefact) => sum + artefact.files.length, 0);
  return `${counted(artefacts.length, "artefact")} (${counted(files, "file")})`;
}

const filesOf = ({ artefacts, manifest }: Compiled) => [
  ...artefacts.flatMap((artefact) => artefact.files),
  { path: manifestName, text: printJson(manifest) },
];

/** Read before anything is written: `--out` may be the folder it lies in. */
function earlierOf({ options, terminal }: Call): { readonly since?: Since } | Failure {
  const { since } = options;
  if (since === undefined) return {};
  const found = readArtefactsOf(resolve(terminal.folder, since), since);
  return "kind" in found ? found : { since: found };
}

function targetsOf(
  names: readonly string[] | undefined,
): { readonly targets?: readonly TargetName[] } | Failure {
  if (names === undefined) return {};
  const targets: TargetName[] = [];
  for (const name of names) {
    const target = targetNames.find((known) => known === name);
    if (target === undefined) {
      const known = targetNames.map((each) => `\`${each}\``).join(", ");
      return failure(
        exit.usage,
        `there is no target \`${name}\`${didYouMean(name, targetNames)}`,
        `this version compiles for ${known}`,
      );
    }
    targets.push(target);
  }
  return targets.length === 0 ? failure(exit.usage, "`--target` names no target") : { targets };
}
