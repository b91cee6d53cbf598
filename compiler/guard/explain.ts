// `segc explain A -> B : service`: which flows of the question are allowed, by which rules, and
// what each enforcer on the path does with them. Flows that share all of that are one case.
import type { Span } from "../../diagnostics/source.ts";
import type { Direction, EnforcerKind } from "../inventory/types.ts";
import type { FlowSet, Rule } from "../model/types.ts";
import {
  enforcersOf,
  type Flow,
  flowSetMatches,
  installed,
  intended,
  ruleMatches,
  type World,
} from "../semantics/semantics.ts";
import { describeFlow } from "./describe-flow.ts";
import { type ExplainedEnd, explainedEnd } from "./membership.ts";
import { type NearRule, nearRules } from "./near-rules.ts";
import { addressPairs, flowsOf, pairAt, pairsOf, type Space, worldAt } from "./space.ts";

export interface Explanation extends DirectExplanation {
  /** Ways over load balancers, which do not answer for the flow itself. */
  readonly through: readonly ThroughBalancer[];
}

export interface ThroughBalancer {
  /** Names of balancers of which the same is to be said. */
  readonly balancers: readonly string[];
  /** What of the question's sources and service it may take in; at least one case. */
  readonly inbound: readonly ExplainedCase[];
  /** What it may send to the question's destinations, whatever the service; at least one case. */
  readonly onward: readonly ExplainedCase[];
}

export interface DirectExplanation {
  readonly question: string;
  /** `same-host`: both ends are one workload, which nobody filters. `no-flow`: nothing to decide. */
  readonly verdict: "allowed" | "denied" | "partly" | "same-host" | "no-flow";
  readonly cases: readonly ExplainedCase[];
}

export interface ExplainedCase {
  /** What the policy says. */
  readonly allowed: boolean;
  /** What gets through: differs from `allowed` where nobody enforces, or only observes. */
  readonly passes: boolean;
  readonly witness: string;
  /** Address pairs times distinguishable services. */
  readonly flows: number;
  /** Every rule that matches: denies first; staged ones have no effect. */
  readonly rules: readonly ExplainedRule[];
  readonly path: readonly ExplainedEnforcer[];
  readonly source: ExplainedEnd;
  readonly destination: ExplainedEnd;
  /** Where no rule speaks of the flow: the allows that come nearest. */
  readonly near: readonly NearRule[];
}

export interface ExplainedRule {
  readonly id: string;
  readonly effect: "allow" | "deny";
  readonly staged: boolean;
  readonly until: string | undefined;
  readonly span: Span;
}

export interface ExplainedEnforcer {
  readonly workload: string;
  readonly kind: EnforcerKind;
  readonly id: string;
  readonly direction: Direction;
  readonly does: "passes" | "refuses" | "observes";
}

export function explainFlows(space: Space, question: FlowSet): DirectExplanation {
  const cases = new Map<string, { -readonly [K in keyof ExplainedCase]: ExplainedCase[K] }>();
  for (const indexes of pairsOf(space, question)) {
    const pair = pairAt(space, indexes);
    const world = worldAt(space, pair);
    let counted: number | undefined;
    for (const flow of flowsOf(space, pair, [question])) {
      if (!flowSetMatches(question, flow)) continue;
      const found = explainFlow(world, space.world, flow);
      const key = JSON.stringify(
        [found.allowed, found.passes, found.rules, found.path],
        withoutPlaces,
      );
      const known = cases.get(key);
      const weight = counted === flow.service ? 0 : addressPairs(pair);
      counted = flow.service;
      if (known === undefined) cases.set(key, { ...found, flows: weight });
      else known.flows += weight;
    }
  }
  const found = [...cases.values()];
  return { question: question.text, verdict: verdictOf(space, question, found), cases: found };
}

/** Spans hold whole files, and enforcers differ by name only. */
function withoutPlaces(key: string, value: unknown): unknown {
  return key === "span" || key === "workload" ? undefined : value;
}

/** The pair's world decides; the whole one knows the rules that do not come into question. */
function explainFlow(world: World, whole: World, flow: Flow): ExplainedCase {
  const path = enforcersOf(world, flow).map((k) => ({
    workload: k.workload.name,
    kind: k.enforcer.kind,
    id: k.enforcer.id,
    direction: k.direction,
    does: doing(installed(world, k, flow), k.observed),
  }));
  const rules = world.model.rules
    .filter((rule) => ruleMatches(world, rule, flow))
    .sort((a, b) => Number(a.effect === "allow") - Number(b.effect === "allow"))
    .map(explainedRule);
  return {
    allowed: intended(world, flow),
    passes: path.every((each) => each.does !== "refuses"),
    witness: describeFlow(flow),
    flows: 0,
    rules,
    path,
    source: explainedEnd(whole.model, flow.source),
    destination: explainedEnd(whole.model, flow.destination),
    near: rules.some(({ staged }) => !staged) ? [] : nearRules(whole, flow),
  };
}

function doing(passes: boolean, observed: boolean): ExplainedEnforcer["does"] {
  if (!passes) return "refuses";
  return observed ? "observes" : "passes";
}

const explainedRule = (rule: Rule): ExplainedRule => ({
  id: rule.id,
  effect: rule.effect,
  staged: rule.staged,
  until: rule.meta.until,
  span: rule.span,
});

function verdictOf(
  space: Space,
  question: FlowSet,
  cases: readonly ExplainedCase[],
): Explanation["verdict"] {
  if (cases.length === 0) return sameHost(space, question) ? "same-host" : "no-flow";
  if (cases.every((each) => each.allowed)) return "allowed";
  return cases.some((each) => each.allowed) ? "partly" : "denied";
}

/** The two peers could meet, but on one workload only. */
function sameHost(space: Space, question: FlowSet): boolean {
  const pairs = [...pairsOf(space, question)];
  return pairs.length > 0 && pairs.every(([from, to]) => workloadsAt(space, from, to).size === 1);
}

function workloadsAt({ classes }: Space, from: number, to: number): ReadonlySet<unknown> {
  const ends = [from, to].flatMap((index) => classes[index]?.members ?? []);
  return new Set(ends.map(({ workload }) => workload));
}
