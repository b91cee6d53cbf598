// Which group of the account is which of the plan. By name first; a group that changed so much that the plan
// calls it otherwise is found again by who carries it and by what it holds, so that a small change of the
// policy stays a small change of the account.
import { type LiveAccount, type LiveGroup, livePlannedName } from "../account/account.ts";
import { liveRuleKey } from "../account/read.ts";
import { type AwsPlan, type GroupRule, groupKey, type SecurityGroup } from "../groups.ts";
import { directions } from "../members.ts";
import type { Keeps } from "./keeps.ts";

export interface Matching {
  /** Value of the owner tag that segc's groups of this project have. */
  readonly owner: string;
  /** Groups of the plan that must not be found again, but be made new: by `groupKey`. */
  readonly fresh: ReadonlySet<string>;
  /** Whether groups that the plan calls otherwise are found again by what they are. */
  readonly byLikeness: boolean;
  /** Whether prefix lists are found again only where they have the entries that are planned. */
  readonly wholeLists?: boolean;
  /** Which groups of others interfaces of the plan keep. */
  readonly keeps: Keeps;
}

/** For each group of the plan, by `groupKey`, the id of one that is there, or `new:…`. */
export function refsOf(
  plan: AwsPlan,
  live: LiveAccount,
  {
    owner,
    fresh,
    byLikeness,
    lists,
  }: Omit<Matching, "keeps"> & { readonly lists: ReadonlyMap<string, string> },
): ReadonlyMap<string, string> {
  const carriers = carriersOf(live);
  const refs = new Map<string, string>();
  const byName = new Map<string, LiveGroup>();
  for (const group of live.groups) {
    const name = livePlannedName(group, owner);
    if (name === undefined) continue;
    const key = groupKey(group.vpc, name);
    const before = byName.get(key);
    const isBetter = before === undefined || sizeOf(carriers, group) > sizeOf(carriers, before);
    if (isBetter) byName.set(key, group);
  }
  for (const { network, name } of plan.groups) {
    const key = groupKey(network, name);
    const found = fresh.has(key) ? undefined : byName.get(key);
    if (found !== undefined) refs.set(key, found.id);
  }
  if (byLikeness) {
    const known = { owner, fresh, refs, carriers, lists };
    for (const [key, id] of alikePairs(plan, live, known)) refs.set(key, id);
  }

  for (const { network, name } of plan.groups) {
    const key = groupKey(network, name);
    if (!refs.has(key)) refs.set(key, `new:${network}/${name}`);
  }
  return refs;
}

type Carriers = ReadonlyMap<string, ReadonlySet<string>>;

const sizeOf = (carriers: Carriers, { id }: LiveGroup): number => carriers.get(id)?.size ?? 0;

function carriersOf({ interfaces }: LiveAccount): Carriers {
  const found = new Map<string, Set<string>>();
  for (const { id, groups } of interfaces) {
    for (const group of groups) {
      const set = found.get(group);
      if (set === undefined) found.set(group, new Set([id]));
      else set.add(id);
    }
  }
  return found;
}

/** Groups of interfaces that keep what they have: nobody may make something else of these. */
export function keptGroups(
  { attachments }: AwsPlan,
  { interfaces }: LiveAccount,
): ReadonlySet<string> {
  const observed = new Set(
    attachments.filter(({ groups }) => groups === undefined).map((one) => one.interface),
  );
  const kept = interfaces.filter((one) => one.service !== undefined || observed.has(one.id));
  return new Set(kept.flatMap(({ groups }) => groups));
}

interface Known extends Omit<Matching, "byLikeness" | "keeps"> {
  readonly refs: ReadonlyMap<string, string>;
  readonly carriers: Carriers;
  /** Refs of prefix lists, by the names of the plan. */
  readonly lists: ReadonlyMap<string, string>;
}

/** Of the groups that names did not bring together, those most alike, each once. */
function alikePairs(
  plan: AwsPlan,
  live: LiveAccount,
  { owner, fresh, refs, carriers, lists }: Known,
): ReadonlyMap<string, string> {
  const taken = new Set([...refs.values(), ...keptGroups(plan, live)]);
  const left = live.groups.filter(
    (group) =>
      livePlannedName(group, owner) !== undefined &&
      !taken.has(group.id) &&
      sizeOf(carriers, group) > 0,
  );
  const planned = plannedCarriers(plan);
  const pairs = plan.groups.flatMap((group) => {
    const key = groupKey(group.network, group.name);
    if (refs.has(key) || fresh.has(key)) return [];
    return left
      .filter(({ vpc }) => vpc === group.network)
      .map((one) => ({
        key,
        id: one.id,
        score: likeness(group, one, {
          refs,
          lists,
          before: carriers.get(one.id),
          after: planned.get(key),
        }),
      }))
      .filter(({ score }) => score > 0);
  });
  pairs.sort((a, b) => b.score - a.score || compareTexts(a.key, b.key) || compareTexts(a.id, b.id));
  const found = new Map<string, string>();
  const used = new Set<string>();
  for (const { key, id } of pairs) {
    if (found.has(key) || used.has(id)) continue;
    found.set(key, id);
    used.add(id);
  }
  return found;
}

function plannedCarriers({ attachments }: AwsPlan): Carriers {
  const found = new Map<string, Set<string>>();
  for (const { interface: id, network, groups = [] } of attachments) {
    for (const name of groups) {
      const key = groupKey(network, name);
      const set = found.get(key);
      if (set === undefined) found.set(key, new Set([id]));
      else set.add(id);
    }
  }
  return found;
}

interface Compared extends Pick<Known, "refs" | "lists"> {
  readonly before: ReadonlySet<string> | undefined;
  readonly after: ReadonlySet<string> | undefined;
}

const none: ReadonlySet<string> = new Set();

/** Interfaces and rules that stay, less those that change; nothing where no interface stays. */
function likeness(
  group: SecurityGroup,
  live: LiveGroup,
  { refs, lists, before = none, after = none }: Compared,
) {
  const stay = before.intersection(after).size;
  if (stay === 0) return 0;
  const rules = directions.map((direction) => {
    const wanted = new Set(group[direction].map((rule) => keyWith(rule, { refs, lists })));
    const own = new Set(live[direction].map(liveRuleKey));
    return { stay: own.intersection(wanted).size, all: own.union(wanted).size };
  });
  const same = stay + rules.reduce((sum, one) => sum + one.stay, 0);
  const all = before.union(after).size + rules.reduce((sum, one) => sum + one.all, 0);
  return same / all;
}

function keyWith(
  { protocol, from, to, peer }: GroupRule,
  { refs, lists }: Pick<Known, "refs" | "lists">,
): string {
  const named =
    peer.kind === "cidr"
      ? peer
      : peer.kind === "list"
        ? { kind: "list" as const, list: lists.get(peer.list) ?? "" }
        : { kind: "group" as const, group: refs.get(groupKey(peer.network, peer.group)) ?? "" };
  return liveRuleKey({ protocol, from, to, peer: named, description: "" });
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b));
