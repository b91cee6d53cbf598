// The permit of many peers by one look-up: a map from the peer's address to a chain that holds what
// this peer may do. A packet costs one look-up and the rules of one chain, however many blocks the
// policy has, and each address stands in the table once (kernel.md section 4). Many hosts and some
// networks are two maps, a hash and a tree.

import type { Direction } from "../../compiler/inventory/types.ts";
import { type Part, partition } from "../../compiler/minimise/partition.ts";
import { opaqueName } from "../../compiler/plan/rule-text.ts";
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import type { Family } from "../../compiler/sets/address.ts";
import { isNoAddress, isWhole } from "../../compiler/sets/address-set.ts";
import type { ServiceSet } from "../../compiler/sets/service-set.ts";
import { plainRule } from "./baseline.ts";
import { loadNs, lookupNs, visitNs } from "./cost.ts";
import type { TableParts } from "./entry.ts";
import { matchText, verdictText } from "./render-rule.ts";
import { branchesOf, type NftRule, type Verdict } from "./ruleset.ts";
import { serviceMatches } from "./service-match.ts";
import { holdsHosts, partedByWidth } from "./set-members.ts";
import { ruleComment } from "./text.ts";

/** A rule by rule table is easier to read: it goes only where a packet gains this much. */
const gainNsMin = 100;

/** True for an entry that asks for nothing but peer and service. */
export const isUnconditional = (entry: SliceEntry): boolean =>
  entry.local === undefined &&
  entry.programs.length === 0 &&
  entry.notPrograms.length === 0 &&
  entry.until === undefined;

/** The rules that ask the maps; undefined where the entries as they stand are as good. */
export function dispatchRules(
  parts: TableParts,
  direction: Direction,
  family: Family,
  entries: readonly SliceEntry[],
  permit: Verdict,
): readonly NftRule[] | undefined {
  if (entries.length === 0) return undefined;
  const groups = partition(entries, family, {
    share: parts.share,
    classes: parts.classes?.[family],
  });
  if (groups.some(({ remote }) => isWhole(remote, family))) return undefined; // there is no key
  const maps = cheapest(groups, partedGroups(parts, groups, family), family);
  if (dispatchNs(maps, family) + gainNsMin > listNs(entries, family)) return undefined;
  const end = direction === "ingress" ? "saddr" : "daddr";
  const chains = new Map(
    groups.map(({ of, service }) => {
      const rules = of.flatMap((index) => entries[index] ?? []);
      return [service, chainFor(parts, service, rules, family, permit)];
    }),
  );
  return maps.map((of, index) => {
    const use = index === 0 ? "" : " networks";
    const map = opaqueName(`m${family}_`, `${direction} ${verdictText(permit)}${use}`);
    const branches = of.map(
      ({ service, remote }) => [chains.get(service) ?? "", [remote]] as const,
    );
    parts.maps.push({ name: map, family, branches: branchesOf(new Map(branches)) });
    return plainRule([], { kind: "vmap", family, end, map });
  });
}

/** Groups of hosts for one map and groups of networks for another: a hash and a small tree. */
function partedGroups(
  { share }: TableParts,
  groups: readonly Part[],
  family: Family,
): readonly (readonly Part[])[] {
  if (holdsHosts(groups.map(({ remote }) => remote))) return [groups, []];
  const parted = groups.map((group) => ({ group, ...partedByWidth(group.remote, family) }));
  return (["hosts", "networks"] as const).map((half) =>
    parted.flatMap(({ group, [half]: remote }) =>
      isNoAddress(remote) ? [] : [{ ...group, remote: share(remote) }],
    ),
  );
}

/** A packet that nothing permits: every rule is visited, and every set asked whose services fit. */
function listNs(entries: readonly SliceEntry[], family: Family): number {
  const rules = entries.map(({ service }) => serviceMatches(service, family).length);
  return (
    visitNs(family, sum(rules)) +
    mostAt(entries.map(({ remote, service }) => ({ service, weight: lookupNs([remote]) }))) +
    sum(entries.map(({ remote }) => loadNs([remote])))
  );
}

/** All in one map, or in one for each part. */
function cheapest(
  groups: readonly Part[],
  parted: readonly (readonly Part[])[],
  family: Family,
): readonly (readonly Part[])[] {
  if (parted.some((part) => part.length === 0)) return [groups];
  return dispatchNs(parted, family) < dispatchNs([groups], family) ? parted : [groups];
}

/** A look-up in each map, and the longest chain. */
function dispatchNs(maps: readonly (readonly Part[])[], family: Family): number {
  const chains = maps.flat().map(({ service }) => serviceMatches(service, family).length);
  const lookups = maps.map((groups) => {
    const peers = groups.map(({ remote }) => remote);
    return lookupNs(peers) + loadNs(peers, groups.length);
  });
  return sum(lookups) + visitNs(family, 1 + maps.length + Math.max(...chains));
}

const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);

/** The greatest sum of weights that one service has. */
function mostAt(
  list: readonly { readonly service: ServiceSet; readonly weight: number }[],
): number {
  const changes = list
    .flatMap(({ service, weight }) =>
      service.intervals.flatMap(({ first, last }) => [
        { at: first, weight },
        { at: last + 1, weight: -weight },
      ]),
    )
    .sort((a, b) => a.at - b.at || a.weight - b.weight);
  let [most, now] = [0, 0];
  for (const { weight } of changes) {
    now += weight;
    most = Math.max(most, now);
  }
  return most;
}

/** One chain for all peers that may do the same, under a name that says nothing but that. */
function chainFor(
  parts: TableParts,
  service: ServiceSet,
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
