// Label predicates -> rows of bits. Each label used is indexed once, value -> workloads; a test
// of a value is then a walk over those that have it, and `and`, `or`, `not` are word operations.
// A row is kept only for values that many workloads share: there are few of those.
import type { Inventory, Workload } from "../inventory/types.ts";
import type { Predicate } from "../model/types.ts";
import {
  type Bitset,
  complement,
  emptyBitset,
  intersection,
  setBit,
  union,
} from "../sets/bitset.ts";
import { unreachable } from "../unreachable.ts";
import type { Universe } from "./types.ts";

/** What the labels of an inventory select. */
export interface LabelIndex {
  /** Endpoints of the workloads that satisfy the predicate. */
  readonly select: (predicate: Predicate) => Bitset;
  /** The values of a single-valued label, sorted; undefined stands last for "has none". */
  readonly valuesOf: (label: string) => readonly (string | undefined)[];
  /** Endpoints of the workloads with this value. */
  readonly withValue: (label: string, value: string | undefined) => Bitset;
}

/** Workload indexes by value; a workload with a set label stands under each of its leaves. */
interface Postings {
  readonly byValue: ReadonlyMap<string, readonly number[]>;
  readonly absent: readonly number[];
  /** Rows for the common values, filled on demand. */
  readonly rows: Map<string | undefined, Bitset>;
}

/** Indexes lazily: a label that no predicate mentions costs nothing. */
export function labelIndex(universe: Universe): LabelIndex {
  const labels = new Map<string, Postings>();
  const postingsOf = (label: string): Postings => {
    const known = labels.get(label) ?? index(universe.workloads, label);
    labels.set(label, known);
    return known;
  };
  const known = new Map<string, Bitset>();
  return {
    select: (predicate) => {
      // WHY: rules repeat inline predicates as text, and each is an object of its own.
      const key = JSON.stringify(spelt(predicate));
      const row = known.get(key) ?? evaluate(universe, postingsOf, predicate);
      known.set(key, row);
      return row;
    },
    valuesOf: (label) => {
      const { byValue, absent } = postingsOf(label);
      return [...[...byValue.keys()].sort(), ...(absent.length > 0 ? [undefined] : [])];
    },
    withValue: (label, value) => rowOf(universe, postingsOf(label), value),
  };
}

function evaluate(
  universe: Universe,
  postingsOf: (label: string) => Postings,
  predicate: Predicate,
): Bitset {
  const recur = (part: Predicate) => evaluate(universe, postingsOf, part);
  switch (predicate.kind) {
    case "is":
    case "contains": {
      const postings = postingsOf(predicate.label.name);
      return anyOf(universe, postings, [...predicate.values]);
    }
    case "defined":
      return complement(rowOf(universe, postingsOf(predicate.label.name), undefined));
    case "not":
      return complement(recur(predicate.of));
    case "and":
      return combined(predicate.of.map(recur), intersection, universe.all);
    case "or":
      return combined(predicate.of.map(recur), union, universe.none);
    default:
      return unreachable(predicate);
  }
}

/** The predicate without identities: equal for equal texts. */
function spelt(predicate: Predicate): unknown {
  switch (predicate.kind) {
    case "is":
    case "contains":
      return [predicate.kind, predicate.label.name, ...predicate.values];
    case "defined":
      return [predicate.kind, predicate.label.name];
    case "not":
      return [predicate.kind, spelt(predicate.of)];
    case "and":
    case "or":
      return [predicate.kind, ...predicate.of.map(spelt)];
    default:
      return unreachable(predicate);
  }
}

/** Joins several rows into one new row. */
function combined(
  [first, second, ...others]: readonly Bitset[],
  join: (a: Bitset, b: Bitset) => Bitset,
  neutral: Bitset,
): Bitset {
  if (first === undefined) return neutral;
  if (second === undefined) return first;
  return others.reduce(join, join(first, second));
}

/** One row for all values: most values of a large label are rare and need none of their own. */
function anyOf(universe: Universe, postings: Postings, values: readonly string[]): Bitset {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return rowOf(universe, postings, only);
  const row = emptyBitset(universe.endpoints.length);
  for (const value of values) setEndpoints(universe, row, postings.byValue.get(value) ?? []);
  return row;
}

function rowOf(universe: Universe, postings: Postings, value: string | undefined): Bitset {
  const known = postings.rows.get(value);
  if (known !== undefined) return known;
  const workloads = value === undefined ? postings.absent : postings.byValue.get(value);
  if (workloads === undefined) return universe.none;
  const row = endpointsOf(universe, workloads);
  // WHY: at most 64 values of a label can be this common, so the rows kept stay few.
  if (workloads.length >= universe.workloads.length / 64) postings.rows.set(value, row);
  return row;
}

/** The endpoints of some workloads. */
export function endpointsOf(universe: Universe, workloads: Iterable<number>): Bitset {
  const row = emptyBitset(universe.endpoints.length);
  setEndpoints(universe, row, workloads);
  return row;
}

function setEndpoints(universe: Universe, row: Bitset, workloads: Iterable<number>): void {
  for (const workload of workloads) {
    const end = universe.firstOf[workload + 1] as number;
    for (let at = universe.firstOf[workload] as number; at < end; at++) setBit(row, at);
  }
}

function index(workloads: Inventory["workloads"], label: string): Postings {
  const byValue = new Map<string, number[]>();
  const absent: number[] = [];
  for (const [number, workload] of workloads.entries()) {
    for (const value of valuesAt(workload, label) ?? []) {
      const list = byValue.get(value);
      if (list === undefined) byValue.set(value, [number]);
      else list.push(number);
    }
    if (!workload.labels.has(label)) absent.push(number);
  }
  return { byValue, absent, rows: new Map() };
}

function valuesAt(workload: Workload, label: string): readonly string[] | undefined {
  const value = workload.labels.get(label);
  return typeof value === "string" ? [value] : value;
}
