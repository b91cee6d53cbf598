// What a transition does to prefix lists: entries come before anything that needs them, and go after.
import { type Cidr, formatCidr } from "../../../compiler/sets/address.ts";
import { type ListState, listsNamedBy } from "./lists.ts";
import type { ListStep } from "./phase.ts";
import { rulesIn, type State } from "./state.ts";

export interface ListSteps {
  readonly made: readonly ListStep[];
  /** Of lists that no rule names yet. */
  readonly idle: readonly ListStep[];
  readonly extended: readonly ListStep[];
  /** Entries that wait, as rules do. */
  readonly late: readonly ListStep[];
  readonly shortened: readonly ListStep[];
  readonly deleted: readonly ListStep[];
}

/** Lists that are to be made, by ref, and ids of those that are to go. */
export interface ListChanges {
  readonly created: ReadonlyMap<string, string>;
  readonly retired: readonly string[];
  /** By ref: of the groups that name a list. */
  readonly networks: ReadonlyMap<string, string>;
}

export const lateEntryKey = (list: string, cidr: Cidr): string =>
  JSON.stringify([list, formatCidr(cidr)]);

/** @param isLate keys of entries (`lateEntryKey`) that wait */
export function listSteps(
  from: State,
  state: State,
  { created, retired, networks }: ListChanges,
  isLate: ReadonlySet<string>,
): ListSteps {
  const made: ListStep[] = [];
  const named = listsNamedBy([...from.groups.values()].flatMap(rulesIn));
  const idle: Change[] = [];
  const changed: Change[] = [];
  for (const [list, after] of state.lists) {
    const planned = created.get(list);
    const before = from.lists.get(list);
    if (before !== undefined) (named.has(list) ? changed : idle).push({ list, before, after });
    else if (planned !== undefined) {
      const { name, family, entries } = after;
      const network = networks.get(list) ?? "";
      const all = [...entries.values()];
      made.push({ kind: "create-list", list, name, network, family, planned, entries: all });
    }
  }
  const extended = (wanted: "early" | "late") =>
    changed.flatMap(({ list, before, after }): readonly ListStep[] => {
      const entries = without(after, before).filter(
        (cidr) => isLate.has(lateEntryKey(list, cidr)) === (wanted === "late"),
      );
      return entries.length === 0 ? [] : [{ kind: "extend-list", list, entries }];
    });
  return {
    made,
    idle: idle.flatMap((one) => [...longer(one), ...shorter(one)]),
    extended: extended("early"),
    late: extended("late"),
    shortened: changed.flatMap(shorter),
    deleted: retired.map((list) => ({ kind: "delete-list", list })),
  };
}

interface Change {
  readonly list: string;
  readonly before: ListState;
  readonly after: ListState;
}

function longer({ list, before, after }: Change): readonly ListStep[] {
  const entries = without(after, before);
  return entries.length === 0 ? [] : [{ kind: "extend-list", list, entries }];
}

/** Also where only room is to be given back, which an earlier apply may have left. */
function shorter({ list, before, after }: Change): readonly ListStep[] {
  const entries = without(before, after);
  const isTooLarge = after.weight < before.weight;
  return entries.length > 0 || isTooLarge ? [{ kind: "shorten-list", list, entries }] : [];
}

/** EC2 takes so many entries in a call. */
const entriesOfCall = 100;

/** The entries of each call. */
export const inCalls = <Entry>(entries: readonly Entry[]): readonly (readonly Entry[])[] =>
  Array.from({ length: Math.ceil(entries.length / entriesOfCall) }, (_, at) =>
    entries.slice(at * entriesOfCall, (at + 1) * entriesOfCall),
  );

const without = ({ entries }: ListState, others: ListState): readonly Cidr[] =>
  [...entries].flatMap(([text, cidr]) => (others.entries.has(text) ? [] : [cidr]));
