// Inventories that were last written some days ago, where the project says how old they may be.
import { daysBetween } from "../../compiler/guard/dates.ts";
import type { SourceFile } from "../../diagnostics/source.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";

const policy = `${exampleHeader}
allow web-to-db = workloads where role is web -> workloads where role is db : tcp/5432
`;

export const oldInventory = defineRule("SEG805", {
  rationale: `The policy is compiled for the workloads of the inventory. What was started since has no rules, and what is gone has
them still, at an address that somebody else may have by now. \`inventoryDays\` says how many days a file may be old;
where segc.yaml does not say, nothing is said here. A file that git has, unchanged, is as old as its last commit; any
other one as it was last written.`,
  settings: ["inventoryDays"],
  needs: "fileDay",
  invalid: [{ policy, settings: "inventoryDays: 1\n", reports: ["inventory.yaml:1"] }],
  valid: [{ policy }, { policy, settings: "inventoryDays: 3660\n" }],
  seeAlso: ["[The inventory](../inventory.md)", "[segc.yaml](../project-file.md#lint)"],
  check({ checked, now, settings, fileDay }, report) {
    const { inventoryDays } = settings;
    if (inventoryDays === undefined || fileDay === undefined) return;
    const sources = new Map<string, SourceFile>(
      checked.inventory.workloads.flatMap(({ span }) =>
        span === undefined ? [] : [[span.source.path, span.source]],
      ),
    );
    for (const [path, source] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const day = fileDay(path);
      const days = day === undefined ? 0 : daysBetween(day, now);
      if (days <= inventoryDays) continue;
      report({ source, start: 0, end: 0 }, { path, days, most: inventoryDays });
    }
  },
});
