// Random projects with iptables on real kernels, by both backends in turn.
import fc from "fast-check";
import { expect, test } from "vitest";
import { capabilityTable } from "../../targets/capabilities.ts";
import type { GeneratedProject } from "../generated/project.ts";
import { type Backend, backends } from "../iptables/host.ts";
import { iptablesPairsProject, iptablesProject } from "../iptables/projects.ts";
import { enforce } from "./enforce.ts";
import { estateOf } from "./estate.ts";
import { expectedIn } from "./expected.ts";
import { describeKernel } from "./here.ts";
import { repaired } from "./repaired.ts";

const isFull = process.env.SEGC_FULL === "1";
const projects = isFull ? 100 : 8;
/** Backends, and whether most networks are hosts. */
const everyWay = [
  ["nft", true],
  ["legacy", false],
  ["nft", false],
  ["legacy", true],
] as const;
// The same projects on every run of the short suite, others each time in the full one.
const seed = isFull ? Date.now() & 0x7fffffff : 2_026_112_6;
const now = new Date().toISOString().slice(0, 10);

/** Of a project that is loaded and asked; fails where a kernel does otherwise. */
async function enforced(project: GeneratedProject, backend: Backend, minimise: boolean) {
  const { checked, compiled } = repaired(project, now, minimise).result;
  if (compiled === undefined) throw new Error("a repaired project compiles");
  const { model, inventory } = checked;
  const world = { model, workloads: inventory.workloads, capabilities: capabilityTable, now };
  const tally = await enforce(
    estateOf(model, inventory, compiled.artefacts),
    expectedIn(world),
    "balanced",
    [{ path: "backend", text: `${backend}\n` }],
  );
  expect([backend, ...tally.differences]).toEqual([backend]);
  return { tally, artefacts: compiled.artefacts };
}

describeKernel("generated projects by iptables", { needs: "root" }, () => {
  test("are enforced by real kernels as they are meant", {
    timeout: isFull ? 3_600_000 : 400_000,
  }, async () => {
    const total = { projects: 0, probes: 0, allowed: 0 };
    await fc.assert(
      fc.asyncProperty(
        iptablesProject,
        fc.constantFrom(...backends),
        fc.boolean(),
        async (project, backend, minimise) => {
          const { tally } = await enforced(project, backend, minimise);
          total.projects++;
          total.probes += tally.probes;
          total.allowed += tally.allowed;
        },
      ),
      {
        numRuns: projects,
        seed,
        endOnFailure: false,
        interruptAfterTimeLimit: isFull ? 3_500_000 : 380_000,
        markInterruptAsFailure: true,
      },
    );
    process.stderr.write(`generated projects by iptables: ${JSON.stringify(total)}\n`);
    expect(total.allowed / total.probes).toBeGreaterThanOrEqual(0.2);
  });

  test("of many small blocks likewise, by sets of pairs", { timeout: 600_000 }, async () => {
    const total = { projects: 0, probes: 0, allowed: 0 };
    const types = new Set<string>();
    for (const [backend, areHosts] of isFull ? everyWay : everyWay.slice(0, 2)) {
      const project = iptablesPairsProject(areHosts);
      for (const one of fc.sample(project, { numRuns: isFull ? 5 : 1, seed })) {
        const { tally, artefacts } = await enforced(one, backend, true);
        total.projects++;
        total.probes += tally.probes;
        total.allowed += tally.allowed;
        for (const { text } of artefacts.flatMap(({ files }) => files)) {
          for (const [, type = ""] of text.matchAll(/^create SEG-T (\S+,port family \S+)/gm)) {
            types.add(type);
          }
        }
      }
    }
    process.stderr.write(`projects of many small blocks: ${JSON.stringify(total)}\n`);
    expect([...types].sort()).toEqual([
      "hash:ip,port family inet",
      "hash:ip,port family inet6",
      "hash:net,port family inet",
      "hash:net,port family inet6",
    ]);
    expect(total.allowed / total.probes).toBeGreaterThanOrEqual(0.2);
  });
});
