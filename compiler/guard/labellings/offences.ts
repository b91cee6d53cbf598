// A guardrail -> the flows of new workloads that would break it, rule by rule: in the guardrail, in the
// rule, in no deny and no exception, and every new workload keeps its promises. Most rules fall out
// at one end already; what is left is worked out within a bound, and undecided beyond it.
import { both, negation, never, without } from "../../bdd/conditions.ts";
import type { Diagram } from "../../bdd/diagrams.ts";
import type { Direction } from "../../inventory/types.ts";
import type { EndpointSet, FlowSet, Guardrail, Rule, UtcDate } from "../../model/types.ts";
import { intersectServices, isNoService } from "../../sets/service-set.ts";
import { subjectOf } from "../subject.ts";
import type { Labellings } from "./flows.ts";
import { possibleWay } from "./promises.ts";

/** Flows that should not be as they are, and the rule behind them; none where no rule allows them. */
export interface Offence {
  readonly rule: Rule | undefined;
  /** The flows are those that meet all of these, and what is required of workloads. */
  readonly conditions: readonly Diagram[];
}

export interface Offences {
  /** A few, in the order of rules: some flow of each is possible. */
  readonly possible: readonly Offence[];
  /** Everything that may offend; undefined where that is too much to work out. */
  readonly all: readonly Offence[] | undefined;
  /** It took too much to know whether there are more than the possible ones. */
  readonly isUndecided: boolean;
}

/** What would break the guardrail. */
export function offencesAgainst(
  labellings: Labellings,
  guardrail: Guardrail,
  { now, nodesMax }: { readonly now: UtcDate; readonly nodesMax: number },
): Offences {
  const { diagrams } = labellings.ends;
  const enough = diagrams.size + nodesMax / 16;
  const [possible, all]: [Offence[], Offence[]] = [[], []];
  let isUndecided = false;
  const isWhole = diagrams.attempt(nodesMax, () => {
    for (const offence of offencesAside(labellings, guardrail, now)) {
      if (diagrams.isExhausted) return false;
      all.push(offence);
      if (possible.length < possibleMax) {
        const way = possibleWay(labellings, offence.conditions);
        if (way === "undecided") isUndecided = true;
        else if (way !== "none") possible.push(offence);
      } else if (diagrams.size > enough) return false;
    }
    return true;
  });
  isUndecided ||= isWhole === undefined;
  return { possible, all: isWhole === true ? all : undefined, isUndecided };
}

/** Of more rules nobody asks which is told best. */
const possibleMax = 2;

/** What each rule contributes, requirements aside. */
function* offencesAside(
  labellings: Labellings,
  guardrail: Guardrail,
  now: UtcDate,
): Generator<Offence> {
  const { diagrams } = labellings.ends;
  const isActive = (until: UtcDate | undefined) => until === undefined || now <= until;
  const subject = subjectOf(guardrail);
  const maySpeak = sieveOf(labellings, subject);
  const rules = labellings.model.rules.filter(
    (rule) => !rule.staged && isActive(rule.meta.until) && maySpeak(rule),
  );
  const excepted = guardrail.exceptions
    .filter(({ until }) => isActive(until))
    .map(({ flow }) => labellings.flowsOf(flow));
  const whole = both(diagrams, labellings.flowsOf(subject), labellings.domain);
  const wanted = excepted.reduce((left, part) => without(diagrams, left, part), whole);
  if (guardrail.verb === "always") yield* refused(labellings, wanted, rules);
  else yield* allowed(labellings, wanted, rules);
}

/** What each rule allows and no deny refuses. */
function* allowed(
  labellings: Labellings,
  wanted: Diagram,
  rules: readonly Rule[],
): Generator<Offence> {
  const { diagrams } = labellings.ends;
  const denies = rules.filter(({ effect }) => effect === "deny");
  for (const rule of rules) {
    if (rule.effect !== "allow") continue;
    const flows = both(diagrams, wanted, labellings.matches(rule));
    if (flows === never) continue;
    yield { rule, conditions: [flows, ...outOf(labellings, denies, flows)] };
  }
}

/** What a deny refuses, and what no rule allows. */
function* refused(
  labellings: Labellings,
  wanted: Diagram,
  rules: readonly Rule[],
): Generator<Offence> {
  const { diagrams } = labellings.ends;
  for (const rule of rules) {
    if (rule.effect !== "deny") continue;
    const flows = both(diagrams, wanted, labellings.matches(rule));
    if (flows !== never) yield { rule, conditions: [flows] };
  }
  if (wanted === never) return;
  const allows = rules.filter(({ effect }) => effect === "allow");
  yield { rule: undefined, conditions: [wanted, ...outOf(labellings, allows, wanted)] };
}

/** For each of the rules that meets the flows: it does not match. */
function outOf(labellings: Labellings, rules: readonly Rule[], flows: Diagram): readonly Diagram[] {
  const { diagrams } = labellings.ends;
  return rules
    .map((rule) => labellings.matches(rule))
    .filter((matches) => both(diagrams, flows, matches) !== never)
    .map((matches) => negation(diagrams, matches));
}

/** False for a rule where the services or one end have nothing in common with the subject. */
function sieveOf(labellings: Labellings, subject: FlowSet): (rule: Rule) => boolean {
  const { ends } = labellings;
  const meetsAt = (end: Direction, set: EndpointSet) => {
    const here = both(ends.diagrams, ends.isIn(end, set, "written"), labellings.domainAt(end));
    const known = new Map<Diagram, boolean>();
    return (rule: Rule) => {
      const there = labellings.matchesAt(rule, end);
      const before = known.get(there);
      if (before !== undefined) return before;
      const shared = both(ends.diagrams, here, there);
      const meets = shared !== never && possibleWay(labellings, [shared], { at: [end] }) !== "none";
      known.set(there, meets);
      return meets;
    };
  };
  const starts = meetsAt("egress", subject.source);
  const finishes = meetsAt("ingress", subject.destination);
  return (rule) =>
    !isNoService(intersectServices(subject.service, rule.flow.service)) &&
    starts(rule) &&
    finishes(rule);
}
