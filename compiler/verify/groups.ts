// The classes of an axis that a few of its sets tell apart: classes that follow one another and at
// which none of those sets begins or ends are one group.
import type { AtomSet } from "./atoms.ts";
import { everything } from "./merged.ts";

export class Groups {
  readonly classes: number;
  /** Number of groups that begin before each class, and of all. */
  readonly before: Int32Array;
  /** The first class of each group. */
  readonly first: Int32Array;
  count = 0;
  readonly #sets: readonly AtomSet[];
  readonly #all: AtomSet;
  readonly #edges: Uint8Array;

  constructor(classes: number, sets: readonly AtomSet[]) {
    this.classes = classes;
    this.before = new Int32Array(classes + 1);
    this.first = new Int32Array(classes);
    this.#sets = sets;
    this.#all = Int32Array.of(0, classes);
    this.#edges = new Uint8Array(classes + 1);
  }

  setOf(number: number): AtomSet {
    return number === everything ? this.#all : (this.#sets[number] as AtomSet); // a named set
  }

  /** Begins anew. */
  clear(): void {
    this.#edges.fill(0);
  }

  /** Tells the classes of a set from the others. */
  mark(number: number): void {
    if (number === everything) return;
    const runs = this.#sets[number] as AtomSet; // a named set
    for (let i = 0; i < runs.length; i++) this.#edges[runs[i] as number] = 1;
  }

  /** Counts the groups. */
  settle(): void {
    let count = 0;
    for (let at = 0; at < this.classes; at++) {
      this.before[at] = count;
      if (at === 0 || this.#edges[at] === 1) this.first[count++] = at;
    }
    this.before[this.classes] = count;
    this.count = count;
  }
}
