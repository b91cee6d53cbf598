// The files of an artefact back as a plan. This is a reader of nftables, not of segc's own notes:
// comments, file order and opaque names carry nothing, and what it does not know it refuses.

import { RulesetFault } from "../../compiler/plan/ruleset-fault.ts";
import type { OutputFile, Parsed } from "../../compiler/plan/target.ts";
import type { Family } from "../../compiler/sets/address.ts";
import { type AddressSet, areDisjoint, isNoAddress } from "../../compiler/sets/address-set.ts";
import { addressesIn } from "./elements.ts";
import { rulesetPath } from "./loader.ts";
import { parseRule } from "./parse-rule.ts";
import { checkSideFiles, parseSideFiles } from "./parse-side-files.ts";
import {
  branchesOf,
  type NftAddressSet,
  type NftChain,
  type NftPlan,
  type NftRule,
  type NftVerdictMap,
  tableName,
  targetsOf,
} from "./ruleset.ts";
import { Cursor, tokenise } from "./tokens.ts";

/** What the ruleset file alone says. */
export type Ruleset = Pick<
  NftPlan,
  "stamp" | "addressSets" | "verdictMaps" | "identitySets" | "chains"
>;

export function parseNftables(files: readonly OutputFile[]): Parsed<NftPlan> {
  const file = files.find(({ path }) => path === rulesetPath);
  try {
    if (file === undefined) throw new RulesetFault(1, `there is no ${rulesetPath}`);
    const plan = { ...parseRuleset(file.text), ...parseSideFiles(files) };
    checkSideFiles(files, plan);
    return { ok: true, plan };
  } catch (fault) {
    if (!(fault instanceof RulesetFault)) throw fault;
    const { path, line, message } = fault;
    return { ok: false, problems: [{ path: path ?? rulesetPath, line, message }] };
  }
}

/** Throws `RulesetFault` on anything that segc does not write. */
export function parseRuleset(text: string): Ruleset {
  const cursor = new Cursor(tokenise(text));
  cursor.skipLines();
  for (const verb of ["add", "delete"]) {
    cursor.expect(verb, "table", "inet", tableName);
    cursor.endLine();
  }
  cursor.expect("table", "inet", tableName, "{");
  cursor.endLine();
  let stamp: string | undefined;
  const addressSets: NftAddressSet[] = [];
  const verdictMaps: NftVerdictMap[] = [];
  const identitySets: string[] = [];
  const chains: NftChain[] = [];
  while (!cursor.take("}")) {
    if (cursor.take("chain")) chains.push(parseChain(cursor));
    else if (cursor.take("map")) verdictMaps.push(parseMap(cursor));
    else {
      cursor.expect("set");
      const set = parseSet(cursor);
      if (set.kind === "identity") identitySets.push(set.name);
      else if (set.kind === "stamp") {
        if (stamp !== undefined) cursor.fail("expected one empty set at most");
        stamp = set.name;
      } else addressSets.push(set.set);
    }
  }
  cursor.endLine();
  if (cursor.peek() !== undefined) cursor.fail("expected the end of the file");
  const ruleset = {
    stamp,
    addressSets: sortedByName(addressSets),
    verdictMaps: sortedByName(verdictMaps),
    identitySets: identitySets.sort(),
    chains: sortedByName(chains),
  };
  checkReferences(ruleset);
  return ruleset;
}

export const sortedByName = <Named extends { readonly name: string }>(list: readonly Named[]) =>
  [...list].sort((a, b) => (a.name < b.name ? -1 : 1));

type ParsedSet =
  /** No rule may ask an empty set of addresses, so it does nothing (`checkReferences`). */
  | { readonly kind: "stamp"; readonly name: string }
  | { readonly kind: "identity"; readonly name: string }
  | { readonly kind: "addresses"; readonly set: NftAddressSet };

function parseSet(cursor: Cursor): ParsedSet {
  const name = cursor.word();
  openBrace(cursor);
  cursor.expect("type");
  const type = cursor.word();
  cursor.endLine();
  if (type === "cgroupsv2") {
    closeBrace(cursor);
    return { kind: "identity", name };
  }
  const family = addressFamily(cursor, type);
  if (cursor.take("}")) {
    cursor.endLine();
    return { kind: "stamp", name };
  }
  const { text, mayHoldPrefixes, room } = parseElements(cursor);
  const addresses = addressesOf(cursor, text, family);
  if (!mayHoldPrefixes) checkSingle(cursor, text);
  checkRoom(cursor, text, room);
  closeBrace(cursor);
  return { kind: "addresses", set: { name, family, addresses } };
}

function parseMap(cursor: Cursor): NftVerdictMap {
  const name = cursor.word();
  openBrace(cursor);
  cursor.expect("type");
  const family = addressFamily(cursor, cursor.word());
  cursor.expect(":", "verdict");
  cursor.endLine();
  const { text, mayHoldPrefixes, room } = parseElements(cursor);
  const byChain = new Map<string, AddressSet[]>();
  for (const [chain, lines] of linesByChain(cursor, text)) {
    byChain.set(chain, [addressesOf(cursor, lines, family, ` : jump ${chain}`)]);
  }
  const branches = branchesOf(byChain);
  const sets = branches.map(({ addresses }) => addresses);
  if (sets.length === 0) cursor.fail("expected an element");
  if (!mayHoldPrefixes) checkSingle(cursor, text);
  checkRoom(cursor, text, room);
  if (!areDisjoint(sets, family)) cursor.fail("an address stands in a map twice");
  closeBrace(cursor);
  return { name, family, branches };
}

/** Neighbours mostly jump to one chain, and are taken together. */
function linesByChain(cursor: Cursor, text: string): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const [, chain] = /^ *\S+ : (jump [A-Za-z_]\w*),$/.exec(lineAt(text, at)) ?? [];
    if (chain === undefined) return cursor.fail("expected a prefix and a jump on every line");
    const ending = ` : ${chain},\n`;
    let end = at;
    for (let next = lineEnd(text, end); text.startsWith(ending, next - ending.length); ) {
      end = next;
      next = lineEnd(text, end);
      if (next === end) break;
    }
    const name = chain.slice("jump ".length);
    lines.set(name, (lines.get(name) ?? "") + text.slice(at, end));
    at = end;
  }
  return lines;
}

/** Where the next line begins. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

const lineAt = (text: string, at: number) => text.slice(at, lineEnd(text, at)).replace(/\n$/, "");

function addressesOf(cursor: Cursor, text: string, family: Family, ending = ""): AddressSet {
  const addresses = addressesIn(text, family, ending);
  if (addresses !== undefined && !isNoAddress(addresses)) return addresses;
  return cursor.fail(`expected IPv${family} prefixes, one to a line, none within another`);
}

/** nft takes no prefix into a hash, not one of full length either. */
function checkSingle(cursor: Cursor, text: string): void {
  if (text.includes("/")) cursor.fail("a prefix stands among single addresses");
}

/** The kernel takes no more elements than were said; each stands on a line of its own. */
function checkRoom(cursor: Cursor, text: string, room: number | undefined): void {
  if (room === undefined) return;
  let elements = 0;
  for (let at = text.indexOf(","); at >= 0; at = text.indexOf(",", at + 1)) elements++;
  if (elements > room) cursor.fail("more elements than the set has room for");
  if (room > 0xffff_ffff) cursor.fail("more room than the kernel counts"); // nft cuts it to 32 bits
}

function addressFamily(cursor: Cursor, type: string): Family {
  if (type !== "ipv4_addr" && type !== "ipv6_addr") cursor.fail("expected a type of address");
  return type === "ipv4_addr" ? 4 : 6;
}

/** From the size to the end of the elements: their text as it stands. */
function parseElements(cursor: Cursor) {
  const room = cursor.take("size") ? cursor.number() : undefined;
  if (room !== undefined) cursor.endLine();
  const mayHoldPrefixes = cursor.take("flags");
  if (mayHoldPrefixes) {
    if (room !== undefined) cursor.fail("a set of prefixes has no size");
    cursor.expect("interval");
    cursor.endLine();
  }
  cursor.expect("elements", "=");
  const text = cursor.block();
  cursor.endLine();
  return { text, mayHoldPrefixes, room };
}

function parseChain(cursor: Cursor): NftChain {
  const name = cursor.word();
  openBrace(cursor);
  const base = cursor.take("type") ? parseBase(cursor) : undefined;
  const rules: NftRule[] = [];
  while (!cursor.take("}")) rules.push(parseRule(cursor));
  cursor.endLine();
  return { name, base, rules };
}

function parseBase(cursor: Cursor): NftChain["base"] {
  cursor.expect("filter", "hook");
  const hook = cursor.take("input") ? "input" : "output";
  if (hook === "output") cursor.expect("output");
  cursor.expect("priority", "filter");
  cursor.endLine();
  cursor.expect("policy");
  const policy = cursor.take("drop") ? "drop" : "accept";
  if (policy === "accept") cursor.expect("accept");
  cursor.endLine();
  return { hook, policy };
}

function openBrace(cursor: Cursor): void {
  cursor.expect("{");
  cursor.endLine();
}

function closeBrace(cursor: Cursor): void {
  cursor.expect("}");
  cursor.endLine();
}

/** Names are unique, every set and chain that a rule names is there, and no chain leads to itself. */
export function checkReferences(ruleset: Ruleset): void {
  const { stamp, addressSets, verdictMaps, identitySets, chains } = ruleset;
  const sets = new Map(addressSets.map((set) => [set.name, set.family]));
  const maps = new Map(verdictMaps.map((map) => [map.name, map.family]));
  const identities = new Set(identitySets);
  const chainNames = new Set(chains.map(({ name }) => name));
  const stamps = stamp === undefined ? [] : [stamp];
  const declared = addressSets.length + verdictMaps.length + identitySets.length + stamps.length;
  if (
    new Set([...sets.keys(), ...maps.keys(), ...identities, ...stamps]).size !== declared ||
    chainNames.size !== chains.length
  ) {
    throw new RulesetFault(1, "a name is declared twice");
  }
  for (const rule of chains.flatMap(({ rules }) => rules)) {
    for (const match of rule.matches) {
      if (match.kind === "cgroup" && !identities.has(match.set)) {
        throw new RulesetFault(1, `there is no set \`${match.set}\``);
      }
      if (match.kind !== "address" || match.of.kind !== "set") continue;
      if (sets.get(match.of.name) !== match.family) {
        throw new RulesetFault(1, `there is no set \`${match.of.name}\` of this family`);
      }
    }
    const { verdict } = rule;
    if (verdict?.kind === "vmap" && maps.get(verdict.map) !== verdict.family) {
      throw new RulesetFault(1, `there is no map \`${verdict.map}\` of this family`);
    }
    const missing = targetsOf(rule, verdictMaps).find((chain) => !chainNames.has(chain));
    if (missing !== undefined) throw new RulesetFault(1, `there is no chain \`${missing}\``);
  }
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  const nextOf = (name: string) =>
    new Set(byName.get(name)?.rules.flatMap((rule) => targetsOf(rule, verdictMaps)));
  for (const { name } of chains) checkNoLoop(nextOf, name, []);
}

function checkNoLoop(
  nextOf: (name: string) => ReadonlySet<string>,
  name: string,
  path: readonly string[],
): void {
  // The kernel refuses deeper jumps too.
  if (path.includes(name) || path.length > 15) {
    throw new RulesetFault(1, `chain \`${name}\` leads to itself or too deep`);
  }
  for (const next of nextOf(name)) checkNoLoop(nextOf, next, [...path, name]);
}
