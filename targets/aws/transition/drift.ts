// What is live against what the policy says: which rule or which attachment that nobody planned lets what
// through, and what is missing.

import type { Direction } from "../../../compiler/inventory/types.ts";
import { contains } from "../../../compiler/sets/address.ts";
import { intersectServices, isNoService } from "../../../compiler/sets/service-set.ts";
import { formatServices } from "../../../compiler/sets/service-text.ts";
import type { LiveAccount, LivePeer } from "../account/account.ts";
import { livePeerText } from "../account/read.ts";
import type { AwsPlan } from "../groups.ts";
import { directions } from "../members.ts";
import { serviceOf } from "../permissions.ts";
import type { Flows } from "./bounds.ts";
import { type Desired, desiredState } from "./desired.ts";
import { effectOf, flowTexts, type InterfaceNames, namesIn } from "./effect.ts";
import type { EndClass } from "./ends.ts";
import { type Foreign, keepsAccepted } from "./keeps.ts";
import { type State, type StateRule, stateOf } from "./state.ts";

export interface Drift {
  /** `opened`: passes and should not; `closed`: should and does not; `other`: changes no flow by itself. */
  readonly kind: "opened" | "closed" | "other";
  readonly text: string;
}

export function driftOf(
  plan: AwsPlan,
  live: LiveAccount,
  { owner, foreign }: { readonly owner: string; readonly foreign: Foreign },
): readonly Drift[] {
  // What of others nobody has accepted is drift, though an apply would leave it.
  const keeps = keepsAccepted(foreign);
  const matching = { owner, fresh: new Set<string>(), byLikeness: true, keeps };
  const desired = desiredState(plan, live, matching, "as planned");
  const found = stateOf(live);
  const names = namesIn(plan);
  const { opened, closed } = effectOf(live, desired.state, found);
  const rules = ruleDrifts({ found, wanted: desired.state, names, opened, closed });
  const carried = [...desired.state.carried].flatMap(([id, groups]): readonly Drift[] => {
    const own = found.carried.get(id) ?? [];
    if (own.join() === groups.join()) return [];
    const called = (ref: string) =>
      `${ref.startsWith("new:") ? "" : `${ref} `}(${(found.groups.get(ref) ?? desired.state.groups.get(ref))?.name})`;
    const more = own.filter((ref) => !groups.includes(ref)).map(called);
    const less = groups.filter((ref) => !own.includes(ref)).map(called);
    const what = [
      ...(more.length === 0 ? [] : [`carries ${more.join(", ")}`]),
      ...(less.length === 0 ? [] : [`does not carry ${less.join(", ")}`]),
    ];
    return [{ kind: "other", text: `${names.get(id) ?? id} (${id}) ${what.join(" and ")}` }];
  });
  const flows = (kind: "opened" | "closed", list: readonly Flows[]) =>
    flowTexts(list, names).map((text): Drift => ({ kind, text }));
  const retired = desired.retired
    .filter((id) => !isLeft(id, found, desired.state))
    .map(
      (id): Drift => ({
        kind: "other",
        text: `${id} (${found.groups.get(id)?.name}) is in no plan`,
      }),
    );
  return [
    ...rules,
    ...listDrifts(found, desired),
    ...carried,
    ...retired,
    ...flows("opened", opened),
    ...flows("closed", closed),
  ];
}

/** Empty, and not to be deleted while the rule of a group that stays names it. */
function isLeft(id: string, found: State, wanted: State): boolean {
  const { ingress, egress } = found.groups.get(id) ?? {};
  const isEmpty = (ingress?.size ?? 0) + (egress?.size ?? 0) === 0;
  return (
    isEmpty &&
    [...wanted.groups.values()].some((group) =>
      directions.some((direction) =>
        [...group[direction].values()].some(
          ({ peer }) => peer.kind === "group" && peer.group === id,
        ),
      ),
    )
  );
}

/** Prefix lists whose entries are not those that are planned; what that opens or closes is told as flows. */
function listDrifts(found: State, { state, lists }: Desired): readonly Drift[] {
  const texts = [...state.lists].flatMap(([ref, { name, entries }]): readonly string[] => {
    const own = found.lists.get(ref);
    if (own === undefined) return lists.created.has(ref) ? [`no prefix list ${name}`] : [];
    const more = [...own.entries.keys()].filter((entry) => !entries.has(entry));
    const less = [...entries.keys()].filter((entry) => !own.entries.has(entry));
    return [
      ...more.map((entry) => `${entry} in ${ref} (${name}) by hand`),
      ...less.map((entry) => `${entry} in ${ref} (${name}) missing`),
    ];
  });
  const retired = lists.retired.map(
    (id) => `prefix list ${id} (${found.lists.get(id)?.name}) is in no plan`,
  );
  return [...texts, ...retired].map((text) => ({ kind: "other", text }));
}

interface Compared {
  readonly found: State;
  readonly wanted: State;
  readonly names: InterfaceNames;
  readonly opened: readonly Flows[];
  readonly closed: readonly Flows[];
}

/** Rules of segc's own groups that are there and not planned, or the other way round. */
function ruleDrifts(compared: Compared): readonly Drift[] {
  const { found, wanted, opened, closed } = compared;
  const named: Named = {
    lists: new Map([...wanted.lists, ...found.lists]),
    groups: new Map([...wanted.groups, ...found.groups]),
  };
  return [...wanted.groups].flatMap(([ref, group]) => {
    const own = found.groups.get(ref);
    if (own === undefined) {
      return ref.startsWith("new:") ? [{ kind: "other", text: `no group ${group.name}` }] : [];
    }
    return directions.flatMap((direction): readonly Drift[] => {
      const more = [...own[direction]].filter(([key]) => !group[direction].has(key));
      const less = [...group[direction]].filter(([key]) => !own[direction].has(key));
      const told = (rule: StateRule, how: string) =>
        `${ruleText(rule, direction, carriers(compared, ref), named)} in ${ref} (${group.name}), ${how}`;
      const matters = (rule: StateRule, flows: readonly Flows[], state: number) =>
        flows.some((one) => isOf(one, { ref, direction, rule, state }));
      return [
        ...more.map(([, rule]): Drift => {
          const kind = matters(rule, opened, foundState) ? "opened" : "other";
          return { kind, text: told(rule, "by hand") };
        }),
        ...less.map(([, rule]): Drift => {
          const kind = matters(rule, closed, wantedState) ? "closed" : "other";
          return { kind, text: told(rule, "missing") };
        }),
      ];
    });
  });
}

type Named = Pick<State, "lists" | "groups">;

/** As `effectOf` numbers them. */
const wantedState = 0;
const foundState = 1;

interface RuleAt {
  readonly ref: string;
  readonly direction: Direction;
  readonly rule: StateRule;
  readonly state: number;
}

/** Whether the rule is one of those that the flows pass by. */
function isOf({ from, to, services }: Flows, { ref, direction, rule, state }: RuleAt): boolean {
  const own = serviceOf(rule);
  const [near, far] = direction === "ingress" ? [to, from] : [from, to];
  return (
    near.carried[state]?.includes(ref) === true &&
    isPeer(rule, far, state) &&
    own !== undefined &&
    !isNoService(intersectServices(own, services))
  );
}

/** A prefix list may have anybody in it. */
function isPeer({ peer }: StateRule, far: EndClass, state: number): boolean {
  if (peer.kind === "cidr") return contains(peer.cidr, far.example);
  return peer.kind === "list" || far.carried[state]?.includes(peer.group) === true;
}

/** Who carries a group, by name. */
function carriers({ found, names }: Compared, ref: string): string {
  const [first, ...more] = [...found.carried].flatMap(([id, groups]) =>
    groups.includes(ref) ? [names.get(id) ?? id] : [],
  );
  if (first === undefined) return "nobody";
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

/** A list or a group that is not there yet by its name. */
function peerName(peer: LivePeer, { lists, groups }: Named): string {
  const text = livePeerText(peer);
  const name = lists.get(text)?.name ?? groups.get(text)?.name;
  if (peer.kind === "cidr" || name === undefined) return text;
  return text.startsWith("new:") ? name : `${text} (${name})`;
}

/** `0.0.0.0/0 -> web-1 and 2 more : tcp/22`. */
function ruleText(rule: StateRule, direction: Direction, near: string, named: Named): string {
  const services = serviceOf(rule);
  const service = services === undefined ? rule.protocol : formatServices(services);
  const peer = peerName(rule.peer, named);
  return direction === "ingress"
    ? `${peer} -> ${near} : ${service}`
    : `${near} -> ${peer} : ${service}`;
}
