// What a table is, in one name: an empty set that says nothing to packets. A file that changes members
// of a table takes away the stamp it was made for and puts up that of the new table, in one
// transaction: on any other table it fails, and nothing happens.
import { sha256 } from "../../compiler/model/sha256.ts";
import { opaqueName } from "../../compiler/plan/rule-text.ts";
import type { AddressSet } from "../../compiler/sets/address-set.ts";
import { prefixText } from "./elements.ts";
import type { NftPlan } from "./ruleset.ts";

/** A plan as it is before it is stamped. */
export type Unstamped = Omit<NftPlan, "stamp">;

/** Equal for equal tables, whatever their comments. */
export function stamped(plan: Unstamped): NftPlan {
  const { addressSets, verdictMaps, identitySets, chains } = plan;
  const text = JSON.stringify([
    identitySets,
    addressSets.map(({ name, family, addresses }) => [name, family, digestOf(addresses)]),
    verdictMaps.map(({ name, family, branches }) => [
      name,
      family,
      branches.map(({ chain, addresses }) => [chain, digestOf(addresses)]),
    ]),
    chainsWithoutComments(chains),
  ]);
  return { ...plan, stamp: opaqueName("v_", text) };
}

/** Comments name the rules that a line comes from, and do nothing. */
export const chainsWithoutComments = (chains: NftPlan["chains"]) =>
  chains.map((chain) => ({
    ...chain,
    rules: chain.rules.map((rule) => ({ ...rule, comment: undefined })),
  }));

const digests = new WeakMap<AddressSet, string>();

/** Remembered: the same sets stand in very many tables. */
function digestOf(addresses: AddressSet): string {
  const known = digests.get(addresses);
  if (known !== undefined) return known;
  const digest = sha256(prefixText(addresses));
  digests.set(addresses, digest);
  return digest;
}
