// Lists of addresses as conditions: none for a whole family, the prefix itself where it is one, else
// a named ipset. A set is named after its form and content: whoever loads new rules beside old ones can never
// give an old rule another meaning.
import { remembered } from "../../compiler/plan/remembered.ts";
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import type { Family } from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  cidrsOf,
  edgesIn,
  isNoAddress,
  isWhole,
  rangeCount,
} from "../../compiler/sets/address-set.ts";
import { isOfHosts } from "../../compiler/sets/prefix-list.ts";
import { ownMembers, plainMembers } from "./peer-shape.ts";
import type { IptSet, Match, PacketEnd, SetMembers } from "./ruleset.ts";
import { named } from "./set-text.ts";

/** Sets collected while the rules of one artefact are built, by name. */
export type AddressSets = Map<string, IptSet>;

/**
 * The conditions that the address at `end` is one of `peers`. Everything of the family is no
 * condition, because a table has one family; an empty list is a bug, never "from anywhere".
 * @param minimise members may be other prefixes than the fewest, where that costs a packet less
 */
export function addressMatches(
  { sets, minimise }: { readonly sets: AddressSets; readonly minimise: boolean },
  { family, ruleId }: SliceEntry,
  end: PacketEnd,
  peers: AddressSet,
): readonly Match[] {
  if (isNoAddress(peers)) throw new Error(`bug in segc (iptables): ${ruleId} has no peer`);
  if (edgesIn(peers, family === 4 ? 6 : 4).length > 0) {
    throw new Error(`bug in segc (iptables): ${ruleId} mixes families`);
  }
  if (isWhole(peers, family)) return [];
  const only = rangeCount(peers) > 1 ? [] : cidrsOf(peers);
  if (only.length === 1) return only.map((cidr) => ({ kind: "address", end, cidr }));
  const set = (minimise ? cheapestSet : plainSet)(peers);
  sets.set(set.name, set);
  return [{ kind: "address-set", end, set: set.name }];
}

/** Sorted by name. */
export const collectedSets = (sets: AddressSets): readonly IptSet[] =>
  [...sets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

// The same peers stand in very many slices.
const cheapestSet = remembered((peers: AddressSet) => setOf(ownMembers(peers, familyOf(peers))));
const plainSet = remembered((peers: AddressSet) => setOf(plainMembers(peers, familyOf(peers))));

const familyOf = ({ v4 }: AddressSet): Family => (v4.length > 0 ? 4 : 6);

function setOf(members: SetMembers): IptSet {
  const { prefixes, exceptions } = members;
  const isHosts = exceptions.lengths.length === 0 && isOfHosts(prefixes);
  return named({ family: prefixes.family, type: isHosts ? "hash:ip" : "hash:net", members });
}
