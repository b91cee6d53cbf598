// What the Describe calls say of an account, filtered and by pages.
import type { Account, StoredGroup, StoredInterface } from "./account.ts";
import { Ec2Fault } from "./fault.ts";
import { type Parameters, recordsAt, textAt, textsAt } from "./parameters.ts";
import { looked, type StoredList } from "./prefix-lists.ts";
import type { StoredRule } from "./rule-values.ts";
import type { XmlValue } from "./xml.ts";

type Filters = ReadonlyMap<string, readonly string[]>;

interface Listing {
  readonly key: string;
  /** `ids` are those of interfaces or templates that the call names; none: all. */
  readonly items: (
    account: Account,
    matches: Matching,
    ids: readonly string[],
  ) => readonly XmlValue[];
}

/** Whether a thing has these values, by the names of filters. */
type Matching = (values: Readonly<Record<string, string>>) => boolean;

const region = "eu-central-1";
const referencing = { state: "available", options: { securityGroupReferencingSupport: "enable" } };

export const listings: Readonly<Record<string, Listing>> = {
  DescribeSecurityGroups: {
    key: "securityGroupInfo",
    items: ({ groups }, matches) =>
      [...groups.values()]
        .filter(({ id, vpc, name }) =>
          matches({ "group-id": id, "vpc-id": vpc, "group-name": name }),
        )
        .map(groupAnswer),
  },
  DescribeSecurityGroupRules: {
    key: "securityGroupRuleSet",
    items: (account, matches) =>
      [...account.groups.values()]
        .filter(({ id }) => matches({ "group-id": id }))
        .flatMap((group) => [
          ...[...group.ingress.values()].map((rule) => ruleAnswer(account, group, rule, false)),
          ...[...group.egress.values()].map((rule) => ruleAnswer(account, group, rule, true)),
        ]),
  },
  DescribeNetworkInterfaces: {
    key: "networkInterfaceSet",
    items: ({ interfaces, groups }, matches, ids) =>
      [...interfaces.values()]
        .filter(({ vpc }) => matches({ "vpc-id": vpc }))
        .filter(({ id }) => ids.length === 0 || ids.includes(id))
        .map((one) => interfaceAnswer(one, groups)),
  },
  DescribeLaunchTemplates: {
    key: "launchTemplates",
    items: ({ templates }) =>
      [...templates].map(([launchTemplateId, { name }]) => ({
        launchTemplateId,
        launchTemplateName: name,
      })),
  },
  DescribeLaunchTemplateVersions: {
    key: "launchTemplateVersionSet",
    items: ({ templates }, _, ids) =>
      [...templates]
        .filter(([id]) => ids.includes(id))
        .map(([launchTemplateId, { name, groups }]) => ({
          launchTemplateId,
          launchTemplateName: name,
          versionNumber: 1,
          launchTemplateData: { securityGroupIdSet: groups },
        })),
  },
  DescribeVpcPeeringConnections: {
    key: "vpcPeeringConnectionSet",
    items: ({ peerings }) =>
      [...peerings].map(([vpcPeeringConnectionId, [requester, accepter]]) => ({
        vpcPeeringConnectionId,
        status: { code: "active" },
        requesterVpcInfo: { vpcId: requester, region },
        accepterVpcInfo: { vpcId: accepter, region },
      })),
  },
  DescribeTransitGateways: {
    key: "transitGatewaySet",
    items: ({ transitGateways }) =>
      [...transitGateways.keys()].map((transitGatewayId) => ({ transitGatewayId, ...referencing })),
  },
  DescribeTransitGatewayVpcAttachments: {
    key: "transitGatewayVpcAttachments",
    items: ({ transitGateways }) =>
      [...transitGateways].flatMap(([transitGatewayId, vpcs]) =>
        vpcs.map((vpcId) => ({ transitGatewayId, vpcId, ...referencing })),
      ),
  },
  DescribeManagedPrefixLists: {
    key: "prefixListSet",
    items: ({ prefixLists }, matches) =>
      [...prefixLists.values()]
        .filter(({ id, name }) => matches({ "prefix-list-id": id, "prefix-list-name": name }))
        .map(listAnswer),
  },
  DescribeInstances: { key: "reservationSet", items: () => [] },
};

/** One page: the token is the number of the first item of the next. */
export function pageOf(
  account: Account,
  { key, items }: Listing,
  parameters: Parameters,
): XmlValue {
  const filters: Filters = new Map(
    recordsAt(parameters, "Filter").map((one) => [
      textAt(one, "Name") ?? "",
      textsAt(one, "Value"),
    ]),
  );
  const matches: Matching = (values) =>
    [...filters].every(([name, wanted]) => {
      const value = values[name];
      if (value === undefined) throw new Ec2Fault("InvalidParameterValue", `no filter ${name}`);
      return wanted.includes(value);
    });
  const all = items(account, matches, [
    ...textsAt(parameters, "NetworkInterfaceId"),
    ...[textAt(parameters, "LaunchTemplateId") ?? []].flat(),
  ]);
  const size = Number(textAt(parameters, "MaxResults") ?? 1000);
  const first = Number(textAt(parameters, "NextToken") ?? 0);
  const next = first + size < all.length ? String(first + size) : undefined;
  return {
    [key]: all.slice(first, first + size),
    ...(next === undefined ? {} : { nextToken: next }),
  };
}

export const entriesOf = (account: Account, parameters: Parameters): XmlValue => ({
  entrySet: (account.prefixLists.get(textAt(parameters, "PrefixListId") ?? "")?.entries ?? []).map(
    (cidr) => ({ cidr }),
  ),
});

export const listAnswer = (list: StoredList): XmlValue => ({
  prefixListId: list.id,
  prefixListName: list.name,
  addressFamily: list.family,
  state: looked(list),
  ...(list.state === "modify-failed" ? { stateMessage: "no room in what names it" } : {}),
  ...(list.max === undefined ? {} : { maxEntries: list.max, version: list.version }),
  tagSet: tagSet(list.tags),
});

const tagSet = (tags: ReadonlyMap<string, string>): XmlValue =>
  [...tags].map(([key, value]) => ({ key, value }));

/** Told of groups of other networks only. */
function peeringOf(
  { groups, isStale }: Account,
  group: StoredGroup,
  peer: string,
): Readonly<Record<string, string>> {
  const isAcross = groups.get(peer)?.vpc !== group.vpc;
  return isAcross && isStale ? { vpcPeeringConnectionId: "pcx-0", peeringStatus: "deleted" } : {};
}

const groupAnswer = ({ id, name, description, vpc, tags }: StoredGroup): XmlValue => ({
  ownerId: "123456789012",
  groupId: id,
  groupName: name,
  groupDescription: description,
  vpcId: vpc,
  tagSet: tagSet(tags),
});

function ruleAnswer(
  account: Account,
  group: StoredGroup,
  rule: StoredRule,
  isEgress: boolean,
): XmlValue {
  const { id, protocol, from, to, peer, description } = rule;
  return {
    securityGroupRuleId: id,
    groupId: group.id,
    groupOwnerId: "123456789012",
    isEgress,
    ipProtocol: protocol,
    fromPort: from,
    toPort: to,
    ...(peer.kind === "cidr"
      ? { [peer.family === 4 ? "cidrIpv4" : "cidrIpv6"]: peer.text }
      : peer.kind === "list"
        ? { prefixListId: peer.id }
        : {
            referencedGroupInfo: {
              groupId: peer.id,
              userId: "123456789012",
              ...peeringOf(account, group, peer.id),
            },
          }),
    ...(description === "" ? {} : { description }),
    tagSet: [],
  };
}

function interfaceAnswer(
  { id, vpc, addresses, groups, tags, service }: StoredInterface,
  known: ReadonlyMap<string, StoredGroup>,
): XmlValue {
  return {
    networkInterfaceId: id,
    vpcId: vpc,
    requesterManaged: service !== undefined,
    interfaceType: service ?? "interface",
    groupSet: groups.map((group) => ({ groupId: group, groupName: known.get(group)?.name })),
    privateIpAddressesSet: addresses
      .filter((address) => !address.includes(":"))
      .map((privateIpAddress) => ({ privateIpAddress })),
    ipv6AddressesSet: addresses
      .filter((address) => address.includes(":"))
      .map((ipv6Address) => ({ ipv6Address })),
    tagSet: tagSet(tags),
  };
}
