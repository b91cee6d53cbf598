// Why a flow is refused that no rule allows: the allows that come nearest, and what each of them lacks, in
// the words of the policy and of the flow's own ends.

import type { Span } from "../../diagnostics/source.ts";
import { textOf } from "../../diagnostics/source.ts";
import type { EndpointSet, FlowSet, Predicate, Rule } from "../model/types.ts";
import { type Endpoint, holds, selects } from "../semantics/denotation.ts";
import { type Flow, isActive, type World } from "../semantics/semantics.ts";
import { formatAddress } from "../sets/address.ts";
import { hasService } from "../sets/service-set.ts";
import { formatServicePoint, formatServices } from "../sets/service-text.ts";

export interface NearRule {
  readonly id: string;
  readonly span: Span;
  /** One sentence for each thing that keeps the rule from the flow; at least one. */
  readonly missing: readonly string[];
}

/** What keeps a rule from a flow, and how far off that is: one end that is another is 1. */
interface Lack {
  readonly text: string;
  readonly distance: number;
}

/** Two ends that are others are not near. */
const distanceMax = 1.75;

/** Rules that are about equally near are listed up to this many. */
const rulesMax = 3;

/** The allows that lack least, the nearest first; none where all lack much. */
export function nearRules(world: World, flow: Flow): readonly NearRule[] {
  const near = world.model.rules
    .filter((rule) => rule.effect === "allow")
    .map((rule) => {
      const lacks = lacksOf(world, rule, flow);
      return { rule, lacks, distance: lacks.reduce((sum, { distance }) => sum + distance, 0) };
    })
    .filter(({ lacks, distance }) => lacks.length > 0 && distance <= distanceMax)
    .sort((a, b) => a.distance - b.distance || (a.rule.id < b.rule.id ? -1 : 1));
  const least = near[0]?.distance ?? 0;
  return near
    .filter(({ distance }) => distance === least)
    .slice(0, rulesMax)
    .map(({ rule, lacks }) => ({
      id: rule.id,
      span: rule.span,
      missing: lacks.map(({ text }) => text),
    }));
}

/** Everything that keeps the rule as it is written from the flow; nothing where it allows it. */
export function lacksOf(world: World, rule: Rule, flow: Flow): readonly Lack[] {
  const { source, destination, service } = flow;
  const { flow: set, meta, staged } = rule;
  const condition = conditionLack(set, flow);
  const lack = (text: string, distance: number) => [{ text, distance }];
  return [
    ...endLacks(set.source, textOf(set.sourceSpan), source),
    ...endLacks(set.destination, textOf(set.destinationSpan), destination),
    ...(hasService(set.service, service)
      ? []
      : lack(`it allows ${serviceText(set)}, not ${formatServicePoint(service)}`, 0.75)),
    ...(condition === undefined ? [] : lack(condition, 0.75)),
    ...(set.family === undefined || set.family === source.address.family
      ? []
      : lack(`it is for IPv${set.family} alone`, 0.5)),
    ...(staged ? lack("it is staged: it has no effect yet", 0.25) : []),
    ...(isActive(world, meta.until) ? [] : lack(`it ended on ${meta.until}`, 0.25)),
  ];
}

function endLacks(set: EndpointSet, text: string, end: Endpoint): readonly Lack[] {
  if (selects(set, end)) return [];
  const who = nameOf(end);
  if (selects(set, end, () => true)) {
    return [{ text: `it is for another process on ${who}: ${oneLine(text)}`, distance: 0.5 }];
  }
  const why = reasonOf(set, end);
  const reason = why === undefined ? "" : `: ${why}`;
  // What stands in a template speaks of its parameters.
  const where = text.includes("$") ? "what the rule names" : oneLine(text);
  return [{ text: `${who} is not in ${where}${reason}`, distance: 1 }];
}

/** As written, or what a parameter of a template stands for. */
function serviceText({ service, serviceSpan }: FlowSet): string {
  const text = oneLine(textOf(serviceSpan));
  return text.includes("$") ? formatServices(service) : text;
}

const nameOf = ({ workload, address }: Endpoint) => workload?.name ?? formatAddress(address);

const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();

/** What of a set the endpoint fails, where one thing alone is to blame. */
function reasonOf(set: EndpointSet, end: Endpoint): string | undefined {
  switch (set.kind) {
    case "workloads":
      if (end.workload === undefined) return "no workload has this address";
      return set.where === undefined ? undefined : failedText(set.where, end);
    case "outside":
    case "internet":
    case "names":
      return end.workload === undefined ? undefined : "it is in the inventory, not outside";
    case "networks":
      return `its address is ${formatAddress(end.address)}`;
    case "program":
      return reasonOf(set.of, end);
    case "intersection": {
      const failed = set.of.filter((part) => !selects(part, end));
      return failed.length === 1 && failed[0] !== undefined ? reasonOf(failed[0], end) : undefined;
    }
    case "difference":
      return selects(set.of, end) ? "it is excepted" : reasonOf(set.of, end);
    default:
      return undefined;
  }
}

/** `its role is web`: the labels that decide, with what they are. */
function failedText(predicate: Predicate, { workload }: Endpoint): string | undefined {
  if (workload === undefined) return undefined;
  const labels = new Set<string>();
  const visit = (part: Predicate): void => {
    if (holds(part, workload)) return;
    if (part.kind === "and" || part.kind === "or") part.of.forEach(visit);
    else for (const label of labelsIn(part)) labels.add(label);
  };
  visit(predicate);
  const facts = [...labels].sort().map((label) => {
    const value = workload.labels.get(label);
    if (value === undefined) return `it has no ${label}`;
    return `its ${label} is ${typeof value === "string" ? value : `{ ${value.join(", ")} }`}`;
  });
  return facts.length === 0 ? undefined : facts.join(", ");
}

function labelsIn(part: Predicate): readonly string[] {
  switch (part.kind) {
    case "and":
    case "or":
      return part.of.flatMap(labelsIn);
    case "not":
      return labelsIn(part.of);
    default:
      return [part.label.name];
  }
}

function conditionLack({ condition }: FlowSet, { source, destination }: Flow): string | undefined {
  if (condition === undefined) return undefined;
  const label = condition.label.name;
  const [a, b] = [source, destination].map(({ workload }) => workload?.labels.get(label));
  if (source.workload === undefined || destination.workload === undefined) {
    return `\`when ${condition.relation} ${label}\` is for two workloads`;
  }
  if ((a === b) === (condition.relation === "same")) return undefined;
  return a === b
    ? `both have ${label} ${a}, and it asks for different ones`
    : `their ${label} is ${a} and ${b}, and it asks for the same`;
}
