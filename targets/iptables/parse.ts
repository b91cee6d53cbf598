// The files of an artefact back as a plan. This is a reader of iptables and ipset, not of segc's own
// notes: comments, file order and opaque names carry nothing, and what it does not know it refuses.

import { RulesetFault } from "../../compiler/plan/ruleset-fault.ts";
import type { OutputFile, Parsed } from "../../compiler/plan/target.ts";
import type { Family } from "../../compiler/sets/address.ts";
import { parseUnitFiles } from "../linux/unit-files.ts";
import { checkReferences } from "./check-references.ts";
import { isChainName, parseRule } from "./parse-rule.ts";
import { parseSets } from "./parse-sets.ts";
import { programsPath, rulesPath } from "./render.ts";
import { asksCgroup, type IptChain, type IptPlan, type IptRule } from "./ruleset.ts";
import { setsPath } from "./set-text.ts";
import { sideFiles } from "./side-files.ts";
import { Words } from "./words.ts";

export function parseIptables(files: readonly OutputFile[]): Parsed<IptPlan> {
  const textOf = (path: string): string => {
    const found = files.filter((file) => file.path === path);
    const [file] = found;
    if (file === undefined || found.length > 1)
      throw new RulesetFault(1, "must be there once", path);
    return file.text;
  };
  try {
    const sets = parseSets(textOf(setsPath));
    const tableOf = (family: Family) =>
      joined(
        parseTable(textOf(rulesPath(family)), rulesPath(family), family),
        parseTable(textOf(programsPath(family)), programsPath(family), family),
        family,
      );
    const chains = { 4: tableOf(4), 6: tableOf(6) };
    const plan = { sets, chains, ...parseUnitFiles(files) };
    checkReferences(plan);
    checkSideFiles(files, plan);
    return { ok: true, plan };
  } catch (fault) {
    if (!(fault instanceof RulesetFault)) throw fault;
    const { path, line, message } = fault;
    return { ok: false, problems: [{ path: path ?? rulesPath(4), line, message }] };
  }
}

/** Chains sorted by name. */
function parseTable(text: string, path: string, family: Family): readonly IptChain[] {
  const fail = (index: number, message: string): never => {
    throw new RulesetFault(index + 1, message, path);
  };
  const chains = new Map<string, IptRule[]>();
  let stage: "before" | "inside" | "after" = "before";
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const [, declared] = /^:(\S+) - \[0:0\]$/.exec(line) ?? [];
    if (line === "*filter" && stage === "before") stage = "inside";
    else if (stage !== "inside") fail(index, "expected nothing outside of the filter table");
    else if (line === "COMMIT") stage = "after";
    else if (declared !== undefined) {
      if (!isChainName(declared)) fail(index, "expected a chain of segc's");
      if (chains.has(declared)) fail(index, "a chain is declared twice");
      chains.set(declared, []);
    } else {
      const words = new Words(line, path, index + 1);
      words.expect("-A");
      const chain = words.word();
      const rules = chains.get(chain) ?? fail(index, `there is no chain \`${chain}\``);
      rules.push(parseRule(words, family));
    }
  }
  if (stage !== "after") fail(text.split("\n").length - 1, "expected `COMMIT`");
  return [...chains]
    .map(([name, rules]) => ({ name, rules }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The chains that ask for cgroups in their place; without those questions they are what they were. */
function joined(
  base: readonly IptChain[],
  programs: readonly IptChain[],
  family: Family,
): readonly IptChain[] {
  const path = programsPath(family);
  const whole = new Map(programs.map((chain) => [chain.name, chain]));
  for (const { rules } of base) {
    if (rules.some(asksCgroup)) throw new RulesetFault(1, "asks for a cgroup", rulesPath(family));
  }
  const chains = base.map((chain): IptChain => {
    const full = whole.get(chain.name);
    if (full === undefined) return chain;
    whole.delete(chain.name);
    const rest = full.rules.filter((rule) => !asksCgroup(rule));
    if (rest.length === full.rules.length || JSON.stringify(rest) !== JSON.stringify(chain.rules)) {
      throw new RulesetFault(1, `chain \`${chain.name}\` differs between the two files`, path);
    }
    if (full.rules.some(({ comment }) => comment !== undefined)) {
      throw new RulesetFault(1, `chain \`${chain.name}\` has comments`, path);
    }
    return full;
  });
  const [other] = whole.keys();
  if (other !== undefined) throw new RulesetFault(1, `chain \`${other}\` is not declared`, path);
  return chains;
}

/** Loader, service, slices and drop-ins are constant but for names: any other text is an edit. */
function checkSideFiles(files: readonly OutputFile[], plan: IptPlan): void {
  const wanted = sideFiles(plan);
  const main = [setsPath, ...([4, 6] as const).flatMap((f) => [rulesPath(f), programsPath(f)])];
  for (const { path, text } of wanted) {
    const found = files.find((file) => file.path === path);
    if (found === undefined) throw new RulesetFault(1, "is missing", path);
    if (found.text === text) continue;
    const others = found.text.split("\n");
    const index = text.split("\n").findIndex((line, at) => others[at] !== line);
    throw new RulesetFault(Math.max(index, 0) + 1, "was changed", path);
  }
  const known = new Set([...main, ...wanted.map(({ path }) => path)]);
  const stranger = files.find(({ path }) => !known.has(path));
  if (stranger !== undefined) throw new RulesetFault(1, "is no file of segc's", stranger.path);
}
