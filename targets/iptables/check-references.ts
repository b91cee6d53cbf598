// What must hold between the files of an artefact before anybody may lean on one of them.

import { RulesetFault } from "../../compiler/plan/ruleset-fault.ts";
import type { Family } from "../../compiler/sets/address.ts";
import { rulesPath } from "./render.ts";
import {
  entryChains,
  families,
  type IptChain,
  type IptPlan,
  type IptRule,
  type IptSet,
} from "./ruleset.ts";
import { setsPath } from "./set-text.ts";

/** Deeper jumps are refused here, before a kernel does. */
const depthMax = 15;

/**
 * Names are unique, every set and chain that a rule names is there (a set of pairs where it asks for
 * pairs: the kernel finds nothing in the other kind), no chain leads to itself, and
 * what INPUT leads to asks for no sending process: the kernel refuses that, or never matches it.
 */
export function checkReferences({ sets, chains }: Pick<IptPlan, "sets" | "chains">): void {
  const byName = new Map(sets.map((set) => [set.name, set]));
  if (byName.size !== sets.length) throw new RulesetFault(1, "a set is there twice", setsPath);
  for (const family of families) {
    const known = new Map(chains[family].map((chain) => [chain.name, chain]));
    for (const rule of chains[family].flatMap(({ rules }) => rules)) {
      checkRule(rule, family, known, byName);
    }
    for (const name of Object.values(entryChains)) {
      if (!known.has(name)) throw fault(family, `there is no chain \`${name}\``);
    }
    const depths = new Map<string, number>();
    for (const name of known.keys()) depthOf(known, name, family, depths);
    const onInput = new Map<string, number>();
    depthOf(known, entryChains.ingress, family, onInput);
    for (const name of onInput.keys()) {
      if (known.get(name)?.rules.some(asksSender)) {
        throw fault(family, `chain \`${name}\` asks for the sender on input`);
      }
    }
  }
}

const fault = (family: Family, message: string) => new RulesetFault(1, message, rulesPath(family));

const asksSender = ({ matches }: IptRule) =>
  matches.some(({ kind }) => kind === "owner" || kind === "cgroup");

function checkRule(
  { matches, target }: IptRule,
  family: Family,
  chains: ReadonlyMap<string, IptChain>,
  sets: ReadonlyMap<string, IptSet>,
): void {
  for (const match of matches) {
    if (!("set" in match)) continue;
    const set = sets.get(match.set);
    const asksPairs = match.kind === "pair-set";
    if (set?.family !== family || "pairs" in set !== asksPairs) {
      const what = asksPairs ? "set of pairs" : "set";
      throw fault(family, `there is no ${what} \`${match.set}\` of this family`);
    }
  }
  if (matches.filter(({ kind }) => kind === "pair-set").length > 1) {
    throw fault(family, "a rule asks two sets of pairs");
  }
  if ("chain" in target && !chains.has(target.chain)) {
    throw fault(family, `there is no chain \`${target.chain}\``);
  }
}

/** How many jumps deep a chain leads; `known` gets the depth of every chain on the way. */
function depthOf(
  chains: ReadonlyMap<string, IptChain>,
  name: string,
  family: Family,
  known: Map<string, number>,
): number {
  const before = known.get(name);
  if (before !== undefined) {
    if (before > depthMax) throw fault(family, `chain \`${name}\` leads to itself or too deep`);
    return before;
  }
  known.set(name, Number.POSITIVE_INFINITY); // until it is left again
  let depth = 0;
  for (const { target } of chains.get(name)?.rules ?? []) {
    if ("chain" in target)
      depth = Math.max(depth, depthOf(chains, target.chain, family, known) + 1);
  }
  if (depth > depthMax) throw fault(family, `chain \`${name}\` leads too deep`);
  known.set(name, depth);
  return depth;
}
