// The finite space in which guardrails and tests are decided: pairs of endpoint classes, for each
// the processes and services at which some statement changes its mind. What a set may select is
// remembered by set, since segments are shared between statements.
import type { Workload } from "../inventory/types.ts";
import { programsIn } from "../model/programs-in.ts";
import type { EndpointSet, FlowSet, Rule } from "../model/types.ts";
import { combinations, type Endpoint, type Process, selects } from "../semantics/denotation.ts";
import type { Flow, World } from "../semantics/semantics.ts";
import { contains, formatAddress, knownPrefix } from "../sets/address.ts";
import { type Bitset, bitsetOf, hasBit, members } from "../sets/bitset.ts";
import {
  icmpInterval,
  intersectServices,
  type ServiceSet,
  serviceSet,
} from "../sets/service-set.ts";
import { type EndpointClass, endpointClasses } from "./endpoint-classes.ts";
import { representatives } from "./service-cuts.ts";

export interface Space {
  readonly world: World;
  readonly classes: readonly EndpointClass[];
  /** Classes of which some endpoint, with some process, may be in the set. A superset. */
  readonly mayBeIn: (set: EndpointSet) => Bitset;
  /** Rules whose source may hold the class of this index. */
  readonly rulesFrom: (index: number) => readonly Rule[];
  /** Services that are exempt from some enforcer, or from all, where this is one end. */
  readonly exemptAt: (end: Endpoint) => readonly ServiceSet[];
}

export interface SpaceOptions {
  /** What else is asked about. */
  readonly questions?: readonly FlowSet[];
  /** The managed ends that matter; default: all. What is outside is so for the whole world. */
  readonly among?: readonly Workload[];
}

/** The space of the world's own statements, and of what else is asked about. */
export function spaceOf(world: World, { questions = [], among }: SpaceOptions = {}): Space {
  const classes = endpointClasses(world, questions, among);
  const known = new Map<EndpointSet, Bitset>();
  const mayBeIn = (set: EndpointSet) => {
    const found = known.get(set);
    if (found !== undefined) return found;
    const inSet = classes.flatMap((one, index) => (maySelect(set, one) ? [index] : []));
    const bits = bitsetOf(classes.length, inSet);
    known.set(set, bits);
    return bits;
  };
  const rulesOf = new Map<number, readonly Rule[]>();
  const rulesFrom = (index: number) => {
    const found = rulesOf.get(index);
    if (found !== undefined) return found;
    const rules = world.model.rules.filter((rule) => hasBit(mayBeIn(rule.flow.source), index));
    rulesOf.set(index, rules);
    return rules;
  };
  return { world, classes, mayBeIn, rulesFrom, exemptAt: exemptServices(world) };
}

function maySelect(set: EndpointSet, { members: [endpoint] }: EndpointClass): boolean {
  if (endpoint === undefined) return false;
  const programs = programsIn(set);
  if (programs.length === 0) return selects(set, endpoint);
  const drop = () => true; // a condition may be lowered away
  return (
    selects(set, endpoint, drop) ||
    processesAt(endpoint, [set]).some((process) => selects(set, { ...endpoint, process }))
  );
}

/** Every process that the programs named in these sets can tell apart at this endpoint. */
export function processesAt(endpoint: Endpoint, sets: readonly EndpointSet[]): readonly Process[] {
  const { workload } = endpoint;
  if (workload === undefined) return [endpoint.process];
  const records = sets
    .flatMap(programsIn)
    .flatMap((program) => program.alternatives.get(workload.platform) ?? []);
  return combinations([...new Set(records)], new Map()).slice(1);
}

/** Two classes between which there can be flows, and the rules that may speak of them. */
export interface Pair {
  readonly source: EndpointClass;
  readonly destination: EndpointClass;
  readonly rules: readonly Rule[];
}

/** Pairs of classes that `flow` may join, by index. */
export function* pairsOf(space: Space, flow: FlowSet): Generator<readonly [number, number]> {
  const destinations = [...members(space.mayBeIn(flow.destination))];
  for (const source of members(space.mayBeIn(flow.source))) {
    for (const destination of destinations) {
      if (canMeet(space, source, destination)) yield [source, destination];
    }
  }
}

/** Pairs that both `flow` and at least one of `rules` may join: enough for "is allowed". */
export function pairsWithin(
  space: Space,
  flow: FlowSet,
  rules: readonly Rule[],
): Iterable<readonly [number, number]> {
  const sources = space.mayBeIn(flow.source);
  const destinations = space.mayBeIn(flow.destination);
  const found = new Map<number, readonly [number, number]>();
  for (const rule of rules) {
    if (intersectServices(rule.flow.service, flow.service).intervals.length === 0) continue;
    const to = [...members(space.mayBeIn(rule.flow.destination))].filter((index) =>
      hasBit(destinations, index),
    );
    for (const source of members(space.mayBeIn(rule.flow.source))) {
      if (!hasBit(sources, source)) continue;
      for (const destination of to) {
        if (canMeet(space, source, destination)) {
          found.set(source * space.classes.length + destination, [source, destination]);
        }
      }
    }
  }
  return found.values();
}

function canMeet(space: Space, source: number, destination: number): boolean {
  const a = space.classes[source]?.members[0];
  const b = space.classes[destination]?.members[0];
  if (a === undefined || b === undefined) return false;
  return (
    a.realm === b.realm &&
    a.address.family === b.address.family &&
    (a.workload !== undefined || b.workload !== undefined)
  );
}

/** The pair with every rule of the model that may match between its classes. */
export function pairAt(space: Space, [source, destination]: readonly [number, number]): Pair {
  const from = space.classes[source];
  const to = space.classes[destination];
  if (from === undefined || to === undefined) throw new Error("bug in segc (guard): no such class");
  const rules = space
    .rulesFrom(source)
    .filter((rule) => hasBit(space.mayBeIn(rule.flow.destination), destination));
  return { source: from, destination: to, rules };
}

/** The world with only the pair's rules: the meaning of its flows is the same, and found quicker. */
export function worldAt(space: Space, pair: Pair): World {
  return { ...space.world, model: { ...space.world.model, rules: pair.rules } };
}

/**
 * One flow for every combination of process and service that `sets` or the pair's rules can tell
 * apart, within the service of the first set. Empty where the pair has no two workloads.
 */
export function* flowsOf(
  space: Space,
  pair: Pair,
  sets: readonly [FlowSet, ...FlowSet[]],
): Generator<Flow> {
  const ends = distinctEnds(pair);
  if (ends === undefined) return;
  const flowSets = [...sets, ...pair.rules.map((rule) => rule.flow)];
  const points = servicePoints(space, pair, sets, ends);
  const sources = processesAt(
    ends.source,
    flowSets.map((set) => set.source),
  );
  const destinations = processesAt(
    ends.destination,
    flowSets.map((set) => set.destination),
  );
  for (const service of points) {
    for (const from of sources) {
      for (const to of destinations) {
        yield {
          source: { ...ends.source, process: from },
          destination: { ...ends.destination, process: to },
          service,
        };
      }
    }
  }
}

interface Ends {
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/** The first members on two different workloads. */
function distinctEnds(pair: Pair): Ends | undefined {
  for (const source of pair.source.members) {
    const destination = pair.destination.members.find(
      (other) => other.workload !== source.workload,
    );
    if (destination !== undefined) return { source, destination };
  }
  return undefined;
}

/** How many pairs of addresses on different workloads the pair stands for. */
export function addressPairs({ source, destination }: Pair): number {
  const perWorkload = new Map<unknown, number>();
  for (const { workload } of destination.members) {
    perWorkload.set(workload, (perWorkload.get(workload) ?? 0) + 1);
  }
  return source.members.reduce(
    (sum, { workload }) => sum + destination.members.length - (perWorkload.get(workload) ?? 0),
    0,
  );
}

/** The first point of every stretch of the service line on which nothing changes. */
function servicePoints(
  { world, exemptAt }: Space,
  pair: Pair,
  [subject, ...others]: readonly [FlowSet, ...FlowSet[]],
  { source, destination }: Ends,
): readonly number[] {
  const cuts = [
    ...others.map((set) => set.service),
    ...servicesOfRules(world, pair),
    ...exemptAt(source),
    ...exemptAt(destination),
  ];
  return representatives(subject.service, cuts, source.address.family);
}

/**
 * What no enforcer of some kind filters, known by the peer's address, and the baseline. Few
 * addresses are exempt, so the long lists of what clouds exempt cut few service lines.
 */
function exemptServices({ capabilities }: World): Space["exemptAt"] {
  const exempt = Object.values(capabilities).flatMap(({ unfiltered }) =>
    unfiltered.map(({ peers, service }) => ({ peers: peers.map(knownPrefix), service })),
  );
  const atAddress = new Map<string, readonly ServiceSet[]>();
  return ({ address }) => {
    const key = formatAddress(address);
    const found = atAddress.get(key);
    if (found !== undefined) return found;
    const services = exempt
      .filter(({ peers }) => peers.some((prefix) => contains(prefix, address)))
      .map(({ service }) => service);
    if (address.family === 6) services.push(listenerDiscovery);
    atAddress.set(key, services);
    return services;
  };
}

/** Of the pair's rules, as written and as enforcers widen them, and of what lets modules write them. */
function servicesOfRules({ model, capabilities }: World, { rules }: Pair): readonly ServiceSet[] {
  const modules = new Set(rules.map((rule) => rule.module.name));
  const delegated = model.delegations.filter(({ to }) => to.some((name) => modules.has(name)));
  return [
    ...delegated.map((delegation) => delegation.service),
    ...rules.map((rule) => rule.flow.service),
    ...rules
      .filter((rule) => rule.effect === "deny")
      .flatMap((rule) => Object.values(capabilities).map(({ widen }) => widen(rule.flow.service))),
  ];
}

/** Multicast listener discovery is baseline within the link and an ordinary flow elsewhere. */
const listenerDiscovery = serviceSet(
  [130, 131, 132, 143].map((type) => icmpInterval(6, type, undefined)),
);
