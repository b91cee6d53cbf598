// The second engine: both lists as decision diagrams over the digits of their classes, which are
// the same diagram exactly where the lists are equal. Always decides.
import { type Diagram, Diagrams, open } from "../bdd/diagrams.ts";
import { type Digits, digitsOf, restrict } from "../bdd/ranges.ts";
import { alignedLayers } from "./align.ts";
import type { AtomSet } from "./atoms.ts";
import { everything, type MergedAxis, type MergedList, type MergedPair } from "./merged.ts";

/** Classes of the lowest difference in the given order of axes; undefined: there is none. */
export function differenceByDiagrams(
  pair: MergedPair,
  order: readonly number[],
): readonly number[] | undefined {
  const { axes, a, b } = pair;
  const verdicts = [...new Set([...a.verdicts, ...b.verdicts])];
  const drawing = new Drawing(axes, order, verdicts);
  const [layersA, layersB] = alignedLayers(pair, order);
  const [inA, inB] = [drawing.layers(a, layersA), drawing.layers(b, layersB)];
  const region = drawing.regionOfChanges(inA, inB);
  if (region === open) return undefined;
  const left = drawing.fold(inA, region);
  const right = drawing.fold(inB, region);
  return left === right ? undefined : drawing.difference(left, right);
}

class Drawing {
  readonly #axes: readonly MergedAxis[];
  readonly #order: readonly number[];
  readonly #digits: readonly Digits[];
  readonly #values: ReadonlyMap<number, number>;
  readonly #diagrams: Diagrams;
  /** For each position: diagrams of a set with something inside, by both numbers. */
  readonly #restricted: readonly Map<number, Map<Diagram, Diagram>>[];

  constructor(axes: readonly MergedAxis[], order: readonly number[], verdicts: readonly number[]) {
    this.#axes = axes;
    this.#order = order;
    let level = 0;
    this.#digits = order.map((axis) => {
      const digits = digitsOf(level, (axes[axis] as MergedAxis).classes); // an order of these axes
      level += digits.bits;
      return digits;
    });
    this.#values = new Map(verdicts.map((verdict, value) => [verdict, value]));
    this.#diagrams = new Diagrams(verdicts.length);
    this.#restricted = order.map(() => new Map());
  }

  /** The union of each layer of rules. */
  layers(list: MergedList, layers: readonly (readonly number[])[]): readonly Diagram[] {
    return layers.map((rules) => this.#join(rules.map((rule) => this.#box(list, rule))));
  }

  /**
   * Has a value wherever some layer of one is not that of the other. Elsewhere the first layer that
   * has a value is the same for both, so only here can the lists differ.
   */
  regionOfChanges(a: readonly Diagram[], b: readonly Diagram[]): Diagram {
    const changes: Diagram[] = [];
    for (let layer = 0; layer < Math.max(a.length, b.length); layer++) {
      changes.push(this.#diagrams.differing(a[layer] ?? open, b[layer] ?? open));
    }
    return this.#join(changes);
  }

  /**
   * The first layer that has a value, within the region. From behind: so each layer costs what it
   * holds itself and not what lies under it; joining halves of the layers makes twice the nodes.
   */
  fold(layers: readonly Diagram[], region: Diagram): Diagram {
    return layers.reduceRight(
      (under, layer) => this.#diagrams.override(this.#diagrams.within(layer, region), under),
      open,
    );
  }

  /** Where the diagrams are not the same: classes by axis. */
  difference(left: Diagram, right: Diagram): readonly number[] {
    const classes = this.#axes.map(() => 0);
    let [a, b] = [left, right];
    for (const [position, { level, bits, count }] of this.#digits.entries()) {
      let code = 0;
      for (let bit = 0; bit < bits; bit++) {
        const lowA = this.#diagrams.lowOf(a, level + bit);
        const lowB = this.#diagrams.lowOf(b, level + bit);
        const isHigh = lowA === lowB;
        code = code * 2 + (isHigh ? 1 : 0);
        a = isHigh ? this.#diagrams.highOf(a, level + bit) : lowA;
        b = isHigh ? this.#diagrams.highOf(b, level + bit) : lowB;
      }
      classes[this.#order[position] as number] = Math.min(code, count - 1);
    }
    return classes;
  }

  /** The first that has a value, by halves of halves: what stands near is joined first. */
  #join(diagrams: readonly Diagram[]): Diagram {
    let row = diagrams;
    while (row.length > 1) {
      const half: Diagram[] = [];
      for (let i = 0; i < row.length; i += 2) {
        const first = row[i] as Diagram; // `i` is in range
        half.push(this.#diagrams.override(first, row[i + 1] ?? open));
      }
      row = half;
    }
    return row[0] ?? open;
  }

  #box({ verdicts, sets }: MergedList, rule: number): Diagram {
    let inside = this.#diagrams.constant(this.#values.get(verdicts[rule] as number) as number);
    for (let position = this.#order.length - 1; position >= 0; position--) {
      const axis = this.#order[position] as number;
      const number = sets[rule * this.#order.length + axis] as number;
      if (number !== everything) inside = this.#restrict(position, axis, number, inside);
    }
    return inside;
  }

  #restrict(position: number, axis: number, number: number, inside: Diagram): Diagram {
    const bySet = this.#restricted[position] as Map<number, Map<Diagram, Diagram>>; // one for each
    let byInside = bySet.get(number);
    if (byInside === undefined) {
      byInside = new Map();
      bySet.set(number, byInside);
    }
    const known = byInside.get(inside);
    if (known !== undefined) return known;
    const digits = this.#digits[position] as Digits; // one for each position
    const set = (this.#axes[axis] as MergedAxis).sets[number] as AtomSet; // a named set
    const made = restrict(this.#diagrams, digits, set, inside);
    byInside.set(inside, made);
    return made;
  }
}
