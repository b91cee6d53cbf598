// The sets of an artefact, back from the lines that ipset restores: the lines are carried out one by
// one, as ipset does, on sets of which an earlier load may have left anything.

import { RulesetFault } from "../../compiler/plan/ruleset-fault.ts";
import { type Cidr, type Family, formatCidr } from "../../compiler/sets/address.ts";
import { cidrsOfList, fullLength, prefixListOf } from "../../compiler/sets/prefix-list.ts";
import { icmpProtocol, portProtocols } from "../../compiler/sets/service-parts.ts";
import { asCidr } from "./parse-rule.ts";
import { keysOf, plainMembers, type SetKind } from "./plain-members.ts";
import type { IptSet, PairMember, SetMembers } from "./ruleset.ts";
import { setsPath } from "./set-text.ts";
import { Words } from "./words.ts";

/** A set on the way. */
interface Draft extends SetKind {
  /** An earlier load may have left any members. */
  readonly mayHold: boolean;
  readonly content: Read | Members;
  /** Others have the same content: to be copied before more is added. */
  readonly isShared: boolean;
}

/** Prefixes that were read as one text. */
interface Read {
  readonly kind: "read";
  readonly members: SetMembers;
}

/** What was read line by line. */
interface Members {
  readonly kind: "members";
  /** Every member as the kernel holds it. */
  readonly keys: Set<string>;
  /** In the order of the file; the ports of a run together. */
  readonly cidrs: Cidr[];
  readonly exceptions: Cidr[];
  readonly pairs: PairMember[];
}

const noMembers = (): Members => ({
  kind: "members",
  keys: new Set(),
  cidrs: [],
  exceptions: [],
  pairs: [],
});

/** Throws `RulesetFault` on anything that segc does not write. */
export function parseSets(text: string): readonly IptSet[] {
  const sets = new Map<string, Draft>();
  let number = 1;
  for (let at = 0; at < text.length; ) {
    const run = runAt(text, at);
    if (run === undefined) {
      const line = text.slice(at, lineEnd(text, at));
      if (line !== "" && !line.startsWith("#")) carryOut(sets, { text: line, number });
      at = lineEnd(text, at) + 1;
      number++;
    } else {
      addRun(sets, run, number);
      at += run.text.length;
      number += run.lines;
    }
  }
  return [...sets.keys()].sort().map((name) => finished(name, sets.get(name)));
}

/** Where the line ends, without its end. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** Whole lines that add members to one set. */
interface Run {
  readonly name: string;
  readonly text: string;
  readonly lines: number;
}

function runAt(text: string, at: number): Run | undefined {
  if (!text.startsWith("add ", at)) return undefined;
  const blank = text.indexOf(" ", at + 4);
  const start = text.slice(at, blank + 1);
  let end = at;
  let lines = 0;
  while (text.startsWith(start, end)) {
    const next = text.indexOf("\n", end) + 1;
    if (next === 0) break;
    end = next;
    lines++;
  }
  return lines === 0 ? undefined : { name: start.slice(4, -1), text: text.slice(at, end), lines };
}

/** Sets by what they were and the exact text of all members: the same stand in very many artefacts. */
const filled = new Map<string, Draft>();
const filledLinesMax = 300_000;
let filledLines = 0;

function addRun(sets: Map<string, Draft>, run: Run, number: number): void {
  const { name, text, lines } = run;
  const set = sets.get(name);
  if (set === undefined || !isFresh(set)) {
    addLines(sets, run, number);
    return;
  }
  const key = `${set.type} ${set.family} ${set.room}\n${text}`;
  const known = filled.get(key);
  if (known !== undefined) {
    sets.set(name, known);
    return;
  }
  const members = plainMembers(set, name, text);
  if (members === undefined) addLines(sets, run, number);
  const content = members === undefined ? set.content : { kind: "read" as const, members };
  const shared = { ...set, content, isShared: true };
  sets.set(name, shared);
  filledLines += lines;
  if (filledLines > filledLinesMax) {
    filled.clear();
    filledLines = lines;
  }
  filled.set(key, shared);
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
  else if (verb === "add") addMember({ ...set, content: ownedBy(sets, name, set) }, line, name);
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

const isFresh = ({ mayHold, content }: Draft) =>
  !mayHold && content.kind === "members" && content.keys.size === 0;

function addLines(sets: Map<string, Draft>, { text }: Run, number: number): void {
  text.split("\n").forEach((line, index) => {
    if (line !== "") carryOut(sets, { text: line, number: number + index });
  });
}

/** What the set holds, for it alone to add to. */
function ownedBy(sets: Map<string, Draft>, name: string, set: Draft): Members {
  const { content, isShared } = set;
  if (!isShared && content.kind === "members") return content;
  const own: Members = content.kind === "read" ? unpacked(content.members) : copyOf(content);
  sets.set(name, { ...set, content: own, isShared: false });
  return own;
}

const unpacked = ({ prefixes, exceptions }: SetMembers): Members => ({
  ...noMembers(),
  keys: new Set([...keysOf(prefixes), ...keysOf(exceptions)]),
  cidrs: [...cidrsOfList(prefixes)],
  exceptions: [...cidrsOfList(exceptions)],
});

const copyOf = ({ kind, keys, cidrs, exceptions, pairs }: Members): Members => ({
  kind,
  keys: new Set(keys),
  cidrs: [...cidrs],
  exceptions: [...exceptions],
  pairs: [...pairs],
});

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
    content: noMembers(),
    isShared: false,
  };
}

/** A set with members of its own. */
interface Own extends Draft {
  readonly content: Members;
}

function addMember(set: Own, line: Line, name: string): void {
  const { type, family, content } = set;
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
      (isException ? content.exceptions : content.cidrs).push(one);
      continue;
    }
    const pair = { cidr: one, ...portsOf(words, port, family) };
    for (let at = pair.first; at <= pair.last; at++) {
      addKey(set, `${key} ${pair.protocol} ${at}`, line);
    }
    content.pairs.push(pair);
  }
}

function addKey({ content: { keys }, room }: Own, key: string, line: Line): void {
  if (keys.has(key)) fail(line, "a member twice");
  if (keys.size >= room) fail(line, "more members than the set holds");
  keys.add(key);
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
  const full = fullLength(family);
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
  const { family, type, content } = set;
  const members =
    content.kind === "read"
      ? content.members
      : {
          prefixes: prefixListOf(family, content.cidrs),
          exceptions: prefixListOf(family, content.exceptions),
        };
  const pairs = content.kind === "read" ? [] : content.pairs;
  if (members.prefixes.lengths.length + pairs.length === 0) {
    return fail(line, `\`${name}\` has no members`);
  }
  return type === "hash:ip" || type === "hash:net"
    ? { name, family, type, members }
    : { name, family, type, pairs };
}

function fail(line: Line, message: string): never {
  throw new RulesetFault(line.number, message, setsPath);
}
