// `segc drift --target windows --live DIR`: exports of hosts, each named by its workload, and what of them
// is not what the policy says.
import { resolve } from "node:path";
import { hasErrors } from "../../diagnostics/diagnostic.ts";
import { escapeText } from "../../diagnostics/render-display.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { check } from "../../library/check.ts";
import { windowsDrift, windowsHosts } from "../../library/windows.ts";
import { counted, listed } from "../../report/counted.ts";
import type { LiveFile } from "../../targets/windows/live/read-live.ts";
import { type Answer, type Call, failure } from "../call.ts";
import { exit } from "../exit.ts";
import { stoppedByErrors } from "../problems.ts";
import { projectFolder } from "../project-folder.ts";

/** A workload's files: policy and local branch of its registry, its policy file, PowerShell's rules. */
const endings = [".reg", ".local.reg", ".pol", ".json"];
const bytesMax = 256 * 1024 * 1024;

export function driftWindows(call: Call): Answer {
  const { now, live } = call.options;
  if (live === undefined) {
    return failure(
      exit.usage,
      "say where exports of hosts are with `--live DIR`",
      `a file for each workload, named by it: \`dc-1${endings[0]}\` (docs/windows.md says how to make it)`,
    );
  }
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  const checked = check(nodeFiles(folder), { now });
  if (hasErrors(checked.diagnostics)) {
    return stoppedByErrors(checked, { call, folder, note: "nothing was compared" });
  }
  const hosts = windowsHosts(checked);
  const found = exportsIn(resolve(call.terminal.folder, live), hosts);
  if ("kind" in found) return found;
  if (found.size === 0) {
    const help = `name them by workloads: \`${hosts[0] ?? "NAME"}${endings[0]}\``;
    return failure(exit.usage, `\`${live}\` holds no export of a workload`, help);
  }
  const drifts = windowsDrift(checked, found, { now }).flatMap((host) =>
    "problem" in host
      ? [{ workload: host.workload, kind: "other" as const, text: `${host.path} ${host.problem}` }]
      : host.drifts.map((one) => ({ workload: host.workload, ...one })),
  );
  const missing = hosts.filter((name) => !found.has(name));
  return {
    kind: "result",
    status: drifts.length === 0 ? exit.fine : exit.findings,
    diagnostics: [],
    folder,
    lines: (style) => [
      ...drifts.map(({ workload, kind, text }) => {
        const label =
          kind === "closed"
            ? style.warning(kind)
            : style.error(kind === "other" ? "differs" : kind);
        return `${label}  ${workload}: ${escapeText(text)}`;
      }),
      ...(missing.length === 0 ? [] : [`no export of ${listed(missing)}`]),
      drifts.length === 0
        ? `${style.help("ok")}: ${counted(found.size, "host")} ${found.size === 1 ? "has" : "have"} in force what the policy says, as of ${now}`
        : `not what the policy says, as of ${now}`,
    ],
    json: { now, problems: missing.map((name) => `no export of ${name}`), drifts },
  };
}

function exportsIn(
  folder: string,
  hosts: readonly string[],
): ReadonlyMap<string, readonly LiveFile[]> | Answer {
  const files = nodeFiles(folder);
  const found = new Map<string, LiveFile[]>();
  for (const host of hosts) {
    for (const ending of endings) {
      const path = `${host}${ending}`;
      const read = files.read(path, bytesMax);
      if (read.ok) found.set(host, [...(found.get(host) ?? []), { path, bytes: read.bytes }]);
      else if (read.fault !== "missing") {
        return failure(exit.environment, `\`${path}\` cannot be read: ${read.detail}`);
      }
    }
  }
  return found;
}
