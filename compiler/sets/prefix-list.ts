// Prefixes of one family, word for word as a list has them, in two arrays instead of an object for each:
// an estate has millions.
import type { Cidr, Family } from "./address.ts";
import { type AddressSet, addressSetOfEdges, edgesIn, widthOf } from "./address-set.ts";
import { edgesOf } from "./edges.ts";
import { forEachPrefix, type VisitPrefix, writeEnd } from "./prefixes.ts";

export interface PrefixList {
  readonly family: Family;
  /** First addresses, most significant word first: one word for each prefix, or four. */
  readonly words: Uint32Array;
  readonly lengths: Uint8Array;
}

export function prefixListOf(family: Family, cidrs: readonly Cidr[]): PrefixList {
  const draft = new PrefixListDraft(family, cidrs.length);
  for (const { address, length } of cidrs) {
    const [a, b = 0, c = 0, d = 0] = address.words;
    draft.add(a, b, c, d, length);
  }
  return draft.finish();
}

/**
 * The fewest prefixes that are exactly the addresses of this family, ascending; those of at least
 * `hostLength` bits as the addresses in them, but for one with the null address.
 */
export function hostsOrPrefixes(set: AddressSet, family: Family, hostLength: number): PrefixList {
  const full = fullLength(family);
  const draft = new PrefixListDraft(family, edgesIn(set, family).length);
  forEachPrefix(edgesIn(set, family), family, (a, b, c, d, length) => {
    if (length >= full || length < hostLength || (a === 0 && b === 0 && c === 0 && d === 0)) {
      draft.add(a, b, c, d, length);
      return;
    }
    for (let host = 0; host < 2 ** (full - length); host++) {
      if (family === 4) draft.add(a + host, 0, 0, 0, full);
      else draft.add(a, b, c, d + host, full); // so few hosts end within one word
    }
  });
  return draft.finish();
}

export const fullLength = (family: Family): number => (family === 4 ? 32 : 128);

export function cidrsOfList(list: PrefixList): readonly Cidr[] {
  const cidrs: Cidr[] = [];
  eachOfList(list, (a, b, c, d, length) => {
    cidrs.push(
      list.family === 4
        ? { address: { family: 4, words: [a] }, length }
        : { address: { family: 6, words: [a, b, c, d] }, length },
    );
  });
  return cidrs;
}

/** Every address that is in some prefix of the list. */
export function addressesOfList({ family, words, lengths }: PrefixList): AddressSet {
  const width = widthOf(family);
  const stretches = new Float64Array(2 * words.length);
  for (let at = 0; at < lengths.length; at++) {
    const to = 2 * at * width;
    for (let word = 0; word < width; word++) {
      stretches[to + word] = words[at * width + word] as number; // in range
    }
    writeEnd(stretches, to, width, lengths[at] as number);
  }
  return addressSetOfEdges(edgesOf(stretches, width), family);
}

/** Whether every one is a single address, and none the null address. */
export function isOfHosts({ family, words, lengths }: PrefixList): boolean {
  const full = fullLength(family);
  const width = widthOf(family);
  for (let at = 0; at < lengths.length; at++) {
    if (lengths[at] !== full) return false;
    let bits = 0;
    for (let word = 0; word < width; word++) bits |= words[at * width + word] as number; // in range
    if (bits === 0) return false;
  }
  return true;
}

/** In their order; of an IPv4 address the first word is all. */
export function eachOfList({ family, words, lengths }: PrefixList, visit: VisitPrefix): void {
  const width = widthOf(family);
  for (let at = 0; at < lengths.length; at++) {
    const from = at * width;
    const length = lengths[at] as number; // in range, as its words are
    if (width === 1) visit(words[from] as number, 0, 0, 0, length);
    else {
      visit(
        words[from] as number,
        words[from + 1] as number,
        words[from + 2] as number,
        words[from + 3] as number,
        length,
      );
    }
  }
}

/** A list in the making. */
export class PrefixListDraft {
  readonly #family: Family;
  readonly #width: number;
  #words: Uint32Array;
  #lengths: Uint8Array;
  #count = 0;

  constructor(family: Family, capacity = 16) {
    this.#family = family;
    this.#width = widthOf(family);
    this.#words = new Uint32Array(capacity * this.#width);
    this.#lengths = new Uint8Array(capacity);
  }

  add(a: number, b: number, c: number, d: number, length: number): void {
    if (this.#count === this.#lengths.length) this.#grow();
    const at = this.#count * this.#width;
    this.#words[at] = a;
    if (this.#width === 4) {
      this.#words[at + 1] = b;
      this.#words[at + 2] = c;
      this.#words[at + 3] = d;
    }
    this.#lengths[this.#count++] = length;
  }

  #grow(): void {
    const capacity = 2 * this.#count + 16;
    const words = new Uint32Array(capacity * this.#width);
    const lengths = new Uint8Array(capacity);
    words.set(this.#words);
    lengths.set(this.#lengths);
    this.#words = words;
    this.#lengths = lengths;
  }

  finish(): PrefixList {
    return {
      family: this.#family,
      words: this.#words.slice(0, this.#count * this.#width),
      lengths: this.#lengths.slice(0, this.#count),
    };
  }
}
