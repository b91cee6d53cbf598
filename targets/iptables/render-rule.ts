// One rule as a line of a rules file. Numbers only: names of protocols and users come from tables of
// the host, and a number means the same everywhere. Words stand in the order the conditions have.
import { type Family, formatCidr } from "../../compiler/sets/address.ts";
import {
  icmpProtocol,
  type NumberRanges,
  portProtocols,
} from "../../compiler/sets/service-parts.ts";
import { unreachable } from "../../compiler/unreachable.ts";
import type { IptRule, Match, RuleTarget } from "./ruleset.ts";

export function ruleText(chain: string, { matches, target, comment }: IptRule, family: Family) {
  const words: string[] = [];
  // The protocol is named once, before the first condition on its header.
  let protocol: number | undefined;
  for (const match of matches) {
    const next = headerOf(match, family);
    if (next !== undefined && next !== protocol) words.push(`-p ${next}`);
    protocol = next ?? protocol;
    words.push(matchText(match, family));
  }
  return [
    `-A ${chain}`,
    ...words,
    ...(target.kind === "log"
      ? [`-m limit --limit ${target.limit.rate}/second --limit-burst ${target.limit.burst}`]
      : []),
    ...(comment === undefined ? [] : [`-m comment --comment "${comment}"`]),
    targetText(target),
  ].join(" ");
}

/** The protocol whose header a condition reads. */
function headerOf(match: Match, family: Family): number | undefined {
  if (match.kind === "ports") return portProtocols[match.protocol];
  return match.kind === "icmp" ? icmpProtocol(family) : undefined;
}

function matchText(match: Match, family: Family): string {
  switch (match.kind) {
    case "loopback":
      return match.end === "in" ? "-i lo" : "-o lo";
    case "address":
      return `${match.end === "source" ? "-s" : "-d"} ${formatCidr(match.cidr)}`;
    case "address-set":
      return `-m set --match-set ${match.set} ${match.end === "source" ? "src" : "dst"}`;
    case "pair-set":
      return `-m set --match-set ${match.set} ${match.end === "source" ? "src" : "dst"},dst`;
    case "protocol":
      return `${match.not ? "! " : ""}-p ${match.protocol}`;
    case "ports":
      return `-m multiport --${match.end === "source" ? "sports" : "dports"} ${portsText(match.ranges)}`;
    case "icmp":
      return icmpText(match, family);
    case "hop-limit":
      return `-m hl --hl-eq ${match.value}`;
    case "state":
      return `-m conntrack --ctstate ${match.state.toUpperCase()}${
        match.direction === undefined ? "" : ` --ctdir ${match.direction.toUpperCase()}`
      }`;
    case "before":
      return `-m time --datestop ${dateText(match.seconds - 1)}`;
    case "owner":
      return `-m owner${match.uid === undefined ? "" : ` --uid-owner ${match.uid}`}${
        match.gid === undefined ? "" : ` --gid-owner ${match.gid}`
      }`;
    case "cgroup":
      return `-m cgroup --path ${match.path}`;
    default:
      return unreachable(match);
  }
}

/** `--icmp-type 255` of IPv4 means every type, whatever its code: that one is read off the bytes. */
function icmpText({ type, code }: Match & { readonly kind: "icmp" }, family: Family): string {
  if (family === 4 && type === 255) {
    return code === undefined
      ? '-m u32 --u32 "0>>22&0x3C@0>>24=255"'
      : `-m u32 --u32 "0>>22&0x3C@0>>16=${255 * 256 + code}"`;
  }
  const text = code === undefined ? `${type}` : `${type}/${code}`;
  return family === 4 ? `-m icmp --icmp-type ${text}` : `-m icmp6 --icmpv6-type ${text}`;
}

const portsText = (ranges: NumberRanges): string =>
  ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`)).join(",");

/** The last second that matches, in UTC as xt_time reads it by default. */
const dateText = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 19);

function targetText(target: RuleTarget): string {
  switch (target.kind) {
    case "accept":
    case "drop":
    case "return":
      return `-j ${target.kind.toUpperCase()}`;
    case "jump":
      return `-j ${target.chain}`;
    case "goto":
      return `-g ${target.chain}`;
    case "log":
      return `-j LOG --log-prefix "${target.prefix}"`;
    default:
      return unreachable(target);
  }
}
