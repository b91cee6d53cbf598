// One entry of a slice as rules: its addresses, services, processes and last day as conditions, then
// a log line, a verdict, or both. What one rule cannot say becomes a chain: "all but these" returns
// for these; "one of these cgroups" goes on, for each of them, to where the rest is asked.

import type { Direction } from "../../compiler/inventory/types.ts";
import { opaqueName } from "../../compiler/plan/rule-text.ts";
import type { LocalProgram, SliceEntry } from "../../compiler/plan/slice.ts";
import type { Family } from "../../compiler/sets/address.ts";
import type { Fields } from "../linux/slices.ts";
import { type AddressSets, addressMatches } from "./address-sets.ts";
import { leave, plainRule, stateIs } from "./baseline.ts";
import { type ProcessTest, processTest } from "./process.ts";
import type { IptChain, IptRule, Limit, Match, RuleTarget } from "./ruleset.ts";
import { serviceParts } from "./service-match.ts";
import { isExpressible, logPrefix, ruleComment } from "./text.ts";

/** What one table has collected beside the chains that INPUT and OUTPUT jump to. */
export interface TableParts {
  readonly family: Family;
  readonly sets: AddressSets;
  readonly minimise: boolean;
  readonly chains: Map<string, IptChain>;
  readonly combinations: readonly Fields[];
}

/** What an entry does to the packets it matches. */
export interface Effect {
  /** Says in names and log lines what the entry is: `allow`, `deny`, `staged-deny`. */
  readonly label: string;
  readonly verdict: RuleTarget | undefined;
  /** Conditions on logged packets only; undefined logs nothing. */
  readonly logWhen: readonly Match[] | undefined;
}

interface Placed {
  readonly direction: Direction;
  readonly entry: SliceEntry;
  readonly effect: Effect;
}

/** Enough to see a finding, too little to fill a disk. */
export const ruleLogLimit: Limit = { rate: 50, burst: 100 };

export const isNew: Match = stateIs("new");

/** Rules for one direction; chains they need are added to `parts`. */
export function entryRules(
  parts: TableParts,
  direction: Direction,
  entry: SliceEntry,
  effect: Effect,
): readonly IptRule[] {
  const placed = { direction, entry, effect };
  const asked = askedPrograms(entry, effect);
  if (asked === undefined) return [];
  if (direction === "ingress" && asked.programs.length + asked.notPrograms.length > 0) {
    throw new Error(`bug in segc (iptables): ${entry.ruleId} asks for a listener`);
  }
  const test = processTest(asked.programs, parts.combinations);
  const ends = withoutPrograms(parts, placed, asked.notPrograms, outcomes(placed));
  const inner = withCgroups(parts, placed, test, ends);
  const comment = ruleComment(entry);
  return packetParts(parts, placed).flatMap(({ matches, except }) => {
    const rest = except.length === 0 ? inner : jumpTo(parts, placed, "service", except, inner);
    return rest.map((rule) => ({
      target: rule.target,
      matches: [...matches, ...test.owner, ...rule.matches],
      comment,
    }));
  });
}

/** True where the entry is rules of one chain, so that a `return` leaves that chain. */
export function isFlat(entry: SliceEntry): boolean {
  return (
    entry.notPrograms.length === 0 &&
    processTest(entry.programs, []).cgroups === undefined &&
    serviceParts(entry.service, entry.family).every(({ except }) => except.length === 0)
  );
}

/** Undefined where the entry can match nobody. */
function askedPrograms(
  { programs, notPrograms }: SliceEntry,
  { label }: Effect,
): Pick<SliceEntry, "programs" | "notPrograms"> | undefined {
  const refuses = label.endsWith("deny");
  if (refuses) {
    return {
      programs: programs.filter(isExpressible),
      notPrograms: notPrograms.filter(isExpressible),
    };
  }
  return notPrograms.every(isExpressible) ? { programs, notPrograms } : undefined;
}

/** Address, service and time conditions: one for each rule the service needs. */
function packetParts(parts: TableParts, { direction, entry }: Placed) {
  const [near, far] =
    direction === "ingress"
      ? (["destination", "source"] as const)
      : (["source", "destination"] as const);
  const remote = addressMatches(parts, entry, far, entry.remote);
  const local = entry.local === undefined ? [] : addressMatches(parts, entry, near, entry.local);
  const time: readonly Match[] =
    entry.until === undefined ? [] : [{ kind: "before", seconds: endOf(entry.until) }];
  return serviceParts(entry.service, entry.family).map(({ matches, except }) => ({
    matches: [...single(remote, local), ...matches, ...several(remote, local), ...time],
    except,
  }));
}

/** Prefixes are asked before protocols, sets after them: a lookup costs more than a comparison. */
const single = (...lists: readonly (readonly Match[])[]) =>
  lists.flat().filter(({ kind }) => kind === "address");
const several = (...lists: readonly (readonly Match[])[]) =>
  lists.flat().filter(({ kind }) => kind !== "address");

/** iptables reads dates up to 2038-01-19; access that should last longer ends there. */
export const lastInstant = Date.parse("2038-01-19T00:00:00Z") / 1000;

/** A day is over at midnight UTC. */
export const endOf = (day: string): number =>
  Math.min(Date.parse(`${day}T00:00:00Z`) / 1000 + 86_400, lastInstant);

/** The log line before the verdict, so that a full log never decides. */
function outcomes({ entry, effect }: Placed): readonly IptRule[] {
  const { label, logWhen, verdict } = effect;
  const prefix = logPrefix(label, entry.ruleId);
  return [
    ...(logWhen === undefined
      ? []
      : [plainRule(logWhen, { kind: "log", prefix, limit: ruleLogLimit })]),
    ...(verdict === undefined ? [] : [plainRule([], verdict)]),
  ];
}

/** A chain that returns for each of the programs, then does the rest. */
function withoutPrograms(
  parts: TableParts,
  placed: Placed,
  programs: readonly LocalProgram[],
  rest: readonly IptRule[],
): readonly IptRule[] {
  if (programs.length === 0) return rest;
  const returns = programs.flatMap((program) => {
    const { owner, cgroups } = processTest([program], parts.combinations);
    return (cgroups ?? [[]]).map((cgroup) => plainRule([...cgroup, ...owner], leave));
  });
  return [jump(addChain(parts, placed, "except", [...returns, ...rest]))];
}

/** A chain that goes on to the rest once, for a process in any of the cgroups. */
function withCgroups(
  parts: TableParts,
  placed: Placed,
  { cgroups }: ProcessTest,
  rest: readonly IptRule[],
): readonly IptRule[] {
  if (cgroups === undefined) return rest;
  if (cgroups.length === 0 || rest.length === 0) return [];
  const target = soleTarget(rest) ?? goTo(addChain(parts, placed, "process", rest));
  const gate = cgroups.map((cgroup) => plainRule(cgroup, target));
  return [jump(addChain(parts, placed, "cgroup", gate))];
}

/** Where a single rule leads without more conditions; never a log, which could be passed twice. */
function soleTarget(rules: readonly IptRule[]): RuleTarget | undefined {
  const [rule] = rules;
  if (rule === undefined || rules.length > 1 || rule.matches.length > 0) return undefined;
  const { target } = rule;
  if (target.kind === "log" || target.kind === "return") return undefined;
  return target.kind === "jump" ? goTo(target.chain) : target;
}

function jumpTo(
  parts: TableParts,
  placed: Placed,
  purpose: string,
  except: readonly Match[],
  rest: readonly IptRule[],
): readonly IptRule[] {
  if (rest.length === 0) return [];
  const returns = except.map((match) => plainRule([match], leave));
  return [jump(addChain(parts, placed, purpose, [...returns, ...rest]))];
}

const goTo = (chain: string): RuleTarget => ({ kind: "goto", chain });
const jump = (chain: string): IptRule => plainRule([], { kind: "jump", chain });

/** Equal chains of one entry are one chain. */
function addChain(
  { chains }: TableParts,
  { direction, entry, effect }: Placed,
  purpose: string,
  rules: readonly IptRule[],
): string {
  const text = `${direction} ${effect.label} ${purpose} ${entry.ruleId}`;
  for (let ordinal = 0; ; ordinal++) {
    const name = opaqueName("SEG-", `${ordinal} ${text}`);
    const known = chains.get(name);
    if (known === undefined) chains.set(name, { name, rules });
    else if (JSON.stringify(known.rules) !== JSON.stringify(rules)) continue;
    return name;
  }
}
