// Slices against the naive meaning: what an entry list lets pass is exactly what the enforcer may
// see of a permitted flow (language.md section 7, Installed).
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expand } from "../../compiler/extent/expand.ts";
import type { EnforcerKind, Inventory } from "../../compiler/inventory/types.ts";
import type { Model } from "../../compiler/model/types.ts";
import type { EnforcerSlice } from "../../compiler/plan/slice.ts";
import { slicesOf } from "../../compiler/plan/slices.ts";
import { seesField } from "../../compiler/plan/target.ts";
import {
  enforcersOf,
  type Flow,
  installed,
  type PathEnforcer,
} from "../../compiler/semantics/semantics.ts";
import { formatAddress } from "../../compiler/sets/address.ts";
import { cidrsOf, everyAddress, isNoAddress } from "../../compiler/sets/address-set.ts";
import { isNoService } from "../../compiler/sets/service-set.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import { sliceAdmits } from "../semantics/slice-meaning.ts";
import {
  allSets,
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

const hostKinds = ["nftables", "iptables", "aws-sg"] as const;

function compile(model: Model, inventory: Inventory, kind: EnforcerKind) {
  return slicesOf(model, expand(model, inventory), capabilityTable, now, kind);
}

function show({ source, destination, service }: Flow): string {
  const end = (x: Flow["source"]) =>
    `${x.workload?.name ?? "outside"} ${formatAddress(x.address)}@${x.realm} ${JSON.stringify([...x.process])}`;
  return `${end(source)} -> ${end(destination)} : ${service}`;
}

/** The first flow on which a slice and the meaning differ. */
function difference(model: Model, inventory: Inventory, kinds: readonly EnforcerKind[]) {
  const world = worldOf(model, inventory);
  const sliceOf = new Map<string, EnforcerSlice>();
  for (const slice of kinds.flatMap((kind) => compile(model, inventory, kind))) {
    for (const name of slice.workloads) sliceOf.set(`${slice.kind} ${name}`, slice);
  }
  const known = new Map<string, boolean>();
  for (const flow of tellingFlows(model, inventory)) {
    for (const k of enforcersOf(world, flow)) {
      const slice = sliceOf.get(`${k.enforcer.kind} ${k.workload.name}`);
      if (slice === undefined) return `no slice for ${k.workload.name}`;
      const admits = sliceAdmits(slice, k.direction, flow);
      const seen = projection(k, flow);
      const wanted = known.get(seen) ?? installed(world, k, flow);
      known.set(seen, wanted);
      if (admits !== wanted) {
        return `${k.enforcer.kind} ${k.direction} ${admits ? "admits" : "refuses"} ${show(flow)}`;
      }
    }
  }
  return undefined;
}

/** π_k(f): flows with one projection are one question. */
function projection({ enforcer, workload, direction }: PathEnforcer, flow: Flow): string {
  const [near, far] =
    direction === "egress" ? [flow.source, flow.destination] : [flow.destination, flow.source];
  const table = capabilityTable[enforcer.kind];
  const fields = [...near.process].filter(([field]) =>
    seesField(table, workload, direction, field),
  );
  const ends = [near, far].map((x) => [x.workload?.name, x.realm, formatAddress(x.address)]);
  return JSON.stringify([enforcer.kind, direction, fields.sort(), ends, flow.service]);
}

describe("slices", () => {
  test("are what each enforcer may see of the permit", () => {
    fc.assert(
      fc.property(modelOf(positiveSets), inventoryWith(here(...hostKinds)), (model, inventory) => {
        expect(difference(model, inventory, hostKinds)).toBeUndefined();
      }),
      { numRuns: 80 },
    );
  });

  test("are the permit itself where everything is seen", () => {
    fc.assert(
      fc.property(modelOf(allSets), inventoryWith(everywhere), (model, inventory) => {
        expect(difference(model, inventory, ["fixture"])).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  test("subtract denies that hide behind processes an enforcer does not see", () => {
    fc.assert(
      fc.property(crowdedModels(true), twoHosts([["fixture"]]), (model, inventory) => {
        expect(difference(model, inventory, ["fixture"])).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  test("project what one of two enforcers at one end does not see", () => {
    const pairs = [["nftables", "iptables"], ["fixture", "nftables"], ["nftables"]] as const;
    const kinds = ["nftables", "iptables", "fixture"] as const;
    const model = crowdedModels(false);
    fc.assert(
      fc.property(model, twoHosts(pairs), (policy, inventory) => {
        expect(difference(policy, inventory, kinds)).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  test("hold no entry without peers or services (hazards 1 to 6 and 11)", () => {
    fc.assert(
      fc.property(modelOf(allSets), inventoryWith(here(...hostKinds)), (model, inventory) => {
        for (const slice of hostKinds.flatMap((kind) => compile(model, inventory, kind))) {
          for (const { denies, allows, stagedAllows, stagedDenies } of slice.directions) {
            for (const entry of [...denies, ...allows, ...stagedAllows, ...stagedDenies]) {
              expect(isNoAddress(entry.remote)).toBe(false);
              expect(isNoAddress(entry.local ?? everyAddress)).toBe(false);
              expect(isNoService(entry.service)).toBe(false);
              expect(
                cidrsOf(entry.remote).every(({ address }) => address.family === entry.family),
              ).toBe(true);
            }
          }
        }
      }),
    );
  });

  test("do not depend on the order of rules or workloads", () => {
    fc.assert(
      fc.property(modelOf(allSets), inventoryWith(here(...hostKinds)), (model, inventory) => {
        const reversed = { ...model, rules: [...model.rules].reverse() };
        const forward = compile(model, inventory, "nftables");
        const backward = compile(reversed, inventory, "nftables");
        expect(backward.map((slice) => slice.id)).toEqual(forward.map((slice) => slice.id));
      }),
    );
  });
});
