// Very many prefixes as text, one to a line, without an object or a string for each: digits go into
// bytes, and the bytes become one text.
import type { Family } from "./address.ts";
import { type AddressSet, edgesIn } from "./address-set.ts";
import { eachOfList, fullLength, type PrefixList } from "./prefix-list.ts";
import { forEachPrefix, type VisitPrefix } from "./prefixes.ts";

/** What stands around the prefix on every line; ASCII. */
export interface LineFrame {
  readonly before: string;
  /** With the end of the line. */
  readonly after: string;
}

/**
 * The fewest prefixes that are exactly the addresses of this family, ascending: without the length
 * where it is the full one, IPv6 as of RFC 5952.
 */
export function prefixLines(set: AddressSet, family: Family, frame: LineFrame): string {
  return written(family, frame, (visit) => {
    forEachPrefix(edgesIn(set, family), family, visit);
  });
}

/** The same of the prefixes of a list, in its order. */
export function listLines(list: PrefixList, frame: LineFrame): string {
  return written(list.family, frame, (visit) => {
    eachOfList(list, visit);
  });
}

function written(
  family: Family,
  { before, after }: LineFrame,
  each: (visit: VisitPrefix) => void,
): string {
  length = 0;
  const full = fullLength(family);
  const [head, tail] = [codesOf(before), codesOf(after)];
  const room = head.length + 48 + tail.length;
  each((a, b, c, d, bits) => {
    if (length + room > bytes.length) grow(room);
    put(head);
    if (family === 4) address4(a);
    else address6(a, b, c, d);
    if (bits < full) {
      bytes[length++] = 0x2f;
      decimal(bits);
    }
    put(tail);
  });
  return decoder.decode(bytes.subarray(0, length));
}

const decoder = new TextDecoder();
const codesOf = (text: string) => Array.from(text, (one) => one.charCodeAt(0));

/** The text so far: kept between calls, and written before it is read. */
let bytes = new Uint8Array(1 << 16);
let length = 0;

function grow(room: number): void {
  const larger = new Uint8Array(2 * bytes.length + room);
  larger.set(bytes);
  bytes = larger;
}

function put(codes: readonly number[]): void {
  for (let at = 0; at < codes.length; at++) bytes[length++] = codes[at] as number; // in range
}

/** Up to 999. */
function decimal(value: number): void {
  if (value > 99) bytes[length++] = 0x30 + Math.floor(value / 100);
  if (value > 9) bytes[length++] = 0x30 + (Math.floor(value / 10) % 10);
  bytes[length++] = 0x30 + (value % 10);
}

function address4(word: number): void {
  decimal(word >>> 24);
  bytes[length++] = 0x2e;
  decimal((word >>> 16) & 255);
  bytes[length++] = 0x2e;
  decimal((word >>> 8) & 255);
  bytes[length++] = 0x2e;
  decimal(word & 255);
}

const groups = [0, 0, 0, 0, 0, 0, 0, 0];

function address6(a: number, b: number, c: number, d: number): void {
  groups[0] = a >>> 16;
  groups[1] = a & 0xffff;
  groups[2] = b >>> 16;
  groups[3] = b & 0xffff;
  groups[4] = c >>> 16;
  groups[5] = c & 0xffff;
  groups[6] = d >>> 16;
  groups[7] = d & 0xffff;
  const [gap, end] = longestZeros();
  for (let at = 0; at < 8; at++) {
    if (at === gap) {
      // The group before it has put one colon.
      if (at === 0) bytes[length++] = 0x3a;
      bytes[length++] = 0x3a;
      at = end - 1;
      continue;
    }
    hexadecimal(groups[at] as number); // eight groups
    if (at < 7) bytes[length++] = 0x3a;
  }
}

function hexadecimal(group: number): void {
  for (let shift = group > 0xfff ? 12 : group > 0xff ? 8 : group > 0xf ? 4 : 0; shift >= 0; ) {
    const digit = (group >>> shift) & 15;
    bytes[length++] = digit < 10 ? 0x30 + digit : 0x57 + digit;
    shift -= 4;
  }
}

/** The first longest run of two or more zero groups, from and up to; -1 where there is none. */
function longestZeros(): readonly [number, number] {
  let best = -1;
  let bestEnd = 0;
  for (let first = 0; first < 8; first++) {
    let end = first;
    while (end < 8 && groups[end] === 0) end++;
    if (end - first >= 2 && end - first > bestEnd - Math.max(best, 0)) {
      best = first;
      bestEnd = end;
    }
    if (end > first) first = end;
  }
  return [best, bestEnd];
}
