// What passes between any two ends while a phase is on its way. Calls reach each interface late and in any
// order, so at each moment an interface has some of the phase's rules, and sees some of its members: all that
// may be there bounds it from above, what is there in any case from below. An interface that gives its groups
// for others in one call has either the old or the new, and is seen with either by each of the others.
import type { Direction } from "../../../compiler/inventory/types.ts";
import { inReachOf, type NetworkLinks } from "../../../compiler/plan/network-links.ts";
import { servicesOfFamily } from "../../../compiler/sets/service-set.ts";
import { serviceOf } from "../permissions.ts";
import type { Ends } from "./ends.ts";
import type { ListState } from "./lists.ts";
import { nothing, type ServiceTable } from "./services.ts";
import { ruleKey, type State, type StateRule } from "./state.ts";

/** Numbers of classes at the far end, with the number of the services that pass. */
export type Row = ReadonlyMap<number, number>;

/** One or two states that the interfaces are between, as numbers of the list that `ends` were made of. */
export interface Moment {
  readonly states: readonly number[];
  /** `upper`: what any of the states may let through; `lower`: what all of them do. */
  readonly bound: "upper" | "lower";
}

export interface Reach {
  /** What an end of class `near` lets through by itself. */
  readonly half: (moment: Moment, near: number, direction: Direction) => Row;
}

interface Context {
  readonly links: NetworkLinks;
  readonly states: readonly State[];
  readonly ends: Ends;
  readonly services: ServiceTable;
}

export function reachOf(context: Context): Reach {
  const { ends } = context;
  const lists = listRows(context);
  const shared = new Map<string, Row>();
  const halfOf = (moment: Moment, near: number, direction: Direction): Row => {
    const end = ends.classes[near];
    if (end === undefined) return new Map();
    const { states, bound } = moment;
    const alternatives = new Set(states.map((state) => JSON.stringify(end.carried[state] ?? [])));
    const key = `${bound} ${states} ${direction} ${end.family} ${[...alternatives].join()}`;
    const before = shared.get(key);
    if (before !== undefined) return before;
    const found = [...alternatives]
      .map((carried) => lists(moment, carried, direction, end.family))
      .reduce((a, b) => combined(a, b, bound, context.services));
    shared.set(key, found);
    return found;
  };
  // Asked for each pair of classes: the moment itself and a number find it again.
  const rows = new Map<Moment, Readonly<Record<Direction, Row[]>>>();
  return {
    half: (moment, near, direction) => {
      const own = rows.get(moment) ?? { ingress: [], egress: [] };
      rows.set(moment, own);
      const found = own[direction][near] ?? halfOf(moment, near, direction);
      own[direction][near] = found;
      return found;
    },
  };
}

function combined(a: Row, b: Row, bound: Moment["bound"], services: ServiceTable): Row {
  const found = new Map<number, number>();
  if (bound === "lower") {
    for (const [far, ids] of a) {
      const both = services.intersect(ids, b.get(far) ?? nothing);
      if (both !== nothing) found.set(far, both);
    }
    return found;
  }
  for (const [far, ids] of a) found.set(far, ids);
  for (const [far, ids] of b) found.set(far, services.union(found.get(far) ?? nothing, ids));
  return found;
}

/** What a list of groups lets through. */
function listRows({ links, states, ends, services }: Context) {
  const memo = new Map<string, Row>();
  const membersOf = groupMembers(states, ends);
  const serviceId = remembered((key: string): number => {
    const [protocol = "", from, to, family] = JSON.parse(key);
    const set = serviceOf({ protocol, from, to });
    if (set === undefined) throw new Error("bug in segc (aws): a rule that was not read");
    return services.intersect(services.idOf(set), services.idOf(servicesOfFamily(family)));
  });
  const listed = listedClasses(states, ends);
  const peersOf = ({ peer }: StateRule, seen: number): Iterable<number> =>
    peer.kind === "cidr"
      ? ends.inside(peer.cidr)
      : peer.kind === "group"
        ? membersOf(seen, peer.group)
        : listed(seen, peer.list);
  return (moment: Moment, carried: string, direction: Direction, family: 4 | 6): Row => {
    const key = `${moment.bound} ${moment.states} ${direction} ${family} ${carried}`;
    const before = memo.get(key);
    if (before !== undefined) return before;
    const refs: readonly string[] = JSON.parse(carried);
    const rules = refs.flatMap((ref) =>
      rulesAt(states, moment, ref, direction).filter(works(states, ref, direction, links)),
    );
    const rowOf = (seen: number): Row => {
      const row = new Map<number, number>();
      for (const rule of rules) {
        const id = serviceId(JSON.stringify([rule.protocol, rule.from, rule.to, family]));
        if (id === nothing) continue;
        for (const far of peersOf(rule, seen)) {
          if (ends.classes[far]?.family !== family) continue;
          row.set(far, services.union(row.get(far) ?? nothing, id));
        }
      }
      return row;
    };
    const found = moment.states.map(rowOf).reduce((a, b) => combined(a, b, moment.bound, services));
    memo.set(key, found);
    return found;
  };
}

/** Rules of a group that are there in some, or in all, of the states. */
function rulesAt(
  states: readonly State[],
  { states: numbers, bound }: Moment,
  ref: string,
  direction: Direction,
): readonly StateRule[] {
  const sets = numbers.map((number) => states[number]?.groups.get(ref)?.[direction] ?? new Map());
  const all = new Map(sets.flatMap((set) => [...set]));
  return [...all.values()].filter(
    (rule) => bound === "upper" || sets.every((set) => set.has(ruleKey(rule))),
  );
}

/** Whether a rule does anything: not where it names a group of a network that is not joined to its own. */
function works(
  states: readonly State[],
  ref: string,
  direction: Direction,
  links: NetworkLinks,
): (rule: StateRule) => boolean {
  const networkOf = (group: string) =>
    states.flatMap(({ groups }) => groups.get(group)?.vpc ?? [])[0];
  const near = inReachOf(networkOf(ref) ?? "", direction, links);
  return ({ peer }) => {
    if (peer.kind !== "group") return true;
    const network = networkOf(peer.group);
    return peer.isStale !== true && (network === undefined || near.has(network));
  };
}

/** Classes whose interfaces carry a group in a state. */
function groupMembers(states: readonly State[], ends: Ends) {
  const byState = states.map((_, state) => {
    const members = new Map<string, Set<number>>();
    for (const [index, { carried }] of ends.classes.entries()) {
      for (const ref of carried[state] ?? []) {
        const set = members.get(ref);
        if (set === undefined) members.set(ref, new Set([index]));
        else set.add(index);
      }
    }
    return members;
  });
  const none: ReadonlySet<number> = new Set();
  return (state: number, ref: string): Iterable<number> => byState[state]?.get(ref) ?? none;
}

/** Classes with addresses that a prefix list has in a state. */
function listedClasses(states: readonly State[], ends: Ends) {
  const known = new Map<ListState["entries"], ReadonlySet<number>>();
  const none: ReadonlySet<number> = new Set();
  return (state: number, ref: string): Iterable<number> => {
    const entries = states[state]?.lists.get(ref)?.entries;
    if (entries === undefined) return none;
    const found =
      known.get(entries) ??
      new Set([...entries.values()].flatMap((cidr) => [...ends.inside(cidr)]));
    known.set(entries, found);
    return found;
  };
}

function remembered<Value>(find: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = find(key);
    known.set(key, found);
    return found;
  };
}
