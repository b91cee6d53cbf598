// Addresses as the lists of Windows say them: single addresses and ranges, of both families. Ranges
// are native there (platforms.md C.1), so a list is never longer than the set has ranges.
import {
  formatAddress,
  type IpAddress,
  isFault,
  parseAddress,
} from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressesMeet,
  addressSetOfEdges,
  addressSetOfRanges,
  prefixes,
  rangeCount,
  unionAddresses,
} from "../../compiler/sets/address-set.ts";

/**
 * Ends of ranges that Windows refuses ([MS-FASP] 2.2.10). No packet has them: a host drops what comes
 * from or goes to them past its loopback ([RFC 4291] 2.5.2, 2.5.3).
 */
export const unnamed = prefixes("::/127");

/** `10.0.0.1`, `10.0.0.5-10.0.0.9`, IPv4 first, ascending. */
export function rangeTexts({ v4, v6 }: AddressSet): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < v4.length; at += 2) {
    const [first = 0, end = 0] = v4.subarray(at, at + 2);
    texts.push(textOf({ family: 4, words: [first] }, { family: 4, words: [end - 1] }));
  }
  for (let at = 0; at < v6.length; at += 8) {
    texts.push(textOf(sixAt(v6.subarray(at, at + 4)), sixAt(before(v6.subarray(at + 4, at + 8)))));
  }
  return texts;
}

const sixAt = ([a = 0, b = 0, c = 0, d = 0]: Iterable<number>): IpAddress => ({
  family: 6,
  words: [a, b, c, d],
});

/** The address before the end of a range. */
function before(end: Float64Array): readonly number[] {
  const words = [...end];
  for (let word = 3; word >= 0; word--) {
    const value = words[word] ?? 0;
    words[word] = value === 0 && word > 0 ? 2 ** 32 - 1 : value - 1;
    if (value > 0) break;
  }
  return words;
}

function textOf(first: IpAddress, last: IpAddress): string {
  const [from, to] = [formatAddress(first), formatAddress(last)];
  return from === to ? from : `${from}-${to}`;
}

/** Undefined where the texts are not such as `rangeTexts` gives: nothing twice, touching or unsorted. */
export function readRanges(texts: readonly string[]): AddressSet | undefined {
  const ranges: { first: IpAddress; last: IpAddress }[] = [];
  for (const text of texts) {
    const [from = "", to = from, ...more] = text.split("-");
    const [first, last] = [parseAddress(from), parseAddress(to)];
    if (isFault(first) || isFault(last) || more.length > 0) return undefined;
    if (first.family !== last.family || !isInOrder(first, last)) return undefined;
    ranges.push({ first, last });
  }
  const set = addressSetOfRanges(ranges);
  const isAsWritten = rangeTexts(set).every((text, at) => text === texts[at]);
  const isNamed = !addressesMeet(set, unnamed);
  const isWhole = rangeCount(set) === texts.length && texts.length > 0;
  return isWhole && isAsWritten && isNamed ? set : undefined;
}

function isInOrder(first: IpAddress, last: IpAddress): boolean {
  for (const [word, value] of first.words.entries()) {
    const other = last.words[word] ?? 0;
    if (value !== other) return value < other;
  }
  return true;
}

/** The set in pieces of so many ranges each, in order. */
export function splitRanges(set: AddressSet, rangesMax: number): readonly AddressSet[] {
  const count = rangeCount(set);
  if (count <= rangesMax) return count === 0 ? [] : [set];
  const pieces: AddressSet[] = [];
  let open: AddressSet | undefined;
  let room = rangesMax;
  for (const [family, edges, width] of [[4, set.v4, 2] as const, [6, set.v6, 8] as const]) {
    for (let at = 0; at < edges.length; ) {
      const end = Math.min(edges.length, at + room * width);
      const piece = addressSetOfEdges(edges.slice(at, end), family);
      room -= (end - at) / width;
      at = end;
      open = open === undefined ? piece : unionAddresses(open, piece);
      if (room > 0) continue;
      pieces.push(open);
      [open, room] = [undefined, rangesMax];
    }
  }
  return open === undefined ? pieces : [...pieces, open];
}
