// A one-module project from its statements and its machines, checked: what the tests of promises
// are written in.
import type { CheckResult } from "../../index.ts";
import { examine } from "../../library/check.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const header = `module lab root
label env: enum { prod, staging }
label role: enum { web, db, batch }
program report { linux { unit "report.service" } }
`;

/** `web-1`, `db-1`, `batch-1` of production and `web-2` of staging, all enforced on the host. */
export const machines = [
  machine("web-1", "web", "prod", 1),
  machine("db-1", "db", "prod", 2),
  machine("batch-1", "batch", "prod", 3),
  machine("web-2", "web", "staging", 4),
];

export function machine(name: string, role: string, env: string, number: number) {
  return {
    name,
    platform: "linux",
    labels: { role, env },
    addresses: [`10.0.0.${number}`],
    enforcers: [{ kind: "nftables", id: name, directions: ["ingress", "egress"] }],
  };
}

export function checked(
  statements: string,
  {
    now = "2026-11-23",
    workloads = machines,
  }: { now?: string; workloads?: readonly object[] } = {},
): CheckResult {
  const files = memoryFiles(
    new Map([
      ["segc.yaml", "edition: 1\nmodules: { lab: lab.seg }\ninventory: [inventory.json]\n"],
      ["lab.seg", `${header}${statements}\n`],
      ["inventory.json", JSON.stringify(workloads)],
    ]),
  );
  return examine(files, { now });
}

/** Codes with their messages, in order. */
export function told({ diagnostics }: CheckResult): readonly string[] {
  return diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`);
}
