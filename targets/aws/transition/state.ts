// Groups and who carries them, live or to come, as one kind of value: what a transition leads from, through
// and to. Groups are known by a ref: the id of one that exists, or `new:…` for one that does not yet.
import type { LiveAccount, LivePeer } from "../account/account.ts";
import { liveRuleKey } from "../account/read.ts";
import type { Permission } from "../permissions.ts";
import { entriesOf, type ListState, type ListStates, listStates } from "./lists.ts";
import type { ListStep, Phase } from "./phase.ts";

export interface State {
  readonly groups: ReadonlyMap<string, GroupState>;
  /** Refs that each interface carries, sorted. */
  readonly carried: ReadonlyMap<string, readonly string[]>;
  readonly lists: ListStates;
}

export interface GroupState {
  readonly name: string;
  readonly vpc: string;
  readonly ingress: RuleSet;
  readonly egress: RuleSet;
}

/** By `ruleKey`. */
export type RuleSet = ReadonlyMap<string, StateRule>;

export interface StateRule extends Permission {
  /** A group or a list by its ref. */
  readonly peer: LivePeer;
  readonly description: string;
}

export const ruleKey = liveRuleKey;

export const ruleSet = (rules: readonly StateRule[]): RuleSet =>
  new Map(rules.map((rule) => [ruleKey(rule), rule]));

export function stateOf(live: LiveAccount): State {
  const { groups, interfaces } = live;
  return {
    lists: listStates(live),
    groups: new Map(
      groups.map(({ id, name, vpc, ingress, egress }) => [
        id,
        { name, vpc, ingress: ruleSet(ingress), egress: ruleSet(egress) },
      ]),
    ),
    carried: new Map(interfaces.map((one) => [one.id, one.groups])),
  };
}

/** Of both directions. */
export const rulesIn = ({ ingress, egress }: GroupState): readonly StateRule[] => [
  ...ingress.values(),
  ...egress.values(),
];

/** After every step of the phase. */
export function after(state: State, { steps }: Phase): State {
  const groups = new Map(state.groups);
  const carried = new Map(state.carried);
  const lists = new Map(state.lists);
  for (const step of steps) {
    if ("list" in step) changeLists(lists, step);
    else if (step.kind === "attach") carried.set(step.interface, step.groups);
    else if (step.kind === "rename") continue;
    else if (step.kind === "delete") groups.delete(step.group);
    else if (step.kind === "create") {
      const { group, name, vpc } = step;
      groups.set(group, { name, vpc, ingress: new Map(), egress: new Map() });
    } else {
      const group = groups.get(step.group);
      if (group === undefined) throw new Error("bug in segc (aws): a step without its group");
      const rules = new Map(group[step.direction]);
      for (const rule of step.rules) {
        if (step.kind === "authorize") rules.set(ruleKey(rule), rule);
        else rules.delete(ruleKey(rule));
      }
      groups.set(step.group, { ...group, [step.direction]: rules });
    }
  }
  return { groups, carried, lists };
}

/** It may have as many entries as it has, but for the time in which it changes. */
function changeLists(lists: Map<string, ListState>, step: ListStep): void {
  const { list } = step;
  if (step.kind === "rename-list") return;
  if (step.kind === "delete-list") {
    lists.delete(list);
    return;
  }
  if (step.kind === "create-list") {
    const { name, family, entries } = step;
    lists.set(list, { name, family, entries: entriesOf(entries), weight: entries.length });
    return;
  }
  const before = lists.get(list);
  if (before === undefined) throw new Error("bug in segc (aws): a step without its list");
  const entries = new Map(before.entries);
  for (const [text, cidr] of entriesOf(step.entries)) {
    if (step.kind === "extend-list") entries.set(text, cidr);
    else entries.delete(text);
  }
  const weight = step.kind === "extend-list" ? Math.max(before.weight, entries.size) : entries.size;
  lists.set(list, { ...before, entries, weight });
}
