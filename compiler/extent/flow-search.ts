// Is there a flow between two ends? Which group holds it? Each row of bits is summed up once: per
// group, whether it has no workload there, exactly one, or several. Two such sums decide a product
// without looking at a single pair.
import type { Family } from "../sets/address.ts";
import {
  type AddressSet,
  addressesOfFamily,
  edgesIn,
  isAddressSubset,
  widthOf,
} from "../sets/address-set.ts";
import { type Bitset, bitsetOf, count, forEachMember, isEmpty } from "../sets/bitset.ts";
import type { Edges } from "../sets/edges.ts";
import {
  intersectServices,
  isNoService,
  type ServiceSet,
  servicesOfFamily,
} from "../sets/service-set.ts";
import type { Product, Universe } from "./types.ts";

/** One end, its process aside: processes never decide whether there is a flow. */
export interface Place {
  readonly managed: Bitset;
  readonly external: AddressSet;
}

export interface FlowSearch {
  readonly hasFlow: (product: FlowsBetween) => boolean;
  /** The endpoints of `source` at which some flow of the product starts. */
  readonly startingAt: (product: FlowsBetween) => Bitset;
  /** The endpoints of `destination` at which some flow of the product ends. */
  readonly endingAt: (product: FlowsBetween) => Bitset;
  /** True where the set holds an outside endpoint of some realm of the inventory. */
  readonly hasExternal: (external: AddressSet) => boolean;
  /** True where some endpoint has an address in the set. */
  readonly hasManagedIn: (addresses: AddressSet) => boolean;
}

export type FlowsBetween = Pick<Product, "service" | "family"> & {
  readonly source: Place;
  readonly destination: Place;
};

/** Per group: `nobody`, `several`, or the only workload. */
type Presence = Int32Array;
const nobody = -1;
const several = -2;

/** Answers questions about one universe, remembering the sums. */
export function flowSearch(universe: Universe): FlowSearch {
  const presences = new WeakMap<Bitset, Presence>();
  const outsides = new WeakMap<AddressSet, readonly boolean[]>();
  const managedIn = new WeakMap<AddressSet, boolean>();
  const columns = columnsOf(universe);
  const presenceOf = (row: Bitset) => remembered(presences, row, () => presence(columns, row));
  const outsideOf = (set: AddressSet) =>
    remembered(outsides, set, () => outsideGroups(universe, columns, set));
  const realms = new Set(["default", ...universe.groups.map(({ realm }) => realm)]);
  const lacksGroup = (family: Family) =>
    universe.groups.filter((group) => group.family === family).length < realms.size;
  const meetingGroups = (product: FlowsBetween, meets: Meets) => {
    const families = familiesOf(product);
    const near = presenceOf(product.source.managed);
    const far = presenceOf(product.destination.managed);
    const nearOutside = outsideOf(product.source.external);
    const farOutside = outsideOf(product.destination.external);
    return (group: number) =>
      families.includes(universe.groups[group]?.family as Family) && // group is in range
      meets(
        { only: near[group] as number, outside: nearOutside[group] === true },
        { only: far[group] as number, outside: farOutside[group] === true },
      );
  };
  return {
    hasFlow: (product) => {
      const meet = meetingGroups(product, pairs);
      return universe.groups.some((_, group) => meet(group));
    },
    startingAt: (product) => {
      const far = presenceOf(product.destination.managed);
      const outside = outsideOf(product.destination.external);
      return active(columns, familiesIn(universe, product), product.source.managed, far, outside);
    },
    endingAt: (product) => {
      const far = presenceOf(product.source.managed);
      const outside = outsideOf(product.source.external);
      const families = familiesIn(universe, product);
      return active(columns, families, product.destination.managed, far, outside);
    },
    hasExternal: (set) =>
      outsideOf(set).includes(true) ||
      ([4, 6] as const).some((family) => edgesIn(set, family).length > 0 && lacksGroup(family)),
    hasManagedIn: (addresses) =>
      remembered(managedIn, addresses, () => !isEmpty(universe.within(addresses))),
  };
}

interface Side {
  readonly only: number;
  readonly outside: boolean;
}
type Meets = (near: Side, far: Side) => boolean;

/** Some workload here with another, or with outside, there. */
function pairs(near: Side, far: Side): boolean {
  if (near.only === nobody) return near.outside && far.only !== nobody;
  if (far.only === nobody) return far.outside;
  return near.outside || far.outside || near.only === several || near.only !== far.only;
}

function familiesOf({ service, family }: FlowsBetween): readonly Family[] {
  return ([4, 6] as const).filter(
    (candidate) =>
      (family === undefined || family === candidate) && hasServiceOf(service, candidate),
  );
}

const inhabited = new WeakMap<ServiceSet, { readonly 4: boolean; readonly 6: boolean }>();

function hasServiceOf(service: ServiceSet, family: Family): boolean {
  const has = (one: Family) => !isNoService(intersectServices(service, servicesOfFamily(one)));
  return remembered(inhabited, service, () => ({ 4: has(4), 6: has(6) }))[family];
}

/** Which groups a flow of the product may lie in, as far as family and service decide. */
function familiesIn(universe: Universe, product: FlowsBetween): readonly boolean[] {
  const families = familiesOf(product);
  return universe.groups.map(({ family }) => families.includes(family));
}

/** The universe in columns, for the loops below. */
interface Columns {
  readonly groups: number;
  /** Endpoints of each group. */
  readonly sizes: readonly number[];
  readonly groupOf: Uint32Array;
  readonly workloadOf: Uint32Array;
}

function columnsOf({ endpoints, groups }: Universe): Columns {
  return {
    groups: groups.length,
    sizes: groups.map(({ members }) => count(members)),
    groupOf: Uint32Array.from(endpoints, (endpoint) => endpoint.group),
    workloadOf: Uint32Array.from(endpoints, (endpoint) => endpoint.workload),
  };
}

function presence({ groups, groupOf, workloadOf }: Columns, row: Bitset): Presence {
  const result = new Int32Array(groups).fill(nobody);
  let open = groups;
  for (let at = 0; at < row.words.length; at++) {
    const base = (row.places[at] as number) * 32;
    for (let word = row.words[at] as number; word !== 0; word &= word - 1) {
      const endpoint = base + 31 - Math.clz32(word & -word);
      const group = groupOf[endpoint] as number;
      const workload = workloadOf[endpoint] as number;
      const before = result[group] as number;
      if (before === nobody) result[group] = workload;
      else if (before !== workload && before !== several) {
        result[group] = several;
        open--;
        if (open === 0) return result;
      }
    }
  }
  return result;
}

/** Members of `row` that meet somebody of the far side in their group; `row` itself where all do. */
function active(
  { groupOf, workloadOf }: Columns,
  allowed: readonly boolean[],
  row: Bitset,
  far: Presence,
  outside: readonly boolean[],
): Bitset {
  const met: number[] = [];
  let isWhole = true;
  forEachMember(row, (endpoint) => {
    const group = groupOf[endpoint] as number;
    const only = far[group] as number;
    const meets = outside[group] || (only !== nobody && only !== workloadOf[endpoint]);
    if (allowed[group] && meets) met.push(endpoint);
    else isWhole = false;
  });
  return isWhole ? row : bitsetOf(row.size, met);
}

/** Per group: whether some address of the set is held by nobody there. */
function outsideGroups(
  universe: Universe,
  { sizes }: Columns,
  set: AddressSet,
): readonly boolean[] {
  return universe.groups.map(({ family, addresses }, group) => {
    const edges = edgesIn(set, family);
    if (edges.length === 0) return false;
    // WHY: a range wider than the group is large cannot be all managed; the address list of a
    // large group is built only for a set of single addresses.
    const size = sizes[group] ?? 0;
    if (isWiderThan(edges, widthOf(family), size)) return true;
    return !isAddressSubset(addressesOfFamily(set, family), addresses());
  });
}

/**
 * Whether some range holds more points than `size`. Horner in base 2^32: exact while small, and
 * only small results are compared closely.
 */
function isWiderThan(edges: Edges, width: number, size: number): boolean {
  for (let at = 0; at < edges.length; at += 2 * width) {
    let gap = 0;
    for (let word = at; word < at + width; word++) {
      gap = gap * 2 ** 32 + (edges[word + width] as number) - (edges[word] as number);
    }
    if (gap > size) return true;
  }
  return false;
}

function remembered<K extends object, V>(known: WeakMap<K, V>, key: K, compute: () => V): V {
  const before = known.get(key);
  if (before !== undefined) return before;
  const value = compute();
  known.set(key, value);
  return value;
}
