// All the firewall files of one artefact, each kind as a policy of its own.
import { readApplyScript } from "./apply-data.ts";
import { readCspJson } from "./csp-json.ts";
import type { FirewallPolicy } from "./policy.ts";
import { readRegistryPol } from "./registry-pol.ts";
import { readRegistryText } from "./registry-text.ts";
import { semanticFaults } from "./semantic-checks.ts";
import { refuse } from "./strict.ts";
import { readSyncml } from "./syncml.ts";

export const kinds = ["script", "reg", "pol", "csp", "syncml"] as const;
export type Kind = (typeof kinds)[number];

type Files = ReadonlyMap<string, string>;

/** The kinds that are there; throws at what Windows would not take, or not as one would think. */
export function readAll(files: Files): ReadonlyMap<Kind, FirewallPolicy> {
  const single = { script: "apply.ps1", reg: "rules.reg", pol: "registry.pol" } as const;
  const policies = new Map<Kind, FirewallPolicy>();
  const script = files.get(single.script);
  if (script !== undefined) policies.set("script", readApplyScript(script));
  const registryText = files.get(single.reg);
  if (registryText !== undefined) policies.set("reg", readRegistryText(registryText));
  const registryPol = files.get(single.pol);
  if (registryPol !== undefined) policies.set("pol", readRegistryPol(registryPol));
  const numbered = numberedFiles(files);
  if (numbered.json.length > 0) policies.set("csp", readCspJson(numbered.json));
  if (numbered.xml.length > 0) policies.set("syncml", readSyncml(numbered.xml));
  for (const [kind, policy] of policies) {
    const faults = semanticFaults(policy);
    if (faults.length > 0) refuse(`${kind}: ${faults.join("; ")}`);
  }
  return policies;
}

/** The files below csp/ in their order, from 001 without a gap. */
function numberedFiles(files: Files): { readonly json: string[]; readonly xml: string[] } {
  const found = { json: [] as string[], xml: [] as string[] };
  const paths = [...files.keys()].filter((path) => path.startsWith("csp/")).sort();
  for (const path of paths) {
    const [, number, ending] = /^csp\/firewall-([0-9]{3})\.(json|xml)$/.exec(path) ?? [];
    const list = ending === "json" ? found.json : found.xml;
    if (number === undefined) refuse(`unknown file ${path}`);
    if (Number(number) !== list.length + 1) refuse(`a file before ${path} is missing`);
    list.push(files.get(path) ?? "");
  }
  return found;
}
