// Exactness (language.md section 7, "Compilation is correct", second obligation): what passes all
// enforcers of a flow is what is permitted, or SEG501, SEG503 or SEG511 says where it is not.
import fc from "fast-check";
import { expect, test } from "vitest";
import { expand } from "../../compiler/extent/expand.ts";
import type { Inventory } from "../../compiler/inventory/types.ts";
import type { Model } from "../../compiler/model/types.ts";
import { checkCapabilities } from "../../compiler/plan/check-capabilities.ts";
import { planContext } from "../../compiler/plan/context.ts";
import { effective, enforcersOf, intended } from "../../compiler/semantics/semantics.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import {
  crowdedModels,
  everywhere,
  here,
  inventoryWith,
  modelOf,
  now,
  positiveSets,
  tellingFlows,
  twoHosts,
  worldOf,
} from "./random.ts";

const inexact = new Set(["SEG501", "SEG503", "SEG511"]);

function isReported(model: Model, inventory: Inventory): boolean {
  const context = planContext(model, expand(model, inventory), capabilityTable, now);
  const found = checkCapabilities(context, { hasExpirySchedule: true });
  return found.some(({ code }) => inexact.has(code));
}

function isExact(model: Model, inventory: Inventory): boolean {
  const world = worldOf(model, inventory);
  for (const flow of tellingFlows(model, inventory)) {
    if (enforcersOf(world, flow).length === 0) continue;
    if (effective(world, flow) !== intended(world, flow)) return false;
  }
  return true;
}

/** Observation is ignored, and staged rules have no effect yet. */
const plain = (model: Model): Model => ({
  ...model,
  observations: [],
  rules: model.rules.filter((rule) => !rule.staged),
});

test("what is not reported is exact", () => {
  const inventories = inventoryWith(here("nftables", "iptables", "aws-sg"));
  fc.assert(
    fc.property(modelOf(positiveSets).map(plain), inventories, (model, inventory) => {
      expect(isReported(model, inventory) || isExact(model, inventory)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test("where every program is seen, exactly the pairs that form no product are reported", () => {
  fc.assert(
    fc.property(crowdedModels(true).map(plain), twoHosts([["fixture"]]), (model, inventory) => {
      expect(isReported(model, inventory)).toBe(!isExact(model, inventory));
    }),
    { numRuns: 60 },
  );
});

test("nothing inexact goes unreported over several workloads, realms and services", () => {
  fc.assert(
    fc.property(modelOf(positiveSets).map(plain), inventoryWith(everywhere), (model, inventory) => {
      // One way only: over networks a report can come where this sample of flows finds none.
      if (!isReported(model, inventory)) expect(isExact(model, inventory)).toBe(true);
    }),
    { numRuns: 30 },
  );
});
