// `always`: every flow of it is allowed, today and on the day after each later end of a rule or
// an exception (SEG601, SEG604, SEG605). language.md section 7, "Guardrails".
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { Guardrail, Rule, UtcDate } from "../model/types.ts";
import {
  type Flow,
  flowSetMatches,
  intended,
  isActive,
  ruleMatches,
  type World,
} from "../semantics/semantics.ts";
import { nextDay } from "./dates.ts";
import { describeFlow } from "./describe-flow.ts";
import { becauseNote, nameOf, noFinding, record, relatedRule } from "./finding.ts";
import { addressPairs, flowsOf, pairAt, pairsOf, type Space, worldAt } from "./space.ts";

/** `always`: X ⊆ Î and X ≠ ∅, now and on the day after each later end of a rule. */
export function checkAlways(space: Space, guardrail: Guardrail): readonly Diagnostic[] {
  const now = alwaysOn(space, guardrail);
  if (!now.speaks) {
    const parameters = { guardrail: nameOf(guardrail), excepted: now.excepted };
    return [diagnose("SEG605", guardrail.span, parameters)];
  }
  if (now.missing.witness !== undefined) {
    const parameters = {
      guardrail: nameOf(guardrail),
      rule: undefined,
      witness: describeFlow(now.missing.witness),
      count: now.missing.count,
    };
    return [diagnose("SEG601", guardrail.span, parameters, becauseNote(guardrail))];
  }
  return laterFailure(space, guardrail);
}

/** The first later day on which it fails. */
function laterFailure(space: Space, guardrail: Guardrail): readonly Diagnostic[] {
  for (const until of laterEnds(space.world, guardrail)) {
    const from = nextDay(until);
    const later = { ...space, world: { ...space.world, now: from } };
    const { witness } = alwaysOn(later, guardrail).missing;
    if (witness === undefined) continue;
    const rule = ruleThatEnds(space.world, witness, until);
    const parameters = {
      guardrail: nameOf(guardrail),
      from,
      rule: rule?.id ?? "except",
      witness: describeFlow(witness),
    };
    const related = rule === undefined ? {} : { related: [relatedRule("this rule ends", rule)] };
    return [diagnose("SEG604", guardrail.span, parameters, related)];
  }
  return [];
}

/** Last days, from today on, of rules and of this guardrail's exceptions. */
function laterEnds(world: World, guardrail: Guardrail): readonly UtcDate[] {
  const ends = [
    ...world.model.rules.filter((rule) => !rule.staged).map((rule) => rule.meta.until),
    ...guardrail.exceptions.map((exception) => exception.until),
  ].filter((until) => until !== undefined);
  return [...new Set(ends)].filter((until) => isActive(world, until)).sort();
}

function ruleThatEnds(world: World, flow: Flow, until: UtcDate): Rule | undefined {
  return world.model.rules.find(
    (rule) => rule.meta.until === until && ruleMatches(world, rule, flow),
  );
}

/** What `always` finds on the day of `space.world.now`. */
function alwaysOn(space: Space, guardrail: Guardrail) {
  const missing = noFinding();
  let speaks = false;
  let excepted = false;
  const sets = [guardrail.flow, ...guardrail.exceptions.map((each) => each.flow)] as const;
  for (const indexes of pairsOf(space, guardrail.flow)) {
    const pair = pairAt(space, indexes);
    const world = worldAt(space, pair);
    for (const flow of flowsOf(space, pair, sets)) {
      if (!flowSetMatches(guardrail.flow, flow)) continue;
      const excuse = guardrail.exceptions.find(
        (each) => isActive(space.world, each.until) && flowSetMatches(each.flow, flow),
      );
      if (excuse !== undefined) excepted = true;
      else {
        speaks = true;
        if (!intended(world, flow)) record(missing, flow, undefined, addressPairs(pair));
      }
    }
  }
  return { speaks, excepted: excepted && !speaks, missing };
}
