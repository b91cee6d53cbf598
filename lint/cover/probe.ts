// A product of flows -> one flow of it. Rows are asked in each group for an endpoint, and for one of
// another workload; sets of addresses for one that nobody has there. That decides whether there is a
// flow at all, and names it, without looking at pairs.
import type { Product, Universe } from "../../compiler/extent/types.ts";
import type { IpAddress } from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressesOfFamily,
  edgesIn,
  subtractAddresses,
} from "../../compiler/sets/address-set.ts";
import { type Bitset, forEachMember } from "../../compiler/sets/bitset.ts";
import { intersectServices, servicesOfFamily } from "../../compiler/sets/service-set.ts";

/** An endpoint of the universe, or an address outside, of the probe's group. */
export type ProbeEnd =
  | { readonly kind: "managed"; readonly endpoint: number }
  | { readonly kind: "outside"; readonly address: IpAddress };

/** A flow, whatever the processes. */
export interface Probe {
  readonly source: ProbeEnd;
  readonly destination: ProbeEnd;
  readonly service: number;
  /** Index into `Universe.groups`. */
  readonly group: number;
}

/** Finds a flow of a product; undefined where it has none. */
export type Probing = (product: Product) => Probe | undefined;

/** Asks one universe, remembering what each row and set of addresses answered. */
export function probing(universe: Universe): Probing {
  const anchors = new WeakMap<Bitset, Int32Array>();
  const outsides = new WeakMap<AddressSet, Map<number, IpAddress | undefined>>();
  const anchorsOf = (row: Bitset) => {
    const known = anchors.get(row) ?? anchorsIn(universe, row);
    anchors.set(row, known);
    return known;
  };
  const outsideOf = (set: AddressSet, group: number) => {
    const known = outsides.get(set) ?? new Map<number, IpAddress | undefined>();
    outsides.set(set, known);
    if (!known.has(group)) known.set(group, outsideIn(universe, set, group));
    return known.get(group);
  };
  const candidates = ({ managed, external }: Product["source"], group: number) => {
    const two = anchorsOf(managed);
    const managedEnds = [two[2 * group], two[2 * group + 1]].flatMap((endpoint) =>
      endpoint === undefined || endpoint < 0 ? [] : [{ kind: "managed", endpoint } as const],
    );
    const address = outsideOf(external, group);
    return address === undefined
      ? managedEnds
      : [...managedEnds, { kind: "outside", address } as const];
  };
  return (product) => {
    for (const [group, { family }] of universe.groups.entries()) {
      if (product.family !== undefined && product.family !== family) continue;
      const [interval] = intersectServices(product.service, servicesOfFamily(family)).intervals;
      if (interval === undefined) continue;
      const destinations = candidates(product.destination, group);
      for (const source of candidates(product.source, group)) {
        const destination = destinations.find((end) => areApart(universe, source, end));
        if (destination !== undefined) {
          return { source, destination, service: interval.first, group };
        }
      }
    }
    return undefined;
  };
}

/** Two workloads, or a workload and outside. */
function areApart({ endpoints }: Universe, a: ProbeEnd, b: ProbeEnd): boolean {
  if (a.kind === "outside" || b.kind === "outside") return a.kind !== b.kind;
  return endpoints[a.endpoint]?.workload !== endpoints[b.endpoint]?.workload;
}

/** For each group the first endpoint of the row and the first of another workload; -1 for none. */
function anchorsIn({ endpoints, groups }: Universe, row: Bitset): Int32Array {
  const found = new Int32Array(2 * groups.length).fill(-1);
  forEachMember(row, (member) => {
    const endpoint = endpoints[member];
    if (endpoint === undefined) return;
    const at = 2 * endpoint.group;
    const first = found[at] as number; // each group has its two places
    if (first < 0) found[at] = member;
    else if ((found[at + 1] as number) < 0 && endpoints[first]?.workload !== endpoint.workload) {
      found[at + 1] = member;
    }
  });
  return found;
}

/** An address of the set that nobody has in the group. */
function outsideIn({ groups }: Universe, set: AddressSet, group: number): IpAddress | undefined {
  const { family, addresses } = groups[group] ?? {};
  if (family === undefined || addresses === undefined) return undefined;
  if (edgesIn(set, family).length === 0) return undefined;
  const free = edgesIn(subtractAddresses(addressesOfFamily(set, family), addresses()), family);
  const [a, b, c, d] = free;
  if (a === undefined) return undefined;
  if (family === 4) return { family, words: [a] };
  return b === undefined || c === undefined || d === undefined
    ? undefined
    : { family, words: [a, b, c, d] };
}
