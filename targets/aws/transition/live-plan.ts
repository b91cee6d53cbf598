// What stands in an account as if it had been planned, so that it can be proved as an artefact is: by the meaning of
// groups and not by comparing rules. A second witness for a drift that finds nothing.
import { inReachOf } from "../../../compiler/plan/network-links.ts";
import type { LiveAccount, LiveGroup, LiveRule } from "../account/account.ts";
import {
  type AwsPlan,
  type GroupRule,
  groupKey,
  type Peer,
  type SecurityGroup,
} from "../groups.ts";
import { directions } from "../members.ts";
import { joinedRules } from "../rules.ts";
import { matchLists } from "./lists.ts";
import { refsOf } from "./matching.ts";

/**
 * Interfaces are those of the plan, with the groups that they carry: what others carry the drift itself tells. Undefined
 * where a rule names a group that was not read: nobody knows whom it lets in.
 */
export function livePlan(plan: AwsPlan, live: LiveAccount, owner: string): AwsPlan | undefined {
  const groups = new Map(live.groups.map((group) => [group.id, group]));
  const { refs: lists } = matchLists(plan, live, { owner, whole: false });
  const refs = refsOf(plan, live, { owner, fresh: new Set(), byLikeness: true, lists });
  const planned = new Map(plan.groups.map((one) => [refs.get(keyOf(one)), one.name]));
  const nameOf = ({ id }: LiveGroup) => planned.get(id) ?? `live/${id}`;
  const ends = endsOf(plan);
  let isKnown = true;
  const ruleOf = (group: LiveGroup, direction: (typeof directions)[number], rule: LiveRule) => {
    const { protocol, from, to } = rule;
    const near = inReachOf(group.vpc, direction, live.links);
    return peersOf(rule, live).flatMap((peer): readonly GroupRule[] => {
      const named = peer.kind === "group" ? groups.get(peer.group) : undefined;
      if (peer.kind === "group" && named === undefined) isKnown = false;
      if (named !== undefined && !near.has(named.vpc)) return [];
      const told: Peer =
        named === undefined ? peer : { kind: "group", group: nameOf(named), network: named.vpc };
      const key = JSON.stringify([group.vpc, nameOf(group), direction, protocol, from, to, told]);
      const { rules = [], until } = ends.get(key) ?? {};
      return [{ protocol, from, to, peer: told, rules, until }];
    });
  };
  const all = concerned(plan, live).map(
    (group): SecurityGroup => ({
      name: nameOf(group),
      network: group.vpc,
      ingress: joinedRules(group.ingress.flatMap((rule) => ruleOf(group, "ingress", rule))),
      egress: joinedRules(group.egress.flatMap((rule) => ruleOf(group, "egress", rule))),
    }),
  );
  const carried = new Map(live.interfaces.map((one) => [one.id, one.groups]));
  const attachments = plan.attachments.map((one) => ({
    ...one,
    groups:
      one.groups === undefined
        ? undefined
        : (carried.get(one.interface) ?? []).flatMap((id) => {
            const group = groups.get(id);
            return group === undefined ? [] : [nameOf(group)];
          }),
  }));
  return isKnown ? { groups: all, lists: [], attachments } : undefined;
}

const keyOf = ({ network, name }: SecurityGroup) => groupKey(network, name);

/** Groups that interfaces of the plan carry, and those that the rules of these name. */
function concerned(plan: AwsPlan, { groups, interfaces }: LiveAccount): readonly LiveGroup[] {
  const own = new Set(plan.attachments.map((one) => one.interface));
  const found = new Set(interfaces.flatMap((one) => (own.has(one.id) ? one.groups : [])));
  const carried = groups.filter(({ id }) => found.has(id));
  for (const { peer } of carried.flatMap(({ ingress, egress }) => [...ingress, ...egress])) {
    if (peer.kind === "group") found.add(peer.group);
  }
  const isNamedOnly = ({ id }: LiveGroup) => !carried.some((one) => one.id === id);
  return groups
    .filter(({ id }) => found.has(id))
    .map((group) => (isNamedOnly(group) ? { ...group, ingress: [], egress: [] } : group));
}

/** A list as its prefixes; what EC2 calls stale does nothing. */
function peersOf({ peer }: LiveRule, { prefixLists }: LiveAccount): readonly Peer[] {
  if (peer.kind === "cidr") return [peer];
  if (peer.kind === "group") {
    return peer.isStale === true ? [] : [{ kind: "group", group: peer.group, network: "" }];
  }
  return (prefixLists.get(peer.list)?.entries ?? []).map((cidr) => ({ kind: "cidr", cidr }));
}

/** What EC2 does not know of a rule: which of the policy it is, and its last day. */
function endsOf({ groups, lists }: AwsPlan) {
  const entries = new Map(lists.map((list) => [list.name, list.entries]));
  const found = new Map<string, Pick<GroupRule, "rules" | "until">>();
  for (const { name, network, ...rules } of groups) {
    for (const direction of directions) {
      for (const { protocol, from, to, peer, rules: ids, until } of rules[direction]) {
        const peers: readonly Peer[] =
          peer.kind === "list"
            ? (entries.get(peer.list) ?? []).map((cidr) => ({ kind: "cidr", cidr }))
            : [peer];
        for (const one of peers) {
          const key = JSON.stringify([network, name, direction, protocol, from, to, one]);
          found.set(key, { rules: ids, until });
        }
      }
    }
  }
  return found;
}
