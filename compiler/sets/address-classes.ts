// Addresses partitioned into classes: what none of some sets tells apart stays together. Sets of tens of
// thousands of addresses are then short lists of numbers, and what thousands of hosts ask of the same
// sets costs by classes, not by addresses.
import type { Family } from "./address.ts";
import { type AddressSet, addressSetOfEdges, edgesIn, widthOf } from "./address-set.ts";
import { comparePoints, type Edges, mergeEdges } from "./edges.ts";

export type ClassesByFamily = Readonly<Record<Family, AddressClasses>>;

export const addressClasses = (sets: readonly AddressSet[]): ClassesByFamily => ({
  4: new AddressClasses(sets, 4),
  6: new AddressClasses(sets, 6),
});

/** Some classes, ascending, and lists of them by their places there. */
export interface Among {
  readonly numbers: Int32Array;
  readonly places: readonly Int32Array[];
}

export class AddressClasses {
  readonly #family: Family;
  readonly #width: number;
  /** Where stretches begin, ascending; each but the last goes on to where the next begins. */
  readonly #starts: Float64Array;
  /** Class of each stretch; -1 where no set has it. */
  readonly #classOf: Int32Array;
  /** Of class c: `#stretches` from `#offsets[c]` up to `#offsets[c + 1]`. */
  readonly #stretches: Int32Array;
  readonly #offsets: Int32Array;
  readonly #known = new WeakMap<AddressSet, Int32Array>();
  /** Scratch space for stretches of some classes. */
  readonly #joined: Int32Array;
  readonly #places: Int32Array;
  /** Scratch space, one for each class; zero between calls. */
  readonly #met: Int32Array;

  constructor(sets: readonly AddressSet[], family: Family) {
    this.#family = family;
    this.#width = widthOf(family);
    const { starts, classOf, count } = classify(
      sets.map((set) => edgesIn(set, family)),
      this.#width,
    );
    this.#starts = starts;
    this.#classOf = classOf;
    this.#offsets = new Int32Array(count + 1);
    for (const one of classOf) {
      if (one >= 0) this.#offsets[one + 1] = (this.#offsets[one + 1] as number) + 1;
    }
    for (let one = 0; one < count; one++) {
      this.#offsets[one + 1] = (this.#offsets[one + 1] as number) + (this.#offsets[one] as number);
    }
    this.#stretches = new Int32Array(this.#offsets[count] as number);
    const next = this.#offsets.slice();
    classOf.forEach((one, stretch) => {
      if (one < 0) return;
      this.#stretches[next[one] as number] = stretch;
      next[one] = (next[one] as number) + 1;
    });
    this.#joined = new Int32Array(this.#stretches.length);
    this.#places = new Int32Array(2 * this.#stretches.length);
    this.#met = new Int32Array(count);
  }

  /** Numbered from 0 in the order of their lowest addresses. */
  get count(): number {
    return this.#met.length;
  }

  /** The classes that together are exactly the set, ascending; undefined where it splits one. */
  classesOf(set: AddressSet): Int32Array | undefined {
    const known = this.#known.get(set);
    if (known !== undefined) return known.length === 0 ? undefined : known;
    const found = this.#find(edgesIn(set, this.#family));
    this.#known.set(set, found);
    return found.length === 0 ? undefined : found;
  }

  /**
   * The classes that some lists have, in turn: their numbers, and the lists as places among them.
   * Nothing here costs by the classes that there are.
   */
  among(lists: readonly Int32Array[]): Among {
    const used: number[] = [];
    for (const list of lists) {
      for (let at = 0; at < list.length; at++) {
        const one = list[at] as number; // in range
        if (this.#met[one] !== 0) continue;
        this.#met[one] = 1;
        used.push(one);
      }
    }
    const numbers = Int32Array.from(used).sort();
    for (let place = 0; place < numbers.length; place++) {
      this.#met[numbers[place] as number] = place;
    }
    const places = lists.map((list) => this.#placed(list));
    for (const one of used) this.#met[one] = 0;
    return { numbers, places };
  }

  #placed(list: Int32Array): Int32Array {
    const places = new Int32Array(list.length);
    for (let at = 0; at < list.length; at++) {
      places[at] = this.#met[list[at] as number] as number; // in range
    }
    return places;
  }

  /** The addresses of some classes, each once. */
  union(classes: Iterable<number>): AddressSet {
    let count = 0;
    for (const one of classes) {
      for (let at = this.#offsets[one] as number; at < (this.#offsets[one + 1] as number); at++) {
        this.#joined[count++] = this.#stretches[at] as number; // in range
      }
    }
    const stretches = this.#joined.subarray(0, count).sort();
    const width = this.#width;
    /** Stretches that begin, and those before which others end, in turns. */
    let places = 0;
    for (let at = 0; at < count; at++) {
      const stretch = stretches[at] as number; // in range
      if (places > 0 && this.#places[places - 1] === stretch)
        this.#places[places - 1] = stretch + 1;
      else {
        this.#places[places++] = stretch;
        this.#places[places++] = stretch + 1;
      }
    }
    const edges = new Float64Array(places * width);
    for (let at = 0; at < places; at++) {
      const from = (this.#places[at] as number) * width; // in range
      for (let word = 0; word < width; word++) {
        edges[at * width + word] = this.#starts[from + word] as number;
      }
    }
    return addressSetOfEdges(edges, this.#family);
  }

  /** None where the set splits a class (or is empty). */
  #find(edges: Edges): Int32Array {
    const width = this.#width;
    const found: number[] = [];
    let isWhole = true;
    let end = 0;
    for (let at = 0; at < edges.length && isWhole; at += 2 * width) {
      let stretch = this.#stretchAt(edges, at, end);
      end = stretch < 0 ? -1 : this.#stretchAt(edges, at + width, stretch + 1);
      if (end < 0) isWhole = false;
      for (; isWhole && stretch < end; stretch++) {
        const one = this.#classOf[stretch] as number; // in range
        if (one < 0) isWhole = false;
        else {
          if (this.#met[one] === 0) found.push(one);
          this.#met[one] = (this.#met[one] as number) + 1;
        }
      }
    }
    for (const one of found) {
      const size = (this.#offsets[one + 1] as number) - (this.#offsets[one] as number);
      if (this.#met[one] !== size) isWhole = false;
      this.#met[one] = 0;
    }
    return isWhole ? Int32Array.from(found).sort() : none;
  }

  /** The stretch, not before `from`, that begins at this edge; -1 where none does. */
  #stretchAt(edges: Edges, at: number, from: number): number {
    // Mostly it is near: steps of growing size, then halves.
    let low = from;
    let high = from;
    for (let step = 1; high < this.#classOf.length && this.#order(high, edges, at) < 0; step *= 2) {
      low = high + 1;
      high += step;
    }
    high = Math.min(high + 1, this.#classOf.length);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#order(middle, edges, at);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return -1;
  }

  #order(stretch: number, edges: Edges, at: number): number {
    return comparePoints(this.#starts, stretch * this.#width, edges, at, this.#width);
  }
}

const none = new Int32Array(0);

/**
 * Stretches between neighbouring edges, those of equal marks as one class. Marks are drawn by the
 * number of a set and could meet by chance: the sets of such a class split it, and are told so.
 */
function classify(sets: readonly Edges[], width: number) {
  const { points, places, owners } = mergeEdges(sets, width);
  const starts = new Float64Array(places.length * width);
  const classOf = new Int32Array(places.length);
  const byMark = new Map<number, number>();
  const isOpen = new Uint8Array(sets.length);
  let [high, low, open, count] = [0, 0, 0, 0];
  for (let i = 0; i < places.length; count++) {
    const at = places[i] as number; // in range
    do {
      const set = owners[(places[i] as number) / width] as number;
      open += isOpen[set] === 0 ? 1 : -1;
      isOpen[set] = 1 - (isOpen[set] as number);
      high ^= scattered(2 * set) & 0x1fffff;
      low ^= scattered(2 * set + 1);
      i++;
    } while (
      i < places.length &&
      comparePoints(points, places[i] as number, points, at, width) === 0
    );
    for (let word = 0; word < width; word++) {
      starts[count * width + word] = points[at + word] as number;
    }
    const mark = high * 2 ** 32 + (low >>> 0);
    const known = byMark.get(mark);
    if (open > 0 && known === undefined) byMark.set(mark, byMark.size);
    classOf[count] = open === 0 ? -1 : (known ?? byMark.size - 1);
  }
  return {
    starts: starts.slice(0, count * width),
    classOf: classOf.slice(0, count),
    count: byMark.size,
  };
}

/** The finaliser of MurmurHash3. */
function scattered(number: number): number {
  let hash = Math.imul(number + 0x9e3779b9, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
