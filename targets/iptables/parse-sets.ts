// The sets of an artefact, back from the lines that ipset restores: the lines are carried out one by
// one, as ipset does, on sets of which an earlier load may have left anything.
import { type Cidr, type Family, formatCidr } from "../../compiler/sets/address.ts";
import { RulesetFault } from "../linux/fault.ts";
import { parseCidr } from "./parse-rule.ts";
import type { IptSet } from "./ruleset.ts";
import { setsPath } from "./set-text.ts";
import { Words } from "./words.ts";

/** A set on the way. */
interface Draft {
  readonly family: Family;
  readonly type: IptSet["type"];
  /** How many members fit: the kernel refuses a full set. */
  readonly room: number;
  /** Undefined where an earlier load may have left any. */
  readonly members: Map<string, Cidr> | undefined;
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

function created(form: string, line: Line): Draft {
  const [, type, inet, room, mayExist] =
    /^(hash:ip|hash:net) family (inet6?) hashsize [1-9]\d{0,8} maxelem ([1-9]\d{0,8})( -exist)?$/.exec(
      form,
    ) ?? fail(line, "expected the form of a set");
  return {
    type: type === "hash:ip" ? "hash:ip" : "hash:net",
    family: inet === "inet" ? 4 : 6,
    room: Number(room),
    members: mayExist === undefined ? new Map() : undefined,
  };
}

function addMember({ type, family, room, members }: Draft, line: Line, name: string): void {
  const words = new Words(line.text, setsPath, line.number);
  words.expect("add", name);
  const cidr = parseCidr(words, family);
  if (!words.isDone()) words.fail("expected the end of the line");
  if (cidr.length === 0) fail(line, `no member of ${type}`);
  for (const one of type === "hash:ip" ? addressesOf(cidr, family, line) : [cidr]) {
    const key = formatCidr(one);
    if (members === undefined) return; // what it held before stays
    if (members.has(key)) fail(line, "a member twice");
    if (members.size >= room) fail(line, "more members than the set holds");
    members.set(key, one);
  }
}

/** Of a prefix, `hash:ip` takes every address by itself; of IPv6 only single ones (man ipset). */
function addressesOf(cidr: Cidr, family: Family, line: Line): readonly Cidr[] {
  const full = family === 4 ? 32 : 128;
  if (cidr.length === full) return [cidr];
  const { address } = cidr;
  if (address.family === 6 || cidr.length < 16) return fail(line, "expected a single address");
  const [first] = address.words;
  return Array.from({ length: 2 ** (32 - cidr.length) }, (_, index) => ({
    address: { family: 4, words: [first + index] },
    length: full,
  }));
}

function finished(name: string, set: Draft | undefined): IptSet {
  const line = { text: name, number: 1 };
  if (set?.members === undefined) return fail(line, `\`${name}\` keeps what it held before`);
  if (set.members.size === 0) return fail(line, `\`${name}\` has no members`);
  const { family, type, members } = set;
  return { name, family, type, cidrs: [...members.values()] };
}

function fail(line: Line, message: string): never {
  throw new RulesetFault(line.number, message, setsPath);
}
