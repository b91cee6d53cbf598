// From policy text to the bytes of every kind of artefact and back to a decision: what an evaluator of
// Windows' documented precedence makes of a flow is what the language says that the enforcer must do
// (section 7, obligation 1).
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Process } from "../../compiler/extent/program.ts";
import {
  enforcersOf,
  type Flow,
  installed,
  isFlow,
  type PathEnforcer,
} from "../../compiler/semantics/semantics.ts";
import { formatAddress } from "../../compiler/sets/address.ts";
import { servicePoint } from "../../compiler/sets/service-set.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import { generatedProject } from "../generated/project.ts";
import { estateOf, flowsOf } from "../kernel/estate.ts";
import { repaired } from "../kernel/repaired.ts";
import { asWindows, sid } from "./as-windows.ts";
import { decide } from "./witness/evaluate.ts";
import type { FirewallPolicy, Packet } from "./witness/policy.ts";
import { readAll } from "./witness/read.ts";

const runs = process.env.SEGC_FULL === "1" ? 300 : 12;
const now = "2026-11-24";

const processes: readonly Process[] = [
  {},
  { service: "Job" },
  { path: "c:\\jobs\\JOBS.exe" },
  { path: "C:\\mixed.exe", user: "jobs" },
  { path: "C:\\mixed.exe" },
  { user: "jobs", service: "Job" },
  { path: "C:\\opt\\job.exe" },
].map((fields) => new Map(Object.entries(fields) as [ProgramField, string][])); // entries of a record over fields

/** Of both ends: the end at the enforcer matters, and the other must not. */
const variants = (flow: Flow): readonly Flow[] =>
  processes.flatMap((process) => [
    { ...flow, source: { ...flow.source, process } },
    { ...flow, destination: { ...flow.destination, process } },
  ]);

test("each kind of artefact decides every flow as its enforcer must", () => {
  const seen = { flows: 0, allowed: 0, byProgram: 0 };
  fc.assert(
    fc.property(generatedProject.map(asWindows), (project) => {
      const { checked, compiled } = repaired(project, now).result;
      if (compiled === undefined) throw new Error("a repaired project compiles");
      const { model, inventory } = checked;
      const world = { model, workloads: inventory.workloads, capabilities: capabilityTable, now };
      const policies = new Map<string, ReadonlyMap<string, FirewallPolicy>>();
      for (const { entry, files } of compiled.artefacts) {
        const own = files.map(
          ({ path, text }) => [path.split("/").slice(2).join("/"), text] as const,
        );
        const read = readAll(new Map(own));
        for (const name of entry.workloads) policies.set(name, read);
      }
      for (const { flow: plain } of flowsOf(estateOf(model, inventory, []), 0)) {
        for (const flow of variants(plain)) {
          if (!isFlow(flow)) continue;
          for (const k of enforcersOf(world, flow)) {
            const wanted = installed(world, k, flow) ? "allow" : "block";
            const packet = packetOf(k, flow);
            seen.flows++;
            if (wanted === "allow") seen.allowed++;
            for (const [kind, policy] of policies.get(k.workload.name) ?? [["none", undefined]]) {
              const verdict = policy === undefined ? "none" : decide(policy, packet, "Public");
              if (verdict !== wanted)
                expect({ verdict, kind, packet, by: k.direction }).toBe(wanted);
            }
          }
        }
      }
    }),
    { numRuns: runs, endOnFailure: false },
  );
  expect(Math.min(seen.allowed, seen.flows - seen.allowed)).toBeGreaterThan(1000);
});

function packetOf(k: PathEnforcer, { source, destination, service }: Flow): Packet {
  const { protocol, detail } = servicePoint(service);
  const isOut = k.direction === "egress";
  const [near, far] = isOut ? [source, destination] : [destination, source];
  const ports = isOut
    ? { localPort: 50_000, remotePort: detail }
    : { localPort: detail, remotePort: 50_000 };
  const [path, name] = [near.process.get("path"), near.process.get("service")];
  return {
    direction: isOut ? "out" : "in",
    family: near.address.family,
    local: formatAddress(near.address),
    remote: formatAddress(far.address),
    protocol,
    ...(protocol === 6 || protocol === 17 ? ports : {}),
    ...(protocol === 1 || protocol === 58
      ? { icmp: { type: detail >> 8, code: detail & 255 } }
      : {}),
    ...(path === undefined ? {} : { program: path }),
    ...(name === undefined ? {} : { service: name }),
    ...(near.process.has("user") ? { user: sid } : {}),
  };
}
