// Which rules hold a flow, and whether several together hold all flows of a rule.
//
// The one idea: a flow of what is left must be in some rule. Where it is in none, something is left
// over for good, which is so for nearly every rule at its first flow; where it is in one, that rule is
// taken out, exactly, and the next flow of what remains is asked about.

import { platformRows } from "../../compiler/extent/extent.ts";
import { meetTerms, type TermContext } from "../../compiler/extent/term.ts";
import type { Expansion, Product, Term } from "../../compiler/extent/types.ts";
import type { Rule } from "../../compiler/model/types.ts";
import { type AddressSet, addressesMeet, hasAddress } from "../../compiler/sets/address-set.ts";
import {
  type Bitset,
  bitsetOf,
  hasBit,
  intersection,
  members,
} from "../../compiler/sets/bitset.ts";
import { hasService } from "../../compiler/sets/service-set.ts";
import { type Probe, type ProbeEnd, probing } from "./probe.ts";
import { rowLookup } from "./row-lookup.ts";
import { meetProducts, subtractProduct } from "./subtract-product.ts";

export interface CoverIndex {
  /**
   * Rules among those accepted that together hold every flow of the products, in the order found.
   * Undefined where they do not, or where finding out would take too many steps.
   */
  readonly coverOf: (
    products: readonly Product[],
    accept: (rule: Rule) => boolean,
  ) => readonly Rule[] | undefined;
  /** For each rule among those accepted that has flows of the product: those flows. */
  readonly sharedWith: (
    product: Product,
    accept: (rule: Rule) => boolean,
  ) => Generator<Product, void, void>;
}

/** A product that a rule has. */
export interface Held {
  readonly rule: Rule;
  readonly product: Product;
}

/** Steps for the products of one rule: what takes more is not spoken of. */
const stepsMax = 400;

/** Of what rules have in this universe. */
export function coverIndex({ universe }: Expansion, held: readonly Held[]): CoverIndex {
  const terms: TermContext = {
    universe,
    onPlatform: platformRows(universe),
    share: (row) => row,
  };
  const probe = probing(universe);
  const holding = {
    source: endIndex(held.map(({ product }) => product.source)),
    destination: endIndex(held.map(({ product }) => product.destination)),
  };
  const holderOf = (flow: Probe, piece: Product, accept: (rule: Rule) => boolean) => {
    const family = universe.groups[flow.group]?.family;
    for (const number of holding.destination.at(flow.destination)) {
      const one = held[number];
      if (one === undefined || !hasService(one.product.service, flow.service)) continue;
      const { product, rule } = one;
      if (product.family !== undefined && product.family !== family) continue;
      if (!holds(product.source, flow.source) || !accept(rule)) continue;
      if (canMeet(terms, piece, product)) return one;
    }
    return undefined;
  };
  return {
    coverOf: (products, accept) => {
      const found = new Set<Rule>();
      const left = [...products];
      for (let steps = 0; left.length > 0; steps++) {
        const piece = left.pop();
        const flow = piece && probe(piece);
        if (piece === undefined || flow === undefined) continue; // nothing is in it
        if (steps >= stepsMax) return undefined;
        const holder = holderOf(flow, piece, accept);
        if (holder === undefined) return undefined;
        found.add(holder.rule);
        left.push(...subtractProduct(terms, piece, holder.product));
      }
      return [...found];
    },
    *sharedWith(product, accept) {
      const both = intersection(
        holding.source.meeting(product.source),
        holding.destination.meeting(product.destination),
      );
      for (const number of members(both)) {
        const one = held[number];
        if (one === undefined || !accept(one.rule)) continue;
        const shared = meetProducts(terms, product, one.product);
        if (shared !== undefined && probe(shared) !== undefined) yield shared;
      }
    },
  };
}

/** Whether some process of the piece is one of the other: so it is where neither asks for one. */
function canMeet(terms: TermContext, piece: Product, other: Product): boolean {
  return (["source", "destination"] as const).every(
    (end) => isPlain(other[end]) || meetTerms(terms, [piece[end]], [other[end]]).length > 0,
  );
}

function holds({ managed, external }: Term, end: ProbeEnd): boolean {
  return end.kind === "managed" ? hasBit(managed, end.endpoint) : hasAddress(external, end.address);
}

const isPlain = ({ include, exclude }: Term) => include.length === 0 && exclude.length === 0;

interface EndIndex {
  /** The numbers of the terms that hold an end, whatever the process. */
  readonly at: (end: ProbeEnd) => readonly number[];
  /** The numbers of the terms that have some end of a term. */
  readonly meeting: (term: Term) => Bitset;
}

function endIndex(terms: readonly Term[]): EndIndex {
  const rows = numbersBy(terms.map(({ managed }) => managed));
  const sets = numbersBy(terms.map(({ external }) => external));
  const known = new Map<number | string, readonly number[]>();
  const meetings = new WeakMap<Bitset, WeakMap<AddressSet, Bitset>>();
  const lookup = rowLookup(rows.map(([row]) => row));
  const numbersOf = (indexes: readonly number[]) =>
    indexes.flatMap((index) => rows[index]?.[1] ?? []);
  const atEnd = (end: ProbeEnd) =>
    end.kind === "managed"
      ? numbersOf(lookup.holding(end.endpoint))
      : numbersWhere(sets, (set) => hasAddress(set, end.address));
  return {
    at: (end) => {
      const key = end.kind === "managed" ? end.endpoint : end.address.words.join();
      const found = known.get(key) ?? atEnd(end);
      known.set(key, found);
      return found;
    },
    meeting: ({ managed, external }) => {
      const ofRow = meetings.get(managed) ?? new WeakMap<AddressSet, Bitset>();
      const found =
        ofRow.get(external) ??
        bitsetOf(terms.length, [
          ...numbersOf(lookup.meeting(managed)),
          ...numbersWhere(sets, (set) => addressesMeet(set, external)),
        ]);
      meetings.set(managed, ofRow.set(external, found));
      return found;
    },
  };
}

/** A key, and the numbers that have it. */
type Numbered<T> = readonly (readonly [key: T, numbers: readonly number[]])[];

function numbersWhere<T>(all: Numbered<T>, holdsKey: (key: T) => boolean): number[] {
  const found: number[] = [];
  for (const [key, numbers] of all) {
    if (!holdsKey(key)) continue;
    for (const number of numbers) found.push(number);
  }
  return found;
}

/** Rows of equal content are one object nearly always, so there are few. */
function numbersBy<T extends Bitset | AddressSet>(keys: readonly T[]): Numbered<T> {
  const numbers = new Map<T, number[]>();
  for (const [number, key] of keys.entries()) {
    const list = numbers.get(key);
    if (list === undefined) numbers.set(key, [number]);
    else list.push(number);
  }
  return [...numbers];
}
