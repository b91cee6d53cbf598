// Terms as relations between sets of members: everybody who holds one, and the members that are its peers.

import { remembered } from "../../compiler/plan/remembered.ts";
import type { Cidr, Family } from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressesMeet,
  addressSet,
  cidrsOf,
  isNoAddress,
  subtractAddresses,
  unionAddresses,
} from "../../compiler/sets/address-set.ts";
import type { Slack } from "./admissible.ts";
import { type Permission, permissionsOf } from "./permissions.ts";
import type { PeerMembers, Term } from "./term.ts";

/** Some members of one network that are holders or peers of some terms. */
export interface MemberSet {
  readonly network: string;
  /** Places in the fleet, ascending. */
  readonly members: readonly number[];
  readonly held: readonly Placed[];
  readonly named: readonly Placed[];
}

/** A term between its sets, by their numbers, and what its rules would be. */
export interface Placed {
  readonly term: Term;
  readonly permissions: readonly Permission[];
  readonly holders: number;
  /** A set for each network with members that are peers. */
  readonly peers: readonly PeerSet[];
  /** Prefixes that have peers whom no member stands for: they stand in any case, and alone let in more. */
  readonly others: readonly Cidr[];
}

export interface PeerSet {
  readonly set: number;
  /** Prefixes with its members that are not among the `others`: what it takes to name them by address. */
  readonly cidrs: readonly Cidr[];
}

/** What the rules of a term would be, but for the groups. */
interface Words extends Pick<Placed, "permissions" | "others"> {
  /** For each network with peers, in their order: prefixes with those that are not among the others. */
  readonly own: readonly (readonly Cidr[])[];
}

/** Remembers its answers. */
export function wordsOf(slackOf: (term: Term) => Slack): (term: Term) => Words {
  const prefixesOf = prefixFinder();
  return remembered((term: Term) => ({
    permissions: permissionsOf(term.service),
    ...prefixesOf(term, slackOf(term)),
  }));
}

/** Sets are numbered in the order in which terms name them. */
export function memberSets(
  terms: readonly Term[],
  words: (term: Term) => Words,
): {
  readonly sets: readonly MemberSet[];
  readonly placed: readonly Placed[];
} {
  const numbers = new Map<string, number>();
  const sets: (MemberSet & { readonly held: Placed[]; readonly named: Placed[] })[] = [];
  const numberOf = (network: string, members: readonly number[]) => {
    const key = `${JSON.stringify(network)} ${members.join()}`;
    const number = numbers.get(key) ?? sets.length;
    if (number === sets.length) sets.push({ network, members, held: [], named: [] });
    numbers.set(key, number);
    return number;
  };
  const placed = terms.map((term): Placed => {
    const { network, holders, peers } = term;
    const { permissions, own, others } = words(term);
    const one = {
      term,
      permissions,
      holders: numberOf(network, holders),
      peers: peers.map((each, at) => ({
        set: numberOf(each.network, each.members),
        cidrs: own[at] ?? [],
      })),
      others,
    };
    sets[one.holders]?.held.push(one);
    for (const { set } of one.peers) sets[set]?.named.push(one);
    return one;
  });
  return { sets, placed };
}

type Prefixes = Pick<Words, "own" | "others">;

/** Remembers its answers: the same peers stand in many terms. */
function prefixFinder(): (term: Term, slack: Slack) => Prefixes {
  const known = new Map<readonly PeerMembers[], Map<AddressSet, Prefixes>>();
  return (term, { admissible, open }) => {
    const { remote, peers } = term;
    if (!isNoAddress(admissible)) {
      return parted(meeting(cidrsOf(unionAddresses(remote, admissible)), open), term);
    }
    const inner = known.get(peers) ?? new Map<AddressSet, Prefixes>();
    known.set(peers, inner);
    const found = inner.get(remote) ?? parted([], term);
    inner.set(remote, found);
    return found;
  };
}

/** @param wide prefixes that let in more than the term's peers */
function parted(wide: readonly Cidr[], { remote, peers, outside }: Term): Prefixes {
  const exact = cidrsOf(wide.length === 0 ? remote : subtractAddresses(remote, addressSet(wide)));
  const others = [...wide, ...meeting(exact, outside)];
  const rest = exact.filter((one) => !others.includes(one));
  return { own: peers.map(({ addresses }) => meeting(rest, addresses)), others };
}

/** Those prefixes that have some of the addresses. */
const meeting = (cidrs: readonly Cidr[], addresses: AddressSet): readonly Cidr[] =>
  isNoAddress(addresses)
    ? []
    : cidrs.filter((cidr) => addressesMeet(addressSet([cidr]), addresses));

/** How many rules some prefixes take. */
export const ruleCount = (permissions: readonly Permission[], cidrs: readonly Cidr[]): number =>
  cidrs.reduce((sum, cidr) => sum + permissions.filter((one) => goesWith(one, cidr)).length, 0);

/** The ICMP of one family goes with no prefix of the other. */
export const goesWith = ({ protocol }: Permission, { address }: Cidr): boolean =>
  protocol !== otherIcmp[address.family];

const otherIcmp: Readonly<Record<Family, string>> = { 4: "icmpv6", 6: "icmp" };
