// Very many prefixes, one to a line, without an object for each. Only what is plain is read (lines with
// nothing else on them, ascending, apart): where anything else stands this gives up, and the caller reads
// line by line what it may mean.
import type { Family } from "./address.ts";
import { type AddressSet, addressSetOfEdges, noAddress } from "./address-set.ts";
import { type PrefixList, PrefixListDraft } from "./prefix-list.ts";
import type { LineFrame } from "./write-prefixes.ts";

/** Undefined where some line is not plain. */
export function addressesOfLines(
  text: string,
  family: Family,
  frame: LineFrame,
): AddressSet | undefined {
  const reader = new Reader(text, family);
  while (reader.at < text.length) {
    const isRead = reader.skip(frame.before) && reader.prefix() && reader.skip(frame.after);
    if (!isRead || !reader.add()) return undefined;
  }
  return reader.finish();
}

/**
 * The prefixes of the lines from `from` on, up to the first that is not plain (or not above the one
 * before: an equal first address with a greater length is above), and where that begins.
 */
export function prefixesOfLines(
  text: string,
  from: number,
  family: Family,
  frame: LineFrame,
): { readonly list: PrefixList; readonly end: number } {
  const reader = new Reader(text, family);
  const draft = new PrefixListDraft(family, 64);
  let end = from;
  for (;;) {
    reader.at = end;
    const isRead = reader.skip(frame.before) && reader.prefix() && reader.skip(frame.after);
    if (!isRead || !reader.addTo(draft)) return { list: draft.finish(), end };
    end = reader.at;
  }
}

const slash = 0x2f;
const colon = 0x3a;
const dot = 0x2e;
const zero = 0x30;

/** Edges found so far: kept between calls, for most texts are of thousands of lines. */
let scratch = new Float64Array(4096);

class Reader {
  at = 0;
  readonly #text: string;
  readonly #family: Family;
  readonly #width: 1 | 4;
  /** The prefix last read, and the first address after it. */
  readonly #first: number[];
  readonly #end: number[];
  readonly #groups = [0, 0, 0, 0, 0, 0, 0, 0];
  /** The prefix added last; no bits before the first. */
  readonly #last: number[];
  #lastBits = -1;
  #bits = 0;
  #length = 0;

  constructor(text: string, family: Family) {
    this.#text = text;
    this.#family = family;
    this.#width = family === 4 ? 1 : 4;
    this.#first = new Array<number>(this.#width).fill(0);
    this.#end = new Array<number>(this.#width).fill(0);
    this.#last = new Array<number>(this.#width).fill(0);
  }

  /** False where the text does not go on like this. */
  skip(text: string): boolean {
    if (!this.#text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  prefix(): boolean {
    const isRead = this.#family === 4 ? this.#address4() : this.#address6();
    if (!isRead) return false;
    const full = 32 * this.#width;
    this.#bits = full;
    if (this.#text.charCodeAt(this.at) === slash) {
      this.at++;
      this.#bits = this.#decimal(full);
      if (this.#bits < 0) return false;
    }
    return true;
  }

  /** -1 where there is no number up to `max`. */
  #decimal(max: number): number {
    const start = this.at;
    let value = 0;
    for (; ; this.at++) {
      const digit = this.#text.charCodeAt(this.at) - zero;
      if (!(digit >= 0 && digit <= 9)) break; // not a number behind the end
      if (this.at > start && value === 0) return -1;
      value = value * 10 + digit;
      if (value > max) return -1;
    }
    return this.at === start ? -1 : value;
  }

  #address4(): boolean {
    let word = 0;
    for (let octets = 0; octets < 4; octets++) {
      if (octets > 0 && this.#text.charCodeAt(this.at++) !== dot) return false;
      const octet = this.#decimal(255);
      if (octet < 0) return false;
      word = word * 256 + octet;
    }
    this.#first[0] = word;
    return true;
  }

  #address6(): boolean {
    const groups = this.#groups;
    const text = this.#text;
    let count = 0;
    let gap = -1;
    if (text.charCodeAt(this.at) === colon) {
      if (text.charCodeAt(this.at + 1) !== colon) return false;
      gap = 0;
      this.at += 2;
    }
    for (;;) {
      const start = this.at;
      let group = 0;
      for (; ; this.at++) {
        const digit = hexDigit(text.charCodeAt(this.at));
        if (digit < 0) break;
        group = group * 16 + digit;
      }
      if (this.at === start) {
        // Only a gap may end an address.
        if (gap !== count) return false;
        break;
      }
      if (this.at - start > 4 || count === 8) return false;
      groups[count++] = group;
      if (text.charCodeAt(this.at) !== colon) break;
      this.at++;
      if (text.charCodeAt(this.at) !== colon) continue;
      if (gap >= 0) return false;
      gap = count;
      this.at++;
    }
    if (gap < 0 ? count !== 8 : count > 7) return false;
    if (gap >= 0) {
      groups.copyWithin(8 - (count - gap), gap, count);
      groups.fill(0, gap, 8 - (count - gap));
    }
    for (let word = 0; word < 4; word++) {
      this.#first[word] = (groups[2 * word] as number) * 0x10000 + (groups[2 * word + 1] as number); // eight groups
    }
    // What maps IPv4 is no address here.
    return !(this.#first[0] === 0 && this.#first[1] === 0 && this.#first[2] === 0xffff);
  }

  /** The prefix last read. False where bits are set below its length, or it is not above all others. */
  add(): boolean {
    const width = this.#width;
    const first = this.#first;
    const end = this.#end;
    let order = 0;
    for (let word = 0; word < width && order === 0 && this.#length > 0; word++) {
      order = (first[word] as number) - (end[word] as number); // as wide as the family
    }
    if (order < 0) return false;
    if (this.#length + 2 * width > scratch.length) grow();
    const touches = this.#length > 0 && order === 0;
    if (!touches) {
      for (let word = 0; word < width; word++) scratch[this.#length + word] = first[word] as number;
      this.#length += width;
    } else this.#length -= width;
    if (!this.#moveEnd()) return false;
    for (let word = 0; word < width; word++) scratch[this.#length + word] = end[word] as number;
    this.#length += width;
    return true;
  }

  /** The prefix last read. False where bits are set below its length, or it is not above the last. */
  addTo(draft: PrefixListDraft): boolean {
    const first = this.#first;
    const last = this.#last;
    let order = this.#lastBits < 0 ? 1 : 0;
    for (let word = 0; word < this.#width && order === 0; word++) {
      order = (first[word] as number) - (last[word] as number); // as wide as the family
    }
    if (order < 0 || (order === 0 && this.#bits <= this.#lastBits)) return false;
    if (!this.#moveEnd()) return false;
    for (let word = 0; word < this.#width; word++) last[word] = first[word] as number;
    this.#lastBits = this.#bits;
    const [a = 0, b = 0, c = 0, d = 0] = first;
    draft.add(a, b, c, d, this.#bits);
    return true;
  }

  /** To behind the prefix; false where bits are set below its length. */
  #moveEnd(): boolean {
    const first = this.#first;
    const end = this.#end;
    let word = this.#bits === 0 ? 0 : (this.#bits - 1) >>> 5;
    const size = this.#bits === 0 ? 2 ** 32 : 2 ** (31 - ((this.#bits - 1) & 31));
    if ((first[word] as number) % size !== 0) return false;
    for (let low = word + 1; low < this.#width; low++) if (first[low] !== 0) return false;
    for (let at = 0; at < this.#width; at++) end[at] = first[at] as number;
    let sum = (first[word] as number) + size;
    while (sum === 2 ** 32 && word > 0) {
      end[word] = 0;
      word--;
      sum = (first[word] as number) + 1;
    }
    end[word] = sum;
    return true;
  }

  finish(): AddressSet {
    if (this.#length === 0) return noAddress;
    return addressSetOfEdges(scratch.slice(0, this.#length), this.#family);
  }
}

function grow(): void {
  const larger = new Float64Array(2 * scratch.length);
  larger.set(scratch);
  scratch = larger;
}

/** Value of a hexadecimal digit; -1 for any other character. */
function hexDigit(code: number): number {
  if (code >= zero && code <= 0x39) return code - zero;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
