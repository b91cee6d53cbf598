// U of language.md 6.4: traffic to outside addresses that an enforcer lets pass whatever its
// rules say. An enforcer filters a set of flows unless all of it lies in its U.
import type { Direction, EnforcerKind } from "../inventory/types.ts";
import {
  type AddressSet,
  intersectAddresses,
  isAddressSubset,
  isNoAddress,
  prefixes,
  subtractAddresses,
  unionOfAddresses,
} from "../sets/address-set.ts";
import { isNoService, type ServiceSet, subtractServices } from "../sets/service-set.ts";
import type { Capabilities, CapabilityTable } from "./target.ts";

/** Kinds whose U holds every flow between their workload and `peers` with this service. */
export function blindKinds(
  capabilities: CapabilityTable,
  direction: Direction,
  peers: AddressSet,
  service: ServiceSet,
): readonly EnforcerKind[] {
  return Object.values(capabilities)
    .filter((table) => isBlind(table, direction, peers, service))
    .map((table) => table.kind);
}

interface Box {
  readonly peers: AddressSet;
  readonly service: ServiceSet;
}

function isBlind(
  table: Capabilities,
  direction: Direction,
  peers: AddressSet,
  service: ServiceSet,
): boolean {
  const holes = holesOf(table, direction);
  const everywhere = unionOfAddresses(holes.map((hole) => hole.peers));
  if (!isAddressSubset(peers, everywhere)) return false;
  let rest: readonly Box[] = [{ peers, service }];
  for (const hole of holes) rest = rest.flatMap((box) => cut(box, hole));
  return rest.length === 0;
}

function cut(box: Box, hole: Box): readonly Box[] {
  return [
    { peers: subtractAddresses(box.peers, hole.peers), service: box.service },
    {
      peers: intersectAddresses(box.peers, hole.peers),
      service: subtractServices(box.service, hole.service),
    },
  ].filter(({ peers, service }) => !isNoAddress(peers) && !isNoService(service));
}

const known = new WeakMap<Capabilities, Readonly<Record<Direction, readonly Box[]>>>();

function holesOf(table: Capabilities, direction: Direction): readonly Box[] {
  const before = known.get(table);
  if (before !== undefined) return before[direction];
  const boxes = (side: Direction) =>
    table.unfiltered
      .filter((entry) => entry.direction === side)
      .map(({ peers, service }) => ({ peers: prefixes(...peers), service }));
  const holes = { egress: boxes("egress"), ingress: boxes("ingress") };
  known.set(table, holes);
  return holes[direction];
}
