// Immutable sets of small integers: the words that hold a bit, and where they stand. Most segments
// are small in a large estate, so an operation costs what its operands hold and not what the
// universe could. All operands of an operation have the size of the universe they index.

export interface Bitset {
  /** Members are 0 .. size-1. */
  readonly size: number;
  /** Which words of the universe are not zero, ascending: word `w` holds 32 w .. 32 w + 31. */
  readonly places: Uint32Array;
  /** Those words, one for each place; none is zero. */
  readonly words: Uint32Array;
}

const nothing = new Uint32Array(0);

export function emptyBitset(size: number): Bitset {
  return { size, places: nothing, words: nothing };
}

export function fullBitset(size: number): Bitset {
  return complement(emptyBitset(size));
}

/** In any order, repeated or not. */
export function bitsetOf(size: number, members: Iterable<number>): Bitset {
  const draft = draftOf(Array.isArray(members) ? members.length : 16);
  let last = -1;
  let isAscending = true;
  for (const member of members) {
    isAscending &&= member >= last;
    last = member;
    append(draft, member >>> 5, 1 << (member & 31));
  }
  // WHY: nearly every caller walks upwards; the others are sorted and read again.
  if (!isAscending) return bitsetOf(size, Uint32Array.from(members).sort());
  return finish(draft, size);
}

/** A bitset in the making: words are appended in ascending order of place. */
interface Draft {
  places: Uint32Array;
  words: Uint32Array;
  length: number;
}

function draftOf(capacity: number): Draft {
  return { places: new Uint32Array(capacity), words: new Uint32Array(capacity), length: 0 };
}

/** Adds bits to the last place or opens the next one; bits of an earlier place are dropped. */
function append(draft: Draft, place: number, word: number): void {
  const last = draft.length - 1;
  if (last >= 0 && draft.places[last] === place) {
    draft.words[last] = (draft.words[last] as number) | word;
    return;
  }
  if (draft.length === draft.places.length) grow(draft);
  draft.places[draft.length] = place;
  draft.words[draft.length] = word;
  draft.length++;
}

function grow(draft: Draft): void {
  const { places, words } = draft;
  draft.places = new Uint32Array(places.length * 2 + 16);
  draft.words = new Uint32Array(places.length * 2 + 16);
  draft.places.set(places);
  draft.words.set(words);
}

function finish({ places, words, length }: Draft, size: number): Bitset {
  if (length === 0) return emptyBitset(size);
  if (length === places.length) return { size, places, words };
  return { size, places: places.slice(0, length), words: words.slice(0, length) };
}

/** Where the word for `place` stands in `set.places`, or would stand if it were there. */
function indexOfPlace({ places, size }: Bitset, place: number): number {
  if (places.length === wordCount(size)) return place; // every word is there
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

function wordCount(size: number): number {
  return (size + 31) >>> 5;
}

/** The 32 bits at a place; 0 where none is set. */
export function wordAt(set: Bitset, place: number): number {
  const index = indexOfPlace(set, place);
  return set.places[index] === place ? (set.words[index] as number) : 0;
}

export function hasBit(set: Bitset, index: number): boolean {
  return ((wordAt(set, index >>> 5) >>> (index & 31)) & 1) === 1;
}

/** Where one side holds this many times the words of the other, looking up beats walking both. */
const lopsided = 8;

/** Visits every place that both hold, ascending, until `visit` says false. */
function meetings(a: Bitset, b: Bitset, visit: (i: number, j: number) => boolean): void {
  if (a.places.length * lopsided < b.places.length) {
    for (let i = 0; i < a.places.length; i++) {
      const place = a.places[i] as number;
      const j = indexOfPlace(b, place);
      if (b.places[j] === place && !visit(i, j)) return;
    }
    return;
  }
  if (b.places.length * lopsided < a.places.length) {
    meetings(b, a, (j, i) => visit(i, j));
    return;
  }
  let i = 0;
  let j = 0;
  while (i < a.places.length && j < b.places.length) {
    const left = a.places[i] as number;
    const right = b.places[j] as number;
    if (left === right && !visit(i, j)) return;
    if (left <= right) i++;
    if (right <= left) j++;
  }
}

export function intersection(a: Bitset, b: Bitset): Bitset {
  const draft = draftOf(Math.min(a.places.length, b.places.length));
  meetings(a, b, (i, j) => {
    const word = (a.words[i] as number) & (b.words[j] as number);
    if (word !== 0) append(draft, a.places[i] as number, word);
    return true;
  });
  return finish(draft, a.size);
}

export function intersects(a: Bitset, b: Bitset): boolean {
  let found = false;
  meetings(a, b, (i, j) => {
    found = ((a.words[i] as number) & (b.words[j] as number)) !== 0;
    return !found;
  });
  return found;
}

export function isSubset(a: Bitset, b: Bitset): boolean {
  if (a.places.length > b.places.length) return false;
  let covered = 0;
  meetings(a, b, (i, j) => {
    if (((a.words[i] as number) & ~(b.words[j] as number)) !== 0) return false;
    covered++;
    return true;
  });
  return covered === a.places.length;
}

export function difference(a: Bitset, b: Bitset): Bitset {
  const draft = draftOf(a.places.length);
  let next = 0;
  const keepUntil = (end: number) => {
    for (; next < end; next++) {
      append(draft, a.places[next] as number, a.words[next] as number);
    }
  };
  meetings(a, b, (i, j) => {
    keepUntil(i);
    const word = (a.words[i] as number) & ~(b.words[j] as number);
    if (word !== 0) append(draft, a.places[i] as number, word);
    next = i + 1;
    return true;
  });
  keepUntil(a.places.length);
  return finish(draft, a.size);
}

export function union(a: Bitset, b: Bitset): Bitset {
  const draft = draftOf(Math.min(a.places.length + b.places.length, wordCount(a.size)));
  const end = 0x7fffffff;
  let i = 0;
  let j = 0;
  while (i < a.places.length || j < b.places.length) {
    const left = i < a.places.length ? (a.places[i] as number) : end;
    const right = j < b.places.length ? (b.places[j] as number) : end;
    if (left <= right) append(draft, left, a.words[i++] as number);
    if (right <= left) append(draft, right, b.words[j++] as number);
  }
  return finish(draft, a.size);
}

export function complement(a: Bitset): Bitset {
  const places = wordCount(a.size);
  const draft = draftOf(places);
  let next = 0;
  for (let place = 0; place < places; place++) {
    const held = a.places[next] === place ? (a.words[next++] as number) : 0;
    const exists = place === places - 1 && (a.size & 31) !== 0 ? (1 << (a.size & 31)) - 1 : -1;
    const word = ~held & exists;
    if (word !== 0) append(draft, place, word);
  }
  return finish(draft, a.size);
}

export function isEmpty(a: Bitset): boolean {
  return a.words.length === 0;
}

export function equalBitsets(a: Bitset, b: Bitset): boolean {
  if (a.size !== b.size || a.places.length !== b.places.length) return false;
  for (let i = 0; i < a.places.length; i++) {
    if (a.places[i] !== b.places[i] || a.words[i] !== b.words[i]) return false;
  }
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
export function* members({ places, words }: Bitset): Generator<number> {
  for (let i = 0; i < places.length; i++) {
    const base = (places[i] as number) * 32;
    for (let word = words[i] as number; word !== 0; word &= word - 1) {
      yield base + (31 - Math.clz32(word & -word));
    }
  }
}

/** Visits the members in ascending order: quicker than `members` in an inner loop. */
export function forEachMember({ places, words }: Bitset, visit: (member: number) => void): void {
  for (let i = 0; i < places.length; i++) {
    const base = (places[i] as number) * 32;
    for (let word = words[i] as number; word !== 0; word &= word - 1) {
      visit(base + (31 - Math.clz32(word & -word)));
    }
  }
}

/** The smallest member, or undefined of an empty set. */
export function first(a: Bitset): number | undefined {
  return members(a).next().value ?? undefined;
}
