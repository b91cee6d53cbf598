// Sets of flows -> conditions: what exists at all, what a flow set or a rule denotes (6.3 removed from
// it), what a rule says without the authority to. The definitions are those of semantics/semantics.ts.
import {
  all,
  both,
  either,
  everywhere,
  isOneOf,
  negation,
  never,
  some,
  without,
} from "../../bdd/conditions.ts";
import type { Diagram } from "../../bdd/diagrams.ts";
import type { Digits } from "../../bdd/ranges.ts";
import type { Work } from "../../bdd/search.ts";
import type { Expansion } from "../../extent/types.ts";
import type { Direction, LabelValue, Workload } from "../../inventory/types.ts";
import type { EndpointSet, FlowSet, Model, Module, Rule } from "../../model/types.ts";
import type { CapabilityTable } from "../../plan/target.ts";
import type { AddressSet } from "../../sets/address-set.ts";
import { members } from "../../sets/bitset.ts";
import { hasService, type ServiceSet, servicesOfFamily } from "../../sets/service-set.ts";
import { type Ends, endsOf, type Reading } from "./ends.ts";
import { freshAddress } from "./fresh.ts";
import { mentionsOf } from "./mentions.ts";
import { type Place, placesOf } from "./places.ts";
import {
  another,
  type ChoiceVariables,
  directions,
  families,
  platforms,
  type Variables,
  variablesOf,
} from "./variables.ts";

export interface LabellingsInput {
  readonly model: Model;
  readonly expansion: Expansion;
  readonly capabilities: CapabilityTable;
}

/** How much may be worked out before something is called undecided. */
export interface Bounds {
  /** Of diagrams. */
  readonly nodesMax: number;
  /** Of searching. */
  readonly workMax: number;
}

/** Every flow that a new workload may have, as conditions. */
export interface Labellings extends LabellingsInput {
  readonly ends: Ends;
  /** What `networks`, `fqdn` and `internet` name. */
  readonly named: ReadonlyMap<EndpointSet, AddressSet>;
  /** Flows with a new workload at one end at least, its requirements aside. */
  readonly domain: Diagram;
  /** Where such flows start, or end. */
  readonly domainAt: (end: Direction) => Diagram;
  /** For each `require`: a new workload at this end keeps it. */
  readonly promises: Readonly<Record<Direction, readonly Diagram[]>>;
  /** What may still be spent on searching, for one guardrail or rule at a time. */
  readonly work: Work;
  /** Of a guardrail, or an exception: as written. */
  readonly flowsOf: (flow: FlowSet) => Diagram;
  /** r̂, whatever its last day. */
  readonly matches: (rule: Rule) => Diagram;
  /** Where a flow of the rule can start, or end: a superset. */
  readonly matchesAt: (rule: Rule, end: Direction) => Diagram;
  /** Of these, flows with an end that the rule's module may not write. */
  readonly trespasses: (rule: Rule) => Diagram;
}

export function labellingsOf(input: LabellingsInput): Labellings {
  const mentions = mentionsOf(input.model);
  const places = placesOf({ ...input, mentions });
  const ends = endsOf(variablesOf(mentions, places.list.length), places);
  const service = remembered(ends, (set: ServiceSet) => isService(ends, set));
  const named = mentions.addresses;
  const context: Context = { ...input, ends, named, service, mayWrite: new Map() };
  const matches = remembered(ends, (rule: Rule) => matchesOf(context, rule));
  const at = domainAt(context);
  const { diagrams } = ends;
  const isNew = some(
    diagrams,
    directions.map((end) => ends.isAt(end, ["new"])),
  );
  return {
    ...{ ...input, ends, named },
    domain: all(diagrams, [isNew, at.egress, at.ingress, isFlow(ends)]),
    domainAt: (end) => at[end],
    promises: promisesOf(context),
    work: { left: 0 },
    flowsOf: (flow) => denoted(context, flow, "written"),
    matches,
    matchesAt: (rule, end) => ends.isIn(end, setAt(rule.flow, end), readingOf(rule)),
    trespasses: (rule) =>
      mayTrespass(context, at, rule)
        ? both(diagrams, matches(rule), trespassesOf(context, rule))
        : never,
  };
}

interface Context extends LabellingsInput {
  readonly ends: Ends;
  readonly named: ReadonlyMap<EndpointSet, AddressSet>;
  readonly service: (set: ServiceSet) => Diagram;
  /** By direction and name of the module. */
  readonly mayWrite: Map<string, Diagram>;
}

function remembered<K extends object>(
  { diagrams }: Ends,
  make: (key: K) => Diagram,
): (key: K) => Diagram {
  const known = new Map<K, Diagram>();
  return (key) => {
    const made = known.get(key) ?? make(key);
    if (!diagrams.isExhausted) known.set(key, made);
    return made;
  };
}

const setAt = (flow: FlowSet, end: Direction): EndpointSet =>
  end === "egress" ? flow.source : flow.destination;

const otherEnd = (end: Direction): Direction => (end === "egress" ? "ingress" : "egress");

/** A deny, and an allow with `fallback network`, loses conditions that no enforcer sees. */
const readingOf = ({ effect, meta }: Rule): Reading =>
  effect === "deny" || meta.fallbackNetwork ? "wider" : "written";

function isService({ diagrams, variables }: Ends, set: ServiceSet): Diagram {
  const numbers = variables.points.flatMap((point, at) => (hasService(set, point) ? [at] : []));
  return isOneOf(diagrams, variables.service, numbers);
}

/** The family has such a service. */
function isFlow(ends: Ends): Diagram {
  const { diagrams, variables } = ends;
  return some(
    diagrams,
    families.map((family, number) =>
      both(
        diagrams,
        isOneOf(diagrams, variables.family, [number]),
        isService(ends, servicesOfFamily(family)),
      ),
    ),
  );
}

/** The place has the family, and today's endpoints have the labels that they have. */
function domainAt(context: Context): Readonly<Record<Direction, Diagram>> {
  const { diagrams, variables, places } = context.ends;
  const free = families.flatMap((family, number) =>
    freshAddress(context.named, family) === undefined ? [] : [number],
  );
  const at = (end: Direction) =>
    some(
      diagrams,
      places.list.map((place, number) => {
        const here = isOneOf(diagrams, variables.ends[end].place, [number]);
        if (place.kind === "new") {
          return both(diagrams, here, isOneOf(diagrams, variables.family, free));
        }
        const family = isOneOf(diagrams, variables.family, [families.indexOf(place.family)]);
        const labels =
          place.kind === "today" ? labelsOf(context, end, place) : everywhere(diagrams);
        return all(diagrams, [here, family, labels]);
      }),
    );
  return { egress: at("egress"), ingress: at("ingress") };
}

/** The labels and platforms of the endpoints of one place. */
function labelsOf(
  { ends: { diagrams, variables }, expansion: { universe } }: Context,
  end: Direction,
  { endpoints }: Place & { readonly kind: "today" },
): Diagram {
  const codes = new Map<string, readonly (readonly [Digits, number])[]>();
  const seen = new Set<number>();
  for (const endpoint of members(endpoints)) {
    const number = universe.endpoints[endpoint]?.workload ?? -1;
    const workload = universe.workloads[number];
    if (workload === undefined || seen.has(number)) continue;
    seen.add(number);
    const code = codeOf(variables, end, workload);
    codes.set(code.map(([, value]) => value).join(), code);
  }
  return some(
    diagrams,
    [...codes.values()].map((code) =>
      all(diagrams, code.map(([digits, value]) => isOneOf(diagrams, digits, [value])).reverse()),
    ),
  );
}

/** What a workload of today says for each variable. */
export function codeOf(
  variables: Variables,
  end: Direction,
  { platform, labels }: Pick<Workload, "platform" | "labels">,
): readonly (readonly [Digits, number])[] {
  const { platform: digits, choices, members: sets } = variables.ends[end];
  return [
    [digits, digits.count === 1 ? 0 : platforms.indexOf(platform)],
    ...[...choices.values()].map(
      (one) => [one.digits, numberOfChoice(one, labels.get(one.label.name))] as const,
    ),
    ...[...sets.values()].flatMap(({ label, defined, members: values }) => {
      const held = labels.get(label.name);
      return [
        ...(defined === undefined ? [] : [[defined, Number(held !== undefined)] as const]),
        ...[...values].map(([value, bit]) => [bit, Number(held?.includes(value))] as const),
      ];
    }),
  ];
}

function numberOfChoice({ choices }: ChoiceVariables, value: LabelValue | undefined): number {
  const exact = typeof value === "object" ? -1 : choices.indexOf(value);
  return exact >= 0 ? exact : choices.indexOf(another);
}

function promisesOf({ model, ends }: Context): Labellings["promises"] {
  const { diagrams } = ends;
  const at = (end: Direction) =>
    model.requirements.map(({ of, have }) => {
      const asked = both(diagrams, ends.isAt(end, ["new"]), ends.isIn(end, of, "written"));
      return negation(diagrams, without(diagrams, asked, ends.holds(end, have)));
    });
  return { egress: at("egress"), ingress: at("ingress") };
}

function denoted({ ends, service }: Context, flow: FlowSet, reading: Reading): Diagram {
  const { diagrams, variables } = ends;
  const parts = [
    ends.isIn("egress", flow.source, reading),
    ends.isIn("ingress", flow.destination, reading),
    service(flow.service),
    ...(flow.family === undefined
      ? []
      : [isOneOf(diagrams, variables.family, [families.indexOf(flow.family)])]),
    ...(flow.condition === undefined ? [] : [conditionHolds(ends, flow.condition)]),
  ];
  return all(diagrams, parts);
}

function conditionHolds(
  ends: Ends,
  { relation, label }: NonNullable<FlowSet["condition"]>,
): Diagram {
  const { diagrams, variables } = ends;
  const [source, destination] = directions.map((end) => variables.ends[end].choices.get(label));
  if (source === undefined || destination === undefined) {
    throw new Error("bug in segc (guard): a condition on a label nobody mentioned");
  }
  const same = some(
    diagrams,
    source.choices.map((_, at) =>
      both(
        diagrams,
        isOneOf(diagrams, source.digits, [at]),
        isOneOf(diagrams, destination.digits, [at]),
      ),
    ),
  );
  const managed = directions.map((end) => ends.isAt(end, ["new", "today"]));
  return all(diagrams, [...managed, relation === "same" ? same : negation(diagrams, same)]);
}

/** Denoted, and not removed by 6.3. */
function matchesOf(context: Context, rule: Rule): Diagram {
  const { diagrams } = context.ends;
  const whole = denoted(context, rule.flow, readingOf(rule));
  if (rule.module.isRoot) return whole;
  const gone = directions.map((end) => {
    const byAddress = isByAddress(context, rule, end);
    return byAddress === never
      ? never
      : without(diagrams, byAddress, mayWriteFor(context, rule, end));
  });
  const removed = some(diagrams, gone);
  if (removed === never || rule.effect === "allow") return without(diagrams, whole, removed);
  return without(diagrams, whole, both(diagrams, removed, mayWriteNeither(context, rule)));
}

/** A managed end in the set, but not by identity. */
function isByAddress({ ends }: Context, rule: Rule, end: Direction): Diagram {
  const { diagrams } = ends;
  const set = setAt(rule.flow, end);
  const whole = both(
    diagrams,
    ends.isAt(end, ["new", "today"]),
    ends.isIn(end, set, readingOf(rule)),
  );
  return without(diagrams, whole, ends.isInByIdentity(end, set, readingOf(rule)));
}

/** False where the module owns both ends, whatever they are: most rules need no further look. */
function mayTrespass(
  context: Context,
  domain: Readonly<Record<Direction, Diagram>>,
  rule: Rule,
): boolean {
  const { diagrams, isIn } = context.ends;
  return directions.some((end) => {
    const whole = both(diagrams, isIn(end, setAt(rule.flow, end), readingOf(rule)), domain[end]);
    const owns = owned(context, rule.module, end);
    return without(diagrams, whole, owns) !== never;
  });
}

/** Flows at which the module lacks the authority for the rule. */
function trespassesOf(context: Context, rule: Rule): Diagram {
  const { diagrams } = context.ends;
  if (rule.module.isRoot) return never;
  if (rule.effect === "deny") return mayWriteNeither(context, rule);
  return some(
    diagrams,
    directions.map((end) => lacks(context, rule, end)),
  );
}

/** The end is managed, and the module may not write it. */
function lacks(context: Context, rule: Rule, end: Direction): Diagram {
  const { diagrams, isAt } = context.ends;
  return without(diagrams, isAt(end, ["new", "today"]), mayWriteFor(context, rule, end));
}

function mayWriteNeither(context: Context, rule: Rule): Diagram {
  const { diagrams, isAt } = context.ends;
  const parts = directions.map((end) =>
    either(diagrams, isAt(end, ["outside"]), lacks(context, rule, end)),
  );
  return all(diagrams, parts);
}

/** A deny only removes, so owning the end is enough for it whatever the peer. */
function mayWriteFor(context: Context, { module, effect }: Rule, end: Direction): Diagram {
  const { diagrams } = context.ends;
  const may = mayWrite(context, module, end);
  return effect === "deny" ? either(diagrams, may, owned(context, module, end)) : may;
}

function mayWrite(context: Context, module: Module, end: Direction): Diagram {
  const key = `${end} ${module.name}`;
  const known = context.mayWrite.get(key);
  if (known !== undefined) return known;
  const { ends, model, service } = context;
  const { diagrams } = ends;
  const peer = otherEnd(end);
  const own = both(diagrams, owned(context, module, end), ends.isAt(peer, ["new", "today"]));
  const delegated = model.delegations
    .filter(({ to, directions: given }) => to.includes(module.name) && given.includes(end))
    .map((delegation) =>
      all(diagrams, [
        ends.isIn(end, delegation.of, "written"),
        ends.isIn(peer, delegation.with, "written"),
        service(delegation.service),
      ]),
    );
  const may = some(diagrams, [own, ...delegated]);
  if (!diagrams.isExhausted) context.mayWrite.set(key, may);
  return may;
}

function owned({ ends, model }: Context, module: Module, end: Direction): Diagram {
  const owns = model.teams.get(module.by ?? "")?.owns;
  return owns === undefined ? never : ends.isIn(end, owns, "written");
}
