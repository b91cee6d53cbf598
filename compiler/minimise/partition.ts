// The pairs of some products, put another way: peers told apart by what they may do. Peers of one
// part may do exactly the same, so a part is a row of the relation that a cover is found for.
import type { Family } from "../sets/address.ts";
import { type AddressSet, unionAddresses } from "../sets/address-set.ts";
import { type AddressAtom, addressAtoms } from "../sets/atoms.ts";
import { isNoService, type ServiceSet, unionServices } from "../sets/service-set.ts";

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

/** Peers that the products tell apart, for partitions of one family by several services. */
export function peerAtoms(
  products: readonly PeerProduct[],
  family: Family,
): readonly AddressAtom[] {
  return addressAtoms(
    products.map(({ remote }) => remote),
    family,
  );
}

/** Parts with disjoint peers and different services: together exactly the pairs of `products`. */
export function partition(
  products: readonly PeerProduct[],
  family: Family,
  share: ShareAddresses = (set) => set,
): readonly Part[] {
  return partsOf(
    peerAtoms(products, family),
    products.map(({ service }) => service),
    share,
  );
}

/** The same for atoms that are known; a product without services has no part in any. */
export function partsOf(
  atoms: readonly AddressAtom[],
  services: readonly ServiceSet[],
  share: ShareAddresses,
): readonly Part[] {
  const parts = new Map<string, { of: Set<number>; service: ServiceSet; peers: AddressSet[] }>();
  for (const { of: all, addresses } of atoms) {
    const of = all.filter((index) => !isNoService(serviceAt(services, index)));
    if (of.length === 0) continue;
    const service = unionServices(...of.map((index) => serviceAt(services, index)));
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

function serviceAt(services: readonly ServiceSet[], index: number): ServiceSet {
  const service = services[index];
  if (service === undefined) throw new Error(`bug in segc (minimise): no product ${index}`);
  return service;
}

/** Equal for equal sets. */
export function serviceText({ intervals }: ServiceSet): string {
  return intervals.map(({ first, last }) => `${first}-${last}`).join();
}
