// Security groups by AWS's documented meaning (VPC User Guide, "Security group rules"), read from the
// text of an artefact. A stranger to the product: it shares nothing with compiler/ or targets/.
import { parseAddress, prefixRange } from "../interpreter/address.ts";

export interface GroupsDocument {
  readonly groups: readonly {
    readonly name: string;
    readonly network: string;
    readonly ingress: readonly RuleRecord[];
    readonly egress: readonly RuleRecord[];
  }[];
  readonly prefixLists?: readonly {
    readonly name: string;
    readonly family: number;
    readonly entries: readonly string[];
  }[];
  readonly attachments: readonly {
    readonly interface: string;
    readonly workload: string;
    readonly network: string;
    readonly groups: readonly string[] | null;
  }[];
}

export interface RuleRecord {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly cidr?: string;
  readonly list?: string;
  readonly group?: string;
  /** Of the group, where it is another one. */
  readonly network?: string;
  readonly until?: string;
  /** Of the policy; none where a direction is open because nothing enforces it. */
  readonly rules?: readonly string[];
}

/** A first packet at an interface, as AWS looks at it. */
export interface AwsPacket {
  readonly direction: "ingress" | "egress";
  /** The interface's workload, and every address of every workload in its network. */
  readonly workload: string;
  readonly addressesOf: (workload: string) => readonly string[];
  readonly peer: string;
  readonly protocol: number;
  /** Destination port, or type * 256 + code. */
  readonly detail: number;
}

/** What a rule of any group that the interface carries lets through; undefined: groups unknown. */
export function passes(document: GroupsDocument, packet: AwsPacket): boolean | undefined {
  const attachment = document.attachments.find(({ workload }) => workload === packet.workload);
  if (attachment === undefined || attachment.groups === null) return undefined;
  return rulesAt(document, packet.workload, packet.direction).some(
    (rule) => saysService(rule, packet) && saysPeer(document, rule, packet, attachment.network),
  );
}

/** Of all groups that the interface of a workload carries; a list as the prefixes in it. */
export function rulesAt(
  { groups: all, attachments, prefixLists = [] }: GroupsDocument,
  workload: string,
  side: "ingress" | "egress",
): readonly RuleRecord[] {
  const { groups, network } = attachments.find((one) => one.workload === workload) ?? {};
  const entries = new Map(prefixLists.map((one) => [one.name, one.entries]));
  return all
    .filter((group) => group.network === network && groups?.includes(group.name))
    .flatMap((group) => group[side])
    .flatMap(({ list, ...rule }): readonly RuleRecord[] =>
      list === undefined ? [rule] : (entries.get(list) ?? []).map((cidr) => ({ ...rule, cidr })),
    );
}

/** What is left after `segc expire` on that day. */
export function asOf(document: GroupsDocument, day: string): GroupsDocument {
  const open = (rules: readonly RuleRecord[]) =>
    rules.filter(({ until }) => until === undefined || until >= day);
  return {
    ...document,
    groups: document.groups.map((group) => ({
      ...group,
      ingress: open(group.ingress),
      egress: open(group.egress),
    })),
  };
}

const names: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };

export function saysService({ protocol, from, to }: RuleRecord, packet: AwsPacket): boolean {
  if (protocol === "-1") return true;
  if ((names[protocol] ?? Number(protocol)) !== packet.protocol) return false;
  if (protocol === "tcp" || protocol === "udp") return from <= packet.detail && packet.detail <= to;
  if (protocol !== "icmp" && protocol !== "icmpv6") return true; // all ports, whatever is given
  const [type, code] = [packet.detail >> 8, packet.detail & 255];
  return (from === -1 || from === type) && (from === -1 || to === -1 || to === code);
}

/** Of a rule that names no list. */
export function saysPeer(
  { attachments }: GroupsDocument,
  { cidr, group, network }: RuleRecord,
  { peer, addressesOf }: AwsPacket,
  own: string,
): boolean {
  if (group !== undefined) {
    return attachments.some(
      (one) =>
        one.network === (network ?? own) &&
        one.groups?.includes(group) === true &&
        addressesOf(one.workload).includes(peer),
    );
  }
  return cidr !== undefined && isInside(peer, cidr);
}

export function isInside(peer: string, cidr: string): boolean {
  const family = peer.includes(":") ? 6 : 4;
  const [text = "", length = ""] = cidr.split("/");
  const [base, address] = [parseAddress(text, family), parseAddress(peer, family)];
  if (base === undefined || address === undefined) return false;
  const { low, high } = prefixRange(base, Number(length), family);
  return low <= address && address <= high;
}

/** Where a group names one of another network. */
export function acrossNetworks({ groups }: GroupsDocument): readonly ("ingress" | "egress")[] {
  return groups.flatMap((group) =>
    (["ingress", "egress"] as const).flatMap((direction) =>
      group[direction].flatMap(({ network }) => (network === undefined ? [] : [direction])),
    ),
  );
}

/** The most rules of a group in a direction and family, as AWS counts them; and groups of an interface. */
export function quotasOf({ groups, attachments, prefixLists = [] }: GroupsDocument) {
  const weights = new Map(prefixLists.map((one) => [one.name, one]));
  const counts = groups.flatMap(({ ingress, egress }) =>
    [ingress, egress].flatMap((rules) =>
      [4, 6].map((family) =>
        rules.reduce((sum, { cidr, list, group }) => {
          const named = weights.get(list ?? "");
          if (named !== undefined) {
            return sum + (named.family === family ? named.entries.length : 0);
          }
          return sum + Number(group !== undefined || cidr?.includes(family === 4 ? "." : ":"));
        }, 0),
      ),
    ),
  );
  return {
    rulesPerGroup: Math.max(0, ...counts),
    groupsPerInterface: Math.max(0, ...attachments.map((one) => one.groups?.length ?? 0)),
    rules: groups.reduce((sum, { ingress, egress }) => sum + ingress.length + egress.length, 0),
  };
}
