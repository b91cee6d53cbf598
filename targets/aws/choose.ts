// Which groups there are, and who carries which. Every set of members that holds a term or is a term's
// peers could be a group of its own: the fewest rules. An interface carries a few groups only, so where
// it would be in more it leaves some of them for one group that stands for all of those (a *joint* group:
// their terms are in it once more, and whoever names one of them names it as well), or peers are named by
// address. Which of the two is settled by the rules it costs.
//
// Everything is decided by content and in a fixed order: equal terms give equal groups.
import {
  type MemberSet,
  memberSets,
  type PeerSet,
  type Placed,
  ruleCount,
  type wordsOf,
} from "./member-sets.ts";
import type { Leaning } from "./previous.ts";
import type { Term } from "./term.ts";

/** A group: of the members of a set that have not left it, or of those who left the same sets. */
export interface ChosenGroup {
  readonly network: string;
  /** Numbers of sets: one, or several that it stands for. */
  readonly of: readonly number[];
  readonly members: readonly number[];
}

export interface Choice {
  readonly sets: readonly MemberSet[];
  readonly terms: readonly Placed[];
  readonly groups: readonly ChosenGroup[];
  /** Whether some peers of the term are named by groups. */
  readonly isByGroup: (term: Placed, peers: PeerSet) => boolean;
}

export interface Choosing {
  readonly words: ReturnType<typeof wordsOf>;
  readonly leaning: Leaning;
}

/** @param slots groups that an interface may carry, at least one */
export function chooseGroups(
  terms: readonly Term[],
  slots: number,
  { words, leaning }: Choosing,
): Choice {
  const { sets, placed } = memberSets(terms, words);
  const drafting = new Drafting(sets, leaning);
  drafting.nameByAddress();
  for (;;) {
    const crowds = drafting.crowds(slots);
    if (crowds.length === 0) break;
    for (const crowd of crowds) drafting.relieve(crowd, slots);
  }
  const { groups } = drafting;
  const isByGroup: Choice["isByGroup"] = (term, peers) => drafting.isByGroup(term, peers);
  return { sets, terms: placed, groups, isByGroup };
}

/** Members in exactly the same groups, and the sets by which they are in a group of their own. */
interface Crowd {
  readonly members: readonly number[];
  readonly active: readonly number[];
}

class Drafting {
  groups: readonly ChosenGroup[] = [];
  readonly #sets: readonly MemberSet[];
  readonly #leaning: Leaning;
  readonly #setsOf: ReadonlyMap<number, readonly number[]>;
  /** Members without an entry have left no set. */
  readonly #left = new Map<number, ReadonlySet<number>>();
  /** Sets of peers that are named by address. */
  readonly #byAddress = new Set<number>();
  /** By set: how many groups stand for it. */
  #groupCounts = new Uint32Array();

  constructor(sets: readonly MemberSet[], leaning: Leaning) {
    this.#sets = sets;
    this.#leaning = leaning;
    const setsOf = new Map<number, number[]>();
    for (const [number, { members }] of sets.entries()) {
      for (const member of members) {
        const list = setsOf.get(member);
        if (list === undefined) setsOf.set(member, [number]);
        else list.push(number);
      }
    }
    this.#setsOf = setsOf;
    this.#regroup();
  }

  /** Peers that take fewer rules by address than a group that stands for nothing else, or were named so before. */
  nameByAddress(): void {
    for (const [set, members] of this.#sets.entries()) {
      if (!this.#isPeersOnly(set)) continue;
      const before = this.#leaning(members);
      const isCheaper =
        before === undefined ? this.#costOfAddresses(set) < 0 : before === "address";
      if (isCheaper) this.#byAddress.add(set);
    }
    this.#regroup();
    // Nobody names what is cheaper by address for all peers of a term together.
    for (const [set, { named }] of this.#sets.entries()) {
      const isNamed = named.some((term) =>
        term.peers.some((one) => one.set === set && this.isByGroup(term, one)),
      );
      if (this.#isPeersOnly(set) && !isNamed) this.#byAddress.add(set);
    }
    this.#regroup();
  }

  /** Those that are in too many groups, the worst first. */
  crowds(slots: number): readonly Crowd[] {
    const crowds = new Map<string, { members: number[]; active: readonly number[] }>();
    for (const member of this.#setsOf.keys()) {
      const active = this.#activeOf(member);
      if (this.#carried(member, active) <= slots) continue;
      const key = `${active.join()} ${[...(this.#left.get(member) ?? [])].join()}`;
      const crowd = crowds.get(key);
      if (crowd === undefined) crowds.set(key, { members: [member], active });
      else crowd.members.push(member);
    }
    return [...crowds.values()].sort(
      (a, b) => b.active.length - a.active.length || (a.members[0] ?? 0) - (b.members[0] ?? 0),
    );
  }

  /** Takes the cheaper way: peers by address, or the members out of some groups into a joint one. */
  relieve({ members }: Crowd, slots: number): void {
    const [first = 0] = members;
    const active = this.#activeOf(first); // an earlier crowd may have changed it
    const excess = this.#carried(first, active) - slots;
    if (excess <= 0) return;
    const needsJoint = this.#left.get(first) === undefined ? 1 : 0;
    const peersOnly = active.filter((set) => this.#isPeersOnly(set));
    const addressed = cheapest(peersOnly, (set) => this.#costOfAddresses(set), excess);
    const leaving = cheapest(active, (set) => this.#costOfLeaving(set), excess + needsJoint);
    if (addressed.sets.length === excess && addressed.cost <= leaving.cost + needsJoint) {
      for (const set of addressed.sets) this.#byAddress.add(set);
    } else {
      for (const member of members) {
        this.#left.set(member, new Set([...(this.#left.get(member) ?? []), ...leaving.sets]));
      }
    }
    this.#regroup();
  }

  /** Where there is a group anyhow, the way that takes fewer rules. */
  isByGroup(term: Placed, peers: PeerSet): boolean {
    return this.#isCheaperByGroup(term, peers) && !this.#isCheaperByAddress(term);
  }

  #isCheaperByGroup(term: Placed, { set, cidrs }: PeerSet): boolean {
    if (this.#byAddress.has(set)) return false;
    return this.#isPeersOnly(set) || this.#byGroup(term, set) <= ruleCount(term.permissions, cidrs);
  }

  /** A prefix may have peers of several networks, which take a group for each. */
  #isCheaperByAddress(term: Placed): boolean {
    const { permissions, peers } = term;
    if (peers.length < 2) return false;
    const all = [...new Set(peers.flatMap(({ cidrs }) => cidrs))];
    const [named, others] = [true, false].map((isNamed) =>
      peers.filter((one) => this.#isCheaperByGroup(term, one) === isNamed),
    );
    const groups = (named ?? []).reduce((sum, { set }) => sum + this.#byGroup(term, set), 0);
    const left = [...new Set((others ?? []).flatMap(({ cidrs }) => cidrs))];
    return ruleCount(permissions, all) < groups + ruleCount(permissions, left);
  }

  /** Rules for some peers of a term in one group that holds it, by the groups that stand for them. */
  #byGroup({ permissions }: Placed, set: number): number {
    return permissions.length * this.#groupCount(set);
  }

  #isPeersOnly(set: number): boolean {
    const { held = [], named = [] } = this.#sets[set] ?? {};
    return held.length === 0 && named.length > 0;
  }

  #isActive(set: number): boolean {
    return !(this.#isPeersOnly(set) && this.#byAddress.has(set));
  }

  #activeOf(member: number): readonly number[] {
    const left = this.#left.get(member);
    return (this.#setsOf.get(member) ?? []).filter(
      (set) => this.#isActive(set) && left?.has(set) !== true,
    );
  }

  #carried(member: number, active: readonly number[]): number {
    return active.length + Number(this.#jointOf(member).length > 0);
  }

  /** The sets for which the member is in a joint group. */
  #jointOf(member: number): readonly number[] {
    const left = this.#left.get(member) ?? [];
    return [...left].filter((set) => this.#isActive(set)).sort((a, b) => a - b);
  }

  #groupCount(set: number): number {
    return Math.max(1, this.#groupCounts[set] ?? 0);
  }

  /** What peers by address cost more than by groups: rules, less the group that goes. */
  #costOfAddresses(set: number): number {
    const { named = [] } = this.#sets[set] ?? {};
    return named.reduce((sum, term) => {
      const cidrs = term.peers.find((peers) => peers.set === set)?.cidrs ?? [];
      const more = ruleCount(term.permissions, cidrs) - this.#byGroup(term, set);
      return sum + this.#groupCount(term.holders) * more;
    }, -1);
  }

  /** Rules that one more group for the set takes: its own once more, and those that name it. */
  #costOfLeaving(set: number): number {
    const { held = [], named = [] } = this.#sets[set] ?? {};
    const own = held.reduce((sum, term) => {
      const { peers, permissions, others } = term;
      const named = peers.map((one) =>
        this.isByGroup(term, one)
          ? this.#byGroup(term, one.set)
          : ruleCount(permissions, one.cidrs),
      );
      return named.reduce((all, rules) => all + rules, sum + ruleCount(permissions, others));
    }, 0);
    return named
      .filter((term) => term.peers.some((one) => one.set === set && this.isByGroup(term, one)))
      .reduce(
        (sum, { holders, permissions }) => sum + this.#groupCount(holders) * permissions.length,
        own,
      );
  }

  #regroup(): void {
    const own = this.#sets.flatMap(({ network, members }, number): readonly ChosenGroup[] => {
      if (!this.#isActive(number)) return [];
      const staying = members.filter((member) => this.#left.get(member)?.has(number) !== true);
      return staying.length === 0 ? [] : [{ network, of: [number], members: staying }];
    });
    const joint = new Map<string, ChosenGroup & { readonly members: number[] }>();
    for (const member of [...this.#left.keys()].sort((a, b) => a - b)) {
      const of = this.#jointOf(member);
      const network = this.#sets[of[0] ?? -1]?.network;
      if (network === undefined) continue;
      const before = joint.get(of.join());
      if (before === undefined) joint.set(of.join(), { network, of, members: [member] });
      else before.members.push(member);
    }
    this.groups = [...own, ...joint.values()];
    this.#groupCounts = new Uint32Array(this.#sets.length);
    for (const { of } of this.groups) {
      for (const set of of) this.#groupCounts[set] = (this.#groupCounts[set] ?? 0) + 1;
    }
  }
}

/** The first so many by cost, and what they cost together. */
function cheapest(sets: readonly number[], costOf: (set: number) => number, count: number) {
  const chosen = sets
    .map((set) => ({ set, cost: costOf(set) }))
    .sort((a, b) => a.cost - b.cost || a.set - b.set)
    .slice(0, count);
  return {
    sets: chosen.map(({ set }) => set),
    cost: chosen.reduce((sum, { cost }) => sum + cost, 0),
  };
}
