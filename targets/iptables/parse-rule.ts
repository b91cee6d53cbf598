// One rule of a rules file, word by word: conditions, then limit, comment and target. What is not in
// the part of iptables that segc writes is refused, never skipped.
import { type Cidr, type Family, parsePrefix } from "../../compiler/sets/address.ts";
import {
  icmpProtocol,
  type NumberRange,
  portNames,
  portProtocols,
} from "../../compiler/sets/service-parts.ts";
import type { IptRule, Limit, Match, PacketEnd, RuleTarget } from "./ruleset.ts";
import { cgroupText } from "./text.ts";
import type { Words } from "./words.ts";

const idMax = 0xffff_fffe;
const chainName = /^SEG-[0-9A-Za-z-]{1,24}$/;

/** After `-A CHAIN`. */
export function parseRule(words: Words, family: Family): IptRule {
  const matches: Match[] = [];
  const options = new Set<string>();
  for (let found = parseMatches(words, family); found.length > 0; ) {
    const option = optionOf(found);
    if (option !== undefined && options.has(option)) words.fail(`${option} twice`);
    if (option !== undefined) options.add(option);
    matches.push(...found);
    found = parseMatches(words, family);
  }
  const limit = parseLimit(words);
  const comment = words.take("-m", "comment", "--comment") ? words.string() : undefined;
  const target = parseTarget(words, limit);
  if (!words.isDone()) words.fail("expected the end of the line");
  return { matches, target, comment };
}

/** What iptables takes only once in a rule. */
function optionOf([match]: readonly Match[]): string | undefined {
  switch (match?.kind) {
    case "loopback":
      return match.end === "in" ? "-i" : "-o";
    case "address":
      return match.end === "source" ? "-s" : "-d";
    case "protocol":
    case "ports":
    case "icmp":
      return "-p";
    default:
      return undefined;
  }
}

/** One condition, or all that follow one naming of a protocol; none at the end of them. */
function parseMatches(words: Words, family: Family): readonly Match[] {
  if (words.take("-i", "lo")) return [{ kind: "loopback", end: "in" }];
  if (words.take("-o", "lo")) return [{ kind: "loopback", end: "out" }];
  if (words.take("-s")) return [{ kind: "address", end: "source", cidr: parseCidr(words, family) }];
  if (words.take("-d")) {
    return [{ kind: "address", end: "destination", cidr: parseCidr(words, family) }];
  }
  if (words.take("!", "-p")) {
    return [{ kind: "protocol", protocol: protocolNumber(words), not: true }];
  }
  if (words.take("-p")) return parseProtocol(words, family);
  if (words.take("-m", "set", "--match-set")) return [parseSet(words)];
  if (family === 6 && words.take("-m", "hl", "--hl-eq"))
    return [{ kind: "hop-limit", value: words.number(255) }];
  if (words.take("-m", "conntrack", "--ctstate")) return [parseState(words)];
  if (words.take("-m", "time", "--datestop")) return [parseDate(words)];
  if (words.take("-m", "owner")) return [parseOwner(words)];
  if (words.take("-m", "cgroup", "--path")) return [parseCgroup(words)];
  return [];
}

const parseCidr = (words: Words, family: Family): Cidr => asCidr(words, words.word(), family);

/** `text` is the word before the next one. */
export function asCidr(words: Words, text: string, family: Family): Cidr {
  const prefix = parsePrefix(text);
  if (prefix.kind !== "prefix" || prefix.cidr.address.family !== family) {
    return words.fail(`expected an IPv${family} prefix before this`);
  }
  return prefix.cidr;
}

/** 0 would be every protocol. */
function protocolNumber(words: Words): number {
  const protocol = words.number(255);
  return protocol === 0 ? words.fail("protocol 0 means every protocol") : protocol;
}

function parseProtocol(words: Words, family: Family): readonly Match[] {
  const protocol = protocolNumber(words);
  const ports: Match[] = [];
  const name = portNames.find((one) => portProtocols[one] === protocol);
  while (name !== undefined && words.take("-m", "multiport")) {
    const end: PacketEnd = words.take("--sports") ? "source" : "destination";
    if (end === "destination") words.expect("--dports");
    ports.push({ kind: "ports", protocol: name, end, ranges: parsePorts(words) });
  }
  if (ports.length > 0) return ports;
  const icmp = protocol === icmpProtocol(family) ? parseIcmp(words, family) : undefined;
  return [icmp ?? { kind: "protocol", protocol, not: false }];
}

function parsePorts(words: Words): readonly NumberRange[] {
  const ranges = words
    .word()
    .split(",")
    .map((text): NumberRange => {
      const [first = "", last = first, ...more] = text.split(":");
      const range = { first: words.asNumber(first, 65535), last: words.asNumber(last, 65535) };
      const isRange = more.length === 0 && (range.first < range.last || !text.includes(":"));
      return isRange ? range : words.fail("expected an ascending range");
    });
  const slots = ranges.reduce((sum, { first, last }) => sum + (first === last ? 1 : 2), 0);
  return slots <= 15 ? ranges : words.fail("more ports than one rule can hold");
}

function parseIcmp(words: Words, family: Family): Match | undefined {
  if (family === 4 && words.take("-m", "u32", "--u32")) {
    const [, shift, digits = ""] =
      /^0>>22&0x3C@0>>(24|16)=(\d+)$/.exec(words.string()) ?? words.fail("unknown bytes");
    const value = words.asNumber(digits, 0xffff);
    if (shift === "24" && value === 255) return { kind: "icmp", type: 255, code: undefined };
    if (shift === "16" && value >> 8 === 255) return { kind: "icmp", type: 255, code: value & 255 };
    return words.fail("expected ICMP type 255");
  }
  const option = family === 4 ? ["icmp", "--icmp-type"] : ["icmp6", "--icmpv6-type"];
  if (!words.take("-m", ...option)) return undefined;
  const [type = "", code, ...more] = words.word().split("/");
  if (more.length > 0) words.fail("expected a type and a code");
  const number = words.asNumber(type, 255);
  if (family === 4 && number === 255) words.fail("type 255 means every type");
  return {
    kind: "icmp",
    type: number,
    code: code === undefined ? undefined : words.asNumber(code, 255),
  };
}

function parseSet(words: Words): Match {
  const set = words.word();
  for (const end of ["source", "destination"] as const) {
    const side = end === "source" ? "src" : "dst";
    if (words.take(side)) return { kind: "address-set", end, set };
    if (words.take(`${side},dst`)) return { kind: "pair-set", end, set };
  }
  return words.fail("expected the sides that a set is asked for");
}

function parseState(words: Words): Match {
  const text = words.word();
  const states = ["new", "established", "related", "invalid"] as const;
  const state = states.find((known) => known.toUpperCase() === text);
  if (state === undefined) return words.fail("expected a state before this");
  const direction = words.take("--ctdir", "ORIGINAL")
    ? "original"
    : words.take("--ctdir", "REPLY")
      ? "reply"
      : undefined;
  return { kind: "state", state, direction };
}

/** Whole days only: the last second that holds is the last of a day. */
function parseDate(words: Words): Match {
  const text = words.word();
  const last = /^\d{4}-\d\d-\d\dT23:59:59$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  if (Number.isNaN(last)) return words.fail("expected the end of a day before this");
  return { kind: "before", seconds: last / 1000 + 1 };
}

function parseOwner(words: Words): Match {
  const uid = words.take("--uid-owner") ? words.number(idMax) : undefined;
  const gid = words.take("--gid-owner") ? words.number(idMax) : undefined;
  if (uid === undefined && gid === undefined) words.fail("expected an owner");
  return { kind: "owner", uid, gid };
}

function parseCgroup(words: Words): Match {
  const path = words.word();
  return cgroupText(path) === path
    ? { kind: "cgroup", path }
    : words.fail("expected a cgroup's path before this");
}

function parseLimit(words: Words): Limit | undefined {
  if (!words.take("-m", "limit", "--limit")) return undefined;
  const [, rate = ""] = /^(\d+)\/second$/.exec(words.word()) ?? words.fail("expected a rate");
  words.expect("--limit-burst");
  return { rate: words.asNumber(rate, 10_000), burst: words.number(10_000) };
}

function parseTarget(words: Words, limit: Limit | undefined): RuleTarget {
  if (words.take("-j", "LOG", "--log-prefix")) {
    const prefix = words.string();
    return limit === undefined
      ? words.fail("a log without a limit")
      : { kind: "log", prefix, limit };
  }
  if (limit !== undefined) return words.fail("a limit must not decide");
  if (words.take("-j", "ACCEPT")) return { kind: "accept" };
  if (words.take("-j", "DROP")) return { kind: "drop" };
  if (words.take("-j", "RETURN")) return { kind: "return" };
  const kind = words.take("-g") ? "goto" : "jump";
  if (kind === "jump") words.expect("-j");
  const chain = words.word();
  return chainName.test(chain) ? { kind, chain } : words.fail("expected a chain of segc's");
}

export const isChainName = (text: string): boolean => chainName.test(text);
