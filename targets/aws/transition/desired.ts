// What the account should hold: the groups of a plan found again among those that are there, everything else
// as it is. Groups that others own are never changed; interfaces that only their service can give other
// groups keep what they have.
import {
  type LiveAccount,
  type LiveGroup,
  type LiveInterface,
  type LivePeer,
  livePlannedName,
} from "../account/account.ts";
import { type AwsPlan, type GroupRule, groupKey, type SecurityGroup } from "../groups.ts";
import { descriptionOf } from "../render.ts";
import type { Keeps } from "./keeps.ts";
import { type ListMatching, listsNamedBy, matchLists } from "./lists.ts";
import { type Matching, refsOf } from "./matching.ts";
import { type GroupState, ruleSet, rulesIn, type State, type StateRule } from "./state.ts";

export interface Desired {
  readonly state: State;
  /** Groups of ours that the plan knows no more. */
  readonly retired: readonly string[];
  /** Names of the plan by ref, for groups that are to be created. */
  readonly created: ReadonlyMap<string, string>;
  /** Names of the plan by ref, for groups that are there and were called otherwise. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Prefix lists likewise. */
  readonly lists: Pick<ListMatching, "created" | "renamed" | "retired" | "own" | "isChanging">;
  /** What only the owner of an interface can do. */
  readonly handOvers: readonly HandOver[];
  /** Interfaces that carry groups of ours and are in no plan: they carry none afterwards. */
  readonly released: readonly string[];
}

export interface HandOver {
  readonly interface: string;
  readonly workload: string;
  readonly service: string;
  /** Names of the plan; none: it must take segc's groups away. */
  readonly groups: readonly string[];
}

const closedName = "segc-closed";

/**
 * @param services whether interfaces that only their service can change keep what they have, as they will, or
 *   carry what the plan says, as they should
 */
export function desiredState(
  plan: AwsPlan,
  live: LiveAccount,
  matching: Matching,
  services: "as they are" | "as planned" = "as they are",
): Desired {
  const movable = services === "as planned" ? () => true : isMovable;
  const all = withClosed(plan, live, matching.owner, movable);
  const { owner, keeps, wholeLists: whole = false } = matching;
  const lists = matchLists(plan, live, { owner, whole });
  const refs = refsOf(all, live, { ...matching, lists: lists.refs });
  const refOf = (network: string, name: string): string => {
    const ref = refs.get(groupKey(network, name));
    if (ref === undefined) throw new Error("bug in segc (aws): a plan names no group of its own");
    return ref;
  };
  const isKept = new Set(refs.values());
  const inTemplates = new Set(live.templates.flatMap((one) => one.groups.flat()));
  const groups = new Map<string, GroupState>();
  const retired: string[] = [];
  for (const group of live.groups) {
    if (isKept.has(group.id)) continue;
    const isOurs = livePlannedName(group, matching.owner) !== undefined;
    // New machines would not start without a group that their template names.
    if (isOurs && !inTemplates.has(group.id)) retired.push(group.id);
    else groups.set(group.id, stateOfGroup(group));
  }
  const created = new Map<string, string>();
  const renamed = new Map<string, string>();
  const names = namesTaken(live);
  for (const group of all.groups) {
    const ref = refOf(group.network, group.name);
    const before = live.groups.find(({ id }) => id === ref);
    if (before === undefined) created.set(ref, group.name);
    else if (livePlannedName(before, matching.owner) !== group.name) renamed.set(ref, group.name);
    const name = before?.name ?? names.free(group);
    groups.set(ref, { name, vpc: group.network, ...rulesOf(group, refOf, lists.refs) });
  }
  const after = carriedAfter(all, live, { refOf, owner, keeps, services }, groups);
  const { waiting, gone } = stillCarried(retired, after.state);
  for (const group of live.groups) {
    if (waiting.has(group.id)) groups.set(group.id, stateOfGroup(group));
  }
  const { retired: left, states } = withoutUnnamed(lists, groups.values());
  const state = { ...after.state, lists: states };
  const ofLists = { ...lists, retired: left };
  return { ...after, state, retired: gone, created, renamed, lists: ofLists };
}

/** A retired list that a rule still names, of a group that stays as it is, stays as well. */
function withoutUnnamed(
  { retired, states }: ListMatching,
  groups: Iterable<GroupState>,
): Pick<ListMatching, "retired" | "states"> {
  const named = listsNamedBy([...groups].flatMap(rulesIn));
  const gone = retired.filter((list) => !named.has(list));
  return { retired: gone, states: new Map([...states].filter(([ref]) => !gone.includes(ref))) };
}

/** What an interface still carries, because only its service can change it or it is observed, stays as it is. */
function stillCarried(retired: readonly string[], { carried }: State) {
  const used = new Set([...carried.values()].flat());
  return {
    waiting: new Set(retired.filter((group) => used.has(group))),
    gone: retired.filter((group) => !used.has(group)),
  };
}

const stateOfGroup = ({ name, vpc, ingress, egress }: LiveGroup): GroupState => ({
  name,
  vpc,
  ingress: ruleSet(ingress),
  egress: ruleSet(egress),
});

function rulesOf(
  group: SecurityGroup,
  refOf: (network: string, name: string) => string,
  lists: ReadonlyMap<string, string>,
) {
  const told = ({ protocol, from, to, peer, rules }: GroupRule): StateRule => {
    const named: LivePeer =
      peer.kind === "group"
        ? { kind: "group", group: refOf(peer.network, peer.group) }
        : peer.kind === "list"
          ? { kind: "list", list: lists.get(peer.list) ?? "" }
          : peer;
    return { protocol, from, to, peer: named, description: descriptionOf(rules) };
  };
  return {
    ingress: ruleSet(group.ingress.map(told)),
    egress: ruleSet(group.egress.map(told)),
  };
}

/** Interfaces that leave the plan need a group: one without rules, which the plan may not have. */
function withClosed(
  plan: AwsPlan,
  live: LiveAccount,
  owner: string,
  movable: (one: LiveInterface) => boolean,
): AwsPlan {
  const has = new Set(plan.groups.map(({ network, name }) => groupKey(network, name)));
  const released = releasedInterfaces(plan, live, owner).filter(movable);
  const networks = new Set(released.map(({ vpc }) => vpc));
  const more = [...networks]
    .filter((network) => !has.has(groupKey(network, closedName)))
    .map((network): SecurityGroup => ({ name: closedName, network, ingress: [], egress: [] }));
  return more.length === 0 ? plan : { ...plan, groups: [...plan.groups, ...more] };
}

function releasedInterfaces(plan: AwsPlan, { groups, interfaces }: LiveAccount, owner: string) {
  const ours = new Set(
    groups.filter((group) => livePlannedName(group, owner) !== undefined).map(({ id }) => id),
  );
  const planned = new Set(plan.attachments.map((one) => one.interface));
  return interfaces.filter(
    (one) => !planned.has(one.id) && one.groups.some((group) => ours.has(group)),
  );
}

/** Names of groups are unique in a network whatever their case, and cannot be changed (platforms.md A.2). */
function namesTaken({ groups }: LiveAccount) {
  const taken = new Set(groups.map(({ vpc, name }) => groupKey(vpc, name.toLowerCase())));
  return {
    free: ({ network, name }: SecurityGroup): string => {
      for (let generation = 1; ; generation++) {
        const found = generation === 1 ? name : `${name}/${generation}`;
        const key = groupKey(network, found.toLowerCase());
        if (taken.has(key)) continue;
        taken.add(key);
        return found;
      }
    },
  };
}

const isMovable = ({ service }: LiveInterface): boolean => service === undefined;

interface Carrying {
  readonly refOf: (network: string, name: string) => string;
  readonly owner: string;
  readonly keeps: Keeps;
  readonly services: "as they are" | "as planned";
}

function carriedAfter(
  plan: AwsPlan,
  live: LiveAccount,
  { refOf, owner, keeps, services: asTheyAre }: Carrying,
  groups: ReadonlyMap<string, GroupState>,
): Pick<Desired, "state" | "handOvers" | "released"> {
  const carried = new Map(live.interfaces.map((one) => [one.id, one.groups]));
  const services = new Map(
    live.interfaces.map((one) => [one.id, asTheyAre === "as planned" ? undefined : one.service]),
  );
  const handOvers: HandOver[] = [];
  for (const { interface: id, workload, network, groups: names } of plan.attachments) {
    const service = services.get(id);
    if (names === undefined || !carried.has(id)) continue;
    const kept = carried.get(id)?.filter((one) => keeps(one) && isForeign(live, one, owner)) ?? [];
    const wanted = [...names.map((name) => refOf(network, name)), ...kept].sort();
    if (service === undefined) carried.set(id, wanted);
    else if (wanted.join() !== carried.get(id)?.join()) {
      handOvers.push({ interface: id, workload, service, groups: names });
    }
  }
  const left = releasedInterfaces(plan, live, owner);
  for (const { id, service } of left) {
    if (service === undefined) continue;
    handOvers.push({ interface: id, workload: "not in the inventory", service, groups: [] });
  }
  const released = asTheyAre === "as planned" ? left : left.filter(isMovable);
  for (const { id, vpc, groups: before } of released) {
    const foreign = before.filter((group) => groups.has(group) && isForeign(live, group, owner));
    carried.set(id, foreign.length > 0 ? foreign : [refOf(vpc, closedName)]);
  }
  const state = { groups, carried, lists: new Map() };
  return { state, handOvers, released: released.map(({ id }) => id) };
}

const isForeign = ({ groups }: LiveAccount, id: string, owner: string): boolean =>
  groups.some((group) => group.id === id && livePlannedName(group, owner) === undefined);
