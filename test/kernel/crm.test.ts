// examples/crm on real kernels: every Linux workload with its own table, Windows and appliances
// without, one host for each network outside; every pair, every service, every process.
import { expect, test } from "vitest";
import { compile } from "../../index.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import { crmToday, today } from "./crm-today.ts";
import { enforce } from "./enforce.ts";
import { estateOf } from "./estate.ts";
import { expectedIn } from "./expected.ts";
import { describeKernel } from "./here.ts";

describeKernel("examples/crm", { needs: "root" }, () => {
  test("is enforced by real kernels as it is meant", { timeout: 400_000 }, async () => {
    const now = today();
    const { checked, diagnostics, compiled } = compile(crmToday(now), { now });
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
