// From one state to another in phases that hold only additions, only removals, or only exchanges of groups.
import { directions } from "../members.ts";
import { listSteps } from "./list-steps.ts";
import type { ListMatching } from "./lists.ts";
import type { Phase, PhaseKind, Step } from "./phase.ts";
import { type RuleSet, ruleKey, type State, type StateRule } from "./state.ts";

export interface Way {
  /** `swap`: each interface gives its groups for the new ones in one call; `join`: it carries both for a while. */
  readonly attach: "swap" | "join";
  /** Keys of rules (`lateKey`) and entries (`lateEntryKey`) that wait until interfaces carry what they shall. */
  readonly late: ReadonlySet<string>;
  /** The most groups on an interface; one with more of both kinds gives them in one call. */
  readonly slots: number;
}

export interface Target {
  readonly state: State;
  readonly retired: readonly string[];
  readonly created: ReadonlyMap<string, string>;
  readonly renamed: ReadonlyMap<string, string>;
  readonly lists: Pick<ListMatching, "created" | "renamed" | "retired">;
}

export const lateKey = (group: string, direction: string, rule: StateRule): string =>
  JSON.stringify([group, direction, ruleKey(rule)]);

export function phasesOf(from: State, to: Target, way: Way): readonly Phase[] {
  const networks = new Map(
    [...to.state.groups].flatMap(([, { vpc, ingress, egress }]) =>
      [...ingress.values(), ...egress.values()].flatMap(({ peer }) =>
        peer.kind === "list" ? [[peer.list, vpc] as const] : [],
      ),
    ),
  );
  const lists = listSteps(from, to.state, { ...to.lists, networks }, way.late);
  const { early, late } = additions(from, to.state, way.late);
  const isNew = ({ group }: { readonly group: string }) => to.created.has(group);
  const moves = [...to.state.carried].flatMap(([id, groups]) => {
    const before = from.carried.get(id) ?? [];
    return before.join() === groups.join() ? [] : [{ id, before, groups }];
  });
  const joins = moves.flatMap(({ id, before, groups }) => {
    const both = [...new Set([...before, ...groups])].sort();
    const isMore = both.length > before.length && both.length > groups.length;
    return isMore && both.length <= way.slots ? [{ id, both }] : [];
  });
  const joined = new Set(way.attach === "join" ? joins.map(({ id }) => id) : []);
  const grows = ({ before, groups }: (typeof moves)[number]) =>
    before.every((group) => groups.includes(group));
  const shrinks = ({ before, groups }: (typeof moves)[number]) =>
    groups.every((group) => before.includes(group));
  const attach = (list: typeof moves): readonly Step[] =>
    list.map(({ id, groups }) => ({ kind: "attach", interface: id, groups }));
  const left = moves.filter(({ id }) => !joined.has(id));
  const gone = new Set(to.retired);
  return phases([
    [
      "prepare",
      [...renamings(to), ...lists.made, ...lists.idle, ...creations(to), ...early.filter(isNew)],
    ],
    [
      "add",
      [
        ...lists.extended,
        ...early.filter((step) => !isNew(step)),
        ...attach(left.filter(grows)),
        ...joins
          .filter(({ id }) => joined.has(id))
          .map(({ id, both }): Step => ({ kind: "attach", interface: id, groups: both })),
      ],
    ],
    ["swap", attach(left.filter((move) => !grows(move) && !shrinks(move)))],
    [
      "remove",
      [
        ...attach(moves.filter((move) => joined.has(move.id) || shrinks(move))),
        ...removals(from, to.state, gone),
        ...lists.shortened,
      ],
    ],
    ["widen", [...lists.late, ...late]],
    ["empty", emptied(from, gone)],
    ["delete", [...deletions(to, gone), ...lists.deleted]],
  ]);
}

const phases = (list: readonly (readonly [PhaseKind, readonly Step[]])[]): readonly Phase[] =>
  list.flatMap(([kind, steps]) => (steps.length === 0 ? [] : [{ kind, steps }]));

const renamings = ({ renamed, lists }: Target): readonly Step[] => [
  ...[...renamed].map(([group, planned]): Step => ({ kind: "rename", group, planned })),
  ...[...lists.renamed].map(([list, planned]): Step => ({ kind: "rename-list", list, planned })),
];

const creations = ({ state, created }: Target): readonly Step[] =>
  [...created].flatMap(([group, planned]): readonly Step[] => {
    const found = state.groups.get(group);
    return found === undefined
      ? []
      : [{ kind: "create", group, name: found.name, vpc: found.vpc, planned }];
  });

type RuleStep = Extract<Step, { readonly rules: readonly StateRule[] }>;

function additions(from: State, to: State, isLate: ReadonlySet<string>) {
  const early: RuleStep[] = [];
  const late: RuleStep[] = [];
  for (const [group, { ingress, egress }] of to.groups) {
    const before = from.groups.get(group);
    for (const direction of directions) {
      const wanted = direction === "ingress" ? ingress : egress;
      const more = without(wanted, before?.[direction]);
      const waits = (rule: StateRule) => isLate.has(lateKey(group, direction, rule));
      for (const [list, rules] of [
        [early, more.filter((rule) => !waits(rule))],
        [late, more.filter(waits)],
      ] as const) {
        if (rules.length > 0) list.push({ kind: "authorize", group, direction, rules });
      }
    }
  }
  return { early, late };
}

const without = (rules: RuleSet, others: RuleSet | undefined): readonly StateRule[] =>
  [...rules].flatMap(([key, rule]) => (others?.has(key) === true ? [] : [rule]));

/** In groups that stay; and wherever a group is named that does not. */
function removals(from: State, to: State, gone: ReadonlySet<string>): readonly RuleStep[] {
  return [...from.groups].flatMap(([group, before]) => {
    const wanted = to.groups.get(group);
    if (gone.has(group) || wanted === undefined) return [];
    return directions.flatMap((direction): readonly RuleStep[] => {
      const rules = without(before[direction], wanted[direction]);
      return rules.length === 0 ? [] : [{ kind: "revoke", group, direction, rules }];
    });
  });
}

const emptied = (from: State, gone: ReadonlySet<string>): readonly RuleStep[] =>
  [...gone].flatMap((group) =>
    directions.flatMap((direction): readonly RuleStep[] => {
      const rules = [...(from.groups.get(group)?.[direction] ?? new Map()).values()];
      return rules.length === 0 ? [] : [{ kind: "revoke", group, direction, rules }];
    }),
  );

/** Those that nobody carries and no rule of others names: EC2 refuses to delete the rest. */
function deletions({ state }: Target, gone: ReadonlySet<string>): readonly Step[] {
  const used = new Set([...state.carried.values()].flat());
  for (const { ingress, egress } of state.groups.values()) {
    for (const { peer } of [...ingress.values(), ...egress.values()]) {
      if (peer.kind === "group") used.add(peer.group);
    }
  }
  return [...gone].filter((group) => !used.has(group)).map((group) => ({ kind: "delete", group }));
}
