// `require`: promises the inventory, and every fixture of a test, must keep (SEG804). One
// diagnostic per workload and broken promise, at the workload's record.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import { inventoryOf, type LabelValue, type Workload } from "../inventory/types.ts";
import type { Model, PolicyTest, Predicate, Requirement, TestFixture } from "../model/types.ts";
import { difference, isEmpty, members } from "../sets/bitset.ts";
import { expand } from "./expand.ts";

/** What breaks a `require` of the model among these workloads. */
export function checkRequirements(
  model: Model,
  workloads: readonly Workload[],
): readonly Diagnostic[] {
  if (model.requirements.length === 0) return [];
  const { universe, extentOf } = expand(model, inventoryOf(workloads));
  return model.requirements.flatMap((requirement) => {
    const kept = extentOf(keptBy(requirement)).managed;
    const breaking = difference(extentOf(requirement.of).managed, kept);
    if (isEmpty(breaking)) return [];
    const numbers = [...members(breaking)].map((at) => universe.endpoints[at]?.workload ?? 0);
    return [...new Set(numbers)].flatMap((number) => {
      const workload = universe.workloads[number];
      return workload === undefined ? [] : [breach(requirement, workload)];
    });
  });
}

/** The same for the fixtures of the policy's tests. */
export function checkFixtureRequirements(model: Model): readonly Diagnostic[] {
  return model.tests.flatMap((test: PolicyTest) =>
    checkRequirements(model, test.fixtures.map(workloadOfFixture)),
  );
}

function keptBy(requirement: Requirement) {
  return { kind: "workloads", where: requirement.have } as const;
}

function breach(requirement: Requirement, workload: Workload): Diagnostic {
  const labels = [...new Set(labelsIn(requirement.have))].sort();
  const has = labels.map((label) => stateOf(label, workload.labels.get(label)));
  return diagnose(
    "SEG804",
    workload.span ?? requirement.span,
    {
      why: "requirement",
      workload: workload.name,
      requirement: requirement.name,
      has: has.join(", "),
    },
    {
      related: [{ message: "required here", span: requirement.span }],
    },
  );
}

function labelsIn(predicate: Predicate): readonly string[] {
  switch (predicate.kind) {
    case "not":
      return labelsIn(predicate.of);
    case "and":
    case "or":
      return predicate.of.flatMap(labelsIn);
    default:
      return [predicate.label.name];
  }
}

/** "`env prod`", "no `app`". */
function stateOf(label: string, value: LabelValue | undefined): string {
  if (value === undefined) return `no \`${label}\``;
  return `\`${label} ${typeof value === "string" ? value : `{ ${value.join(", ")} }`}\``;
}

/** A fixture has no address of its own: the symbolic ones stand in. */
function workloadOfFixture(fixture: TestFixture): Workload {
  return {
    name: fixture.name,
    platform: fixture.platform,
    labels: fixture.labels,
    addresses: [],
    users: new Map(),
    groups: new Map(),
    launcher: undefined,
    appTags: undefined,
    interfaces: [],
    published: [],
    balancer: false,
    enforcers: [],
    span: fixture.span,
  };
}
