// What EC2 takes as a rule, and what it makes of it (platforms.md A.2). Nothing here is the product's.
import { parseAddress, prefixRange } from "../interpreter/address.ts";
import { Ec2Fault } from "./fault.ts";
import { type Parameters, recordsAt, textAt } from "./parameters.ts";

export interface StoredRule {
  readonly id: string;
  readonly protocol: string;
  /** -1 where there are none. */
  readonly from: number;
  readonly to: number;
  readonly peer: StoredPeer;
  readonly description: string;
}

export type StoredPeer =
  | { readonly kind: "cidr"; readonly family: 4 | 6; readonly text: string }
  | { readonly kind: "group"; readonly id: string }
  | { readonly kind: "list"; readonly id: string };

const names: Readonly<Record<string, string>> = {
  "1": "icmp",
  "6": "tcp",
  "17": "udp",
  "58": "icmpv6",
};

const bad = (message: string) => new Ec2Fault("InvalidParameterValue", message);

export const keyOf = ({ protocol, from, to, peer }: Omit<StoredRule, "id" | "description">) =>
  JSON.stringify([protocol, from, to, peer.kind, peer.kind === "cidr" ? peer.text : peer.id]);

/** The rules that one permission stands for: one for each of its sources. */
export function rulesOf(permission: Parameters): readonly Omit<StoredRule, "id">[] {
  const ports = portsOf(permission);
  const peers: (readonly [StoredPeer, Parameters])[] = [
    ...recordsAt(permission, "IpRanges").map(
      (range) => [cidr(textAt(range, "CidrIp"), 4), range] as const,
    ),
    ...recordsAt(permission, "Ipv6Ranges").map(
      (range) => [cidr(textAt(range, "CidrIpv6"), 6), range] as const,
    ),
    ...recordsAt(permission, "Groups").map(
      (pair) => [{ kind: "group", id: textAt(pair, "GroupId") ?? "" }, pair] as const,
    ),
    ...recordsAt(permission, "PrefixListIds").map(
      (list) => [{ kind: "list", id: textAt(list, "PrefixListId") ?? "" }, list] as const,
    ),
  ];
  if (peers.length === 0) throw new Ec2Fault("MissingParameter", "no source is named");
  return peers.map(([peer, fields]) => ({
    ...ports,
    peer,
    description: description(textAt(fields, "Description") ?? "", peer.kind === "cidr"),
  }));
}

function portsOf(permission: Parameters): Pick<StoredRule, "protocol" | "from" | "to"> {
  const text = textAt(permission, "IpProtocol") ?? "";
  const protocol = names[text] ?? text.toLowerCase();
  const isNumber = /^\d+$/.test(protocol) && Number(protocol) <= 255;
  if (protocol !== "-1" && !isNumber && !Object.values(names).includes(protocol)) {
    throw bad(`Invalid value '${text}' for IP protocol`);
  }
  const [from, to] = [numberAt(permission, "FromPort"), numberAt(permission, "ToPort")];
  if (protocol === "tcp" || protocol === "udp") {
    const isRange =
      from !== undefined && to !== undefined && from >= 0 && from <= to && to <= 65535;
    if (!isRange) throw bad(`Invalid TCP/UDP port range (${from}:${to})`);
    return { protocol, from, to };
  }
  if (protocol !== "icmp" && protocol !== "icmpv6") return { protocol, from: -1, to: -1 };
  const [type = -1, code = -1] = [from, to];
  if (protocol === "icmp" && from === undefined) throw bad("ICMP needs a type");
  if (type < -1 || type > 255 || code < -1 || code > 255) throw bad("Invalid ICMP type or code");
  return { protocol, from: type, to: type === -1 ? -1 : code };
}

function numberAt(parameters: Parameters, key: string): number | undefined {
  const text = textAt(parameters, key);
  if (text === undefined) return undefined;
  if (!/^-?\d+$/.test(text)) throw bad(`\`${key}\` is no number`);
  return Number(text);
}

/** Host bits are cleared; a single address must have its length. */
function cidr(text: string | undefined, family: 4 | 6): StoredPeer {
  const [base = "", length = "", ...more] = (text ?? "").split("/");
  const address = parseAddress(base, family);
  const max = family === 4 ? 32 : 128;
  const isPrefix = more.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= max;
  if (address === undefined || !isPrefix) throw bad(`CIDR block ${text} is malformed`);
  const { low } = prefixRange(address, Number(length), family);
  return { kind: "cidr", family, text: `${textOf(low, family)}/${length}` };
}

/** IPv6 as RFC 5952 writes it, by way of the URL parser. */
function textOf(value: bigint, family: 4 | 6): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((at) => (value >> at) & 255n).join(".");
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((value >> BigInt(112 - 16 * at)) & 0xffffn).toString(16),
  );
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

function description(text: string, isRange: boolean): string {
  const allowed = isRange
    ? /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/
    : /^[a-zA-Z0-9 ._\-:/()#,@[\]+=;{}!$*]*$/;
  if (text.length <= 255 && allowed.test(text)) return text;
  throw bad(`Invalid rule description '${text}'`);
}
