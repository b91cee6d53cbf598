// The address sets of two lists -> elementary intervals of one family, and each set as runs of them.
import type { Family, IpAddress } from "../sets/address.ts";
import { type AddressSet, edgesIn, widthOf } from "../sets/address-set.ts";
import { comparePoints, type Edges, mergeEdges, sameEdges } from "../sets/edges.ts";
import { type AtomSet, scattered } from "./atoms.ts";

export interface AddressAxis {
  readonly atoms: number;
  /** Sets of one object, or of equal content, are one object. */
  readonly setOf: (set: AddressSet | undefined) => AtomSet | undefined;
  readonly lowestOf: (atom: number) => IpAddress;
}

/** `sets` names every set that `setOf` will be asked for. */
export function addressAxis(family: Family, sets: Iterable<AddressSet | undefined>): AddressAxis {
  const slots = new Map<AddressSet, number>();
  const distinct: Flat[] = [];
  const byHash = new Map<number, number[]>();
  for (const set of sets) {
    if (set === undefined || slots.has(set)) continue;
    const flat = flatOf(set, family);
    const alike = byHash.get(flat.hash) ?? [];
    let slot = alike.find((other) => isSame(distinct[other] as Flat, flat)); // slots are in range
    if (slot === undefined) {
      slot = distinct.push(flat) - 1;
      alike.push(slot);
      byHash.set(flat.hash, alike);
    }
    slots.set(set, slot);
  }
  const { atomSets, atoms, startOf } = rank(
    distinct.map(({ edges }) => edges),
    widthOf(family),
  );
  return {
    atoms,
    setOf: (set) => {
      const slot = set === undefined ? undefined : slots.get(set);
      return slot === undefined ? undefined : atomSets[slot];
    },
    // The words of a family's addresses are as many as its tuple type has.
    lowestOf: (atom) => ({ family, words: startOf(atom) }) as unknown as IpAddress,
  };
}

/** True where both hold the same addresses of this family. */
export function hasSameAddresses(a: AddressSet, b: AddressSet, family: Family): boolean {
  return a === b || isSame(flatOf(a, family), flatOf(b, family));
}

interface Flat {
  readonly edges: Edges;
  readonly hash: number;
}

/** Sets are immutable and often met again: what is found out about one is remembered with it. */
const flats = { 4: new WeakMap<AddressSet, Flat>(), 6: new WeakMap<AddressSet, Flat>() };

function flatOf(set: AddressSet, family: Family): Flat {
  const known = flats[family].get(set);
  if (known !== undefined) return known;
  const edges = edgesIn(set, family);
  let hash = edges.length;
  for (let i = 0; i < edges.length; i++) hash = scattered(hash ^ (edges[i] as number)); // in range
  const flat = { edges, hash };
  flats[family].set(set, flat);
  return flat;
}

function isSame(a: Flat, b: Flat): boolean {
  return a === b || (a.hash === b.hash && sameEdges(a.edges, b.edges));
}

interface Ranked {
  /** For each set. */
  readonly atomSets: readonly AtomSet[];
  readonly atoms: number;
  /** The lowest address of an atom, in words. */
  readonly startOf: (atom: number) => readonly number[];
}

/** Every edge of some set begins an atom; what is before the first is one too. */
function rank(sets: readonly Edges[], width: number): Ranked {
  const { points, places } = mergeEdges(sets, width);
  const ranks = new Int32Array(places.length);
  /** Places of the edges that begin atoms, without the lowest atom. */
  const starts = new Uint32Array(places.length);
  let last = 0;
  for (let i = 0; i < places.length; i++) {
    const at = places[i] as number; // in range
    const isNew =
      last === 0
        ? !isOrigin(points, at, width)
        : comparePoints(points, starts[last - 1] as number, points, at, width) !== 0;
    if (isNew) starts[last++] = at;
    ranks[at / width] = last;
  }
  // The end after the very last address starts no atom: its rank is the number of atoms.
  const endsLine = last > 0 && points[starts[last - 1] as number] === 2 ** 32;
  let from = 0;
  const atomSets = sets.map((edges) => {
    const count = edges.length / width;
    from += count;
    return ranks.slice(from - count, from);
  });
  return {
    atomSets,
    atoms: endsLine ? last : last + 1,
    startOf: (atom) => {
      if (atom === 0) return new Array<number>(width).fill(0);
      const at = starts[atom - 1] as number; // atoms are those of this axis
      return Array.from(points.subarray(at, at + width));
    },
  };
}

function isOrigin(points: Float64Array, at: number, width: number): boolean {
  for (let word = at; word < at + width; word++) if (points[word] !== 0) return false;
  return true;
}
