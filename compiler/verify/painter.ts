// One first-match list on a plane of two axes, as bits: the columns of a row for which it says the
// second of two verdicts, 32 at a time. Rules that leave rows open are laid down once for all rows,
// as the ground; of each other rule is kept what no such rule before it holds, as a stroke. A row is
// its strokes over the ground, the first rule's last.
import type { Groups } from "./groups.ts";
import { everything } from "./merged.ts";

/** The rules of one list by number. The last one holds everything. */
export interface PlaneRules {
  /** Numbers of sets, or `everything`. */
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** 0 or 1. */
  readonly values: Uint8Array;
}

/** What a rule or stroke costs besides its words. */
const overhead = 4;

/** Numbers of a stroke: place of its bits, first word, words, value (0 or -1) and set of rows. */
const strokeWidth = 5;

export class Painter {
  /** Lines, one after another, each of as many words as the groups of columns need. */
  readonly band: Int32Array;
  /** Words read so far, about. */
  spent = 0;
  readonly #rules: PlaneRules;
  readonly #rows: Groups;
  readonly #columns: Groups;
  /** Columns for which the ground says the second verdict, and those that it decides so far. */
  readonly #ground: Int32Array;
  readonly #covered: Int32Array;
  /** The active rules, up to the first one that holds everything. */
  readonly #active: Int32Array;
  #activeCount = 0;
  #strokes = new Int32Array(64 * strokeWidth);
  #strokeCount = 0;
  /** The columns of the strokes, one after another. */
  #bits = new Int32Array(256);
  #bitCount = 0;

  constructor(rules: PlaneRules, rows: Groups, columns: Groups, band: number) {
    this.#rules = rules;
    this.#rows = rows;
    this.#columns = columns;
    const words = (columns.classes + 31) >>> 5;
    this.band = new Int32Array(band);
    this.#ground = new Int32Array(words);
    this.#covered = new Int32Array(words);
    this.#active = new Int32Array(rules.values.length);
  }

  /** Takes the rules whose bits are set; the list has the words `from` .. `to - 1` of the row. */
  activate(row: Int32Array, from: number, to: number): void {
    this.#activeCount = 0;
    for (let word = from; word < to; word++) {
      for (let bits = row[word] as number; bits !== 0; bits &= bits - 1) {
        const rule = (word - from) * 32 + 31 - Math.clz32(bits & -bits);
        this.#active[this.#activeCount++] = rule;
        this.#rows.mark(this.#rules.rows[rule] as number);
        this.#columns.mark(this.#rules.columns[rule] as number);
      }
    }
  }

  /** Lays the ground and cuts the strokes. */
  prepare(): void {
    const words = (this.#columns.count + 31) >>> 5;
    this.#ground.fill(0, 0, words);
    this.#covered.fill(0, 0, words);
    this.#strokeCount = 0;
    this.#bitCount = 0;
    for (let i = 0; i < this.#activeCount; i++) {
      const rule = this.#active[i] as number;
      if (this.#rules.rows[rule] === everything) this.#lay(rule);
      else this.#cut(rule);
    }
    this.spent += overhead * this.#activeCount;
  }

  /** For every row: the rule decides what no rule on the ground before it does. */
  #lay(rule: number): void {
    const [ground, covered] = [this.#ground, this.#covered];
    const runs = this.#columns.setOf(this.#rules.columns[rule] as number);
    const value = -(this.#rules.values[rule] as number);
    for (let run = 0; run < runs.length; run += 2) {
      const from = this.#columns.before[runs[run] as number] as number;
      const last = (this.#columns.before[runs[run + 1] as number] as number) - 1;
      for (let at = from >>> 5; at <= last >>> 5; at++) {
        const added = bitsWithin(at, from, last) & ~(covered[at] as number);
        ground[at] = (ground[at] as number) | (added & value);
        covered[at] = (covered[at] as number) | added;
      }
      this.spent += (last >>> 5) - (from >>> 5) + 1;
    }
  }

  /** Makes a stroke of what the ground does not decide before the rule, if that is anything. */
  #cut(rule: number): void {
    const runs = this.#columns.setOf(this.#rules.columns[rule] as number);
    const before = this.#columns.before;
    const start = (before[runs[0] as number] as number) >>> 5; // no set is empty
    const words = (((before[runs[runs.length - 1] as number] as number) + 31) >>> 5) - start;
    this.#bits = withRoom(this.#bits, this.#bitCount + words);
    const bits = this.#bits.fill(0, this.#bitCount, this.#bitCount + words);
    let first = -1;
    let end = -1;
    for (let run = 0; run < runs.length; run += 2) {
      const from = before[runs[run] as number] as number;
      const last = (before[runs[run + 1] as number] as number) - 1;
      for (let at = from >>> 5; at <= last >>> 5; at++) {
        const left = bitsWithin(at, from, last) & ~(this.#covered[at] as number);
        if (left === 0) continue;
        const place = this.#bitCount + at - start;
        bits[place] = (bits[place] as number) | left;
        if (first < 0) first = at;
        end = at + 1;
      }
    }
    this.spent += words;
    if (first < 0) return;
    this.#addStroke(rule, this.#bitCount + first - start, first, end - first);
    this.#bitCount += end - start;
  }

  #addStroke(rule: number, place: number, first: number, words: number): void {
    this.#strokes = withRoom(this.#strokes, (this.#strokeCount + 1) * strokeWidth);
    const at = this.#strokeCount++ * strokeWidth;
    this.#strokes[at] = place;
    this.#strokes[at + 1] = first;
    this.#strokes[at + 2] = words;
    this.#strokes[at + 3] = -(this.#rules.values[rule] as number);
    this.#strokes[at + 4] = this.#rules.rows[rule] as number;
  }

  /** Paints lines `from` .. `to - 1` into the first places of the band. */
  paint(from: number, to: number): void {
    const words = (this.#columns.count + 31) >>> 5;
    const band = this.band;
    for (let at = 0; at < words; at++) band[at] = this.#ground[at] as number;
    // Doubles what is filled: a copy of each line by itself costs more.
    const all = (to - from) * words;
    for (let done = words; done < all; done *= 2) {
      band.copyWithin(done, 0, Math.min(done, all - done));
    }
    for (let stroke = (this.#strokeCount - 1) * strokeWidth; stroke >= 0; stroke -= strokeWidth) {
      const runs = this.#rows.setOf(this.#strokes[stroke + 4] as number);
      for (let run = 0; run < runs.length; run += 2) {
        const first = Math.max(from, this.#rows.before[runs[run] as number] as number) - from;
        const end = Math.min(to, this.#rows.before[runs[run + 1] as number] as number) - from;
        if (first < end) this.#paintStroke(stroke, first * words, end * words, words);
      }
    }
    this.spent += all;
  }

  /** On the lines that begin at `from`, at the next multiple of `words` and so on, before `to`. */
  #paintStroke(stroke: number, from: number, to: number, words: number): void {
    const [band, bits, strokes] = [this.band, this.#bits, this.#strokes];
    const place = strokes[stroke] as number;
    const first = strokes[stroke + 1] as number;
    const count = strokes[stroke + 2] as number;
    const value = strokes[stroke + 3] as number;
    for (let i = 0; i < count; i++) {
      const own = bits[place + i] as number;
      const ones = own & value;
      for (let at = from + first + i; at < to; at += words) {
        band[at] = ((band[at] as number) & ~own) | ones;
      }
    }
    this.spent += ((to - from) / words) * count;
  }
}

/** The bits of a word that stand for numbers from `first` to `last`; it has some of them. */
function bitsWithin(word: number, first: number, last: number): number {
  const low = word === first >>> 5 ? -1 << (first & 31) : -1;
  return word === last >>> 5 ? low & (-1 >>> (31 - (last & 31))) : low;
}

function withRoom(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  if (length <= array.length) return array;
  const wider = new Int32Array(Math.max(length, array.length * 2));
  wider.set(array);
  return wider;
}
