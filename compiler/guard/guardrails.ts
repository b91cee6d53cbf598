// Guardrails, decided with the naive meaning over the finite space of space.ts, among those endpoints
// that the sieve leaves. Each fault is one diagnostic with a flow that shows it.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Workload } from "../inventory/types.ts";
import type { Guardrail } from "../model/types.ts";
import type { World } from "../semantics/semantics.ts";
import { type Bitset, forEachMember } from "../sets/bitset.ts";
import { checkAlways } from "./always.ts";
import { checkNever, endedExceptions } from "./never.ts";
import { type SieveContext, suspects } from "./sieve.ts";
import { type Space, spaceOf } from "./space.ts";

/** SEG601, 603, 604, 605 and 606 of every guardrail, in id order. */
export function checkGuardrails(world: World, sieve: SieveContext): readonly Diagnostic[] {
  return world.model.guardrails.flatMap((guardrail) => {
    const left = suspects(sieve, guardrail);
    if (left !== undefined) {
      return decide(spaceOf(world, { among: workloadsAt(sieve, left) }), guardrail);
    }
    // It holds; that one of its exceptions has ended is a finding all the same.
    return endedExceptions({ world }, guardrail, []);
  });
}

/** Everything the naive way finds, whatever the sieve would say. */
export function decide(space: Space, guardrail: Guardrail): readonly Diagnostic[] {
  return guardrail.verb === "always"
    ? [...checkAlways(space, guardrail), ...endedExceptions(space, guardrail, [])]
    : checkNever(space, guardrail);
}

function workloadsAt({ expansion }: SieveContext, left: Bitset): readonly Workload[] {
  const { universe } = expansion;
  const found = new Set<Workload>();
  forEachMember(left, (endpoint) => {
    const workload = universe.workloads[universe.endpoints[endpoint]?.workload ?? -1];
    if (workload !== undefined) found.add(workload);
  });
  return [...found];
}
