// Lists of addresses as conditions: none for a whole family, the prefix itself where it is one, else
// a named ipset. A set is named after its form and content: whoever loads new rules beside old ones can never
// give an old rule another meaning.
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import type { Cidr, Family } from "../../compiler/sets/address.ts";
import type { IptSet, Match, PacketEnd } from "./ruleset.ts";
import { named } from "./set-text.ts";

/** Sets collected while the rules of one artefact are built, by name. */
export type AddressSets = Map<string, IptSet>;

/**
 * The conditions that the address at `end` is one of `cidrs`. Everything of the family is no
 * condition, because a table has one family; an empty list is a bug, never "from anywhere".
 */
export function addressMatches(
  sets: AddressSets,
  { family, ruleId }: SliceEntry,
  end: PacketEnd,
  cidrs: readonly Cidr[],
): readonly Match[] {
  const [only] = cidrs;
  if (only === undefined) throw new Error(`bug in segc (iptables): ${ruleId} has no peer`);
  if (cidrs.some((cidr) => cidr.address.family !== family)) {
    throw new Error(`bug in segc (iptables): ${ruleId} mixes families`);
  }
  if (only.length === 0) return [];
  if (cidrs.length === 1) return [{ kind: "address", end, cidr: only }];
  const set = setOf(family, cidrs);
  sets.set(set.name, set);
  return [{ kind: "address-set", end, set: set.name }];
}

/** Sorted by name. */
export const collectedSets = (sets: AddressSets): readonly IptSet[] =>
  [...sets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

function setOf(family: Family, cidrs: readonly Cidr[]): IptSet {
  return named({ family, type: cidrs.every(isHost) ? "hash:ip" : "hash:net", cidrs });
}

/** A single address; the kernel keeps no null element in a hash of them. */
export const isHost = ({ address, length }: Cidr): boolean =>
  length === (address.family === 4 ? 32 : 128) && address.words.some((word) => word !== 0);
