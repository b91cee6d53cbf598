// examples/crm on real kernels: every Linux workload with its own table, Windows and appliances
// without, one host for each network outside; every pair, every service, every process.
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { nodeFiles } from "../../host/node-files.ts";
import { compile } from "../../index.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import { enforce } from "./enforce.ts";
import { estateOf } from "./estate.ts";
import { expectedIn } from "./expected.ts";
import { describeKernel } from "./here.ts";

const project = fileURLToPath(new URL("../../examples/crm", import.meta.url));

describeKernel("examples/crm", { needs: "root" }, () => {
  test("is enforced by real kernels as it is meant", { timeout: 170_000 }, async () => {
    const now = new Date().toISOString().slice(0, 10); // the kernel's own clock decides on `until`
    const { checked, diagnostics, compiled } = compile(nodeFiles(project), { now });
    if (compiled === undefined)
      throw new Error(JSON.stringify(diagnostics, undefined, 1).slice(0, 4000));
    const { model, inventory } = checked;
    const world = { model, workloads: inventory.workloads, capabilities: capabilityTable, now };
    const estate = estateOf(model, inventory, compiled.artefacts);
    const tally = await enforce(estate, expectedIn(world), "all");
    process.stderr.write(
      `examples/crm: ${estate.hosts.length} hosts, ${tally.probes} probes, ${tally.allowed} pass\n`,
    );
    expect(tally.differences).toEqual([]);
    expect(tally.probes).toBeGreaterThan(10_000);
  });
});
