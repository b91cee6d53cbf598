// Immutable sets of small integers: one bit each in a Uint32Array. All operands of an operation
// have the same size, which is that of the universe they index.

export interface Bitset {
  /** Bits 0 .. size-1 exist; bits past `size` in the last word are always zero. */
  readonly size: number;
  readonly words: Uint32Array;
}

export function emptyBitset(size: number): Bitset {
  return { size, words: new Uint32Array(Math.ceil(size / 32)) };
}

export function fullBitset(size: number): Bitset {
  return complement(emptyBitset(size));
}

export function bitsetOf(size: number, members: Iterable<number>): Bitset {
  const result = emptyBitset(size);
  for (const member of members) setBit(result, member);
  return result;
}

/** For building only: a bitset that was handed out is never changed again. */
export function setBit(set: Bitset, index: number): void {
  const word = index >>> 5;
  set.words[word] = (set.words[word] as number) | (1 << (index & 31));
}

export function hasBit(set: Bitset, index: number): boolean {
  return (((set.words[index >>> 5] as number) >>> (index & 31)) & 1) === 1;
}

export function union(a: Bitset, b: Bitset): Bitset {
  const words = new Uint32Array(a.words.length);
  for (let i = 0; i < words.length; i++) words[i] = (a.words[i] as number) | (b.words[i] as number);
  return { size: a.size, words };
}

export function intersection(a: Bitset, b: Bitset): Bitset {
  const words = new Uint32Array(a.words.length);
  for (let i = 0; i < words.length; i++) words[i] = (a.words[i] as number) & (b.words[i] as number);
  return { size: a.size, words };
}

export function difference(a: Bitset, b: Bitset): Bitset {
  const words = new Uint32Array(a.words.length);
  for (let i = 0; i < words.length; i++) {
    words[i] = (a.words[i] as number) & ~(b.words[i] as number);
  }
  return { size: a.size, words };
}

export function complement(a: Bitset): Bitset {
  const words = new Uint32Array(a.words.length);
  for (let i = 0; i < words.length; i++) words[i] = ~(a.words[i] as number);
  const rest = a.size & 31;
  const last = words.length - 1;
  if (rest !== 0) words[last] = (words[last] as number) & ((1 << rest) - 1);
  return { size: a.size, words };
}

export function isEmpty(a: Bitset): boolean {
  for (let i = 0; i < a.words.length; i++) if (a.words[i] !== 0) return false;
  return true;
}

export function intersects(a: Bitset, b: Bitset): boolean {
  for (let i = 0; i < a.words.length; i++) {
    if (((a.words[i] as number) & (b.words[i] as number)) !== 0) return true;
  }
  return false;
}

export function isSubset(a: Bitset, b: Bitset): boolean {
  for (let i = 0; i < a.words.length; i++) {
    if (((a.words[i] as number) & ~(b.words[i] as number)) !== 0) return false;
  }
  return true;
}

export function equalBitsets(a: Bitset, b: Bitset): boolean {
  if (a.size !== b.size) return false;
  for (let i = 0; i < a.words.length; i++) if (a.words[i] !== b.words[i]) return false;
  return true;
}

/** Number of members. */
export function count(a: Bitset): number {
  let total = 0;
  for (let i = 0; i < a.words.length; i++) total += onesIn(a.words[i] as number);
  return total;
}

/** Number of bits set in one word. */
export function onesIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const quads = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((quads + (quads >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Members in ascending order. */
export function* members(a: Bitset): Generator<number> {
  for (let i = 0; i < a.words.length; i++) {
    let word = a.words[i] as number;
    while (word !== 0) {
      const low = word & -word;
      yield i * 32 + (31 - Math.clz32(low));
      word ^= low;
    }
  }
}

/** The smallest member, or undefined of an empty set. */
export function first(a: Bitset): number | undefined {
  return members(a).next().value ?? undefined;
}
