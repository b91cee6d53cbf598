// One condition or verdict as nft text. Numbers only: names of protocols, ICMP types and users come
// from tables of the host, and a number means the same everywhere. A time is seconds since 1970,
// because nft reads a written date in the host's own time zone.
import { cidrsOf } from "../../compiler/sets/address-set.ts";
import type { NumberRanges } from "../../compiler/sets/service-parts.ts";
import { unreachable } from "../../compiler/unreachable.ts";
import { cidrText } from "./elements.ts";
import type { AddressOperand, Match, Verdict } from "./ruleset.ts";

export function matchText(match: Match): string {
  switch (match.kind) {
    case "loopback":
      return `${match.end} "lo"`;
    case "family":
      return `meta nfproto ipv${match.family}`;
    case "address":
      return `${match.family === 4 ? "ip" : "ip6"} ${match.end} ${addressText(match.of)}`;
    case "protocol":
      return `meta l4proto ${rangesText(match.ranges)}`;
    case "not-protocol":
      return `meta l4proto != ${rangesText(match.ranges)}`;
    case "ports":
      return `${match.protocol} ${match.end} ${rangesText(match.ranges)}`;
    case "icmp-type":
      return `${match.family === 4 ? "icmp" : "icmpv6"} type ${rangesText(match.ranges)}`;
    case "icmp-code":
      return `${match.family === 4 ? "icmp" : "icmpv6"} code ${rangesText(match.ranges)}`;
    case "hop-limit":
      return `ip6 hoplimit ${match.value}`;
    case "state":
      return `ct state ${match.state}`;
    case "tracked-direction":
      return `ct direction ${match.direction}`;
    case "before":
      return `meta time < ${match.seconds}`;
    case "cgroup":
      return `socket cgroupv2 level ${match.level} @${match.set}`;
    case "uid":
      return `meta skuid ${match.id}`;
    case "gid":
      return `meta skgid ${match.id}`;
    default:
      return unreachable(match);
  }
}

export function verdictText(verdict: Verdict): string {
  switch (verdict.kind) {
    case "jump":
    case "goto":
      return `${verdict.kind} ${verdict.chain}`;
    case "vmap":
      return `${verdict.family === 4 ? "ip" : "ip6"} ${verdict.end} vmap @${verdict.map}`;
    default:
      return verdict.kind;
  }
}

function addressText(of: AddressOperand): string {
  return of.kind === "set" ? `@${of.name}` : listText(cidrsOf(of.addresses).map(cidrText));
}

const rangesText = (ranges: NumberRanges): string =>
  listText(ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)));

const listText = (items: readonly string[]): string =>
  items.length === 1 ? items.join() : `{ ${items.join(", ")} }`;
