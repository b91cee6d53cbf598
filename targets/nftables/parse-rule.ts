// One rule of a ruleset file, word by word: conditions, then limit, log, verdict and comment. What
// is not in the part of nftables that segc writes is refused, never skipped.
import { type Cidr, type Family, parsePrefix } from "../../compiler/sets/address.ts";
import { addressSet } from "../../compiler/sets/address-set.ts";
import type { NumberRange, NumberRanges } from "../../compiler/sets/service-parts.ts";
import type { AddressOperand, ConntrackState, Limit, Match, NftRule, Verdict } from "./ruleset.ts";
import type { Cursor } from "./tokens.ts";

const states: readonly ConntrackState[] = ["new", "established", "related", "invalid", "untracked"];

export function parseRule(cursor: Cursor): NftRule {
  const matches: Match[] = [];
  for (let match = parseMatch(cursor); match !== undefined; match = parseMatch(cursor)) {
    matches.push(match);
  }
  const limit = parseLimit(cursor);
  const log = parseLog(cursor);
  const verdict = parseVerdict(cursor);
  const comment = cursor.take("comment") ? cursor.string() : undefined;
  if (limit !== undefined && verdict !== undefined) cursor.fail("a limit must not decide");
  cursor.endLine();
  return { matches, limit, log, verdict, comment };
}

/** `ip saddr vmap …` is a verdict, though it begins like a condition. */
const isLookup = (cursor: Cursor) => cursor.peek(2)?.text === "vmap";

function parseMatch(cursor: Cursor): Match | undefined {
  if (isLookup(cursor)) return undefined;
  if (cursor.take("iif")) return loopback(cursor, "iif");
  if (cursor.take("oif")) return loopback(cursor, "oif");
  if (cursor.take("meta")) return parseMeta(cursor);
  if (cursor.take("ip")) return parseAddress(cursor, 4);
  if (cursor.take("ip6")) return parseIp6(cursor);
  if (cursor.take("icmp")) return parseIcmp(cursor, 4);
  if (cursor.take("icmpv6")) return parseIcmp(cursor, 6);
  for (const protocol of ["tcp", "udp", "sctp"] as const) {
    if (cursor.take(protocol)) {
      const end = cursor.take("sport") ? "sport" : "dport";
      if (end === "dport") cursor.expect("dport");
      return { kind: "ports", protocol, end, ranges: parseRanges(cursor, 65535) };
    }
  }
  if (cursor.take("ct")) return parseConntrack(cursor);
  if (cursor.take("socket")) {
    cursor.expect("cgroupv2", "level");
    return { kind: "cgroup", level: cursor.number(), set: parseReference(cursor) };
  }
  return undefined;
}

function loopback(cursor: Cursor, end: "iif" | "oif"): Match {
  if (cursor.string() !== "lo") cursor.fail("only the loopback interface may be named");
  return { kind: "loopback", end };
}

function parseMeta(cursor: Cursor): Match {
  if (cursor.take("nfproto")) {
    const family = cursor.take("ipv4") ? 4 : 6;
    if (family === 6) cursor.expect("ipv6");
    return { kind: "family", family };
  }
  if (cursor.take("l4proto")) {
    const kind = cursor.take("!=") ? "not-protocol" : "protocol";
    return { kind, ranges: parseRanges(cursor, 255) };
  }
  if (cursor.take("time")) {
    cursor.expect("<");
    return { kind: "before", seconds: cursor.number() };
  }
  if (cursor.take("skuid")) return { kind: "uid", id: cursor.number() };
  cursor.expect("skgid");
  return { kind: "gid", id: cursor.number() };
}

function parseIp6(cursor: Cursor): Match {
  if (cursor.take("hoplimit")) return { kind: "hop-limit", value: cursor.number() };
  return parseAddress(cursor, 6);
}

function parseAddress(cursor: Cursor, family: Family): Match {
  const end = cursor.take("saddr") ? "saddr" : "daddr";
  if (end === "daddr") cursor.expect("daddr");
  const of: AddressOperand = cursor.peek()?.text.startsWith("@")
    ? { kind: "set", name: parseReference(cursor) }
    : {
        kind: "addresses",
        addresses: addressSet(parseList(cursor, () => parseCidr(cursor, family))),
      };
  return { kind: "address", family, end, of };
}

function parseCidr(cursor: Cursor, family: Family): Cidr {
  const prefix = parsePrefix(cursor.word());
  if (prefix.kind !== "prefix" || prefix.cidr.address.family !== family) {
    return cursor.fail(`expected an IPv${family} prefix`);
  }
  return prefix.cidr;
}

function parseReference(cursor: Cursor): string {
  const text = cursor.word();
  return text.startsWith("@") ? text.slice(1) : cursor.fail("expected a set");
}

function parseIcmp(cursor: Cursor, family: Family): Match {
  const kind = cursor.take("type") ? "icmp-type" : "icmp-code";
  if (kind === "icmp-code") cursor.expect("code");
  return { kind, family, ranges: parseRanges(cursor, 255) };
}

function parseConntrack(cursor: Cursor): Match {
  if (cursor.take("direction")) {
    const direction = cursor.take("original") ? "original" : "reply";
    if (direction === "reply") cursor.expect("reply");
    return { kind: "tracked-direction", direction };
  }
  cursor.expect("state");
  const state = states.find((known) => cursor.take(known));
  return state === undefined ? cursor.fail("expected a state") : { kind: "state", state };
}

const parseRanges = (cursor: Cursor, max: number): NumberRanges =>
  parseList(cursor, () => parseRange(cursor, max));

/** Decimal without leading zeros: nft takes those for octal, so that 022 is 18. */
function parseRange(cursor: Cursor, max: number): NumberRange {
  const [, first, last] = /^(0|[1-9]\d{0,4})(?:-(0|[1-9]\d{0,4}))?$/.exec(cursor.word()) ?? [];
  if (first === undefined) return cursor.fail("expected a number or a range");
  const range = { first: Number(first), last: Number(last ?? first) };
  if (range.last > max) return cursor.fail(`expected numbers up to ${max}`);
  return range.first <= range.last ? range : cursor.fail("expected an ascending range");
}

/** One item, or items between braces; never none. */
function parseList<Item>(cursor: Cursor, item: () => Item): readonly Item[] {
  if (!cursor.take("{")) return [item()];
  const items = [item()];
  while (cursor.take(",")) items.push(item());
  cursor.expect("}");
  return items;
}

function parseLimit(cursor: Cursor): Limit | undefined {
  if (!cursor.take("limit")) return undefined;
  cursor.expect("rate");
  const [, rate] = /^(\d{1,6})\/second$/.exec(cursor.word()) ?? [];
  if (rate === undefined) return cursor.fail("expected a rate per second");
  cursor.expect("burst");
  const burst = cursor.number();
  cursor.expect("packets");
  return { rate: Number(rate), burst };
}

function parseLog(cursor: Cursor): string | undefined {
  if (!cursor.take("log")) return undefined;
  cursor.expect("prefix");
  return cursor.string();
}

function parseVerdict(cursor: Cursor): Verdict | undefined {
  if (isLookup(cursor)) {
    const family = cursor.take("ip") ? 4 : 6;
    if (family === 6) cursor.expect("ip6");
    const end = cursor.take("saddr") ? "saddr" : "daddr";
    if (end === "daddr") cursor.expect("daddr");
    cursor.expect("vmap");
    return { kind: "vmap", family, end, map: parseReference(cursor) };
  }
  for (const kind of ["accept", "drop", "return"] as const) if (cursor.take(kind)) return { kind };
  for (const kind of ["jump", "goto"] as const) {
    if (cursor.take(kind)) return { kind, chain: cursor.word() };
  }
  return undefined;
}
