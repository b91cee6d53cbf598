// A slice as two filter tables, one for each family: a chain for each enforced direction, its
// helpers, the sets they ask and the slices that carry processes. Entries stand as the slice has them,
// each with the rules it comes from, except where a set of pairs is cheaper (pair-sets.ts).
//
// Order of a chain: same host, replies, ICMP errors, the baseline, denies, allows, findings of staged
// rules, refusal. Denies stand before allows, so order among rules never matters.
import type { Direction } from "../../compiler/inventory/types.ts";
import { opaqueName } from "../../compiler/plan/rule-text.ts";
import type { DirectionSlice, EnforcerSlice, SliceEntry } from "../../compiler/plan/slice.ts";
import type { PlanOptions } from "../../compiler/plan/target.ts";
import type { Family } from "../../compiler/sets/address.ts";
import { bindLaunches, bindUnits, combinationsOf } from "../linux/slices.ts";
import { type AddressSets, collectedSets } from "./address-sets.ts";
import {
  accept,
  dhcpRule,
  drop,
  establishedRules,
  establishedRulesByProcess,
  invalidRule,
  leave,
  linkChain,
  linkRule,
  loopbackRule,
  plainRule,
  relatedRules,
} from "./baseline.ts";
import { type Effect, entryRules, isFlat, isNew, type TableParts } from "./entry.ts";
import { isPlain, pairedEntries } from "./pair-sets.ts";
import {
  entryChains,
  type IptChain,
  type IptPlan,
  type IptRule,
  type Limit,
  type Match,
  type RuleTarget,
} from "./ruleset.ts";
import { refusalPrefix } from "./text.ts";

const refusalLogLimit: Limit = { rate: 10, burst: 20 };

/** What a host with iptables must do for its slice. */
export function planIptables(
  slice: EnforcerSlice,
  { minimise }: PlanOptions = { minimise: false },
): IptPlan {
  const sets: AddressSets = new Map();
  const combinations = combinationsOf(
    slice.directions
      .flatMap(everyEntry)
      .flatMap(({ programs, notPrograms }) => [...programs, ...notPrograms]),
  );
  const tableOf = (family: Family): readonly IptChain[] => {
    const parts: TableParts = { family, sets, minimise, chains: new Map(), combinations };
    const entries = (["ingress", "egress"] as const).map((direction) => {
      const half = slice.directions.find((one) => one.direction === direction);
      const rules = half === undefined ? [] : directionRules(parts, ofFamily(half, family));
      return { name: entryChains[direction], rules };
    });
    const link = family === 6 && slice.directions.length > 0 ? [linkChain] : [];
    return [...entries, ...link, ...parts.chains.values()].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  };
  const chains = { 4: tableOf(4), 6: tableOf(6) };
  return {
    sets: collectedSets(sets),
    chains,
    units: bindUnits(combinations),
    launches: bindLaunches(combinations),
  };
}

const everyEntry = (slice: DirectionSlice): readonly SliceEntry[] => [
  ...slice.denies,
  ...slice.allows,
  ...slice.stagedDenies,
  ...slice.stagedAllows,
];

function ofFamily(slice: DirectionSlice, family: Family): DirectionSlice {
  const only = (entries: readonly SliceEntry[]) =>
    entries.filter((entry) => entry.family === family);
  return {
    ...slice,
    denies: only(slice.denies),
    allows: only(slice.allows),
    stagedDenies: only(slice.stagedDenies),
    stagedAllows: only(slice.stagedAllows),
  };
}

const inOrder = (entries: readonly SliceEntry[]) =>
  [...entries].sort((a, b) => (a.ruleId < b.ruleId ? -1 : Number(a.ruleId > b.ruleId)));

function directionRules(parts: TableParts, slice: DirectionSlice): readonly IptRule[] {
  const permit: RuleTarget =
    slice.stagedDenies.length > 0 ? { kind: "goto", chain: permittedChain(parts, slice) } : accept;
  return [
    ...openingRules(parts, slice),
    ...decidingRules(parts, slice, permit),
    ...(slice.stagedAllows.length > 0
      ? [plainRule([], { kind: "jump", chain: stagedChain(parts, slice) })]
      : []),
    ...refusalRules(slice),
  ];
}

/** Everything before the policy's own rules. */
function openingRules(parts: TableParts, slice: DirectionSlice): readonly IptRule[] {
  return [
    loopbackRule(slice.direction),
    ...establishedLogRules(parts, slice),
    ...(slice.judgesProcesses ? establishedRulesByProcess : establishedRules),
    ...relatedRules(parts.family),
    ...(parts.family === 6 ? [linkRule] : []),
    dhcpRule(slice.direction, parts.family),
    // Observed: refuse nothing but denies.
    ...(slice.observed === undefined ? [invalidRule(parts.family)] : []),
  ];
}

/** `log all` on an allow: the packets that the established accept would pass in silence. */
function establishedLogRules(parts: TableParts, slice: DirectionSlice): readonly IptRule[] {
  const logWhen: readonly Match[] = [
    { kind: "state", state: "established", direction: "original" },
  ];
  const logged = slice.allows.filter(({ log }) => log === "all");
  return rulesOf(parts, slice.direction, logged, () => ({
    label: "allow",
    verdict: undefined,
    logWhen,
  }));
}

const rulesOf = (
  parts: TableParts,
  direction: Direction,
  entries: readonly SliceEntry[],
  effectOf: (entry: SliceEntry) => Effect,
): readonly IptRule[] =>
  inOrder(entries).flatMap((entry) => entryRules(parts, direction, entry, effectOf(entry)));

function decidingRules(
  parts: TableParts,
  { direction, denies, allows }: DirectionSlice,
  permit: RuleTarget,
): readonly IptRule[] {
  const listOf = (
    entries: readonly SliceEntry[],
    verdict: RuleTarget,
    effectOf: (entry: SliceEntry) => Omit<Effect, "verdict">,
  ) => {
    const mayBePair = (entry: SliceEntry) => parts.minimise && isPlain(entry);
    const plain = inOrder(entries.filter(mayBePair));
    const paired = pairedEntries(parts, direction, plain, verdict);
    const own = entries.filter((entry) => !mayBePair(entry));
    const effect = (entry: SliceEntry) => ({ ...effectOf(entry), verdict });
    const rules = rulesOf(parts, direction, [...own, ...paired.entries], effect);
    return [...rules, ...paired.rules];
  };
  return [
    ...listOf(denies, drop, (entry) => ({ label: "deny", logWhen: findingWhen(entry) })),
    ...listOf(allows, permit, ({ log }) => ({
      label: "allow",
      logWhen: log === "none" ? undefined : [isNew],
    })),
  ];
}

/** Where allowed packets go while denies are staged: each one that would be refused is logged. */
function permittedChain(parts: TableParts, slice: DirectionSlice): string {
  const findings = rulesOf(parts, slice.direction, slice.stagedDenies, (entry) => ({
    label: "staged-deny",
    verdict: undefined,
    logWhen: findingWhen(entry),
  }));
  return named(parts, `permitted ${slice.direction}`, [...findings, plainRule([], accept)]);
}

/**
 * Packets on their way to refusal that a staged allow would save, unless a staged deny would not. A
 * staged deny that needs a chain of its own cannot lead out of this one; where the direction is
 * observed, so that there is no other end to go to, such a finding is logged none the less.
 */
function stagedChain(parts: TableParts, slice: DirectionSlice): string {
  const { direction, observed, stagedAllows } = slice;
  const denies = slice.stagedDenies.filter((entry) => observed === undefined || isFlat(entry));
  const refused: RuleTarget = denies.every(isFlat)
    ? leave
    : { kind: "goto", chain: named(parts, `refused ${direction}`, refusalRules(slice)) };
  return named(parts, `staged ${direction}`, [
    ...rulesOf(parts, direction, denies, () => ({
      label: "staged-deny",
      verdict: refused,
      logWhen: undefined,
    })),
    ...rulesOf(parts, direction, stagedAllows, (entry) => ({
      label: "staged-allow",
      verdict: undefined,
      logWhen: findingWhen(entry),
    })),
  ]);
}

const findingWhen = ({ log }: SliceEntry): readonly Match[] | undefined =>
  log === "none" ? undefined : log === "new" ? [isNew] : [];

/**
 * The end of the road: logged, then dropped. While the direction is observed, packets go on to the
 * host's own rules instead: observing must not open what those keep shut.
 */
function refusalRules({ observed }: DirectionSlice): readonly IptRule[] {
  const log = (label: string): RuleTarget => ({
    kind: "log",
    prefix: refusalPrefix(label),
    limit: refusalLogLimit,
  });
  return observed === undefined
    ? [plainRule([], log("refused")), plainRule([], drop)]
    : [plainRule([isNew], log("observed"))];
}

function named({ chains }: TableParts, purpose: string, rules: readonly IptRule[]): string {
  const name = opaqueName("SEG-", purpose);
  chains.set(name, { name, rules });
  return name;
}
