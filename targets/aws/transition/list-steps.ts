// What a transition does to prefix lists: entries come before anything that needs them, and go after.
import { type Cidr, formatCidr } from "../../../compiler/sets/address.ts";
import type { ListState } from "./lists.ts";
import type { ListStep } from "./phase.ts";
import type { State } from "./state.ts";

export interface ListSteps {
  readonly made: readonly ListStep[];
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
}

export const lateEntryKey = (list: string, cidr: Cidr): string =>
  JSON.stringify([list, formatCidr(cidr)]);

/** @param isLate keys of entries (`lateEntryKey`) that wait */
export function listSteps(
  from: State,
  state: State,
  { created, retired }: ListChanges,
  isLate: ReadonlySet<string>,
): ListSteps {
  const made: ListStep[] = [];
  const changed: { list: string; before: ListState; after: ListState }[] = [];
  for (const [list, after] of state.lists) {
    const planned = created.get(list);
    const before = from.lists.get(list);
    if (before !== undefined) changed.push({ list, before, after });
    else if (planned !== undefined) {
      const { name, family, entries } = after;
      const all = [...entries.values()];
      made.push({ kind: "create-list", list, name, family, planned, entries: all });
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
    extended: extended("early"),
    late: extended("late"),
    shortened: changed.flatMap(({ list, before, after }): readonly ListStep[] => {
      const entries = without(before, after);
      return entries.length === 0 ? [] : [{ kind: "shorten-list", list, entries }];
    }),
    deleted: retired.map((list) => ({ kind: "delete-list", list })),
  };
}

/** EC2 takes so many entries in a call. */
const entriesOfCall = 100;

/** The entries of each call. */
export const inCalls = (entries: readonly Cidr[]): readonly (readonly Cidr[])[] =>
  Array.from({ length: Math.ceil(entries.length / entriesOfCall) }, (_, at) =>
    entries.slice(at * entriesOfCall, (at + 1) * entriesOfCall),
  );

const without = ({ entries }: ListState, others: ListState): readonly Cidr[] =>
  [...entries].flatMap(([text, cidr]) => (others.entries.has(text) ? [] : [cidr]));
