// One entry of a slice as rules: its addresses, services, processes and last day as conditions,
// then a log line, a verdict, or both. Rules only ever ask positively for a process, because a
// packet without a socket fails every question: "not this program" is a chain that returns.

import type { Direction } from "../../compiler/inventory/types.ts";
import { opaqueName, printableId } from "../../compiler/plan/rule-text.ts";
import type { LocalProgram, SliceEntry } from "../../compiler/plan/slice.ts";
import type { ClassesByFamily } from "../../compiler/sets/address-classes.ts";
import type { AddressSet } from "../../compiler/sets/address-set.ts";
import { type AddressSets, addressMatch } from "./address-sets.ts";
import { isExpressible, programMatches } from "./identity.ts";
import type { Limit, Match, NftChain, NftRule, NftVerdictMap, Verdict } from "./ruleset.ts";
import { serviceMatches } from "./service-match.ts";
import { ruleComment } from "./text.ts";

/** What one table has collected beside its base chains. */
export interface TableParts {
  readonly sets: AddressSets;
  readonly maps: NftVerdictMap[];
  readonly chains: NftChain[];
  readonly share: (set: AddressSet) => AddressSet;
  /** Of peers, over all slices. */
  readonly classes: ClassesByFamily | undefined;
}

/** What an entry does to the packets it matches. */
export interface Effect {
  /** Says in names and log lines what the entry is: `allow`, `deny`, `staged-deny`. */
  readonly label: string;
  readonly verdict: Verdict | undefined;
  /** Conditions on logged packets only; undefined logs nothing. */
  readonly logWhen: readonly Match[] | undefined;
}

/** Enough to see a finding, too little to fill a disk. */
export const ruleLogLimit: Limit = { rate: 50, burst: 100 };
const logPrefixBytesMax = 127;

export const isNew: Match = { kind: "state", state: "new" };

/** Rules for one direction; chains they need are added to `parts`. */
export function entryRules(
  parts: TableParts,
  direction: Direction,
  entry: SliceEntry,
  effect: Effect,
): readonly NftRule[] {
  const refuses = effect.label.endsWith("deny");
  const programs = refuses ? entry.programs.filter(isExpressible) : entry.programs;
  const notPrograms = refuses ? entry.notPrograms.filter(isExpressible) : entry.notPrograms;
  if (!refuses && notPrograms.some((program) => !isExpressible(program))) return [];
  const process = programs.flatMap(programMatches);
  const packets = packetMatches(parts.sets, direction, entry, effect.label);
  const comment = ruleComment(entry);
  const ends = outcomes(direction, entry, effect);
  if (notPrograms.length === 0) {
    return packets.flatMap((matches) =>
      ends.map((end) => ({ ...end, matches: [...matches, ...process, ...end.matches], comment })),
    );
  }
  const chain = addChain(parts, { direction, entry, effect }, [
    ...notPrograms.map((program) => returnRule(program)),
    ...ends.map((end) => ({ ...end, matches: [...process, ...end.matches], comment })),
  ]);
  return packets.map((matches) => ({
    matches,
    limit: undefined,
    log: undefined,
    verdict: { kind: "jump", chain },
    comment,
  }));
}

/** Address, service and time conditions: one list for each rule the service needs. */
function packetMatches(
  sets: AddressSets,
  direction: Direction,
  entry: SliceEntry,
  label: string,
): readonly (readonly Match[])[] {
  const used = { entry, use: `${direction} ${label}` };
  const [near, far] =
    direction === "ingress" ? (["daddr", "saddr"] as const) : (["saddr", "daddr"] as const);
  const addresses = [
    addressMatch(sets, used, far, entry.remote),
    ...(entry.local === undefined ? [] : [addressMatch(sets, used, near, entry.local)]),
  ];
  const time: readonly Match[] =
    entry.until === undefined ? [] : [{ kind: "before", seconds: endOf(entry.until) }];
  return serviceMatches(entry.service, entry.family).map((service) => [
    ...addresses.filter((match) => !asksSet(match)),
    ...service,
    ...addresses.filter(asksSet),
    ...time,
  ]);
}

/** Asked after what is compared in place: a look-up costs ten times as much. */
const asksSet = (match: Match) => match.kind === "address" && match.of.kind === "set";

/** A day is over at midnight UTC. */
export const endOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000 + 86_400;

/** The log line before the verdict, so that a full log never decides. */
function outcomes(direction: Direction, entry: SliceEntry, effect: Effect): readonly NftRule[] {
  const base = {
    matches: [],
    limit: undefined,
    log: undefined,
    verdict: undefined,
    comment: undefined,
  };
  const log: readonly NftRule[] =
    effect.logWhen === undefined
      ? []
      : [
          {
            ...base,
            matches: effect.logWhen,
            limit: ruleLogLimit,
            log: logPrefix(effect.label, direction, entry.ruleId),
          },
        ];
  return effect.verdict === undefined ? log : [...log, { ...base, verdict: effect.verdict }];
}

export const logPrefix = (label: string, direction: Direction, ruleId: string): string =>
  `segc ${label} ${direction} ${printableId(ruleId)}: `.slice(0, logPrefixBytesMax);

const returnRule = (program: LocalProgram): NftRule => ({
  matches: programMatches(program),
  limit: undefined,
  log: undefined,
  verdict: { kind: "return" },
  comment: undefined,
});

function addChain(
  parts: TableParts,
  what: { readonly direction: Direction; readonly entry: SliceEntry; readonly effect: Effect },
  rules: readonly NftRule[],
): string {
  const text = `${what.direction} ${what.effect.label} ${what.entry.ruleId}`;
  for (let ordinal = 0; ; ordinal++) {
    const name = opaqueName("x_", `${ordinal} ${text}`);
    if (parts.chains.some((chain) => chain.name === name)) continue;
    parts.chains.push({ name, base: undefined, rules });
    return name;
  }
}
