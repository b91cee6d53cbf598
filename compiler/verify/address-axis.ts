// The address sets of two lists -> elementary intervals of one family, and each set as runs of them.
import type { Family, IpAddress } from "../sets/address.ts";
import { type AddressSet, type AddressWords, compareWords, rangesOf } from "../sets/address-set.ts";
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
  const { atomSets, starts } = rank(distinct, widthOf(family));
  return {
    atoms: starts.length,
    setOf: (set) => {
      const slot = set === undefined ? undefined : slots.get(set);
      return slot === undefined ? undefined : atomSets[slot];
    },
    // The words of a family's addresses are as many as its tuple type has.
    lowestOf: (atom) => ({ family, words: starts[atom] }) as unknown as IpAddress,
  };
}

/** True where both hold the same addresses of this family: canonical ranges, one by one. */
export function hasSameAddresses(a: AddressSet, b: AddressSet, family: Family): boolean {
  const [left, right] = [rangesOf(a, family), rangesOf(b, family)];
  if (left === right) return true;
  if (left.length !== right.length) return false;
  return left.every((range, index) => {
    const other = right[index];
    return (
      range === other ||
      (other !== undefined &&
        compareWords(range.first, other.first) === 0 &&
        compareWords(range.last, other.last) === 0)
    );
  });
}

/**
 * The first address of each range and the one after its last, word by word, most significant
 * first; after the very last address comes [2 ** 32, 0 ..].
 */
interface Flat {
  readonly ends: Float64Array;
  readonly hash: number;
}

/** Sets are immutable and often met again: what is found out about one is remembered with it. */
const flats = { 4: new WeakMap<AddressSet, Flat>(), 6: new WeakMap<AddressSet, Flat>() };

function flatOf(set: AddressSet, family: Family): Flat {
  const known = flats[family].get(set);
  if (known !== undefined) return known;
  const width = widthOf(family);
  const ranges = rangesOf(set, family);
  const ends = new Float64Array(ranges.length * 2 * width);
  let at = 0;
  for (const { first, last } of ranges) {
    for (let word = 0; word < width; word++) ends[at + word] = first[word] as number; // all words
    writeNext(ends, at + width, last);
    at += 2 * width;
  }
  let hash = ends.length;
  for (let i = 0; i < ends.length; i++) hash = scattered(hash ^ (ends[i] as number));
  const flat = { ends, hash };
  flats[family].set(set, flat);
  return flat;
}

const widthOf = (family: Family) => (family === 4 ? 1 : 4);

/** The address after `words`. */
function writeNext(ends: Float64Array, at: number, words: AddressWords): void {
  let carry = 1;
  for (let word = words.length - 1; word >= 0; word--) {
    const sum = (words[word] as number) + carry;
    carry = sum === 2 ** 32 && word > 0 ? 1 : 0;
    ends[at + word] = carry === 1 ? 0 : sum;
  }
}

function isSame(a: Flat, b: Flat): boolean {
  if (a === b) return true;
  if (a.hash !== b.hash || a.ends.length !== b.ends.length) return false;
  for (let i = 0; i < a.ends.length; i++) if (a.ends[i] !== b.ends[i]) return false;
  return true;
}

interface Ranked {
  /** For each set. */
  readonly atomSets: readonly AtomSet[];
  /** The lowest address of each atom. */
  readonly starts: readonly AddressWords[];
}

/** Places in one sorted array hold the end above and its index below: 33 and 20 bits of 53. */
const packed = 2 ** 20;

function rank(sets: readonly Flat[], width: number): Ranked {
  const total = sets.reduce((sum, { ends }) => sum + ends.length, 0);
  return width === 1 && total <= packed ? rankNumbers(sets, total) : rankWords(sets, width);
}

/** Of one word: sorted as plain numbers. */
function rankNumbers(sets: readonly Flat[], total: number): Ranked {
  const sorted = new Float64Array(total);
  let index = 0;
  for (const { ends } of sets) {
    for (let i = 0; i < ends.length; i++) {
      sorted[index] = (ends[i] as number) * packed + index;
      index++;
    }
  }
  sorted.sort();
  const ranks = new Int32Array(total);
  const starts: AddressWords[] = [[0]];
  let open = 0;
  for (let i = 0; i < total; i++) {
    const value = Math.floor((sorted[i] as number) / packed);
    if (value !== open) {
      starts.push([value]);
      open = value;
    }
    ranks[(sorted[i] as number) - value * packed] = starts.length - 1;
  }
  return finish(sets, 1, ranks, starts);
}

/** Of any number of words: the places of the ends are sorted. */
function rankWords(sets: readonly Flat[], width: number): Ranked {
  const total = sets.reduce((sum, { ends }) => sum + ends.length, 0);
  const all = new Float64Array(total);
  let filled = 0;
  for (const { ends } of sets) {
    all.set(ends, filled);
    filled += ends.length;
  }
  const order = (x: number, y: number) => {
    for (let word = 0; word < width; word++) {
      const difference = (all[x + word] as number) - (all[y + word] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  const sorted = Uint32Array.from({ length: total / width }, (_, i) => i * width).sort(order);
  const ranks = new Int32Array(total / width);
  const starts: AddressWords[] = [new Array<number>(width).fill(0)];
  for (const [i, at] of sorted.entries()) {
    const isNew =
      i === 0
        ? all.subarray(at, at + width).some((word) => word !== 0)
        : order(sorted[i - 1] as number, at) !== 0;
    if (isNew) starts.push([...all.subarray(at, at + width)]);
    ranks[at / width] = starts.length - 1;
  }
  return finish(sets, width, ranks, starts);
}

/** The end after the very last address starts no atom: its rank is the number of atoms. */
function finish(
  sets: readonly Flat[],
  width: number,
  ranks: Int32Array,
  starts: AddressWords[],
): Ranked {
  if (starts.at(-1)?.[0] === 2 ** 32) starts.pop();
  let from = 0;
  const atomSets = sets.map(({ ends }) => {
    const count = ends.length / width;
    from += count;
    return ranks.slice(from - count, from);
  });
  return { atomSets, starts };
}
