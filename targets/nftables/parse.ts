// The files of an artefact back as a plan. This is a reader of nftables, not of segc's own notes:
// comments, file order and opaque names carry nothing, and what it does not know it refuses.
import type { OutputFile, Parsed } from "../../compiler/plan/target.ts";
import { RulesetFault } from "../linux/fault.ts";
import { parseCidr, parseRule } from "./parse-rule.ts";
import { parseSideFiles } from "./parse-side-files.ts";
import {
  type NftAddressSet,
  type NftChain,
  type NftPlan,
  type NftRule,
  tableName,
} from "./ruleset.ts";
import { rulesetPath } from "./side-files.ts";
import { Cursor, tokenise } from "./tokens.ts";

/** What the ruleset file alone says. */
export type Ruleset = Pick<NftPlan, "addressSets" | "identitySets" | "chains">;

export function parseNftables(files: readonly OutputFile[]): Parsed<NftPlan> {
  const file = files.find(({ path }) => path === rulesetPath);
  try {
    if (file === undefined) throw new RulesetFault(1, `there is no ${rulesetPath}`);
    return { ok: true, plan: { ...parseRuleset(file.text), ...parseSideFiles(files) } };
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
  const addressSets: NftAddressSet[] = [];
  const identitySets: string[] = [];
  const chains: NftChain[] = [];
  while (!cursor.take("}")) {
    if (cursor.take("chain")) chains.push(parseChain(cursor));
    else {
      cursor.expect("set");
      const set = parseSet(cursor);
      if (set.kind === "identity") identitySets.push(set.name);
      else addressSets.push(set.set);
    }
  }
  cursor.endLine();
  if (cursor.peek() !== undefined) cursor.fail("expected the end of the file");
  const ruleset = {
    addressSets: sortedByName(addressSets),
    identitySets: identitySets.sort(),
    chains: sortedByName(chains),
  };
  checkReferences(ruleset);
  return ruleset;
}

export const sortedByName = <Named extends { readonly name: string }>(list: readonly Named[]) =>
  [...list].sort((a, b) => (a.name < b.name ? -1 : 1));

type ParsedSet =
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
  const family = type === "ipv4_addr" ? 4 : 6;
  if (family === 6 && type !== "ipv6_addr") cursor.fail("expected a type of address");
  cursor.expect("flags", "interval");
  cursor.endLine();
  cursor.expect("elements", "=");
  openBrace(cursor);
  const cidrs = [];
  while (!cursor.take("}")) {
    cidrs.push(parseCidr(cursor, family));
    cursor.expect(",");
    cursor.endLine();
  }
  cursor.endLine();
  closeBrace(cursor);
  return { kind: "addresses", set: { name, family, cidrs } };
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
export function checkReferences({ addressSets, identitySets, chains }: Ruleset): void {
  const sets = new Map(addressSets.map((set) => [set.name, set.family]));
  const identities = new Set(identitySets);
  const chainNames = new Set(chains.map(({ name }) => name));
  const declared = addressSets.length + identitySets.length;
  if (
    new Set([...sets.keys(), ...identities]).size !== declared ||
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
    if (
      rule.verdict !== undefined &&
      "chain" in rule.verdict &&
      !chainNames.has(rule.verdict.chain)
    ) {
      throw new RulesetFault(1, `there is no chain \`${rule.verdict.chain}\``);
    }
  }
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  for (const { name } of chains) checkNoLoop(byName, name, []);
}

function checkNoLoop(
  chains: ReadonlyMap<string, NftChain>,
  name: string,
  path: readonly string[],
): void {
  // The kernel refuses deeper jumps too.
  if (path.includes(name) || path.length > 15) {
    throw new RulesetFault(1, `chain \`${name}\` leads to itself or too deep`);
  }
  for (const { verdict } of chains.get(name)?.rules ?? []) {
    if (verdict !== undefined && "chain" in verdict) {
      checkNoLoop(chains, verdict.chain, [...path, name]);
    }
  }
}
