// `never` and `only`: on what the policy intends (SEG601, SEG606) and on what passes in effect
// (SEG603). language.md section 7, "Guardrails".
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { Direction } from "../inventory/types.ts";
import { programsIn } from "../model/programs-in.ts";
import type { Exception, FlowSet, Guardrail, UtcDate } from "../model/types.ts";
import { selects } from "../semantics/denotation.ts";
import {
  effective,
  enforcersOf,
  type Flow,
  flowSetMatches,
  intended,
  isActive,
  ruleMatches,
} from "../semantics/semantics.ts";
import { describeFlow } from "./describe-flow.ts";
import type { EndpointClass } from "./endpoint-classes.ts";
import { becauseNote, type Finding, nameOf, noFinding, record, relatedRule } from "./finding.ts";
import {
  addressPairs,
  flowsOf,
  type Pair,
  pairAt,
  pairsOf,
  pairsWithin,
  type Space,
  worldAt,
} from "./space.ts";
import { subjectOf } from "./subject.ts";

export function checkNever(space: Space, guardrail: Guardrail): readonly Diagnostic[] {
  const subject = subjectOf(guardrail);
  const violated = noFinding();
  const excused = guardrail.exceptions.map((exception) => ({ exception, finding: noFinding() }));
  for (const { flow, rule, weight } of allowedFlows(space, guardrail, subject)) {
    const by = guardrail.exceptions.filter((exception) => flowSetMatches(exception.flow, flow));
    if (by.length === 0) record(violated, flow, rule, weight);
    else if (!by.some((exception) => isActive(space.world, exception.until))) {
      const first = excused.find(({ exception }) => exception === by[0]);
      if (first !== undefined) record(first.finding, flow, rule, weight);
    }
  }
  return [
    ...(violated.witness === undefined ? [] : [violation(guardrail, violated, violated.witness)]),
    ...endedExceptions(space, guardrail, excused),
    ...notEnforced(space, guardrail, subject),
  ];
}

/** Flows of X that the policy allows, one for each pair of classes and stretch of services. */
function* allowedFlows(space: Space, guardrail: Guardrail, subject: FlowSet) {
  const allows = space.world.model.rules.filter((rule) => rule.effect === "allow" && !rule.staged);
  const sets = [subject, ...guardrail.exceptions.map((exception) => exception.flow)] as const;
  for (const indexes of pairsWithin(space, subject, allows)) {
    const pair = pairAt(space, indexes);
    const world = worldAt(space, pair);
    let counted: number | undefined;
    for (const flow of flowsOf(space, pair, sets)) {
      if (!flowSetMatches(subject, flow) || !intended(world, flow)) continue;
      const rule = pair.rules.find(
        (each) => each.effect === "allow" && !each.staged && ruleMatches(world, each, flow),
      );
      const weight = counted === flow.service ? 0 : addressPairs(pair); // processes count once
      counted = flow.service;
      yield { flow, rule, weight };
    }
  }
}

function violation(guardrail: Guardrail, finding: Finding, witness: Flow): Diagnostic {
  const [first, ...others] = [...finding.rules.values()];
  return diagnose(
    "SEG601",
    guardrail.span,
    {
      guardrail: nameOf(guardrail),
      rule: first?.id,
      witness: describeFlow(witness),
      count: finding.count,
    },
    {
      related: [
        ...(first === undefined ? [] : [relatedRule("this rule allows it", first)]),
        ...others.map((rule) => relatedRule(`so does \`${rule.id}\``, rule)),
      ],
      ...becauseNote(guardrail),
    },
  );
}

interface Excused {
  readonly exception: Exception;
  readonly finding: Finding;
}

/** SEG606 for each exception whose last day has passed, whether flows need it or not. */
export function endedExceptions(
  { world }: Pick<Space, "world">,
  guardrail: Guardrail,
  excused: readonly Excused[],
): readonly Diagnostic[] {
  return guardrail.exceptions.flatMap((exception) => {
    if (exception.until === undefined || isActive(world, exception.until)) return [];
    const finding = excused.find((each) => each.exception === exception)?.finding ?? noFinding();
    return diagnose(
      "SEG606",
      exception.span,
      {
        exception: exception.name,
        guardrail: nameOf(guardrail),
        until: exception.until,
        count: finding.count,
      },
      finding.witness === undefined ? {} : { notes: [`for one: ${describeFlow(finding.witness)}`] },
    );
  });
}

/** SEG603: refused by the policy, yet it passes: nobody enforces (error) or it is observed. */
function notEnforced(space: Space, guardrail: Guardrail, subject: FlowSet): readonly Diagnostic[] {
  const nobody = noFinding();
  const observed = noFinding();
  const ends = endStates(space);
  for (const indexes of pairsOf(space, subject)) {
    const pair = pairAt(space, indexes);
    if (!mayPass(ends, pair)) continue;
    const world = worldAt(space, pair);
    const sets = [subject, ...guardrail.exceptions.map((exception) => exception.flow)] as const;
    for (const flow of flowsOf(space, pair, sets)) {
      if (!flowSetMatches(subject, flow)) continue;
      if (guardrail.exceptions.some((exception) => flowSetMatches(exception.flow, flow))) continue;
      if (intended(world, flow) || !effective(world, flow)) continue;
      const path = enforcersOf(world, flow);
      if (path.length === 0 && someEnforcer(pair)) continue; // not filtered by nature: SEG607
      if (path.length === 0) record(nobody, flow, undefined, addressPairs(pair));
      else if (path.some((k) => k.observed)) record(observed, flow, undefined, addressPairs(pair));
      break; // one flow of the pair shows it
    }
  }
  const until = space.world.model.observations
    .filter((observation) => isActive(space.world, observation.until))
    .map((observation) => observation.until)
    .sort()
    .at(-1);
  return [
    ...gap(guardrail, nobody, undefined),
    ...(until === undefined ? [] : gap(guardrail, observed, until)),
  ];
}

const someEnforcer = (pair: Pair) =>
  hasEnforcer(pair.source, "egress") || hasEnforcer(pair.destination, "ingress");

const hasEnforcer = ({ members: [endpoint] }: Pair["source"], direction: "ingress" | "egress") =>
  endpoint?.workload?.enforcers.some((each) => each.directions.includes(direction)) ?? false;

/**
 * Cheap sieve. Where both ends enforce nothing, everything passes. An end that enforces and does
 * not only observe refuses what the policy refuses, unless it is blind to a program.
 */
function mayPass(ends: EndStates, pair: Pair): boolean {
  const source = ends.get(pair.source)?.egress ?? "open";
  const destination = ends.get(pair.destination)?.ingress ?? "open";
  if (source !== "observed" && destination !== "observed") {
    return source === "open" && destination === "open";
  }
  if (source !== "enforced" && destination !== "enforced") return true;
  return pair.rules.some(
    ({ flow }) => programsIn(flow.source).length > 0 || programsIn(flow.destination).length > 0,
  );
}

type EndState = "open" | "enforced" | "observed";
type EndStates = ReadonlyMap<EndpointClass, Readonly<Record<Direction, EndState>>>;

/** What stands at each class, in each direction. */
function endStates({ world, classes }: Space): EndStates {
  const active = world.model.observations.filter(({ until }) => isActive(world, until));
  const stateOf = (one: EndpointClass, direction: Direction): EndState => {
    const [endpoint] = one.members;
    if (endpoint === undefined || !hasEnforcer(one, direction)) return "open";
    const observed = active.some(
      ({ directions, of }) => directions.includes(direction) && selects(of, endpoint),
    );
    return observed ? "observed" : "enforced";
  };
  return new Map(
    classes.map((one) => [
      one,
      { egress: stateOf(one, "egress"), ingress: stateOf(one, "ingress") },
    ]),
  );
}

function gap(
  guardrail: Guardrail,
  finding: Finding,
  until: UtcDate | undefined,
): readonly Diagnostic[] {
  if (finding.witness === undefined) return [];
  return [
    diagnose(
      "SEG603",
      guardrail.span,
      {
        guardrail: nameOf(guardrail),
        witness: describeFlow(finding.witness),
        count: finding.count,
        until,
      },
      { severity: until === undefined ? "error" : "warning" },
    ),
  ];
}
