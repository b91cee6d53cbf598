// Terms as relations between sets of members: everybody who holds one, and the members that are its peers.
import type { Cidr, Family } from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressesMeet,
  addressSet,
  cidrsOf,
  isNoAddress,
  unionAddresses,
} from "../../compiler/sets/address-set.ts";
import { type Permission, permissionsOf } from "./permissions.ts";
import type { Term } from "./term.ts";

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
  /** Undefined where no member is a peer. */
  readonly peers: number | undefined;
  /** All peers as prefixes, and those prefixes that have peers whom no member stands for. */
  readonly cidrs: readonly Cidr[];
  readonly others: readonly Cidr[];
}

/** Sets are numbered in the order in which terms name them. */
export function memberSets(
  terms: readonly Term[],
  admissible: (term: Term) => AddressSet,
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
  const prefixesOf = prefixFinder();
  const placed = terms.map((term): Placed => {
    const { network, holders, peers, remote, outside } = term;
    const one = {
      term,
      permissions: permissionsOf(term.service),
      holders: numberOf(network, holders),
      peers: peers.length === 0 ? undefined : numberOf(network, peers),
      ...prefixesOf(remote, outside, admissible(term)),
    };
    sets[one.holders]?.held.push(one);
    if (one.peers !== undefined) sets[one.peers]?.named.push(one);
    return one;
  });
  return { sets, placed };
}

/** Remembers its answers: the same peers stand in many terms. */
function prefixFinder() {
  const known = new Map<AddressSet, Map<AddressSet, Pick<Placed, "cidrs" | "others">>>();
  return (remote: AddressSet, outside: AddressSet, admissible: AddressSet) => {
    if (!isNoAddress(admissible)) {
      const wide = cidrsOf(unionAddresses(remote, admissible));
      return { cidrs: fewest(wide, remote), others: fewest(wide, outside) };
    }
    const inner = known.get(remote) ?? new Map<AddressSet, Pick<Placed, "cidrs" | "others">>();
    known.set(remote, inner);
    const before = inner.get(outside);
    if (before !== undefined) return before;
    const cidrs = cidrsOf(remote);
    const found = { cidrs, others: fewest(cidrs, outside) };
    inner.set(outside, found);
    return found;
  };
}

/** Those prefixes that have some of the addresses. */
const fewest = (cidrs: readonly Cidr[], addresses: AddressSet): readonly Cidr[] =>
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
