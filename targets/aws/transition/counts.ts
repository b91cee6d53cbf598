// A transition in numbers: what changes, how many calls it takes, how much room is left.
import type { AwsLimits } from "../../../compiler/quotas.ts";
import { directions } from "../members.ts";
import { inCalls } from "./list-steps.ts";
import type { Phase, Step } from "./phase.ts";
import { countOf } from "./quotas.ts";
import type { State } from "./state.ts";
import type { Transition } from "./transition.ts";

export interface Counts {
  readonly groups: { readonly created: number; readonly changed: number; readonly deleted: number };
  readonly rules: { readonly added: number; readonly removed: number };
  readonly attachments: number;
  readonly lists: { readonly created: number; readonly changed: number; readonly deleted: number };
  /** Calls that change something, the lease aside. */
  readonly calls: number;
  /** In the fullest group that the plan has, at any time: rules of one direction and family. */
  readonly rulesPerGroup: { readonly most: number; readonly limit: number };
  readonly groupsPerInterface: { readonly most: number; readonly limit: number };
}

export function countsOf({ phases, states, desired }: Transition, limits: AwsLimits): Counts {
  const steps = phases.flatMap((phase) => phase.steps);
  const ofKind = (kind: string) => steps.filter((step) => step.kind === kind).length;
  const rules = (kind: "authorize" | "revoke") =>
    steps.reduce((sum, step) => sum + (step.kind === kind ? step.rules.length : 0), 0);
  const touched = new Set(steps.flatMap((step) => ("rules" in step ? [step.group] : [])));
  const fuller = new Set([...touched, ...namingChanged(steps, states)]);
  const isOld = (ref: string) => !desired.created.has(ref) && !desired.retired.includes(ref);
  const moved = new Set(steps.flatMap((step) => (step.kind === "attach" ? [step.interface] : [])));
  return {
    groups: {
      created: ofKind("create"),
      changed: [...touched].filter(isOld).length,
      deleted: ofKind("delete"),
    },
    rules: { added: rules("authorize"), removed: rules("revoke") },
    attachments: moved.size,
    lists: {
      created: ofKind("create-list"),
      changed: new Set(steps.flatMap((step) => (isChangeOfList(step) ? [step.list] : []))).size,
      deleted: ofKind("delete-list"),
    },
    calls: phases.reduce((sum, phase) => sum + callsOf(phase), 0),
    rulesPerGroup: { most: fullestGroup(states, fuller), limit: limits.rulesPerGroup },
    groupsPerInterface: { most: fullestInterface(states, moved), limit: limits.groupsPerInterface },
  };
}

/** Groups whose rules name a list that changes. */
function namingChanged(steps: readonly Step[], states: readonly State[]): readonly string[] {
  const changed = new Set(steps.flatMap((step) => (isChangeOfList(step) ? [step.list] : [])));
  return states.flatMap(({ groups }) =>
    [...groups].flatMap(([ref, { ingress, egress }]) =>
      [...ingress.values(), ...egress.values()].some(
        ({ peer }) => peer.kind === "list" && changed.has(peer.list),
      )
        ? [ref]
        : [],
    ),
  );
}

const isChangeOfList = (
  step: Step,
): step is Extract<Step, { kind: "extend-list" | "shorten-list" }> =>
  step.kind === "extend-list" || step.kind === "shorten-list";

export const callsOf = ({ steps }: Phase): number =>
  steps.reduce((sum, step) => sum + callsOfStep(step), 0);

/**
 * A new group takes two: it is made, and what EC2 puts into it is taken out. A list takes its entries by a hundred,
 * and another call for how many it may have.
 */
function callsOfStep(step: Step): number {
  if (step.kind === "create") return 2;
  if (step.kind === "create-list") return inCalls(step.entries).length;
  return isChangeOfList(step) ? 1 + inCalls(step.entries).length : 1;
}

function fullestGroup(states: readonly State[], touched: ReadonlySet<string>) {
  const counts = states
    .slice(1)
    .flatMap(({ groups, lists }) =>
      [...groups].flatMap(([ref, group]) =>
        touched.has(ref)
          ? directions.map((direction) => countOf([...group[direction].values()], lists))
          : [],
      ),
    );
  return counts.reduce((most, count) => Math.max(most, count), 0);
}

const fullestInterface = (states: readonly State[], moved: ReadonlySet<string>): number =>
  states
    .slice(1)
    .flatMap(({ carried }) => [...moved].map((id) => carried.get(id)?.length ?? 0))
    .reduce((most, count) => Math.max(most, count), 0);
