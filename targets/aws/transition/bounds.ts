// Proof that a transition opens nothing and closes nothing that it must not: at every moment what passes is
// within what passes before or after all of it, and has in it what passes both before and after.
import type { ServiceSet } from "../../../compiler/sets/service-set.ts";
import type { EndClass, Ends } from "./ends.ts";
import type { Moment, Reach } from "./reach.ts";
import { nothing, type ServiceTable } from "./services.ts";

/** Flows between ends of two classes. */
export interface Flows {
  readonly from: EndClass;
  readonly to: EndClass;
  readonly services: ServiceSet;
}

export interface FlowIds {
  readonly from: number;
  readonly to: number;
  readonly services: number;
}

export interface Bounds {
  /** Let through on the way, and neither before nor after. */
  readonly excess: readonly FlowIds[];
  /** Let through before and after, and perhaps not on the way. */
  readonly gaps: readonly FlowIds[];
}

export interface Joint {
  /** Every pair of classes between which something passes, both ends considered. */
  readonly all: (moment: Moment) => Iterable<FlowIds>;
  /** What passes between two classes. */
  readonly between: (moment: Moment, from: number, to: number) => number;
}

const single: Moment[] = [];

/** Nothing on its way. One object for a state, by which its rows are found again. */
export function at(state: number): Moment {
  const found = single[state] ?? { states: [state], bound: "upper" };
  single[state] = found;
  return found;
}

export function jointOf(ends: Ends, reach: Reach, services: ServiceTable): Joint {
  const { classes } = ends;
  const isInterface = (index: number) => classes[index]?.interface !== undefined;
  /** A packet that an interface sends to itself meets no group. */
  const isItself = (from: number, to: number) => from === to && classes[from]?.interfaces === 1;
  const between = (moment: Moment, from: number, to: number): number => {
    if (isItself(from, to)) return nothing;
    const halves = [
      isInterface(from) ? reach.half(moment, from, "egress").get(to) : undefined,
      isInterface(to) ? reach.half(moment, to, "ingress").get(from) : undefined,
    ];
    const [sent = nothing, received = nothing] = halves;
    if (!isInterface(from)) return received;
    return isInterface(to) ? services.intersect(sent, received) : sent;
  };
  return {
    between,
    *all(moment) {
      for (const near of classes.keys()) {
        if (!isInterface(near)) continue;
        for (const far of reach.half(moment, near, "egress").keys()) {
          const passed = between(moment, near, far);
          if (passed !== nothing) yield { from: near, to: far, services: passed };
        }
        for (const [far, received] of reach.half(moment, near, "ingress")) {
          if (!isInterface(far)) yield { from: far, to: near, services: received };
        }
      }
    },
  };
}

interface Way {
  /** Numbers of the states before and after all of it. */
  readonly first: number;
  readonly last: number;
  /** Those that one phase leads between. */
  readonly states: readonly number[];
}

export function boundsOf(
  joint: Joint,
  services: ServiceTable,
  { first, last, states }: Way,
): Bounds {
  const lower: Moment = { states, bound: "lower" };
  const excess: FlowIds[] = [];
  for (const flows of joint.all({ states, bound: "upper" })) {
    const { from, to } = flows;
    const before = services.subtract(flows.services, joint.between(at(first), from, to));
    const rest = services.subtract(before, joint.between(at(last), from, to));
    if (rest !== nothing) excess.push({ from, to, services: rest });
  }
  const gaps: FlowIds[] = [];
  for (const flows of joint.all(at(first))) {
    const { from, to } = flows;
    const kept = services.intersect(flows.services, joint.between(at(last), from, to));
    const lost = services.subtract(kept, joint.between(lower, from, to));
    if (lost !== nothing) gaps.push({ from, to, services: lost });
  }
  return { excess, gaps };
}

export function told(ends: Ends, services: ServiceTable, ids: FlowIds): Flows {
  const [from, to] = [ends.classes[ids.from], ends.classes[ids.to]];
  if (from === undefined || to === undefined) throw new Error("bug in segc (aws): no such class");
  return { from, to, services: services.setOf(ids.services) };
}
