// SEG718: an observed workload lives on a staged allow, and its window ends within 30 days; within
// 14 that is an error (language.md section 7, "Observation").
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { Direction } from "../inventory/types.ts";
import type { Observation, Rule } from "../model/types.ts";
import { type Endpoint, selects } from "../semantics/denotation.ts";
import {
  type Flow,
  intended,
  isActive,
  proposed,
  ruleMatches,
  type World,
} from "../semantics/semantics.ts";
import { daysBetween } from "./dates.ts";
import { describeFlow } from "./describe-flow.ts";
import { flowsOf, pairAt, pairsOf, type Space, worldAt } from "./space.ts";

/** From this many days before the window's last day it is a warning, then an error. */
const warningDays = 30;
const errorDays = 14;

/** False where there is nothing to decide: no window ends soon, or nothing is staged. */
export function mayDependOnStaged(world: World): boolean {
  return endingSoon(world).length > 0 && stagedAllows(world).length > 0;
}

export function checkStagedDependence(space: Space): readonly Diagnostic[] {
  const ending = endingSoon(space.world);
  // A window that ends later must not stand before one that is an error already.
  const first = ending.filter(({ until }) => daysBetween(space.world.now, until) <= errorDays);
  return stagedAllows(space.world).flatMap(
    (rule) => dependenceOn(space, rule, first) ?? dependenceOn(space, rule, ending) ?? [],
  );
}

const endingSoon = (world: World): readonly Observation[] =>
  world.model.observations
    .filter(({ until }) => isActive(world, until) && daysBetween(world.now, until) <= warningDays)
    .toSorted((a, b) => (a.until < b.until ? -1 : Number(a.until > b.until)));

const stagedAllows = (world: World): readonly Rule[] =>
  world.model.rules.filter(
    (rule) => rule.staged && rule.effect === "allow" && isActive(world, rule.meta.until),
  );

function dependenceOn(
  space: Space,
  rule: Rule,
  ending: readonly Observation[],
): Diagnostic | undefined {
  for (const indexes of pairsOf(space, rule.flow)) {
    const pair = pairAt(space, indexes);
    const world = worldAt(space, pair);
    for (const flow of flowsOf(space, pair, [rule.flow])) {
      const met = observedEnd(flow, ending);
      if (met === undefined || !dependsOn(world, rule, flow)) continue;
      const days = daysBetween(world.now, met.observation.until);
      return diagnose(
        "SEG718",
        rule.span,
        {
          workload: met.end.workload?.name ?? "",
          rule: rule.id,
          days,
          witness: describeFlow(flow),
        },
        {
          severity: days <= errorDays ? "error" : "warning",
          related: [{ message: "observed here", span: met.observation.span }],
        },
      );
    }
  }
  return undefined;
}

/** This staged rule is among those without which the flow is refused when the window ends. */
function dependsOn(world: World, rule: Rule, flow: Flow): boolean {
  return ruleMatches(world, rule, flow) && !intended(world, flow) && proposed(world, flow);
}

function observedEnd(flow: Flow, ending: readonly Observation[]) {
  const ends: readonly { readonly end: Endpoint; readonly direction: Direction }[] = [
    { end: flow.source, direction: "egress" },
    { end: flow.destination, direction: "ingress" },
  ];
  for (const { end, direction } of ends) {
    const observation = ending.find(
      (each) => each.directions.includes(direction) && selects(each.of, end),
    );
    if (observation !== undefined) return { end, observation };
  }
  return undefined;
}
