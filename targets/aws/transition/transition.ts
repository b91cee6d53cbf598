// From what is live to what a plan says, without a gap and without excess where there is such a way. Ways are
// tried from the cheapest on; the first that is proved, and within the quotas at every step, is taken.
import type { AwsLimits } from "../../../compiler/quotas.ts";
import { type LiveAccount, livePlannedName } from "../account/account.ts";
import { type AwsPlan, groupKey } from "../groups.ts";
import { type Attempt, attemptOf } from "./attempt.ts";
import { type Desired, desiredState } from "./desired.ts";
import { type Foreign, keepsAll } from "./keeps.ts";
import { keptGroups, type Matching } from "./matching.ts";
import { stateOf } from "./state.ts";

export interface Transition extends Attempt {
  readonly desired: Desired;
  /** What was tried, for people. */
  readonly way: string;
}

export interface TransitionOptions {
  readonly owner: string;
  readonly limits: AwsLimits;
  readonly foreign: Foreign;
}

export const isProved = ({ excess, gaps, overruns }: Attempt): boolean =>
  excess.length + gaps.length + overruns.length === 0;

export function transitionOf(
  plan: AwsPlan,
  live: LiveAccount,
  { owner, limits, foreign }: TransitionOptions,
): Transition {
  const tried: Transition[] = [];
  const matching = { owner, fresh: new Set<string>(), keeps: keepsAll(foreign) };
  for (const { desired, attach, way } of waysFor(plan, live, matching)) {
    const found = { ...attemptOf(live, desired, attach, limits), desired, way };
    if (isProved(found)) return found;
    tried.push(found);
  }
  return tried.reduce((best, one) => (compareAttempts(one, best) < 0 ? one : best));
}

interface Way {
  readonly desired: Desired;
  readonly attach: "swap" | "join";
  readonly way: string;
}

/** From the cheapest on. */
function* waysFor(
  plan: AwsPlan,
  live: LiveAccount,
  matching: Omit<Matching, "byLikeness">,
): Iterable<Way> {
  const named = desiredState(plan, live, { ...matching, byLikeness: false });
  // A list that is changed changes the old groups as well as the new.
  const forms = named.lists.isChanging ? [false, true] : [false];
  for (const wholeLists of forms) yield* waysInPlace(plan, live, { ...matching, wholeLists });
  const whole = named.lists.isChanging
    ? desiredState(plan, live, { ...matching, byLikeness: false, wholeLists: true })
    : named;
  const fresh = changedGroups(plan, live, whole, matching.owner);
  if (fresh.size === 0) return;
  for (const wholeLists of forms) {
    const asked = { ...matching, fresh, byLikeness: false, wholeLists };
    const desired = desiredState(plan, live, asked);
    yield* bothWays(desired, `new groups${wholeLists ? " and lists" : ""} beside the old`);
  }
}

function* waysInPlace(
  plan: AwsPlan,
  live: LiveAccount,
  matching: Omit<Matching, "byLikeness">,
): Iterable<Way> {
  const lists = matching.wholeLists === true ? ", new lists" : "";
  const alike = desiredState(plan, live, { ...matching, byLikeness: true });
  yield* bothWays(alike, `groups changed in place${lists}`);
  if (alike.renamed.size === 0) return;
  const named = desiredState(plan, live, { ...matching, byLikeness: false });
  yield* bothWays(named, `groups of the same name changed in place${lists}`);
}

function* bothWays(desired: Desired, way: string): Iterable<Way> {
  yield { desired, attach: "swap", way };
  yield { desired, attach: "join", way: `${way}, carried side by side` };
}

/** Within the quotas before all, then without excess, then with the smallest gap. */
const compareAttempts = (a: Attempt, b: Attempt): number =>
  a.overruns.length - b.overruns.length ||
  a.excess.length - b.excess.length ||
  a.gaps.length - b.gaps.length;

/**
 * Groups of the plan that are there and whose rules or members change, and those that name such a group: made
 * new, they name nobody who still carries an old one.
 */
function changedGroups(
  plan: AwsPlan,
  live: LiveAccount,
  { state: wanted }: Desired,
  owner: string,
): ReadonlySet<string> {
  const before = stateOf(live);
  const changed = new Set<string>();
  for (const [ref, { ingress, egress }] of wanted.groups) {
    const own = before.groups.get(ref);
    const isSame =
      own !== undefined && sameKeys(own.ingress, ingress) && sameKeys(own.egress, egress);
    if (!isSame) changed.add(ref);
  }
  for (const [id, groups] of wanted.carried) {
    const own = before.carried.get(id) ?? [];
    for (const ref of [...own, ...groups]) {
      if (!(own.includes(ref) && groups.includes(ref))) changed.add(ref);
    }
  }
  for (let size = -1; size !== changed.size; ) {
    size = changed.size;
    for (const [ref, { ingress, egress }] of wanted.groups) {
      const names = [...ingress.values(), ...egress.values()];
      if (names.some(({ peer }) => peer.kind === "group" && changed.has(peer.group))) {
        changed.add(ref);
      }
    }
  }
  const kept = keptGroups(plan, live);
  const planned = new Set(plan.groups.map(({ network, name }) => groupKey(network, name)));
  return new Set(
    live.groups.flatMap((group) => {
      const name = livePlannedName(group, owner);
      const key = groupKey(group.vpc, name ?? "");
      return name !== undefined && changed.has(group.id) && !kept.has(group.id) && planned.has(key)
        ? [key]
        : [];
    }),
  );
}

const sameKeys = (a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean =>
  a.size === b.size && [...a.keys()].every((key) => b.has(key));
