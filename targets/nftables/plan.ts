// A slice as one nftables table: a base chain for each enforced direction, its helpers, the sets
// they ask and the slices that carry processes. Entries stand as the slice has them, each with the
// rules it comes from, except where one look-up of the peer is cheaper (dispatch.ts).
//
// Order of a base chain: same host, replies, ICMP errors, the baseline, denies, allows, findings of
// staged rules, refusal. Denies stand before allows, so order among rules never matters.
import type { Direction } from "../../compiler/inventory/types.ts";
import type { DirectionSlice, EnforcerSlice, SliceEntry } from "../../compiler/plan/slice.ts";
import type { PlanOptions } from "../../compiler/plan/target.ts";
import type { Family } from "../../compiler/sets/address.ts";
import { collectedSets, newAddressSets } from "./address-sets.ts";
import {
  accept,
  dhcpRules,
  drop,
  establishedRules,
  establishedRulesByProcess,
  invalidRule,
  linkRules,
  loopbackRule,
  plainRule,
  relatedRules,
} from "./baseline.ts";
import { dispatchRules, isUnconditional } from "./dispatch.ts";
import { type Effect, entryRules, isNew, type TableParts } from "./entry.ts";
import { identitiesOf } from "./identity.ts";
import type { Limit, Match, NftChain, NftPlan, NftRule, Verdict } from "./ruleset.ts";
import { stamped } from "./stamp.ts";

const refusalLogLimit: Limit = { rate: 10, burst: 20 };

/** What a host with nftables must do for its slice. */
export function planNftables(
  slice: EnforcerSlice,
  options: PlanOptions = { minimise: false },
): NftPlan {
  const { minimise, share = (set) => set, classes } = options;
  const naming = minimise
    ? { purposeOf: purpose, sharesAcross: false }
    : { purposeOf: ({ ruleId }: SliceEntry) => ruleId, sharesAcross: true };
  const parts: TableParts = { sets: newAddressSets(naming), maps: [], chains: [], share, classes };
  const directions = [...slice.directions].sort((a, b) => (a.direction < b.direction ? -1 : 1));
  const base = directions.flatMap((direction) => directionChains(parts, direction, minimise));
  const programs = directions
    .flatMap(everyEntry)
    .flatMap((entry) => [...entry.programs, ...entry.notPrograms]);
  return stamped({
    addressSets: collectedSets(parts.sets),
    verdictMaps: [...parts.maps].sort((a, b) => (a.name < b.name ? -1 : 1)),
    ...identitiesOf(programs),
    chains: [...parts.chains, ...base].sort((a, b) => (a.name < b.name ? -1 : 1)),
  });
}

/** Blocks of one list and condition differ in their services, so these tell sets apart. */
const purpose = ({ service, programs, notPrograms, until, log, ruleId }: SliceEntry, use: string) =>
  JSON.stringify([
    use,
    service.intervals.map(({ first, last }) => [first, last]),
    [...programs, ...notPrograms].map(({ key }) => key),
    until === undefined && log === "none" ? null : ruleId,
  ]);

const everyEntry = (slice: DirectionSlice): readonly SliceEntry[] => [
  ...slice.denies,
  ...slice.allows,
  ...slice.stagedDenies,
  ...slice.stagedAllows,
];

const inOrder = (entries: readonly SliceEntry[]) =>
  [...entries].sort((a, b) =>
    a.ruleId !== b.ruleId ? (a.ruleId < b.ruleId ? -1 : 1) : a.family - b.family,
  );

function directionChains(
  parts: TableParts,
  slice: DirectionSlice,
  minimise: boolean,
): readonly NftChain[] {
  const hook = slice.direction === "ingress" ? "input" : "output";
  const names = {
    permitted: `permitted_${hook}`,
    staged: `staged_${hook}`,
    refused: `refused_${hook}`,
  };
  const hasStaged = slice.stagedAllows.length + slice.stagedDenies.length > 0;
  const permit: Verdict =
    slice.stagedDenies.length > 0 ? { kind: "goto", chain: names.permitted } : accept;
  const base: NftChain = {
    name: hook,
    base: { hook, policy: slice.observed === undefined ? "drop" : "accept" },
    rules: [
      ...openingRules(parts, slice),
      ...denyRules(parts, slice),
      ...allowRules(parts, slice, permit, minimise),
      ...(hasStaged ? [plainRule([], { kind: "jump", chain: names.staged })] : []),
      plainRule([], { kind: "goto", chain: names.refused }),
    ],
  };
  return [
    base,
    refusalChain(names.refused, slice),
    ...(slice.stagedDenies.length > 0 ? [permittedChain(parts, names.permitted, slice)] : []),
    ...(hasStaged ? [stagedChain(parts, names, slice)] : []),
  ];
}

/** Everything before the policy's own rules. */
function openingRules(parts: TableParts, slice: DirectionSlice): readonly NftRule[] {
  return [
    loopbackRule(slice.direction),
    ...establishedLogRules(parts, slice),
    ...(slice.judgesProcesses ? establishedRulesByProcess : establishedRules),
    ...relatedRules,
    ...linkRules,
    ...dhcpRules(slice.direction),
    // Observed: refuse nothing but denies.
    ...(slice.observed === undefined ? [invalidRule] : []),
  ];
}

/** `log all` on an allow: the packets that the established accept would pass in silence. */
function establishedLogRules(parts: TableParts, slice: DirectionSlice): readonly NftRule[] {
  const logWhen: readonly Match[] = [
    { kind: "state", state: "established" },
    { kind: "tracked-direction", direction: "original" },
  ];
  return inOrder(slice.allows.filter(({ log }) => log === "all")).flatMap((entry) =>
    entryRules(parts, slice.direction, entry, { label: "allow", verdict: undefined, logWhen }),
  );
}

function denyRules(parts: TableParts, { direction, denies }: DirectionSlice): readonly NftRule[] {
  return inOrder(denies).flatMap((entry) =>
    entryRules(parts, direction, entry, {
      label: "deny",
      verdict: drop,
      logWhen: findingWhen(entry),
    }),
  );
}

/** Those that log come first: whatever else permits the packet, its line is written. */
function allowRules(
  parts: TableParts,
  { direction, allows }: DirectionSlice,
  permit: Verdict,
  minimise: boolean,
): readonly NftRule[] {
  const effectOf = ({ log }: SliceEntry): Effect => ({
    label: "allow",
    verdict: permit,
    logWhen: log === "none" ? undefined : [isNew],
  });
  const rules = (entries: readonly SliceEntry[]) =>
    inOrder(entries).flatMap((entry) => entryRules(parts, direction, entry, effectOf(entry)));
  const silent = allows.filter(({ log }) => log === "none");
  const plain = minimise ? silent.filter(isUnconditional) : [];
  return [
    ...rules(allows.filter(({ log }) => log !== "none")),
    ...([4, 6] as const).flatMap((family) => {
      const entries = plain.filter((entry) => entry.family === family);
      const dispatched = dispatchRules(parts, direction, family, entries, permit);
      if (dispatched !== undefined) return dispatched;
      const listed = rules(entries);
      return entries.length === plain.length ? listed : ofFamily(parts, direction, family, listed);
    }),
    ...rules(silent.filter((entry) => !plain.includes(entry))),
  ];
}

/** From so many rules on it pays to lead packets of the other family past them by one. */
const passedByMin = 6;

/** Rules that only packets of one family can meet, behind one rule that asks for it. */
function ofFamily(
  parts: TableParts,
  direction: Direction,
  family: Family,
  rules: readonly NftRule[],
): readonly NftRule[] {
  if (rules.length < passedByMin) return rules;
  const name = `allowed_${direction === "ingress" ? "input" : "output"}_ipv${family}`;
  parts.chains.push({ name, base: undefined, rules });
  return [plainRule([{ kind: "family", family }], { kind: "jump", chain: name })];
}

/** Where allowed packets go while denies are staged: each one that would be refused is logged. */
function permittedChain(parts: TableParts, name: string, slice: DirectionSlice): NftChain {
  const findings = inOrder(slice.stagedDenies).flatMap((entry) =>
    entryRules(parts, slice.direction, entry, {
      label: "staged-deny",
      verdict: undefined,
      logWhen: findingWhen(entry),
    }),
  );
  return { name, base: undefined, rules: [...findings, plainRule([], accept)] };
}

/** Packets on their way to refusal that a staged allow would save, unless a staged deny would not. */
function stagedChain(
  parts: TableParts,
  names: { readonly staged: string; readonly refused: string },
  slice: DirectionSlice,
): NftChain {
  const refused: Verdict = { kind: "goto", chain: names.refused };
  const denies = inOrder(slice.stagedDenies).flatMap((entry) =>
    entryRules(parts, slice.direction, entry, {
      label: "staged-deny",
      verdict: refused,
      logWhen: undefined,
    }),
  );
  const allows = inOrder(slice.stagedAllows).flatMap((entry) =>
    entryRules(parts, slice.direction, entry, {
      label: "staged-allow",
      verdict: undefined,
      logWhen: findingWhen(entry),
    }),
  );
  return { name: names.staged, base: undefined, rules: [...denies, ...allows] };
}

const findingWhen = ({ log }: SliceEntry): readonly Match[] | undefined =>
  log === "none" ? undefined : log === "new" ? [isNew] : [];

/** The end of the road: logged, then dropped, or let through while the direction is observed. */
function refusalChain(name: string, slice: DirectionSlice): NftChain {
  const label = slice.observed === undefined ? "refused" : "observed";
  const log: NftRule = {
    matches: slice.observed === undefined ? [] : [isNew],
    limit: refusalLogLimit,
    log: `segc ${label} ${slice.direction}: `,
    verdict: undefined,
    comment: undefined,
  };
  const end = plainRule([], slice.observed === undefined ? drop : accept);
  return { name, base: undefined, rules: [log, end] };
}
