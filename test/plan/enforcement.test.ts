// Address pairs by where they are enforced, against counting them one by one.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expand } from "../../compiler/extent/expand.ts";
import type { Inventory } from "../../compiler/inventory/types.ts";
import type { Model, Rule } from "../../compiler/model/types.ts";
import { planContext } from "../../compiler/plan/context.ts";
import { enforcementOf } from "../../compiler/plan/enforcement.ts";
import {
  enforcersOf,
  type Flow,
  flowSetMatches,
  type PathEnforcer,
  type World,
} from "../../compiler/semantics/semantics.ts";
import { formatAddress } from "../../compiler/sets/address.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import * as make from "../extent/makers.ts";
import { enforcement, host, one, rule } from "./check.ts";
import { allSets, here, inventoryWith, modelOf, now, tellingFlows, worldOf } from "./random.ts";

type Counts = Omit<ReturnType<typeof enforcementOf>, "rule">;

/** One pair for each managed endpoint and each other one, or "outside" of its family. */
function countOneByOne(world: World, of: Rule, flows: readonly Flow[]): Counts {
  const pairs = new Map<string, readonly PathEnforcer[]>();
  for (const flow of flows) {
    if (!flowSetMatches(of.flow, flow)) continue;
    const ends = [flow.source, flow.destination].map((x) =>
      x.workload === undefined
        ? `outside ${x.address.family}`
        : `${x.workload.name} ${formatAddress(x.address)}@${x.realm}`,
    );
    pairs.set(ends.join(" -> "), enforcersOf(world, flow));
  }
  const counts = { ...noCounts };
  for (const path of pairs.values()) {
    const at = (direction: string) => path.filter((k) => k.direction === direction);
    const [near, far] = [at("egress"), at("ingress")];
    const source = near.some((k) => !k.observed);
    const destination = far.some((k) => !k.observed);
    counts.pairs++;
    if (source && destination) counts.both++;
    else if (source) counts.sourceOnly++;
    else if (destination) counts.destinationOnly++;
    else counts.nobody++;
    if (near.some((k) => k.observed)) counts.observedSource++;
    if (far.some((k) => k.observed)) counts.observedDestination++;
    if (path.length === 0) counts.bare++;
  }
  return counts;
}

const noCounts = {
  ...{ pairs: 0, both: 0, sourceOnly: 0, destinationOnly: 0, nobody: 0 },
  ...{ observedSource: 0, observedDestination: 0, bare: 0 },
};

function difference(model: Model, inventory: Inventory) {
  const context = planContext(model, expand(model, inventory), capabilityTable, now);
  const flows = [...tellingFlows(model, inventory)];
  for (const of of model.rules) {
    const { rule: _, ...counted } = enforcementOf(context, of);
    const wanted = countOneByOne(worldOf(model, inventory), of, flows);
    if (JSON.stringify(counted) !== JSON.stringify(wanted)) return { id: of.id, counted, wanted };
  }
  return undefined;
}

describe("enforcementOf", () => {
  test("counts what counting one by one counts", () => {
    // Symbolic addresses have no flow that could be listed: every host has a real one.
    const held = (inventory: Inventory) =>
      inventory.workloads.every(({ addresses }) => addresses.length > 0);
    const inventories = inventoryWith(here("nftables", "iptables", "aws-sg")).filter(held);
    fc.assert(
      fc.property(modelOf(allSets), inventories, (model, inventory) => {
        expect(difference(model, inventory)).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });

  test("workloads without addresses have a symbolic one in each family", () => {
    const symbolic = { ...host("a", "10.0.0.1", ["nftables"]), addresses: [] };
    const other = { ...host("b", "10.0.0.2", []), addresses: [] };
    expect(enforcement([symbolic, other], rule(one("a"), one("b")))).toMatchObject({
      pairs: 2,
      sourceOnly: 2,
    });
  });

  test("all that is outside is one peer for each family", () => {
    const a = host("a", "10.0.0.1", ["nftables"]);
    expect(enforcement([a], rule(one("a"), make.outside))).toMatchObject({
      pairs: 1,
      sourceOnly: 1,
    });
    const managed = make.networks("10.0.0.2/32");
    const b = host("b", "10.0.0.2", []);
    expect(enforcement([a, b], rule(one("a"), managed))).toMatchObject({ pairs: 1, sourceOnly: 1 });
  });

  test("an observed end is not enforced, but it is not bare", () => {
    const [a, b] = [host("a", "10.0.0.1", ["nftables"]), host("b", "10.0.0.2", [])];
    const window = {
      directions: ["egress" as const],
      of: make.workloads,
      until: "2026-12-01",
      because: undefined,
      ticket: undefined,
      span: make.spanOf("observe"),
    };
    const counts = enforcement([a, b], rule(one("a"), one("b")), { observations: [window] });
    expect(counts).toMatchObject({ pairs: 1, nobody: 1, observedSource: 1, bare: 0 });
    const over = { ...window, until: "2026-11-22" };
    expect(enforcement([a, b], rule(one("a"), one("b")), { observations: [over] })).toMatchObject({
      sourceOnly: 1,
      observedSource: 0,
    });
  });
});
