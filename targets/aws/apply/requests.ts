// A step -> the one call of EC2 that does it. Rules are taken away by their ids, which are read just before.
import { formatCidr } from "../../../compiler/sets/address.ts";
import type { LiveGroup } from "../account/account.ts";
import { groupTag, ownerTag } from "../account/account.ts";
import type { ChangeOperation, Ec2Input } from "../account/ec2.ts";
import { liveRuleKey } from "../account/read.ts";
import type { Permission } from "../permissions.ts";
import type { Step } from "../transition/phase.ts";
import type { StateRule } from "../transition/state.ts";

export interface Request {
  readonly operation: ChangeOperation;
  readonly input: Ec2Input;
}

export interface Names {
  /** Ids of groups and lists by their refs. */
  readonly idOf: (ref: string) => string;
  readonly owner: string;
}

type Create = Extract<Step, { kind: "create" }>;

export const createRequest = ({ name, vpc, planned }: Create, owner: string): Request => ({
  operation: "CreateSecurityGroup",
  input: {
    GroupName: name,
    VpcId: vpc,
    Description: "made by segc; changed by hand, it is changed back",
    TagSpecifications: [
      { ResourceType: "security-group", Tags: ourTags({ name, owner, planned }) },
    ],
  },
});

/** By which segc knows its own again. */
export const ourTags = ({ name, owner, planned }: Readonly<Record<TagField, string>>) => [
  { Key: "Name", Value: name },
  { Key: ownerTag, Value: owner },
  { Key: groupTag, Value: planned },
];

type TagField = "name" | "owner" | "planned";

export const attachRequest = (
  { interface: id, groups }: Extract<Step, { kind: "attach" }>,
  { idOf }: Names,
): Request => ({
  operation: "ModifyNetworkInterfaceAttribute",
  input: { NetworkInterfaceId: id, Groups: groups.map(idOf) },
});

export const renameRequest = ({ group, planned }: Extract<Step, { kind: "rename" }>): Request => ({
  operation: "CreateTags",
  input: { Resources: [group], Tags: [{ Key: groupTag, Value: planned }] },
});

export const deleteRequest = (group: string): Request => ({
  operation: "DeleteSecurityGroup",
  input: { GroupId: group },
});

type RuleStep = Extract<Step, { readonly rules: unknown }>;

/** Undefined where every rule is there already. */
export function authorizeRequest(
  { group, direction, rules }: RuleStep,
  live: LiveGroup,
  { idOf }: Names,
): Request | undefined {
  const there = new Set(live[direction].map(liveRuleKey));
  const missing = rules
    .map((rule) => withIds(rule, idOf))
    .filter((rule) => !there.has(liveRuleKey(rule)));
  if (missing.length === 0) return undefined;
  return {
    operation:
      direction === "ingress" ? "AuthorizeSecurityGroupIngress" : "AuthorizeSecurityGroupEgress",
    input: { GroupId: idOf(group), IpPermissions: ipPermissions(missing) },
  };
}

/** Undefined where no such rule is left. */
export function revokeRequest(
  { group, direction, rules }: RuleStep,
  live: LiveGroup,
  { idOf }: Names,
): Request | undefined {
  const gone = new Set(rules.map((rule) => liveRuleKey(withIds(rule, idOf))));
  const ids = live[direction].flatMap((rule) => (gone.has(liveRuleKey(rule)) ? [rule.id] : []));
  return revokeByIds(idOf(group), direction, ids);
}

export const revokeByIds = (
  group: string,
  direction: RuleStep["direction"],
  ids: readonly string[],
): Request | undefined =>
  ids.length === 0
    ? undefined
    : {
        operation:
          direction === "ingress" ? "RevokeSecurityGroupIngress" : "RevokeSecurityGroupEgress",
        input: { GroupId: group, SecurityGroupRuleIds: ids },
      };

export function withIds(rule: StateRule, idOf: Names["idOf"]): StateRule {
  const { peer } = rule;
  if (peer.kind === "cidr") return rule;
  return peer.kind === "group"
    ? { ...rule, peer: { kind: "group", group: idOf(peer.group) } }
    : { ...rule, peer: { kind: "list", list: idOf(peer.list) } };
}

/** One for each range of ports, with all of its peers: their number in a call has no known limit, the quota has. */
export function ipPermissions(rules: readonly StateRule[]): readonly Ec2Input[] {
  const byPorts = new Map<string, StateRule[]>();
  for (const rule of rules) {
    const key = `${rule.protocol} ${rule.from} ${rule.to}`;
    const list = byPorts.get(key);
    if (list === undefined) byPorts.set(key, [rule]);
    else list.push(rule);
  }
  return [...byPorts.values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    return [{ ...portsOf(first), ...peersOf(list) }];
  });
}

/** Protocols without ports have none in a call; EC2 ignores what they are given. */
const portsOf = ({ protocol, from, to }: Permission): Ec2Input => ({
  IpProtocol: protocol,
  FromPort: from,
  ToPort: to,
});

function peersOf(rules: readonly StateRule[]): Ec2Input {
  const IpRanges: Ec2Input[] = [];
  const Ipv6Ranges: Ec2Input[] = [];
  const UserIdGroupPairs: Ec2Input[] = [];
  const PrefixListIds: Ec2Input[] = [];
  for (const { peer, description: Description } of rules) {
    if (peer.kind === "group") UserIdGroupPairs.push({ GroupId: peer.group, Description });
    else if (peer.kind === "list") PrefixListIds.push({ PrefixListId: peer.list, Description });
    else if (peer.cidr.address.family === 4) {
      IpRanges.push({ CidrIp: formatCidr(peer.cidr), Description });
    } else Ipv6Ranges.push({ CidrIpv6: formatCidr(peer.cidr), Description });
  }
  const all = { IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds };
  return Object.fromEntries(Object.entries(all).filter(([, list]) => list.length > 0));
}
