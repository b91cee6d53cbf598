// The sets of an artefact, back from the lines that ipset restores.
import type { Family } from "../../compiler/sets/address.ts";
import { RulesetFault } from "../linux/fault.ts";
import { parseCidr } from "./parse-rule.ts";
import type { IptSet } from "./ruleset.ts";
import { buildingSet, memberText, setForm, setsPath } from "./set-text.ts";
import { Words } from "./words.ts";

/** Throws `RulesetFault` on anything that segc does not write. */
export function parseSets(text: string): readonly IptSet[] {
  const lines = text.split("\n").map((line, index) => ({ line, number: index + 1 }));
  const sets: IptSet[] = [];
  const open = lines.filter(({ line }) => line !== "" && !line.startsWith("#"));
  for (let at = 0; at < open.length; ) {
    const { set, next } = parseOne(open, at);
    sets.push(set);
    at = next;
  }
  return sets.sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Line {
  readonly line: string;
  readonly number: number;
}

/** The set that begins at the line, and the line after it. */
function parseOne(
  lines: readonly Line[],
  at: number,
): { readonly set: IptSet; readonly next: number } {
  const first = lines[at];
  const [, name = "", type, inet] =
    /^create (SEG-[46]-[0-9a-f]{1,24}) (hash:ip|hash:net) family (inet6?) /.exec(
      first?.line ?? "",
    ) ?? fail(first, "expected a set");
  const family: Family = inet === "inet" ? 4 : 6;
  const kind = type === "hash:ip" ? "hash:ip" : "hash:net";
  let end = at + 2;
  while (lines[end]?.line.startsWith("add ") === true) end++;
  const cidrs = lines.slice(at + 2, end).map((one) => memberOf(one, kind, family));
  const form = setForm({ family, type: kind, size: cidrs.length });
  expectLine(first, `create ${name} ${form} -exist`);
  expectLine(lines[at + 1], `create ${buildingSet} ${form}`);
  expectLine(lines[end], `swap ${buildingSet} ${name}`);
  expectLine(lines[end + 1], `destroy ${buildingSet}`);
  if (cidrs.length === 0) return fail(first, "a set without members");
  return { set: { name, family, type: kind, cidrs }, next: end + 2 };
}

function memberOf(one: Line, type: IptSet["type"], family: Family) {
  const words = new Words(one.line, setsPath, one.number);
  words.expect("add", buildingSet);
  const cidr = parseCidr(words, family);
  const isPlain = cidr.length > 0 && one.line === `add ${buildingSet} ${memberText(type, cidr)}`;
  return isPlain ? cidr : fail(one, "expected a member as segc writes it");
}

function expectLine(line: Line | undefined, text: string): void {
  if (line?.line !== text) fail(line, `expected \`${text}\``);
}

function fail(line: Line | undefined, message: string): never {
  throw new RulesetFault(line?.number ?? 1, message, setsPath);
}
