// Answers of EC2 -> what stands in the account. Shapes: @aws-sdk/client-ec2 (platforms.md A.1). What segc
// cannot read is refused: a rule that is left out would be a hole in every proof.

import { noLinks } from "../../../compiler/plan/network-links.ts";
import {
  type Cidr,
  formatCidr,
  type IpAddress,
  isFault,
  parseAddress,
  parsePrefix,
} from "../../../compiler/sets/address.ts";
import { serviceOf } from "../permissions.ts";
import type {
  LaunchTemplate,
  LiveAccount,
  LiveGroup,
  LiveInterface,
  LiveList,
  LivePeer,
  LiveRule,
} from "./account.ts";
import { leaseName, leaseTag } from "./account.ts";
import { type ListAnswer, weightOf } from "./lists.ts";

/** Lists as EC2 gives them, every page. */
export interface Answers {
  readonly interfaces: readonly unknown[];
  readonly groups: readonly unknown[];
  readonly rules: readonly unknown[];
  /** Versions of launch templates. */
  readonly templates: readonly unknown[];
  /** By the id of the list. */
  readonly prefixLists: ReadonlyMap<string, ListAnswer>;
}

/** Something that EC2 said and segc does not understand. */
export class UnreadableAnswer extends Error {}

/**
 * Without links, which stand in other answers (links.ts).
 * @throws UnreadableAnswer
 */
export function readAccount(answers: Answers): LiveAccount {
  const rules = new Map<string, { ingress: LiveRule[]; egress: LiveRule[] }>();
  for (const answer of answers.rules) {
    const fields = fieldsOf(answer);
    const group = textOf(fields, "GroupId", "a rule");
    const both = rules.get(group) ?? { ingress: [], egress: [] };
    rules.set(group, both);
    both[fields.IsEgress === true ? "egress" : "ingress"].push(ruleOf(fields));
  }
  const interfaces = answers.interfaces
    .map((answer) => interfaceOf(fieldsOf(answer)))
    .sort((a, b) => compareTexts(a.id, b.id));
  const known = new Set(answers.groups.map((answer) => plain(fieldsOf(answer).GroupId)));
  const unread = interfaces.find((one) => one.groups.some((id) => !known.has(id)));
  if (unread !== undefined) {
    throw new UnreadableAnswer(`${unread.id} carries a group that was not read`);
  }
  const carried = new Set(interfaces.flatMap(({ groups }) => groups));
  return {
    groups: answers.groups
      .map((answer) => groupOf(fieldsOf(answer), rules))
      // The lease comes and goes with every apply; whatever else has its tag is a group like others.
      .filter(({ id, name, tags }) => name !== leaseName || !tags.has(leaseTag) || carried.has(id))
      .sort((a, b) => compareTexts(a.id, b.id)),
    interfaces,
    templates: answers.templates.flatMap((answer) => templateOf(fieldsOf(answer), known)),
    prefixLists: new Map(
      [...answers.prefixLists].map(([id, answer]) => [id, prefixListOf(id, answer)]),
    ),
    links: noLinks,
  };
}

/** Ids of the prefix lists that rules name. */
export const listsNamed = (rules: readonly unknown[]): readonly string[] => [
  ...new Set(
    rules.flatMap((rule) => {
      const { PrefixListId: id } = fieldsOf(rule);
      return typeof id === "string" ? [id] : [];
    }),
  ),
];

function groupOf(
  fields: Fields,
  rules: ReadonlyMap<string, Pick<LiveGroup, "ingress" | "egress">>,
): LiveGroup {
  const id = textOf(fields, "GroupId", "a group");
  const own = rules.get(id);
  // The group itself says in another form what it holds: saved answers may be of different days.
  for (const [key, list] of [
    ["IpPermissions", own?.ingress],
    ["IpPermissionsEgress", own?.egress],
  ] as const) {
    if (listOf(fields, key).length > 0 && (list ?? []).length === 0) {
      throw new UnreadableAnswer(`the rules of ${id} are missing, which has ${key}`);
    }
  }
  return {
    id,
    name: textOf(fields, "GroupName", id),
    vpc: textOf(fields, "VpcId", id),
    tags: tagsOf(fields),
    ingress: sorted(own?.ingress ?? []),
    egress: sorted(own?.egress ?? []),
  };
}

/** Equal for what AWS calls the same rule. */
export function liveRuleKey({ protocol, from, to, peer }: Omit<LiveRule, "id">): string {
  return JSON.stringify([protocol, from, to, peer.kind, livePeerText(peer)]);
}

export const livePeerText = (peer: LivePeer): string =>
  peer.kind === "cidr" ? formatCidr(peer.cidr) : peer.kind === "group" ? peer.group : peer.list;

const sorted = (rules: readonly LiveRule[]) =>
  rules.toSorted((a, b) => compareTexts(liveRuleKey(a), liveRuleKey(b)));

function ruleOf(fields: Fields): LiveRule {
  const id = textOf(fields, "SecurityGroupRuleId", "a rule");
  const { IpProtocol, FromPort = -1, ToPort = -1, Description } = fields;
  const protocol = protocolNamed(plain(IpProtocol));
  const hasPorts = ["tcp", "udp", "icmp", "icmpv6"].includes(protocol);
  // All ports are meant, whatever is given.
  const [from, to] = hasPorts ? [Number(plain(FromPort)), Number(plain(ToPort))] : [-1, -1];
  const whole = from === -1 ? { from, to: -1 } : { from, to };
  const permission = { protocol, ...whole };
  if (serviceOf(permission) === undefined) {
    throw new UnreadableAnswer(`rule ${id}: ${protocol} ${from} to ${to} is no permission`);
  }
  return { ...permission, id, peer: peerOf(fields, id), description: plain(Description) };
}

/** EC2 gives the names back for these numbers, but not every emulator does. */
const protocolNamed = (text: string): string =>
  ({ "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6" })[text] ?? text;

function prefixListOf(id: string, { list, entries }: ListAnswer): LiveList {
  const fields = fieldsOf(list);
  const what = `prefix list ${id}`;
  const cidrs = entries.map((entry) => prefixOf(fieldsOf(entry), "Cidr", what));
  const name = plain(fields.PrefixListName ?? id);
  const [family = plain(fields.AddressFamily) === "IPv6" ? 6 : 4, ...others] = [
    ...new Set(cidrs.map(({ address }) => address.family)),
  ];
  if (others.length > 0) throw new UnreadableAnswer(`${what} has entries of both families`);
  return {
    id,
    name,
    tags: tagsOf(fields),
    family,
    weight: weightOf(name, fields.MaxEntries, cidrs.length),
    version: typeof fields.Version === "number" ? fields.Version : 0,
    entries: cidrs,
  };
}

const tagsOf = (fields: Fields): ReadonlyMap<string, string> =>
  new Map(listOf(fields, "Tags").map((tag) => [textOf(tag, "Key", "a tag"), plain(tag.Value)]));

function peerOf(fields: Fields, id: string): LivePeer {
  const { CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo } = fields;
  if (typeof CidrIpv4 === "string") return { kind: "cidr", cidr: prefixOf(fields, "CidrIpv4", id) };
  if (typeof CidrIpv6 === "string") return { kind: "cidr", cidr: prefixOf(fields, "CidrIpv6", id) };
  if (typeof PrefixListId === "string") return { kind: "list", list: PrefixListId };
  const { GroupId, PeeringStatus = "active" } = fieldsOf(ReferencedGroupInfo);
  if (typeof GroupId === "string") {
    const isStale = PeeringStatus !== "active";
    return { kind: "group", group: GroupId, ...(isStale ? { isStale } : {}) };
  }
  throw new UnreadableAnswer(`rule ${id} names no peer that segc knows`);
}

function prefixOf(fields: Fields, key: string, of: string): Cidr {
  const text = textOf(fields, key, of);
  const parsed = parsePrefix(text);
  if (parsed.kind !== "prefix") throw new UnreadableAnswer(`${of}: \`${text}\` is no prefix`);
  return parsed.cidr;
}

function interfaceOf(fields: Fields): LiveInterface {
  const id = textOf(fields, "NetworkInterfaceId", "an interface");
  const addresses = [
    ...listOf(fields, "PrivateIpAddresses").map((each) => each.PrivateIpAddress),
    ...listOf(fields, "Ipv6Addresses").map((each) => each.Ipv6Address),
  ];
  return {
    id,
    vpc: textOf(fields, "VpcId", id),
    prefixes: [
      ...listOf(fields, "Ipv4Prefixes").map((each) => prefixOf(each, "Ipv4Prefix", id)),
      ...listOf(fields, "Ipv6Prefixes").map((each) => prefixOf(each, "Ipv6Prefix", id)),
    ],
    addresses: addresses.map((text) => addressOf(plain(text), id)),
    groups: listOf(fields, "Groups")
      .map((group) => textOf(group, "GroupId", id))
      .sort(),
    service: serviceOwning(fields),
  };
}

/** Nothing where it names no group of these networks; by name, groups are those of a default network. */
function templateOf(fields: Fields, known: ReadonlySet<string>): readonly LaunchTemplate[] {
  const data = fieldsOf(fields.LaunchTemplateData);
  const lists = [
    textsOf(data, "SecurityGroupIds"),
    ...listOf(data, "NetworkInterfaces").map((one) => textsOf(one, "Groups")),
  ];
  const groups = lists
    .map((list) => list.filter((id) => known.has(id)).sort())
    .filter((list) => list.length > 0);
  if (groups.length === 0) return [];
  const id = textOf(fields, "LaunchTemplateId", "a launch template");
  const name = plain(fields.LaunchTemplateName ?? id);
  return [{ id, name, version: plain(fields.VersionNumber), groups }];
}

function addressOf(text: string, of: string): IpAddress {
  const parsed = parseAddress(text);
  if (isFault(parsed)) throw new UnreadableAnswer(`${of}: \`${text}\` is no address`);
  return parsed;
}

/** Interfaces that a service made for itself: EC2 refuses to change them. */
function serviceOwning({ RequesterManaged, InterfaceType = "interface" }: Fields) {
  const type = plain(InterfaceType);
  const isPlain = ["interface", "efa", "trunk", "branch"].includes(type);
  return RequesterManaged === true || !isPlain ? type : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object(value) : {};

function listOf(fields: Fields, key: string): readonly Fields[] {
  const list = fields[key] ?? [];
  if (!Array.isArray(list)) throw new UnreadableAnswer(`expected a list under ${key}`);
  return list.map(fieldsOf);
}

/** Text, numbers and yes or no as text; what is nothing of the kind says nothing. */
const plain = (value: unknown): string =>
  ["string", "number", "boolean"].includes(typeof value) ? String(value) : "";

function textsOf(fields: Fields, key: string): readonly string[] {
  const list = fields[key] ?? [];
  if (!Array.isArray(list)) throw new UnreadableAnswer(`expected a list under ${key}`);
  return list.map(plain);
}

function textOf(fields: Fields, key: string, of: string): string {
  const value = fields[key];
  if (typeof value === "string" && value !== "") return value;
  throw new UnreadableAnswer(`${of} has no ${key}`);
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b));
