// Ranges of addresses as prefixes. From the left, the largest aligned block that fits, then the next:
// the fewest prefixes there can be, and the only such list (minimise.md 1.2).
import type { Cidr, Family, IpAddress } from "./address.ts";
import { comparePoints, type Edges } from "./edges.ts";

/** The fewest prefixes that are exactly the points between the edges, ascending. */
export function prefixesBetween(edges: Edges, family: Family): readonly Cidr[] {
  const cidrs: Cidr[] = [];
  forEachPrefix(edges, family, (a, b, c, d, length) => {
    const address: IpAddress =
      family === 4 ? { family, words: [a] } : { family, words: [a, b, c, d] };
    cidrs.push({ address, length });
  });
  return cidrs;
}

/** IPv4 addresses are the first word alone. */
export type VisitPrefix = (a: number, b: number, c: number, d: number, length: number) => void;

/** The same, one after another. */
export function forEachPrefix(edges: Edges, family: Family, visit: VisitPrefix): void {
  if (family === 4) {
    for (let at = 0; at < edges.length; at += 2) {
      forEachBlock(edges[at] as number, edges[at + 1] as number, (word, length) => {
        visit(word, 0, 0, 0, length);
      });
    }
    return;
  }
  for (let at = 0; at < edges.length; at += 8) {
    const [a, b, c] = [edges[at] as number, edges[at + 1] as number, edges[at + 2] as number];
    if (a !== edges[at + 4] || b !== edges[at + 5] || c !== edges[at + 6]) {
      forEachOfWords(edges, at, visit);
      continue;
    }
    forEachBlock(edges[at + 3] as number, edges[at + 7] as number, (word, length) => {
      visit(a, b, c, word, 96 + length);
    });
  }
}

/** Aligned blocks of one word: their first value, and how many of the 32 bits are fixed. */
function forEachBlock(
  first: number,
  end: number,
  visit: (word: number, length: number) => void,
): void {
  let open = first;
  while (open < end) {
    let length = 32;
    let size = 1;
    while (length > 0 && open % (size * 2) === 0 && open + size * 2 <= end) {
      size *= 2;
      length--;
    }
    visit(open, length);
    open += size;
  }
}

/** The same over four words. */
function forEachOfWords(edges: Edges, at: number, visit: VisitPrefix): void {
  const open = Array.from(edges.subarray(at, at + 4));
  while (comparePoints(open, 0, edges, at + 4, 4) < 0) {
    let length = 128 - trailingZeros(open);
    let next = after(open, length);
    while (comparePoints(next, 0, edges, at + 4, 4) > 0) {
      length++;
      next = after(open, length);
    }
    const [a = 0, b = 0, c = 0, d = 0] = open;
    visit(a, b, c, d, length);
    for (let word = 0; word < 4; word++) open[word] = next[word] as number; // four words
  }
}

/** Behind the `width` words at `at`, the first address after the prefix of that length. */
export function writeEnd(stretches: Float64Array, at: number, width: number, length: number): void {
  const end = at + width;
  for (let word = 0; word < width; word++) stretches[end + word] = stretches[at + word] as number;
  let word = length === 0 ? 0 : (length - 1) >>> 5;
  let sum = (stretches[at + word] as number) + 2 ** (length === 0 ? 32 : 31 - ((length - 1) & 31));
  while (sum === 2 ** 32 && word > 0) {
    stretches[end + word] = 0;
    word--;
    sum = (stretches[at + word] as number) + 1; // in range
  }
  stretches[end + word] = sum;
}

/** How many of the last bits of the address are zero. */
function trailingZeros(words: readonly number[]): number {
  for (let word = 3; word >= 0; word--) {
    const value = words[word] as number; // four words
    if (value !== 0) return (3 - word) * 32 + (31 - Math.clz32(value & -value));
  }
  return 128;
}

/** The first address after the prefix. */
function after(words: readonly number[], length: number): number[] {
  const next = [...words];
  let word = length === 0 ? 0 : (length - 1) >>> 5;
  let sum = (next[word] as number) + 2 ** (length === 0 ? 32 : 31 - ((length - 1) & 31));
  while (sum === 2 ** 32 && word > 0) {
    next[word] = 0;
    word--;
    sum = (next[word] as number) + 1; // the word is in range
  }
  next[word] = sum;
  return next;
}
