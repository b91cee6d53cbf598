// What a phase left in the account otherwise than it should: of what the change is about, for what others do
// meanwhile to things of their own is nobody's trouble.
import type { LiveAccount } from "../account/account.ts";
import { directions } from "../members.ts";
import { listsNamedBy } from "../transition/lists.ts";
import type { Phase } from "../transition/phase.ts";
import { type GroupState, ruleKey, rulesIn, type State, stateOf } from "../transition/state.ts";
import { withIds } from "./requests.ts";

export interface Matters {
  /** Refs of groups: ours, those that interfaces carry which steps touch, and all that their rules name. */
  readonly groups: ReadonlySet<string>;
  readonly interfaces: ReadonlySet<string>;
  /** Refs of lists that steps touch, and of those that rules of these groups name. */
  readonly lists: ReadonlySet<string>;
  readonly changedLists: ReadonlySet<string>;
}

/** @param own ids of the groups that were ours before: the proof relies on who carries them, touched or not */
export function touchedIn(
  states: readonly State[],
  phases: readonly Phase[],
  own: readonly string[],
): Matters {
  const interfaces = new Set<string>();
  const groups = new Set(own);
  const lists = new Set<string>();
  for (const step of phases.flatMap(({ steps }) => steps)) {
    if ("list" in step) lists.add(step.list);
    else if (step.kind === "attach") interfaces.add(step.interface);
    else groups.add(step.group);
  }
  const changedLists = new Set(lists);
  for (const { carried } of states) {
    for (const [id, refs] of carried) {
      if (interfaces.has(id)) for (const ref of refs) groups.add(ref);
    }
  }
  for (const { groups: known } of states) {
    for (const ref of [...groups]) {
      for (const { peer } of rulesOf(known.get(ref)))
        if (peer.kind === "group") groups.add(peer.group);
        else if (peer.kind === "list") lists.add(peer.list);
    }
  }
  // Whoever carries one of them is somebody's peer.
  for (const { carried } of states) {
    for (const [id, refs] of carried) if (refs.some((ref) => groups.has(ref))) interfaces.add(id);
  }
  return { groups, interfaces, lists, changedLists };
}

const rulesOf = (group: GroupState | undefined) => (group === undefined ? [] : rulesIn(group));

interface Comparing {
  readonly idOf: (ref: string) => string;
  readonly matters: Matters;
  /** Ids of groups that could not be deleted. */
  readonly left: ReadonlySet<string>;
}

/** For people. */
export function differences(
  expected: State,
  live: LiveAccount,
  { idOf, matters, left }: Comparing,
): readonly string[] {
  const found = stateOf(live);
  const wanted = new Map([...expected.groups].map(([ref, group]) => [idOf(ref), group]));
  const ids = [...matters.groups].map(idOf).sort();
  return [
    ...ids.flatMap((id) =>
      left.has(id) ? [] : groupDifference(id, wanted.get(id), found.groups.get(id)),
    ),
    ...listDifferences(expected, found, { idOf, matters, left }),
    ...carriedDifferences(expected, found, { idOf, matters, ids: new Set(ids) }),
  ];

  function groupDifference(
    id: string,
    group: GroupState | undefined,
    there: GroupState | undefined,
  ): readonly string[] {
    if (group === undefined)
      return there === undefined ? [] : [`group ${id} (${there.name}) is still there`];
    if (there === undefined) return [`group ${id} (${group.name}) is gone`];
    return directions.flatMap((direction) => {
      const keys = [...group[direction].values()].map((rule) => ruleKey(withIds(rule, idOf)));
      const own = there[direction];
      const missing = keys.filter((key) => !own.has(key)).length;
      const more = [...own.keys()].filter((key) => !keys.includes(key)).length;
      return missing + more === 0
        ? []
        : [`${id} (${group.name}): ${missing} ${direction} rules missing, ${more} more`];
    });
  }
}

function listDifferences(
  expected: State,
  found: State,
  { idOf, matters, left }: Comparing,
): readonly string[] {
  const wanted = new Map([...expected.lists].map(([ref, list]) => [idOf(ref), list]));
  // Lists of others are known only while a rule names them.
  const named = listsNamedBy([...expected.groups.values()].flatMap(rulesIn));
  const ids = [...matters.lists]
    .filter((ref) => matters.changedLists.has(ref) || named.has(ref))
    .map(idOf)
    .filter((id) => !left.has(id));
  return ids.sort().flatMap((id): readonly string[] => {
    const [list, there] = [wanted.get(id), found.lists.get(id)];
    if (list === undefined) {
      return there === undefined ? [] : [`list ${id} (${there.name}) is still there`];
    }
    if (there === undefined) return [`list ${id} (${list.name}) is gone`];
    const isSame =
      list.entries.size === there.entries.size &&
      [...list.entries.keys()].every((entry) => there.entries.has(entry));
    return isSame ? [] : [`list ${id} (${list.name}) has other entries`];
  });
}

function carriedDifferences(
  expected: State,
  found: State,
  { idOf, matters, ids }: Omit<Comparing, "left"> & { readonly ids: ReadonlySet<string> },
): readonly string[] {
  const known = [...expected.carried].flatMap(([id, refs]) => {
    if (!matters.interfaces.has(id)) return [];
    const own = found.carried.get(id);
    if (own === undefined) return [`interface ${id} is gone`];
    return own.join() === refs.map(idOf).sort().join() ? [] : [`${id} carries other groups`];
  });
  const more = [...found.carried].flatMap(([id, refs]) =>
    !matters.interfaces.has(id) && refs.some((ref) => ids.has(ref))
      ? [`interface ${id} carries a group of this plan, and did not before`]
      : [],
  );
  return [...known, ...more];
}
