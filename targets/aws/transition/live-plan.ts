// What stands in an account as if it had been planned, so that it can be proved as an artefact is: by the meaning of
// groups and not by comparing rules. A second witness for a drift that finds nothing.
import { inReachOf } from "../../../compiler/plan/network-links.ts";
import {
  type LiveAccount,
  type LiveGroup,
  type LiveRule,
  livePlannedName,
} from "../account/account.ts";
import type { AwsPlan, GroupRule, Peer, SecurityGroup } from "../groups.ts";
import { directions } from "../members.ts";
import { joinedRules } from "../rules.ts";

/**
 * Interfaces are those of the plan: what others carry is for the drift itself to tell. Undefined where a rule names a
 * group that was not read: nobody knows whom it lets in.
 */
export function livePlan(plan: AwsPlan, live: LiveAccount, owner: string): AwsPlan | undefined {
  const groups = new Map(live.groups.map((group) => [group.id, group]));
  const nameOf = (group: LiveGroup) => livePlannedName(group, owner) ?? `live/${group.id}`;
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
  const all = live.groups.map(
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
