// Rows of bits in one array, for inner loops: a row is a run of whole words at an offset. Unlike
// `sets/bitset.ts` they are dense and change in place; they never leave this folder.

export function wordsFor(size: number): number {
  return (size + 31) >>> 5;
}

export function setBit(words: Int32Array, offset: number, member: number): void {
  const place = offset + (member >>> 5);
  words[place] = (words[place] as number) | (1 << (member & 31));
}

export function clearBit(words: Int32Array, offset: number, member: number): void {
  const place = offset + (member >>> 5);
  words[place] = (words[place] as number) & ~(1 << (member & 31));
}

export function testBit(words: Int32Array, offset: number, member: number): boolean {
  return (((words[offset + (member >>> 5)] as number) >>> (member & 31)) & 1) === 1;
}

/** Place of the lowest bit of a word that is not zero. */
export function lowest(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** Writes the members of a row, ascending, to the start of `into`; returns how many. */
export function listBits(
  words: Int32Array,
  offset: number,
  count: number,
  into: Int32Array,
): number {
  let length = 0;
  for (let place = 0; place < count; place++) {
    for (let word = words[offset + place] as number; word !== 0; word &= word - 1) {
      into[length++] = place * 32 + lowest(word);
    }
  }
  return length;
}

/** Whether the row at the start of `inner` lies in the row of `outer` at `offset`. */
export function isWithin(
  inner: Int32Array,
  outer: Int32Array,
  offset: number,
  count: number,
): boolean {
  for (let place = 0; place < count; place++) {
    if (((inner[place] as number) & ~(outer[offset + place] as number)) !== 0) return false;
  }
  return true;
}
