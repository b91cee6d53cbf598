// From policy text to the bytes of a table and back to a decision: what the parsed artefact of each
// enforcer does with a flow is what the language says that this enforcer must do (section 7,
// obligation 1). No packets here: test/kernel sends those.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  enforcersOf,
  type Flow,
  installed,
  isFlow,
  type PathEnforcer,
} from "../../compiler/semantics/semantics.ts";
import { servicePoint } from "../../compiler/sets/service-set.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import { type Meaning, meaningOf } from "../../targets/nftables/meaning.ts";
import { generatedProject } from "../generated/project.ts";
import { estateOf, flowsOf } from "../kernel/estate.ts";
import { repaired } from "../kernel/repaired.ts";

const runs = process.env.SEGC_FULL === "1" ? 500 : 15;
const now = "2026-11-24";

test("a parsed artefact decides every flow as its enforcer must", () => {
  fc.assert(
    fc.property(generatedProject, (project) => {
      const { checked, compiled } = repaired(project, now).result;
      if (compiled === undefined) throw new Error("a repaired project compiles");
      const { model, inventory } = checked;
      const world = { model, workloads: inventory.workloads, capabilities: capabilityTable, now };
      const estate = estateOf(model, inventory, compiled.artefacts);
      const meanings = new Map<string, Meaning>();
      for (const { rules, workload } of estate.hosts) {
        if (rules?.nft !== undefined && workload !== undefined)
          meanings.set(workload.name, meaningOf(rules.nft));
      }
      for (const { flow } of flowsOf(estate, 0)) {
        if (!isFlow(flow)) continue;
        for (const k of enforcersOf(world, flow)) {
          const decided = decide(meanings.get(k.workload.name), k, flow);
          // An assertion for each of ten thousands of flows would cost more than the flows.
          if (decided !== installed(world, k, flow))
            expect({ decided, by: k.direction, flow }).toBe(0);
        }
      }
    }),
    { numRuns: runs, endOnFailure: false },
  );
});

function decide(meaning: Meaning | undefined, k: PathEnforcer, flow: Flow): boolean {
  const { protocol, detail } = servicePoint(flow.service);
  const { process } = k.direction === "egress" ? flow.source : flow.destination;
  const user = process.get("user");
  const outcome = meaning?.({
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
