// A plan as files, for each way in which Windows takes rules: a script, the registry values of group
// policy in two forms, and the nodes of a device management. Each holds the whole plan by itself.
import type { OutputFile } from "../../compiler/plan/target.ts";
import { applyData } from "./apply-data.ts";
import { applyHead, applyScriptPath, applyTail } from "./apply-script.ts";
import { cspParts } from "./csp.ts";
import { cspJsonPath, cspJsonText } from "./csp-json.ts";
import { polPath, polText } from "./pol-file.ts";
import { probePath, probeText } from "./probes.ts";
import { regPath, regText } from "./reg-file.ts";
import { registryValues } from "./registry.ts";
import type { WindowsPlan } from "./rules.ts";
import { syncmlPath, syncmlText } from "./syncml.ts";

export function renderWindows(plan: WindowsPlan): readonly OutputFile[] {
  const values = registryValues(plan);
  return [
    { path: applyScriptPath, text: applyHead + applyData(plan) + applyTail },
    { path: regPath, text: regText(values) },
    { path: polPath, text: polText(values) },
    ...cspParts(plan).flatMap((part, at) => [
      { path: cspJsonPath(at), text: cspJsonText(part) },
      { path: syncmlPath(at), text: syncmlText(part) },
    ]),
    { path: probePath, text: probeText(plan) },
  ];
}
