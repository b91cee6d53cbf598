// The permit of many peers by one look-up: a map from the peer's address to a chain that holds what
// this peer may do. A packet costs one look-up and the rules of one chain, however many blocks the
// policy has, and each address stands in the table once (kernel.md section 4).

import type { Direction } from "../../compiler/inventory/types.ts";
import { type Part, partition } from "../../compiler/minimise/partition.ts";
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import type { Family } from "../../compiler/sets/address.ts";
import { isWhole } from "../../compiler/sets/address-set.ts";
import { opaqueName } from "../linux/text.ts";
import { plainRule } from "./baseline.ts";
import { lookupNs, visitNs } from "./cost.ts";
import type { TableParts } from "./entry.ts";
import { matchText, verdictText } from "./render-rule.ts";
import { branchesOf, type NftRule, type Verdict } from "./ruleset.ts";
import { serviceMatches } from "./service-match.ts";
import { ruleComment } from "./text.ts";

/** A rule by rule table is easier to read: it goes only where a packet gains this much. */
const gainNsMin = 100;

/** True for an entry that asks for nothing but peer and service. */
export const isUnconditional = (entry: SliceEntry): boolean =>
  entry.local === undefined &&
  entry.programs.length === 0 &&
  entry.notPrograms.length === 0 &&
  entry.until === undefined;

/** The rule that asks the map; undefined where the entries as they stand are as good. */
export function dispatchRules(
  parts: TableParts,
  direction: Direction,
  family: Family,
  entries: readonly SliceEntry[],
  permit: Verdict,
): readonly NftRule[] | undefined {
  if (entries.length === 0) return undefined;
  const groups = partition(entries, family, parts.share);
  if (groups.some(({ remote }) => isWhole(remote, family))) return undefined; // there is no key
  if (dispatchNs(groups, family) + gainNsMin > listNs(entries, family)) return undefined;
  const end = direction === "ingress" ? "saddr" : "daddr";
  const map = opaqueName(`m${family}_`, `${direction} ${verdictText(permit)}`);
  parts.maps.push({
    name: map,
    family,
    branches: branchesOf(
      new Map(
        groups.map((group) => {
          const rules = group.of.flatMap((index) => entries[index] ?? []);
          return [chainFor(parts, group, rules, family, permit), [group.remote]] as const;
        }),
      ),
    ),
  });
  return [plainRule([], { kind: "vmap", family, end, map })];
}

/** A packet of a peer that may do nothing: every rule is visited, every set asked. */
function listNs(entries: readonly SliceEntry[], family: Family): number {
  return entries.reduce((sum, { remote, service }) => {
    const rules = serviceMatches(service, family).length;
    return sum + visitNs(family, rules) + rules * lookupNs([remote]);
  }, 0);
}

/** The look-up, and the longest chain. */
function dispatchNs(groups: readonly Part[], family: Family): number {
  const chains = groups.map(({ service }) => serviceMatches(service, family).length);
  return lookupNs(groups.map(({ remote }) => remote)) + visitNs(family, 2 + Math.max(...chains));
}

/** One chain for all peers that may do the same, under a name that says nothing but that. */
function chainFor(
  parts: TableParts,
  { service }: Part,
  entries: readonly SliceEntry[],
  family: Family,
  permit: Verdict,
): string {
  const matches = serviceMatches(service, family);
  const text = matches.map((list) => list.map(matchText).join(" ")).join("; ");
  const name = opaqueName("s_", `${text} ${verdictText(permit)}`);
  if (!parts.chains.some((chain) => chain.name === name)) {
    const comment = ruleComment(mergedIds(entries));
    const rules = matches.map((list) => ({ ...plainRule(list, permit), comment }));
    parts.chains.push({ name, base: undefined, rules });
  }
  return name;
}

function mergedIds(entries: readonly SliceEntry[]) {
  const ids = new Set(entries.flatMap(({ ruleId, alsoRules }) => [ruleId, ...alsoRules]));
  const [ruleId = "", ...alsoRules] = [...ids].sort();
  return { ruleId, alsoRules, because: undefined, ticket: undefined };
}
