// The text of `ipset restore` -> sets. Written from man ipset: line by line, each against the sets
// that the lines before it have left.
import type { Family } from "../address.ts";
import { LoadFault } from "../fault.ts";
import { overlap } from "../ranges.ts";
import { readMembers } from "./members.ts";
import { dimensions, type IpSet, type IpSets, type Member } from "./sets.ts";
import { type Line, linesOf } from "./words.ts";

/** With `exist` as `ipset -exist restore`; the same word in a line has no effect (ipset 7.17). */
export function readIpsets(text: string, exist: boolean): IpSets {
  const sets: IpSets = new Map();
  for (const { words, line } of linesOf(text)) {
    const plain = words.filter((word) => word !== "-exist" && word !== "-!");
    readCommand(sets, { words: plain, line }, exist);
  }
  return sets;
}

function readCommand(sets: IpSets, { words, line }: Line, exist: boolean): void {
  const [verb = "", name = "", third = "", ...options] = words;
  switch (verb) {
    case "create": {
      const old = sets.get(name);
      if (old !== undefined && (!exist || old.type !== third)) fail(`set "${name}" exists`, line);
      if (name.length > 31) fail(`a name of more than 31 characters: ${name}`, line);
      if (old === undefined) sets.set(name, createSet(third, options, line));
      return;
    }
    case "add":
      add(sets, setOf(sets, name, line), { words: [third, ...options], line }, exist);
      return;
    case "flush":
      setOf(sets, name, line).members = [];
      return;
    case "swap": {
      const [first, second] = [setOf(sets, name, line), setOf(sets, third, line)];
      if (first.type !== second.type || first.family !== second.family) {
        fail("sets of different types", line);
      }
      sets.set(name, second).set(third, first);
      return;
    }
    case "destroy":
      setOf(sets, name, line);
      sets.delete(name);
      return;
    default:
      fail(`an unknown command: ${verb}`, line);
  }
}

function setOf(sets: IpSets, name: string, line: number): IpSet {
  const set = sets.get(name);
  if (set === undefined) fail(`no set "${name}"`, line);
  return set;
}

function createSet(type: string, options: readonly string[], line: number): IpSet {
  if (!Object.hasOwn(dimensions, type)) fail(`an unknown type: ${type}`, line);
  let family: Family = 4;
  let ports: readonly [number, number] | undefined;
  for (let place = 0; place < options.length; place += 1) {
    const option = options[place] ?? "";
    const value = options[place + 1] ?? "";
    if (["counters", "comment", "forceadd", "skbinfo"].includes(option)) continue;
    place += 1;
    if (option === "family" && value === "inet6") family = 6;
    else if (option === "range" && type === "bitmap:port") {
      const [low = 0, high = 65535] = value.split("-").map(Number);
      ports = [low, high];
    } else if (option !== "family" || value !== "inet") {
      const sizes = ["hashsize", "maxelem", "bucketsize", "initval", "timeout", "size"];
      if (!sizes.includes(option) || value === "") fail(`an unknown option: ${option}`, line);
    }
  }
  if (type === "bitmap:port" && ports === undefined) fail("a range of ports is missing", line);
  const both = type === "bitmap:port" || type === "list:set";
  return { type, family: both ? undefined : family, ports: ports ?? [0, 65535], members: [] };
}

function add(sets: IpSets, set: IpSet, { words, line }: Line, exist: boolean): void {
  const [entry = "", ...options] = words;
  let exempt = false;
  for (let place = 0; place < options.length; place += 1) {
    const option = options[place] ?? "";
    if (option === "nomatch" && set.type.startsWith("hash:net")) exempt = true;
    else if (["timeout", "comment", "packets", "bytes"].includes(option)) place += 1;
    else fail(`an unknown option: ${option}`, line);
  }
  const isKnownSet = (name: string) => sets.has(name) && sets.get(name)?.type !== "list:set";
  for (const member of readMembers(entry, set, exempt, line, isKnownSet)) {
    const twin = set.members.findIndex((each) => clashes(each, member));
    if (twin >= 0 && !exist) fail(`"${entry}" is already in the set`, line);
    // With -exist the flags of the new network replace those of the old one.
    if (twin >= 0 && member.prefix !== undefined) set.members[twin] = member;
    else set.members.push(member);
  }
}

/** The kernel keeps one entry per network, port or set: the same one twice is an error. */
function clashes(a: Member, b: Member): boolean {
  if (a.set !== b.set || a.protocol !== b.protocol || a.prefix !== b.prefix) return false;
  return a.fields.every((field, index) => {
    const other = b.fields[index];
    return other !== undefined && overlap(field, other);
  });
}

function fail(message: string, line: number): never {
  throw new LoadFault(message, line);
}
