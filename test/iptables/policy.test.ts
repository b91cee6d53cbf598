// From policy text to the bytes of two tables and back to a decision: what the parsed artefact of each
// enforcer does with a flow is what the language says that this enforcer must do (section 7,
// obligation 1). No packets here: test/kernel sends those.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PacketList } from "../../compiler/plan/packet-list.ts";
import {
  enforcersOf,
  type Flow,
  installed,
  isFlow,
  type PathEnforcer,
} from "../../compiler/semantics/semantics.ts";
import { servicePoint } from "../../compiler/sets/service-set.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import { iptables } from "../../targets/iptables/index.ts";
import { meaningOf } from "../../targets/iptables/meaning.ts";
import { estateOf, flowsOf } from "../kernel/estate.ts";
import { repaired } from "../kernel/repaired.ts";
import { iptablesProject } from "./projects.ts";
import { listsDecide } from "./slices.ts";

const runs = process.env.SEGC_FULL === "1" ? 500 : 15;
const now = "2026-11-24";

test("a parsed artefact decides every flow as its enforcer must", () => {
  const seen = { passed: 0, refused: 0 };
  fc.assert(
    fc.property(iptablesProject, (project) => {
      const { checked, compiled } = repaired(project, now).result;
      if (compiled === undefined) throw new Error("a repaired project compiles");
      const { model, inventory } = checked;
      const world = { model, workloads: inventory.workloads, capabilities: capabilityTable, now };
      const estate = estateOf(model, inventory, compiled.artefacts);
      const meanings = new Map<string, readonly PacketList[]>();
      for (const { rules, workload } of estate.hosts) {
        if (rules === undefined || workload === undefined) continue;
        const parsed = iptables.parse(rules.files);
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
        meanings.set(workload.name, meaningOf(parsed.plan));
      }
      expect(meanings.size).toBeGreaterThan(0);
      for (const { flow } of flowsOf(estate, 0)) {
        if (!isFlow(flow)) continue;
        for (const k of enforcersOf(world, flow)) {
          const decided = decide(meanings.get(k.workload.name) ?? [], k, flow);
          seen[decided ? "passed" : "refused"]++;
          // An assertion for each of ten thousands of flows would cost more than the flows.
          if (decided !== installed(world, k, flow))
            expect({ decided, by: k.direction, flow }).toBe(0);
        }
      }
    }),
    { numRuns: runs, endOnFailure: false },
  );
  expect(Math.min(seen.passed, seen.refused)).toBeGreaterThan(100);
});

function decide(lists: readonly PacketList[], k: PathEnforcer, flow: Flow): boolean {
  const { protocol, detail } = servicePoint(flow.service);
  const { process } = k.direction === "egress" ? flow.source : flow.destination;
  const user = process.get("user");
  const outcome = listsDecide(lists, {
    direction: k.direction,
    loopback: false,
    family: flow.source.address.family,
    source: flow.source.address,
    destination: flow.destination.address,
    protocol,
    sourcePort: 40_000,
    detail,
    hopLimit: 64,
    state: "new",
    reply: false,
    owner: {
      fields: process,
      uid: user === undefined ? 0 : Number(k.workload.users.get(user)),
      gid: 0,
    },
    now: Date.parse(`${now}T12:00:00Z`) / 1000,
  });
  return outcome === "accept";
}
