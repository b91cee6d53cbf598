// An example of a rule -> the files of a whole project, as tests run them and pages show them.
import type { Example } from "./rule.ts";

/** Where an example names no inventory: four hosts, each with its own firewall. */
export const exampleInventory = `${host("web-1", "web", 11)}${host("web-2", "web", 12)}${host("db-1", "db", 31)}${host("admin-1", "admin", 41)}`;

/** What most examples start with. */
export const exampleHeader = `module app root
label role: enum { web, db, admin }
`;

/** Path to text, `segc.yaml` included. */
export function exampleTexts(example: Example): ReadonlyMap<string, string> {
  const { policy, inventory = exampleInventory, settings } = example;
  const policies = typeof policy === "string" ? { "policy.seg": policy } : policy;
  return new Map([
    ["segc.yaml", projectText(policies, settings)],
    ...Object.entries(policies),
    ["inventory.yaml", inventory],
  ]);
}

/** The modules are those that the texts say they are. */
function projectText(policies: Readonly<Record<string, string>>, settings: string | undefined) {
  const modules = Object.entries(policies).map(([path, text]) => {
    const name = /^module ([a-z0-9-]+)/.exec(text)?.[1] ?? "app";
    return `  ${name}: ${path}\n`;
  });
  const lint = settings === undefined ? "" : `lint:\n${settings.replace(/^(?=.)/gm, "  ")}`;
  return `edition: 1\nmodules:\n${modules.join("")}inventory: inventory.yaml\n${lint}`;
}

function host(name: string, role: string, number: number): string {
  return `- name: ${name}
  platform: linux
  labels: { role: ${role} }
  addresses: [10.0.0.${number}, "fd00::${number}"]
  enforcers: [{ kind: nftables, id: host, directions: [ingress, egress] }]
`;
}
