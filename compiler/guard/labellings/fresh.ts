// Addresses for a witness: one outside every network that the policy names, for a workload that is
// not there yet, and one outside the inventory.
import type { Expansion } from "../../extent/types.ts";
import type { EndpointSet } from "../../model/types.ts";
import { type Family, type IpAddress, knownPrefix } from "../../sets/address.ts";
import {
  type AddressSet,
  addressesOfFamily,
  edgesIn,
  everyAddress,
  hasAddress,
  isNoAddress,
  isWhole,
  noAddress,
  subtractAddresses,
  unionOfAddresses,
  widthOf,
} from "../../sets/address-set.ts";

/** The address of a new workload in this family; undefined where the policy's networks leave none. */
export function freshAddress(
  named: ReadonlyMap<EndpointSet, AddressSet>,
  family: Family,
): IpAddress | undefined {
  const partial = [...named.values()].filter((set) => !isWhole(set, family));
  const every = addressesOfFamily(everyAddress, family);
  return anAddress(subtractAddresses(every, unionOfAddresses(partial)), family, symbolic[family]);
}

/** Where the address of a workload without any lies (endpoint-classes.ts). */
const symbolic: Readonly<Record<Family, IpAddress>> = {
  4: { family: 4, words: [0xf000_0001] },
  6: { family: 6, words: [0x0100_0000, 0, 0, 1] },
};

/** One of these addresses in a realm where no workload has it. */
export function outsideAddress(
  { universe }: Expansion,
  addresses: AddressSet,
  family: Family,
): { readonly realm: string; readonly address: IpAddress } | undefined {
  const realms = new Set(["default", ...universe.groups.map(({ realm }) => realm)]);
  for (const realm of realms) {
    const group = universe.groups.find((one) => one.realm === realm && one.family === family);
    const free = subtractAddresses(addresses, group?.addresses() ?? noAddress);
    const address = anAddress(free, family, documentation[family]);
    if (address !== undefined) return { realm, address };
  }
  return undefined;
}

/** Addresses nobody owns (RFC 5737, RFC 3849), where any will do. */
const documentation: Readonly<Record<Family, IpAddress>> = {
  4: knownPrefix("203.0.113.1/32").address,
  6: knownPrefix("2001:db8::1/128").address,
};

/** `wanted` if it is there, else the second lowest, else the lowest. */
function anAddress(set: AddressSet, family: Family, wanted: IpAddress): IpAddress | undefined {
  if (isNoAddress(set)) return undefined;
  if (hasAddress(set, wanted)) return wanted;
  const words = [...edgesIn(set, family).subarray(0, widthOf(family))];
  const lowest = addressOf(family, words);
  const next = addressOf(family, [...words.slice(0, -1), (words.at(-1) ?? 0) + 1]);
  return hasAddress(set, next) ? next : lowest;
}

function addressOf(family: Family, words: readonly number[]): IpAddress {
  const [a = 0, b = 0, c = 0, d = 0] = words;
  return family === 4 ? { family, words: [a] } : { family, words: [a, b, c, d] };
}
