// The pairs of some products, put another way: peers told apart by what they may do. Peers of one
// part may do exactly the same, so a part is a row of the relation that a cover is found for.

import type { PeerProduct } from "../plan/subtract.ts";
import type { Family } from "../sets/address.ts";
import type { AddressClasses } from "../sets/address-classes.ts";
import { type AddressSet, unionAddresses } from "../sets/address-set.ts";
import { addressAtoms } from "../sets/atoms.ts";
import { isNoService, type ServiceSet, unionServices } from "../sets/service-set.ts";

export interface Part extends PeerProduct {
  /** Indices of the products that have a pair in it, ascending. */
  readonly of: readonly number[];
}

/** Makes sets of equal content one object, so that what is known of one is found again. */
export type ShareAddresses = (set: AddressSet) => AddressSet;

/** Peers that products tell apart, in the order of their lowest addresses. */
export interface PeerAtoms {
  /** How many there are. */
  readonly count: number;
  /** The indices of the products that have atom a: `of[starts[a]]` up to `of[starts[a + 1]]`, ascending. */
  readonly of: Int32Array;
  readonly starts: Int32Array;
  /** The peers of some atoms. */
  readonly union: (atoms: readonly number[]) => AddressSet;
}

/**
 * Peers that the products tell apart, for partitions of one family by several services. With classes
 * that none of the products splits, those are the atoms, and nobody looks at an address.
 */
export function peerAtoms(
  products: readonly PeerProduct[],
  family: Family,
  classes?: AddressClasses,
): PeerAtoms {
  const known = classes === undefined ? undefined : atomsByClass(products, classes);
  if (known !== undefined) return known;
  const atoms = addressAtoms(
    products.map(({ remote }) => remote),
    family,
  );
  const starts = new Int32Array(atoms.length + 1);
  atoms.forEach(({ of }, atom) => {
    starts[atom + 1] = (starts[atom] as number) + of.length;
  });
  return {
    count: atoms.length,
    of: Int32Array.from(atoms.flatMap(({ of }) => of)),
    starts,
    union: (some) => unionAddresses(...some.flatMap((atom) => atoms[atom]?.addresses ?? [])),
  };
}

function atomsByClass(
  products: readonly PeerProduct[],
  classes: AddressClasses,
): PeerAtoms | undefined {
  const lists: Int32Array[] = [];
  for (const { remote } of products) {
    const held = classes.classesOf(remote);
    if (held === undefined) return undefined;
    lists.push(held);
  }
  const { numbers, places } = classes.among(lists);
  return {
    count: numbers.length,
    ...turned(places, numbers.length),
    union: (some) => classes.union(some.map((atom) => numbers[atom] as number)), // in range
  };
}

/** Atoms by product -> products by atom. */
function turned(places: readonly Int32Array[], count: number): Pick<PeerAtoms, "of" | "starts"> {
  const starts = new Int32Array(count + 1);
  for (const list of places) {
    for (let at = 0; at < list.length; at++) {
      const atom = list[at] as number; // in range, as all of these are
      starts[atom + 1] = (starts[atom + 1] as number) + 1;
    }
  }
  for (let atom = 0; atom < count; atom++) {
    starts[atom + 1] = (starts[atom + 1] as number) + (starts[atom] as number);
  }
  const of = new Int32Array(starts[count] as number);
  const next = starts.slice();
  for (let product = 0; product < places.length; product++) {
    const list = places[product] as Int32Array; // in range
    for (let at = 0; at < list.length; at++) {
      const atom = list[at] as number;
      const place = next[atom] as number;
      of[place] = product;
      next[atom] = place + 1;
    }
  }
  return { of, starts };
}

export interface PartitionOptions {
  readonly share: ShareAddresses;
  readonly classes?: AddressClasses | undefined;
}

/** Parts with disjoint peers and different services: together exactly the pairs of `products`. */
export function partition(
  products: readonly PeerProduct[],
  family: Family,
  { share, classes }: PartitionOptions = { share: (set) => set },
): readonly Part[] {
  const peers = peerAtoms(products, family, classes);
  const services = products.map(({ service }) => service);
  return partsOf(peers, services).map(({ of, service, atoms }) => ({
    of,
    service,
    remote: share(peers.union(atoms)),
  }));
}

/** A part on its way. */
interface Draft {
  readonly service: ServiceSet;
  readonly atoms: number[];
  /** The products in it: 1 for each, or their indices where there are very many. */
  readonly of: Uint8Array | Set<number>;
}

/** A row of as many bytes for each of as many parts would be work for its square. */
const rowMax = 1024;

const noneOf = (products: number): Draft["of"] =>
  products > rowMax ? new Set() : new Uint8Array(products);

const indicesOf = (of: Draft["of"]): readonly number[] =>
  of instanceof Set
    ? [...of].sort((a, b) => a - b)
    : Array.from(of.keys()).filter((index) => of[index] === 1);

/** A part whose peers have not been put together. */
export interface AtomPart extends Omit<Part, "remote"> {
  readonly atoms: readonly number[];
}

/** The same for atoms that are known; a product without services has no part in any. */
export function partsOf(
  { count, of, starts }: PeerAtoms,
  services: readonly ServiceSet[],
): readonly AtomPart[] {
  const slots = slotsOf(services);
  const bySlots = new Map<number | string, Draft>();
  const byService = new Map<string, Draft>();
  for (let atom = 0; atom < count; atom++) {
    const own = of.subarray(starts[atom], starts[atom + 1]);
    const key = slotsKey(slots, own);
    if (key === 0) continue;
    let draft = bySlots.get(key);
    if (draft === undefined) {
      const held = Array.from(own, (index) => serviceAt(services, index));
      const service = unionServices(...new Set(held));
      const text = serviceText(service);
      draft = byService.get(text) ?? { service, atoms: [], of: noneOf(services.length) };
      bySlots.set(key, draft);
      byService.set(text, draft);
    }
    draft.atoms.push(atom);
    for (let at = 0; at < own.length; at++) {
      const index = own[at] as number; // in range
      if ((slots[index] as number) < 0) continue;
      if (draft.of instanceof Set) draft.of.add(index);
      else draft.of[index] = 1;
    }
  }
  return [...byService.values()].map(({ of: held, service, atoms }) => ({
    of: indicesOf(held),
    service,
    atoms,
  }));
}

/** For each service the number that it and its equals bear; -1 for none. */
function slotsOf(services: readonly ServiceSet[]): Int32Array {
  const slots = new Map<string, number>();
  return Int32Array.from(services, (service) => {
    if (isNoService(service)) return -1;
    const text = serviceText(service);
    const slot = slots.get(text) ?? slots.size;
    slots.set(text, slot);
    return slot;
  });
}

/** Equal for products of equal services; 0 where none has any. */
function slotsKey(slots: Int32Array, of: Int32Array): number | string {
  let bits = 0;
  let more: Set<number> | undefined;
  for (let at = 0; at < of.length; at++) {
    const slot = slots[of[at] as number] as number; // products are those of the services
    if (slot > 29) more = (more ?? new Set()).add(slot);
    else if (slot >= 0) bits |= 1 << slot;
  }
  return more === undefined ? bits : `${bits} ${[...more].sort((a, b) => a - b).join()}`;
}

function serviceAt(services: readonly ServiceSet[], index: number): ServiceSet {
  const service = services[index];
  if (service === undefined) throw new Error(`bug in segc (minimise): no product ${index}`);
  return service;
}

const serviceTexts = new WeakMap<ServiceSet, string>();

/** Equal for equal sets. */
export function serviceText(service: ServiceSet): string {
  const known = serviceTexts.get(service);
  if (known !== undefined) return known;
  const text = service.intervals.map(({ first, last }) => `${first}-${last}`).join();
  serviceTexts.set(service, text);
  return text;
}
