// What a policy means, written naively from language.md section 7: every definition there is one
// function here. It is the witness that everything quick is compared with, so nothing in this
// file is clever, remembered between calls or shared with the fast path.
import type { ProgramField } from "../../grammar/ast.ts";
import type { Direction, Enforcer, Workload } from "../inventory/types.ts";
import { programsIn } from "../model/programs-in.ts";
import type { FlowSet, Model, Module, Program, Rule, UtcDate } from "../model/types.ts";
import { type CapabilityTable, seesField } from "../plan/target.ts";
import { contains, knownPrefix } from "../sets/address.ts";
import { equalServices, hasService, protocols, servicesOfFamily } from "../sets/service-set.ts";
import {
  combinations,
  type Drops,
  type Endpoint,
  keep,
  type Process,
  selects,
  selectsByIdentity,
} from "./denotation.ts";

export type { Endpoint, Process } from "./denotation.ts";

/** Everything that a meaning depends on. */
export interface World {
  readonly model: Model;
  readonly workloads: readonly Workload[];
  readonly capabilities: CapabilityTable;
  readonly now: UtcDate;
}

/** The first packet of an exchange; `service` is a point of the line in service-set.ts. */
export interface Flow {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly service: number;
}

/** One enforcer on a flow's path, at the end it protects. */
export interface PathEnforcer {
  readonly enforcer: Enforcer;
  readonly workload: Workload;
  readonly direction: Direction;
  readonly observed: boolean;
}

const directions: readonly Direction[] = ["egress", "ingress"];

/** The end that a direction protects, and its peer. */
const endsOf = ({ source, destination }: Flow, direction: Direction) =>
  direction === "egress" ? ([source, destination] as const) : ([destination, source] as const);

const flowBetween = (direction: Direction, here: Endpoint, there: Endpoint, service: number) =>
  direction === "egress"
    ? { source: here, destination: there, service }
    : { source: there, destination: here, service };

export const isActive = (world: World, until: UtcDate | undefined) =>
  until === undefined || world.now <= until;

/** f ∈ F \ B. */
export function isFlow(flow: Flow): boolean {
  const { source, destination, service } = flow;
  return (
    source.realm === destination.realm &&
    source.address.family === destination.address.family &&
    source.workload !== destination.workload && // also never two external ends
    hasService(servicesOfFamily(source.address.family), service) &&
    !isBaseline(flow)
  );
}

/** Multicast listener discovery within the link: always permitted, exempt from everything. */
function isBaseline({ source, destination, service }: Flow): boolean {
  const type = Math.floor((service - protocols.icmp6 * 65536) / 256);
  return (
    [130, 131, 132, 143].includes(type) &&
    linkSources.some((prefix) => contains(prefix, source.address)) &&
    linkDestinations.some((prefix) => contains(prefix, destination.address))
  );
}

const linkSources = ["fe80::/10", "::/128"].map(knownPrefix);
const linkDestinations = ["fe80::/10", "ff02::/16"].map(knownPrefix);

/** Î: what the policy intends once lowered to what enforcers can see. */
export function intended(world: World, flow: Flow): boolean {
  return decides(world, world.model.rules.filter(isUnstaged), flow);
}

/** Î′: the same with every active staged rule in force. */
export function proposed(world: World, flow: Flow): boolean {
  return decides(world, world.model.rules, flow);
}

const isUnstaged = (rule: Rule) => !rule.staged;

function decides(world: World, rules: readonly Rule[], flow: Flow): boolean {
  const hits = rules.filter((rule) => ruleMatches(world, rule, flow));
  return hits.length > 0 && hits.every((rule) => rule.effect === "allow");
}

/** f ∈ r̂: active, denoted, not removed by 6.3, process and service conditions lowered. */
export function ruleMatches(world: World, rule: Rule, flow: Flow): boolean {
  if (!isActive(world, rule.meta.until) || !isFlow(flow)) return false;
  const path = enforcersOf(world, flow);
  const mayDrop = path.length > 0 && (rule.effect === "deny" || rule.meta.fallbackNetwork);
  const dropsAt = (direction: Direction) => (program: Program, workload: Workload) =>
    mayDrop && !someSeesAll(world, path, direction, program, workload) ? true : undefined;
  const drops = { egress: dropsAt("egress"), ingress: dropsAt("ingress") };
  return (
    setsMatch(rule.flow, flow, drops) &&
    serviceMatches(world, rule, path, flow.service) &&
    !isRemoved(world, rule, flow, drops)
  );
}

/** How program conditions are read at either end. */
type EndDrops = Readonly<Record<Direction, Drops>>;

function serviceMatches(world: World, rule: Rule, path: readonly PathEnforcer[], q: number) {
  const service = rule.flow.service;
  if (rule.effect === "allow" || path.length === 0) return hasService(service, q);
  const widened = path.map((k) => world.capabilities[k.enforcer.kind].widen(service));
  if (widened.some((wide) => equalServices(wide, service))) return hasService(service, q);
  return widened.every((wide) => hasService(wide, q));
}

/** Some enforcer at the program's end sees every field of the alternative that runs there. */
function someSeesAll(
  world: World,
  path: readonly PathEnforcer[],
  direction: Direction,
  program: Program,
  workload: Workload,
): boolean {
  const fields = [...(program.alternatives.get(workload.platform)?.keys() ?? [])];
  return path.some(
    (k) => k.direction === direction && fields.every((field) => sees(world, k, field)),
  );
}

const sees = (world: World, k: PathEnforcer, field: ProgramField) =>
  seesField(world.capabilities[k.enforcer.kind], k.workload, k.direction, field);

/** f ∈ ⟦a -> b : s when c⟧ as it stands: nothing lowered, nothing removed. For guardrails, tests. */
export function flowSetMatches(set: FlowSet, flow: Flow): boolean {
  const drops = { egress: keep, ingress: keep };
  return isFlow(flow) && setsMatch(set, flow, drops) && hasService(set.service, flow.service);
}

function setsMatch(set: FlowSet, flow: Flow, drops: EndDrops) {
  return (
    (set.family === undefined || set.family === flow.source.address.family) &&
    selects(set.source, flow.source, drops.egress) &&
    selects(set.destination, flow.destination, drops.ingress) &&
    conditionHolds(set, flow)
  );
}

function conditionHolds({ condition }: FlowSet, { source, destination }: Flow): boolean {
  if (condition === undefined) return true;
  if (source.workload === undefined || destination.workload === undefined) return false;
  const [a, b] = [source, destination].map((x) => x.workload?.labels.get(condition.label.name));
  return (a === b) === (condition.relation === "same");
}

/**
 * 6.3: a managed end reached only through `networks` or `anywhere` that the module may not write
 * takes the flow out of the rule; out of a deny only when it may write neither end.
 */
function isRemoved(world: World, { module, effect, flow: set }: Rule, flow: Flow, drops: EndDrops) {
  const sets = { egress: set.source, ingress: set.destination };
  const managed = directions.filter((side) => endsOf(flow, side)[0].workload !== undefined);
  // A deny only removes, so owning the end is enough for it whatever the peer.
  const may = (side: Direction) =>
    mayWrite(world, module, side, flow) ||
    (effect === "deny" && owns(world, module, endsOf(flow, side)[0]));
  if (effect === "deny" && managed.some(may)) return false;
  return managed.some(
    (side) => !may(side) && !selectsByIdentity(sets[side], endsOf(flow, side)[0], drops[side]),
  );
}

const owns = (world: World, module: Module, x: Endpoint) => {
  const owned = world.model.teams.get(module.by ?? "")?.owns;
  return owned !== undefined && selects(owned, x);
};

/** 6.3: whether the module may write the half of this flow that lies at its managed end. */
export function mayWrite(world: World, module: Module, direction: Direction, flow: Flow): boolean {
  const [end, peer] = endsOf(flow, direction);
  if (module.isRoot || (peer.workload !== undefined && owns(world, module, end))) return true;
  return world.model.delegations.some(
    (delegation) =>
      delegation.to.includes(module.name) &&
      delegation.directions.includes(direction) &&
      selects(delegation.of, end) &&
      selects(delegation.with, peer) &&
      hasService(delegation.service, flow.service),
  );
}

/** K₀(f): every enforcer on the path that filters such traffic at all. */
export function enforcersOf(world: World, flow: Flow): readonly PathEnforcer[] {
  return directions.flatMap((direction) => {
    const [x, peer] = endsOf(flow, direction);
    const { workload } = x;
    if (workload === undefined) return [];
    const observed = isObserved(world, x, direction);
    return workload.enforcers
      .filter((enforcer) => enforcer.directions.includes(direction))
      .filter((enforcer) => filters(world, enforcer, direction, peer, flow.service))
      .map((enforcer) => ({ enforcer, workload, direction, observed }));
  });
}

function filters(world: World, k: Enforcer, direction: Direction, peer: Endpoint, q: number) {
  return !world.capabilities[k.kind].unfiltered.some(
    (entry) =>
      entry.direction === direction &&
      hasService(entry.service, q) &&
      entry.peers.some((peers) => contains(knownPrefix(peers), peer.address)),
  );
}

function isObserved(world: World, x: Endpoint, direction: Direction): boolean {
  return world.model.observations.some(
    (observation) =>
      observation.directions.includes(direction) &&
      isActive(world, observation.until) &&
      selects(observation.of, x),
  );
}

/** f ∈ E: every enforcer on the path lets pass what it can see of the flow. */
export function effective(world: World, flow: Flow): boolean {
  return enforcersOf(world, flow).every((k) => installed(world, k, flow));
}

/** π_k(f) ∈ P_k: some flow that looks the same to k is permitted (observed: is not denied). */
export function installed(world: World, k: PathEnforcer, flow: Flow): boolean {
  return lookalikes(world, k, flow).some((other) =>
    k.observed ? !isDenied(world, other) : intended(world, other),
  );
}

function isDenied(world: World, flow: Flow): boolean {
  return world.model.rules.some(
    (rule) => rule.effect === "deny" && isUnstaged(rule) && ruleMatches(world, rule, flow),
  );
}

/** Flows with the same π_k: other processes at the far end, other unseen fields at this one. */
function lookalikes(world: World, k: PathEnforcer, flow: Flow): readonly Flow[] {
  const [here, there] = endsOf(flow, k.direction);
  const seen = [...here.process].filter(([field]) => sees(world, k, field));
  const locals = processesOf(world, here).map((process) => {
    const unseen = [...process].filter(([field]) => !sees(world, k, field));
    return { ...here, process: new Map([...seen, ...unseen]) };
  });
  const remotes = processesOf(world, there).map((process) => ({ ...there, process }));
  return locals.flatMap((local) =>
    remotes.map((remote) => flowBetween(k.direction, local, remote, flow.service)),
  );
}

/**
 * Enough processes to decide any "some process": a condition is a conjunction of fields, so the
 * smallest record that satisfies it meets the fewest denies. One record for each combination of
 * programs the rules name at this endpoint, and the process of the flow itself.
 */
export function processesOf(world: World, x: Endpoint): readonly Process[] {
  if (x.workload === undefined) return [x.process];
  const platform = x.workload.platform;
  const named = world.model.rules
    .flatMap((rule) => [...programsIn(rule.flow.source), ...programsIn(rule.flow.destination)])
    .flatMap((program) => program.alternatives.get(platform) ?? []);
  return combinations([...new Set(named)], x.process);
}
