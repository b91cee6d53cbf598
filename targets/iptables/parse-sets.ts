// The sets of an artefact, back from the lines that ipset restores: the lines are carried out one by
// one, as ipset does, on sets of which an earlier load may have left anything.
import { type Cidr, type Family, formatCidr } from "../../compiler/sets/address.ts";
import { RulesetFault } from "../linux/fault.ts";
import { icmpProtocol, portProtocols } from "../linux/service-parts.ts";
import { asCidr } from "./parse-rule.ts";
import type { IptSet, PairMember } from "./ruleset.ts";
import { setsPath } from "./set-text.ts";
import { Words } from "./words.ts";

/** A set on the way. */
interface Draft {
  readonly family: Family;
  readonly type: IptSet["type"];
  /** How many members fit: the kernel refuses a full set. */
  readonly room: number;
  /** An earlier load may have left any members. */
  readonly mayHold: boolean;
  /** Every member as the kernel holds it. */
  readonly members: Set<string>;
  /** In the order of the file; the ports of a run together. */
  readonly cidrs: Cidr[];
  readonly exceptions: Cidr[];
  readonly pairs: PairMember[];
}

/** Throws `RulesetFault` on anything that segc does not write. */
export function parseSets(text: string): readonly IptSet[] {
  const sets = new Map<string, Draft>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line !== "" && !line.startsWith("#")) carryOut(sets, { text: line, number: index + 1 });
  }
  return [...sets.keys()].sort().map((name) => finished(name, sets.get(name)));
}

interface Line {
  readonly text: string;
  readonly number: number;
}

function carryOut(sets: Map<string, Draft>, line: Line): void {
  const [, verb, name = "", rest = ""] =
    /^(\w+) (SEG-[\w-]{1,27})(?: (.*))?$/.exec(line.text) ?? [];
  const set = sets.get(name);
  if (verb === "create") {
    if (set !== undefined) fail(line, `\`${name}\` is there already`);
    sets.set(name, created(rest, line));
  } else if (set === undefined) fail(line, `expected a command for a set that is there`);
  else if (verb === "add") addMember(set, line, name);
  else if (verb === "destroy" && rest === "") sets.delete(name);
  else if (verb === "swap") {
    const other = sets.get(rest);
    if (other === undefined || other.type !== set.type || other.family !== set.family) {
      fail(line, "expected two sets of one kind");
    } else {
      sets.set(name, other);
      sets.set(rest, set);
    }
  } else fail(line, "expected `create`, `add`, `swap` or `destroy`");
}

const types = ["hash:ip", "hash:net", "hash:ip,port", "hash:net,port"] as const;

function created(form: string, line: Line): Draft {
  const [, name, inet, room, mayExist] =
    /^(\S+) family (inet6?) hashsize [1-9]\d{0,8} maxelem ([1-9]\d{0,8})( -exist)?$/.exec(form) ??
    fail(line, "expected the form of a set");
  const type = types.find((known) => known === name) ?? fail(line, `no type of set: \`${name}\``);
  return {
    type,
    family: inet === "inet" ? 4 : 6,
    room: Number(room),
    mayHold: mayExist !== undefined,
    members: new Set(),
    cidrs: [],
    exceptions: [],
    pairs: [],
  };
}

function addMember(set: Draft, line: Line, name: string): void {
  const { type, family } = set;
  const words = new Words(line.text, setsPath, line.number);
  words.expect("add", name);
  const [peer = "", port, ...more] = words.word().split(",");
  const isException = type === "hash:net" && !words.isDone();
  if (isException) words.expect("nomatch");
  if (!words.isDone() || more.length > 0) words.fail("expected the end of the line");
  const cidr = asCidr(words, peer, family);
  const cidrs = type.startsWith("hash:ip") ? addressesOf(cidr, family, line) : [cidr];
  if (cidr.length === 0) fail(line, `no member of ${type}`);
  if (type.endsWith(",port") !== (port !== undefined)) fail(line, `no member of ${type}`);
  if (set.mayHold) return; // what it held before stays
  for (const one of cidrs) {
    const key = formatCidr(one);
    if (port === undefined) {
      addKey(set, key, line);
      (isException ? set.exceptions : set.cidrs).push(one);
      continue;
    }
    const pair = { cidr: one, ...portsOf(words, port, family) };
    for (let at = pair.first; at <= pair.last; at++) {
      addKey(set, `${key} ${pair.protocol} ${at}`, line);
    }
    set.pairs.push(pair);
  }
}

function addKey({ members, room }: Draft, key: string, line: Line): void {
  if (members.has(key)) fail(line, "a member twice");
  if (members.size >= room) fail(line, "more members than the set holds");
  members.add(key);
}

/** `6:80`, `17:5000-5003`, `1:8/0`: protocols by their numbers. */
function portsOf(words: Words, text: string, family: Family): Omit<PairMember, "cidr"> {
  const [, number = "", first = "", last, code] =
    /^(\d+):(\d+)(?:-(\d+)|\/(\d+))?$/.exec(text) ?? words.fail("expected a protocol and a port");
  const protocol = words.asNumber(number, 255);
  if (protocol === icmpProtocol(family)) {
    if (code === undefined) return words.fail("expected a type and a code of ICMP");
    const value = words.asNumber(first, 255) * 256 + words.asNumber(code, 255);
    return { protocol, first: value, last: value };
  }
  const hasPorts = Object.values(portProtocols).some((known) => known === protocol);
  if (!hasPorts || code !== undefined) return words.fail("expected a protocol that has ports");
  const range = {
    first: words.asNumber(first, 65535),
    last: words.asNumber(last ?? first, 65535),
  };
  const ascends = last === undefined || range.first < range.last;
  return ascends ? { protocol, ...range } : words.fail("expected an ascending range");
}

/** Of a prefix, `hash:ip` takes every address by itself; of IPv6 only single ones (man ipset). */
function addressesOf(cidr: Cidr, family: Family, line: Line): readonly Cidr[] {
  const full = family === 4 ? 32 : 128;
  const { address } = cidr;
  if (address.words.every((word) => word === 0)) return fail(line, "no address is all zero here");
  if (cidr.length === full) return [cidr];
  if (address.family === 6 || cidr.length < 16) return fail(line, "expected a single address");
  const [first] = address.words;
  return Array.from({ length: 2 ** (32 - cidr.length) }, (_, index) => ({
    address: { family: 4, words: [first + index] },
    length: full,
  }));
}

function finished(name: string, set: Draft | undefined): IptSet {
  const line = { text: name, number: 1 };
  if (set === undefined || set.mayHold) return fail(line, `\`${name}\` keeps what it held before`);
  const { family, type, members, cidrs, exceptions, pairs } = set;
  if (members.size === exceptions.length) return fail(line, `\`${name}\` has no members`);
  return type === "hash:ip" || type === "hash:net"
    ? { name, family, type, cidrs, exceptions }
    : { name, family, type, pairs };
}

function fail(line: Line, message: string): never {
  throw new RulesetFault(line.number, message, setsPath);
}
