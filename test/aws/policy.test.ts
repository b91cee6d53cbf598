// From policy text to security groups and, by an evaluator that knows only AWS's own words, back to a
// decision: what the groups do with a flow is what the language says of their interface (section 7).
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  enforcersOf,
  type Flow,
  installed,
  isFlow,
  type World,
} from "../../compiler/semantics/semantics.ts";
import { formatAddress } from "../../compiler/sets/address.ts";
import { servicePoint } from "../../compiler/sets/service-set.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import { estateOf, flowsOf } from "../kernel/estate.ts";
import { acrossNetworks, type GroupsDocument, passes, quotasOf } from "./evaluator.ts";
import {
  awsProject,
  awsText,
  compiledAws,
  documentOf,
  isJoined,
  mixedProject,
} from "./projects.ts";

/** The exhaustive version goes new ways each time; every build goes the same. */
const isFull = process.env.SEGC_FULL === "1";
const chance = isFull ? { numRuns: 500 } : { numRuns: 25, seed: 20261127 };
const now = "2026-11-24";

describe("security groups", () => {
  test.each([
    [true, "security groups alone", awsProject],
    [false, "security groups alone", awsProject],
    [true, "hosts with tables of their own among them", mixedProject],
  ] as const)(
    "decide every flow as their interface must (minimised: %s, %s)",
    (minimise, _, projects) => {
      const seen = { passed: 0, refused: 0, groups: 0, heldBack: 0, elsewhere: 0, across: 0 };
      fc.assert(
        fc.property(projects, (project) => {
          const result = compiledAws(project, now, minimise);
          const text = awsText(result?.compiled?.artefacts ?? []);
          if (result === undefined || text === undefined) return; // nobody enforces anything
          const { checked } = result;
          const document = documentOf(text);
          const { model, inventory } = checked;
          const { rulesPerGroup, groupsPerInterface } = quotasOf(document);
          expect(rulesPerGroup).toBeLessThanOrEqual(250);
          expect(groupsPerInterface).toBeLessThanOrEqual(3);
          seen.groups += document.groups.length;
          const across = acrossNetworks(document);
          seen.across += across.length;
          expect(across.filter((direction) => !isJoined(project, direction))).toEqual([]);
          const world = {
            model,
            workloads: inventory.workloads,
            capabilities: capabilityTable,
            now,
          };
          const addresses = new Map(
            inventory.workloads.map((one) => [
              one.name,
              one.addresses.map(({ ip }) => formatAddress(ip)),
            ]),
          );
          for (const { flow } of flowsOf(estateOf(model, inventory, []), 0)) {
            if (!isFlow(flow)) continue;
            for (const k of enforcersOf(world, flow)) {
              const decided = decide(document, k.workload.name, k.direction, flow, addresses);
              if (decided === undefined) continue; // observed: it keeps what it has
              seen[decided ? "passed" : "refused"]++;
              // An assertion for each of ten thousands of flows would cost more than the flows.
              if (decided === installed(world, k, flow)) continue;
              // What is let in by mistake is held back by the groups of whoever would send it.
              const sender = flow.source.workload?.name ?? "";
              const sent = decide(document, sender, "egress", flow, addresses);
              const isLetIn = decided && k.direction === "ingress";
              if (isLetIn && sent === false) seen.heldBack++;
              else if (isLetIn && isHeldBack(world, flow)) seen.elsewhere++;
              else {
                expect({ decided, by: k.direction, flow }).toBe(0);
              }
            }
          }
        }),
        { ...chance, endOnFailure: false },
      );
      expect(Math.min(seen.passed, seen.refused, seen.groups)).toBeGreaterThan(20);
      expect(seen.across).toBeGreaterThan(0);
      // artefact.test.ts has a fleet that does need these, by whatever chance.
      if (!minimise) expect(seen.heldBack).toBe(0);
      if (projects === awsProject) expect(seen.elsewhere).toBe(0);
      else if (isFull) expect(seen.elsewhere).toBeGreaterThan(0);
    },
  );
});

/** Whether something other than groups refuses it where it is sent. */
const isHeldBack = (world: World, flow: Flow): boolean =>
  enforcersOf(world, flow).some(
    (k) =>
      k.direction === "egress" &&
      k.enforcer.kind !== "aws-sg" &&
      !k.observed &&
      !installed(world, k, flow),
  );

function decide(
  document: GroupsDocument,
  workload: string,
  direction: "ingress" | "egress",
  { source, destination, service }: Flow,
  addresses: ReadonlyMap<string, readonly string[]>,
): boolean | undefined {
  const peer = direction === "ingress" ? source : destination;
  return passes(document, {
    direction,
    workload,
    addressesOf: (name) => addresses.get(name) ?? [],
    peer: formatAddress(peer.address),
    ...servicePoint(service),
  });
}
