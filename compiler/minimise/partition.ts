// The pairs of some products, put another way: peers told apart by what they may do. Peers of one
// part may do exactly the same, so a part is a row of the relation that a cover is found for.
import type { Family } from "../sets/address.ts";
import { type AddressSet, unionAddresses } from "../sets/address-set.ts";
import { addressAtoms } from "../sets/atoms.ts";
import { type ServiceSet, unionServices } from "../sets/service-set.ts";

/** Every pair of an address and a service. INVARIANT: neither is empty. */
export interface PeerProduct {
  readonly remote: AddressSet;
  readonly service: ServiceSet;
}

export interface Part extends PeerProduct {
  /** Indices of the products that have a pair in it, ascending. */
  readonly of: readonly number[];
}

/** Makes sets of equal content one object, so that what is known of one is found again. */
export type ShareAddresses = (set: AddressSet) => AddressSet;

/** Parts with disjoint peers and different services: together exactly the pairs of `products`. */
export function partition(
  products: readonly PeerProduct[],
  family: Family,
  share: ShareAddresses = (set) => set,
): readonly Part[] {
  const parts = new Map<string, { of: Set<number>; service: ServiceSet; peers: AddressSet[] }>();
  for (const { of, addresses } of addressAtoms(
    products.map(({ remote }) => remote),
    family,
  )) {
    const service = unionServices(...of.map((index) => serviceOf(products, index)));
    const key = serviceText(service);
    const part = parts.get(key) ?? { of: new Set<number>(), service, peers: [] };
    parts.set(key, part);
    part.peers.push(addresses);
    for (const index of of) part.of.add(index);
  }
  return [...parts.values()].map(({ of, service, peers }) => ({
    of: [...of].sort((a, b) => a - b),
    service,
    remote: share(unionAddresses(...peers)),
  }));
}

function serviceOf(products: readonly PeerProduct[], index: number): ServiceSet {
  const product = products[index];
  if (product === undefined) throw new Error(`bug in segc (minimise): no product ${index}`);
  return product.service;
}

/** Equal for equal sets. */
export function serviceText({ intervals }: ServiceSet): string {
  return intervals.map(({ first, last }) => `${first}-${last}`).join();
}
