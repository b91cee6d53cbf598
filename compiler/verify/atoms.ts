// Sets of the atoms of one axis as ascending runs, and the merging of atoms that no set tells
// apart: from tens of thousands of elementary intervals to the few classes that matter.

/** INVARIANT: ascending runs that neither overlap nor touch; each its first atom and its end. */
export type AtomSet = Int32Array;

/** The set of these runs of atoms, both ends included, in any order, overlapping or not. */
export function atomSet(runs: readonly (readonly [first: number, last: number])[]): AtomSet {
  const sorted = [...runs].sort((a, b) => a[0] - b[0]);
  const ends: number[] = [];
  for (const [first, last] of sorted) {
    const open = ends.at(-1);
    if (open === undefined || first > open) ends.push(first, last + 1);
    else ends[ends.length - 1] = Math.max(open, last + 1);
  }
  return Int32Array.from(ends);
}

export function equalAtomSets(a: AtomSet, b: AtomSet): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Atoms merged into classes; classes are numbered in the order of their lowest atoms. */
export interface Classes {
  readonly count: number;
  /** The lowest atom of each class. */
  readonly lowest: readonly number[];
  /** The given sets, as sets of classes. */
  readonly sets: readonly AtomSet[];
}

/**
 * Two atoms are in one class where the same sets hold them. Walks the ends of all runs in order
 * with one row of bits (which sets are open), and looks rows up by a hash and then word by word:
 * the classes are exact. O(ends + classes of neighbours * sets / 32).
 */
export function mergeAtoms(atoms: number, sets: readonly AtomSet[]): Classes {
  const { offsets, toggles } = togglesByAtom(atoms, sets);
  const row = new Int32Array((sets.length + 31) >>> 5);
  const rows = new Rows(row.length);
  const lowest: number[] = [];
  const runs = sets.map((): number[] => []);
  let hash = 0;
  for (let atom = 0; atom < atoms; atom++) {
    const from = offsets[atom] as number;
    const to = offsets[atom + 1] as number;
    if (atom > 0 && from === to) continue;
    for (let i = from; i < to; i++) {
      const set = toggles[i] as number;
      row[set >>> 5] = (row[set >>> 5] as number) ^ (1 << (set & 31));
      hash ^= scattered(set);
    }
    const found = rows.intern(row, hash);
    if (found < lowest.length) continue;
    lowest.push(atom);
    extend(runs, row, found);
  }
  return { count: lowest.length, lowest, sets: runs.map((ends) => Int32Array.from(ends)) };
}

/** The sets that begin or end at each atom: those of atom i at offsets[i] .. offsets[i + 1]. */
function togglesByAtom(atoms: number, sets: readonly AtomSet[]) {
  const offsets = new Int32Array(atoms + 2);
  for (const ends of sets) {
    for (let i = 0; i < ends.length; i++) {
      const at = (ends[i] as number) + 1;
      offsets[at] = (offsets[at] as number) + 1;
    }
  }
  for (let i = 1; i < offsets.length; i++) {
    offsets[i] = (offsets[i] as number) + (offsets[i - 1] as number);
  }
  const toggles = new Int32Array(offsets[atoms + 1] as number);
  const next = offsets.slice();
  for (let set = 0; set < sets.length; set++) {
    const ends = sets[set] as AtomSet; // `set` is in range
    for (let i = 0; i < ends.length; i++) {
      const at = ends[i] as number;
      toggles[next[at] as number] = set;
      next[at] = (next[at] as number) + 1;
    }
  }
  return { offsets, toggles };
}

/** Adds a class to every set whose bit is in the row. */
function extend(runs: readonly number[][], row: Int32Array, found: number): void {
  for (let word = 0; word < row.length; word++) {
    for (let bits = row[word] as number; bits !== 0; bits &= bits - 1) {
      const ends = runs[word * 32 + 31 - Math.clz32(bits & -bits)];
      if (ends === undefined) throw new Error("bug in segc: a bit of a set that does not exist");
      if (ends[ends.length - 1] === found) ends[ends.length - 1] = found + 1;
      else ends.push(found, found + 1);
    }
  }
}

/** Rows of bits of one length, numbered in the order in which they are first seen. */
export class Rows {
  readonly #width: number;
  #words: Int32Array;
  #hashes = new Int32Array(64);
  #index = new Int32Array(128);
  #count = 0;

  constructor(width: number) {
    this.#width = width;
    this.#words = new Int32Array(64 * width);
  }

  get count(): number {
    return this.#count;
  }

  /** The number of an equal row, or the next number. Equal rows must have equal hashes. */
  intern(row: Int32Array, hash: number): number {
    const mask = this.#index.length - 1;
    let place = scattered(hash) & mask;
    for (;;) {
      const found = (this.#index[place] as number) - 1;
      if (found < 0) return this.#append(row, hash, place);
      if (this.#hashes[found] === hash && this.#holds(found, row)) return found;
      place = (place + 1) & mask;
    }
  }

  #holds(at: number, row: Int32Array): boolean {
    const from = at * this.#width;
    for (let i = 0; i < this.#width; i++) if (this.#words[from + i] !== row[i]) return false;
    return true;
  }

  #append(row: Int32Array, hash: number, place: number): number {
    const added = this.#count++;
    this.#index[place] = added + 1;
    this.#hashes[added] = hash;
    this.#words.set(row, added * this.#width);
    if (this.#count === this.#hashes.length) this.#grow();
    return added;
  }

  #grow(): void {
    this.#words = doubled(this.#words);
    this.#hashes = doubled(this.#hashes);
    this.#index = new Int32Array(this.#index.length * 2);
    const mask = this.#index.length - 1;
    for (let at = 0; at < this.#count; at++) {
      let place = scattered(this.#hashes[at] as number) & mask;
      while (this.#index[place] !== 0) place = (place + 1) & mask;
      this.#index[place] = at + 1;
    }
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(array.length * 2);
  wider.set(array);
  return wider;
}

/** A number spread over 32 bits (the end of MurmurHash3). */
export function scattered(value: number): number {
  let hash = Math.imul(value + 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
