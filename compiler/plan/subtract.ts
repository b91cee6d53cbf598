// Products of peers and services less others, exactly, as products that have nothing in common.
import {
  type AddressSet,
  addressesMeet,
  intersectAddresses,
  isNoAddress,
  subtractAddresses,
} from "../sets/address-set.ts";
import {
  intersectServices,
  isNoService,
  type ServiceSet,
  subtractServices,
} from "../sets/service-set.ts";

/** Every pair of an address and a service. INVARIANT: neither is empty. */
export interface PeerProduct {
  readonly remote: AddressSet;
  readonly service: ServiceSet;
}

/** Whether some pair of a peer and a service is in both. */
export function meet(a: PeerProduct, b: PeerProduct): boolean {
  return !isNoService(intersectServices(a.service, b.service)) && addressesMeet(a.remote, b.remote);
}

/** What is left of one without the others; all else that it says stays. */
export function subtractAll<One extends PeerProduct>(
  one: One,
  holes: readonly PeerProduct[],
): readonly One[] {
  return holes.reduce<readonly One[]>(
    (left, hole) => left.flatMap((part) => subtract(part, hole)),
    [one],
  );
}

function subtract<One extends PeerProduct>(one: One, hole: PeerProduct): readonly One[] {
  if (!meet(one, hole)) return [one];
  const inside = intersectAddresses(one.remote, hole.remote);
  return [
    { ...one, remote: subtractAddresses(one.remote, hole.remote) },
    { ...one, remote: inside, service: subtractServices(one.service, hole.service) },
  ].filter(({ remote, service }) => !isNoAddress(remote) && !isNoService(service));
}
