// Which address lists become named sets, and under which names. A set is named after the first rule
// that uses it, not after its content: adding a machine changes one line of the file.
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import { type Cidr, type Family, formatCidr } from "../../compiler/sets/address.ts";
import { opaqueName } from "../linux/text.ts";
import type { Match, NftAddressSet } from "./ruleset.ts";

/** Collects the sets of one table while its rules are built. */
export interface AddressSets {
  readonly byContent: Map<string, NftAddressSet>;
  readonly names: Set<string>;
}

export const newAddressSets = (): AddressSets => ({ byContent: new Map(), names: new Set() });

/**
 * The conditions that the address at `end` is one of `cidrs`; none where the list is the whole
 * family and `covered` says that another condition names the family.
 */
export function addressMatch(
  sets: AddressSets,
  entry: SliceEntry,
  end: "saddr" | "daddr",
  cidrs: readonly Cidr[],
): Match {
  const { family } = entry;
  const [only] = cidrs;
  // An empty list would read as "from anywhere": the slice promises that it never comes.
  if (only === undefined) throw new Error(`bug in segc (nftables): ${entry.ruleId} has no peer`);
  if (cidrs.some((cidr) => cidr.address.family !== family)) {
    throw new Error(`bug in segc (nftables): ${entry.ruleId} mixes families`);
  }
  if (only.length === 0) return { kind: "family", family };
  if (cidrs.length === 1) return { kind: "address", family, end, of: { kind: "cidrs", cidrs } };
  const { name } = setOf(sets, entry.ruleId, family, cidrs);
  return { kind: "address", family, end, of: { kind: "set", name } };
}

/** Sorted by name. */
export const collectedSets = (sets: AddressSets): readonly NftAddressSet[] =>
  [...sets.byContent.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

function setOf(
  sets: AddressSets,
  ruleId: string,
  family: Family,
  cidrs: readonly Cidr[],
): NftAddressSet {
  const content = cidrs.map(formatCidr).join(" ");
  const known = sets.byContent.get(content);
  if (known !== undefined) return known;
  const name = freeName(sets, family, ruleId);
  const set = { name, family, cidrs };
  sets.byContent.set(content, set);
  sets.names.add(name);
  return set;
}

function freeName(sets: AddressSets, family: Family, ruleId: string): string {
  for (let ordinal = 0; ; ordinal++) {
    const name = opaqueName(`a${family}_`, `${ordinal} ${ruleId}`);
    if (!sets.names.has(name)) return name;
  }
}
