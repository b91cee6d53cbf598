// Which address lists become named sets, and under which names. A set is named after what its peers
// may do (or, in a table that follows the policy rule by rule, after the first rule that uses it) and
// not after its content: adding a machine changes one line of the file. Peers of different purposes
// are one set only in a table rule by rule, where many rules ask for the same peers: in a minimised
// one, sets that happen to be equal today would part tomorrow, and no update of members could do that.

import { opaqueName } from "../../compiler/plan/rule-text.ts";
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import type { Family } from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressSharing,
  edgesIn,
  isWhole,
} from "../../compiler/sets/address-set.ts";
import { prefixCount } from "./elements.ts";
import type { Match, NftAddressSet } from "./ruleset.ts";

/** Collects the sets of one table while its rules are built. */
export interface AddressSets {
  /** By what they have in common with those that they may be one with, then by content. */
  readonly made: Map<string, Map<AddressSet, NftAddressSet>>;
  readonly share: (addresses: AddressSet) => AddressSet;
  readonly names: Set<string>;
  /**
   * Equal for entries whose sets should bear one name in every version of a table; `use` is what the
   * entry is to the table.
   */
  readonly purposeOf: (entry: SliceEntry, use: string) => string;
  /** Whether equal sets of different purposes are one. */
  readonly sharesAcross: boolean;
}

export const newAddressSets = (
  naming: Pick<AddressSets, "purposeOf" | "sharesAcross">,
): AddressSets => ({ made: new Map(), share: addressSharing(), names: new Set(), ...naming });

/** An entry where it stands. */
export interface EntryUse {
  readonly entry: SliceEntry;
  /** Equal for all rules that the entry has in one role: its direction and what it decides. */
  readonly use: string;
}

/** The condition that the address at `end` is one of these. */
export function addressMatch(
  sets: AddressSets,
  { entry, use }: EntryUse,
  end: "saddr" | "daddr",
  addresses: AddressSet,
): Match {
  const { family } = entry;
  // An empty list would read as "from anywhere": the slice promises that it never comes.
  if (edgesIn(addresses, family).length === 0) {
    throw new Error(`bug in segc (nftables): ${entry.ruleId} has no peer`);
  }
  if (edgesIn(addresses, family === 4 ? 6 : 4).length > 0) {
    throw new Error(`bug in segc (nftables): ${entry.ruleId} mixes families`);
  }
  if (isWhole(addresses, family)) return { kind: "family", family };
  if (prefixCount(addresses) === 1) {
    return { kind: "address", family, end, of: { kind: "addresses", addresses } };
  }
  const { name } = setOf(sets, sets.purposeOf(entry, `${use} ${end}`), family, addresses);
  return { kind: "address", family, end, of: { kind: "set", name } };
}

/** Sorted by name. */
export const collectedSets = (sets: AddressSets): readonly NftAddressSet[] =>
  [...sets.made.values()]
    .flatMap((byContent) => [...byContent.values()])
    .sort((a, b) => (a.name < b.name ? -1 : 1));

function setOf(
  sets: AddressSets,
  purpose: string,
  family: Family,
  addresses: AddressSet,
): NftAddressSet {
  const content = sets.share(addresses);
  const scope = sets.sharesAcross ? "" : `${family} ${purpose}`;
  const byContent = sets.made.get(scope) ?? new Map<AddressSet, NftAddressSet>();
  sets.made.set(scope, byContent);
  const known = byContent.get(content);
  if (known !== undefined) return known;
  const name = freeName(sets, family, purpose);
  const set = { name, family, addresses };
  byContent.set(content, set);
  sets.names.add(name);
  return set;
}

function freeName(sets: AddressSets, family: Family, purpose: string): string {
  for (let ordinal = 0; ; ordinal++) {
    const name = opaqueName(`a${family}_`, `${ordinal} ${purpose}`);
    if (!sets.names.has(name)) return name;
  }
}
