// A transition as people read it before they apply it.
import type { AwsLimits } from "../../../compiler/quotas.ts";
import { type LiveAccount, type LiveGroup, livePlannedName } from "../account/account.ts";
import type { AwsPlan } from "../groups.ts";
import type { Flows } from "./bounds.ts";
import { type Counts, callsOf, countsOf } from "./counts.ts";
import { type Effect, flowTexts, type InterfaceNames, namesIn } from "./effect.ts";
import { type ForeignExcess, foreignExcess } from "./foreign.ts";
import type { Foreign } from "./keeps.ts";
import { phaseText } from "./phase.ts";
import type { Transition } from "./transition.ts";

export interface Summary {
  readonly counts: Counts;
  readonly phases: readonly {
    readonly text: string;
    readonly steps: number;
    readonly calls: number;
  }[];
  readonly way: string;
  /** Flows as text. */
  readonly gaps: readonly string[];
  readonly excess: readonly string[];
  readonly overruns: readonly string[];
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  readonly handOvers: readonly string[];
  readonly released: readonly string[];
  /** Launch templates with groups that no interface of the plan carries. */
  readonly templates: readonly string[];
  /** Groups of others that interfaces lose. */
  readonly dropped: readonly string[];
  /** What groups of others that interfaces keep let through beyond the policy: accepted, and not. */
  readonly foreign: ForeignExcess;
  /** Rules for which others must hold back hosts at their own end. */
  readonly relies: readonly string[];
}

interface Summing {
  readonly plan: AwsPlan;
  readonly live: LiveAccount;
  readonly limits: AwsLimits;
  readonly owner: string;
  readonly foreign: Foreign;
  readonly relies: readonly string[];
}

export function summaryOf(
  transition: Transition,
  effect: Effect,
  { plan, live, limits, owner, foreign, relies }: Summing,
): Summary {
  const names = namesIn(plan);
  const texts = (flows: readonly Flows[]) => flowTexts(flows, names);
  const { desired } = transition;
  return {
    counts: countsOf(transition, limits),
    phases: transition.phases.map((phase) => ({
      text: phaseText(phase),
      steps: phase.steps.length,
      calls: callsOf(phase),
    })),
    way: transition.way,
    gaps: texts(transition.gaps),
    excess: texts(transition.excess),
    overruns: transition.overruns.map((one) =>
      one.kind === "lists"
        ? `there would be ${one.count} prefix lists, and ${limits.prefixLists} is the quota`
        : one.kind === "rules"
          ? `${nameOf(one.group, transition)} would hold ${one.count} rules, and ${limits.rulesPerGroup} is the quota`
          : `${one.interface} would carry ${one.count} groups, and ${limits.groupsPerInterface} is the quota`,
    ),
    opened: texts(effect.opened),
    closed: texts(effect.closed),
    handOvers: desired.handOvers.map(
      ({ interface: id, workload, service, groups }) =>
        `${id} (${workload}) belongs to a ${service.replaceAll("_", " ")}, which alone can ${groups.length === 0 ? "take segc's groups from it" : `give it: ${groups.join(", ")}`}`,
    ),
    released: desired.released.map(
      (id) => `${id} is no longer in the inventory: it loses segc's groups`,
    ),
    templates: strangeTemplates(transition, live),
    dropped: droppedGroups(transition, live, { names, owner }),
    foreign: foreignExcess(plan, live, { owner, foreign }),
    relies,
  };
}

const nameOf = (ref: string, { states }: Transition): string =>
  states.flatMap(({ groups }) => groups.get(ref)?.name ?? []).at(-1) ?? ref;

/** A machine started from one carries what no policy gave it. */
function strangeTemplates({ desired }: Transition, { templates }: LiveAccount): readonly string[] {
  const lists = new Set([...desired.state.carried.values()].map((groups) => groups.join()));
  return templates.flatMap(({ id, name, version, groups }) =>
    groups
      .filter((list) => !lists.has(list.join()))
      .map(
        (list) =>
          `${id} (${name}, version ${version}) gives ${list.join(", ")}, which no interface carries`,
      ),
  );
}

/** One line for each group, however many interfaces lose it. */
function droppedGroups(
  { states, desired }: Transition,
  live: LiveAccount,
  { names, owner }: { readonly names: InterfaceNames; readonly owner: string },
): readonly string[] {
  const isForeign = (group: LiveGroup) => livePlannedName(group, owner) === undefined;
  const foreign = new Map(live.groups.filter(isForeign).map((one) => [one.id, one]));
  const losers = new Map<string, string[]>();
  for (const [id, groups] of desired.state.carried) {
    for (const group of states[0]?.carried.get(id) ?? []) {
      if (groups.includes(group) || !foreign.has(group)) continue;
      losers.set(group, [...(losers.get(group) ?? []), names.get(id) ?? id]);
    }
  }
  return [...losers].map(([group, [first = "", ...more]]) => {
    const who = more.length === 0 ? `${first} leaves` : `${first} and ${more.length} more leave`;
    return `${who} ${group} (${foreign.get(group)?.name})`;
  });
}
