// A transition in numbers: what changes, how many calls it takes, how much room is left.
import type { AwsLimits } from "../../../compiler/quotas.ts";
import type { LiveAccount } from "../account/account.ts";
import { directions } from "../members.ts";
import type { Phase } from "./phase.ts";
import { countOf } from "./quotas.ts";
import type { State } from "./state.ts";
import type { Transition } from "./transition.ts";

export interface Counts {
  readonly groups: { readonly created: number; readonly changed: number; readonly deleted: number };
  readonly rules: { readonly added: number; readonly removed: number };
  readonly attachments: number;
  /** Calls that change something, the lease aside. */
  readonly calls: number;
  /** In the fullest group that the plan has, at any time: rules of one direction and family. */
  readonly rulesPerGroup: { readonly most: number; readonly limit: number };
  readonly groupsPerInterface: { readonly most: number; readonly limit: number };
}

export function countsOf(
  { phases, states, desired }: Transition,
  live: LiveAccount,
  limits: AwsLimits,
): Counts {
  const steps = phases.flatMap((phase) => phase.steps);
  const ofKind = (kind: string) => steps.filter((step) => step.kind === kind).length;
  const rules = (kind: "authorize" | "revoke") =>
    steps.reduce((sum, step) => sum + (step.kind === kind ? step.rules.length : 0), 0);
  const touched = new Set(steps.flatMap((step) => ("rules" in step ? [step.group] : [])));
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
    calls: phases.reduce((sum, phase) => sum + callsOf(phase), 0),
    rulesPerGroup: { most: fullestGroup(states, touched, live), limit: limits.rulesPerGroup },
    groupsPerInterface: { most: fullestInterface(states, moved), limit: limits.groupsPerInterface },
  };
}

/** A new group takes two: it is made, and what EC2 puts into it is taken out. */
export const callsOf = ({ steps }: Phase): number =>
  steps.reduce((sum, { kind }) => sum + (kind === "create" ? 2 : 1), 0);

function fullestGroup(states: readonly State[], touched: ReadonlySet<string>, live: LiveAccount) {
  const counts = states
    .slice(1)
    .flatMap(({ groups }) =>
      [...groups].flatMap(([ref, group]) =>
        touched.has(ref)
          ? directions.map((direction) => countOf([...group[direction].values()], live))
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
