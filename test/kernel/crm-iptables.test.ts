// examples/crm once more, with iptables and ipset on every Linux host: both backends enforce what the
// policy means, for every pair, service and process.
import { expect, test } from "vitest";
import { compile } from "../../index.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import { asIptables } from "./as-iptables.ts";
import { crmToday, today } from "./crm-today.ts";
import { enforce } from "./enforce.ts";
import { estateOf } from "./estate.ts";
import { expectedIn } from "./expected.ts";
import { describeKernel } from "./here.ts";

describeKernel("examples/crm by iptables", { needs: "root" }, () => {
  test.each(["nft", "legacy"])(
    "is enforced as it is meant by iptables-%s",
    {
      timeout: 400_000,
    },
    async (backend) => {
      const now = today();
      const { checked, diagnostics, compiled } = compile(asIptables(crmToday(now)), { now });
      if (compiled === undefined)
        throw new Error(JSON.stringify(diagnostics, undefined, 1).slice(0, 4000));
      expect(new Set(compiled.artefacts.map(({ entry }) => entry.kind))).toEqual(
        new Set(["iptables", "windows-firewall"]),
      );
      const { model, inventory } = checked;
      const world = { model, workloads: inventory.workloads, capabilities: capabilityTable, now };
      const estate = estateOf(model, inventory, compiled.artefacts);
      const tally = await enforce(estate, expectedIn(world), "all", [
        { path: "backend", text: `${backend}\n` },
      ]);
      process.stderr.write(
        `examples/crm by iptables-${backend}: ${tally.probes} probes, ${tally.allowed} pass\n`,
      );
      expect(tally.differences).toEqual([]);
      expect(tally.probes).toBeGreaterThan(10_000);
    },
  );
});
