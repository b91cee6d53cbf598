// Ranges of addresses as prefixes. From the left, the largest aligned block that fits, then the next:
// the fewest prefixes there can be, and the only such list (minimise.md 1.2).
import type { Cidr, Family, Ipv6 } from "./address.ts";
import type { Edges } from "./edges.ts";

/** The fewest prefixes that are exactly the points between the edges, ascending. */
export function prefixesBetween(edges: Edges, family: Family): readonly Cidr[] {
  const cidrs: Cidr[] = [];
  if (family === 4) {
    for (let at = 0; at < edges.length; at += 2) {
      forEachBlock(edges[at] as number, edges[at + 1] as number, (word, length) => {
        cidrs.push({ address: { family, words: [word] }, length });
      });
    }
    return cidrs;
  }
  for (let at = 0; at < edges.length; at += 8) {
    const isWithinWord =
      edges[at] === edges[at + 4] &&
      edges[at + 1] === edges[at + 5] &&
      edges[at + 2] === edges[at + 6];
    if (!isWithinWord) pushV6(cidrs, pointAt(edges, at), pointAt(edges, at + 4));
    else {
      const [a = 0, b = 0, c = 0] = edges.subarray(at, at + 3);
      forEachBlock(edges[at + 3] as number, edges[at + 7] as number, (word, length) => {
        cidrs.push({ address: { family, words: [a, b, c, word] }, length: 96 + length });
      });
    }
  }
  return cidrs;
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

/** WHY bigints: ranges that cross a 32-bit word of IPv6 are rare, and short lists. */
function pointAt(edges: Edges, at: number): bigint {
  let point = 0n;
  for (let word = 0; word < 4; word++) point = (point << 32n) + BigInt(edges[at + word] as number);
  return point;
}

function pushV6(cidrs: Cidr[], first: bigint, end: bigint): void {
  let open = first;
  while (open < end) {
    let length = 128;
    let size = 1n;
    while (length > 0 && open % (size * 2n) === 0n && open + size * 2n <= end) {
      size *= 2n;
      length--;
    }
    cidrs.push({ address: addressAt(open), length });
    open += size;
  }
}

function addressAt(point: bigint): Ipv6 {
  const word = (index: bigint) => Number((point >> (96n - 32n * index)) & 0xffffffffn);
  return { family: 6, words: [word(0n), word(1n), word(2n), word(3n)] };
}
