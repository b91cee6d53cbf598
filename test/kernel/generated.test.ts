// Random projects on real kernels. A project is made free of errors by leaving out the lines that
// have one; a failure shrinks statement by statement, and prints its seed.
import fc from "fast-check";
import { expect, test } from "vitest";
import { capabilityTable } from "../../targets/capabilities.ts";
import { generatedProject } from "../generated/project.ts";
import { enforce } from "./enforce.ts";
import { estateOf } from "./estate.ts";
import { expectedIn } from "./expected.ts";
import { describeKernel } from "./here.ts";
import { repaired } from "./repaired.ts";

const isFull = process.env.SEGC_FULL === "1";
const projects = isFull ? 200 : 20;
// The same projects on every run of the short suite, others each time in the full one.
const seed = isFull ? Date.now() & 0x7fffffff : 2_026_112_4;
const now = new Date().toISOString().slice(0, 10);

describeKernel("generated projects", { needs: "root" }, () => {
  test("are enforced by real kernels as they are meant", {
    timeout: isFull ? 3_600_000 : 400_000,
  }, async () => {
    const total = { projects: 0, probes: 0, allowed: 0 };
    const used = new Set<string>();
    await fc.assert(
      fc.asyncProperty(generatedProject, fc.boolean(), async (project, minimise) => {
        const sound = repaired(project, now, minimise);
        const { checked, compiled } = sound.result;
        if (compiled === undefined) throw new Error("a repaired project compiles");
        const { model, inventory } = checked;
        const world = { model, workloads: inventory.workloads, capabilities: capabilityTable, now };
        const tally = await enforce(
          estateOf(model, inventory, compiled.artefacts),
          expectedIn(world),
          "balanced",
        );
        total.projects++;
        total.probes += tally.probes;
        total.allowed += tally.allowed;
        for (const feature of features) {
          if (sound.project.statements.some((line) => feature.test(line))) used.add(feature.source);
        }
        expect(tally.differences).toEqual([]);
      }),
      {
        numRuns: projects,
        seed,
        endOnFailure: false,
        interruptAfterTimeLimit: isFull ? 3_500_000 : 380_000,
        markInterruptAsFailure: true,
      },
    );
    process.stderr.write(`generated projects: ${JSON.stringify(total)}\n`);
    expect(total.allowed / total.probes).toBeGreaterThanOrEqual(0.3);
    expect(features.filter((feature) => !used.has(feature.source)).map(String)).toEqual([]);
  });
});

/** What the language can say that an enforcer can see. */
const features: readonly RegExp[] = [
  /^allow/,
  /^deny/,
  /^staged allow/,
  /^staged deny/,
  /^observe ingress/,
  /until 2030/,
  /until 2020/,
  /-job@\(.*->/,
  /->.*-job@\(/,
  /unit-job/,
  /cgroup-job/,
  /uid-job/,
  /mixed-job/,
  /fallback network/,
  /fallback cidr/,
  /outside/,
  /internet/,
  /anywhere/,
  /networks/,
  /except/,
  /&/,
  /\{ .*workloads.*\} ->|-> \{ .*workloads/,
  /when same/,
  /when different/,
  /family v4/,
  /family v6/,
  /any-service/,
  /icmp\/echo/,
  /tcp\/\*/,
  /udp\/\*/,
  /proto\/47/,
  /log new/,
  /log all/,
  /because/,
  /svc-b/,
  /pair\.mine/,
];
