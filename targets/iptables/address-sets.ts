// Lists of addresses as conditions: none for a whole family, the prefix itself where it is one, else
// a named ipset. A set is named after its form and content: whoever loads new rules beside old ones can never
// give an old rule another meaning.
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import type { Family } from "../../compiler/sets/address.ts";
import { type AddressSet, cidrsOf } from "../../compiler/sets/address-set.ts";
import { isHost, ownMembers, type SetMembers } from "./peer-shape.ts";
import type { IptSet, Match, PacketEnd } from "./ruleset.ts";
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
  const cidrs = cidrsOf(peers);
  const [only] = cidrs;
  if (only === undefined) throw new Error(`bug in segc (iptables): ${ruleId} has no peer`);
  if (cidrs.some((cidr) => cidr.address.family !== family)) {
    throw new Error(`bug in segc (iptables): ${ruleId} mixes families`);
  }
  if (only.length === 0) return [];
  if (cidrs.length === 1) return [{ kind: "address", end, cidr: only }];
  const set = setOf(family, minimise ? ownMembers(peers, family) : { cidrs, exceptions: [] });
  sets.set(set.name, set);
  return [{ kind: "address-set", end, set: set.name }];
}

/** Sorted by name. */
export const collectedSets = (sets: AddressSets): readonly IptSet[] =>
  [...sets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

function setOf(family: Family, { cidrs, exceptions }: SetMembers): IptSet {
  const type = exceptions.length === 0 && cidrs.every(isHost) ? "hash:ip" : "hash:net";
  return named({ family, type, cidrs, exceptions });
}
