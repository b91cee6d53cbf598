// Label predicates -> rows of bits. Each label used is indexed once, value -> workloads; a test
// of a value is then a walk over those that have it, and `and`, `or`, `not` are word operations.
// A row is kept only for values that many workloads share: there are few of those.
import type { Inventory, Workload } from "../inventory/types.ts";
import type { Predicate } from "../model/types.ts";
import { type Bitset, bitsetOf, complement, count, intersection, union } from "../sets/bitset.ts";
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
  /** Rows for common values, and for lists of values as JSON; filled on demand. */
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
      return combined(smallestFirst(predicate.of.map(recur)), intersection, universe.all);
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

/** WHY: what is met first bounds the cost of what follows. */
function smallestFirst(rows: readonly Bitset[]): readonly Bitset[] {
  return rows.toSorted((a, b) => a.words.length - b.words.length);
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

function anyOf(universe: Universe, postings: Postings, values: readonly string[]): Bitset {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return rowOf(universe, postings, only);
  return kept(universe, postings, JSON.stringify(values), () =>
    values.map((value) => rowOf(universe, postings, value)).reduce(union, universe.none),
  );
}

function rowOf(universe: Universe, postings: Postings, value: string | undefined): Bitset {
  const workloads = value === undefined ? postings.absent : postings.byValue.get(value);
  if (workloads === undefined) return universe.none;
  return kept(universe, postings, value, () => endpointsOf(universe, workloads));
}

/** WHY: common values are asked for by many rules; rare ones are cheap, and there are many. */
function kept(
  { endpoints }: Universe,
  { rows }: Postings,
  key: string | undefined,
  make: () => Bitset,
): Bitset {
  const known = rows.get(key);
  if (known !== undefined) return known;
  const row = make();
  if (count(row) >= endpoints.length / 64 && rows.size < rowsKept) rows.set(key, row);
  return row;
}

const rowsKept = 256;

/** The endpoints of some workloads. */
export function endpointsOf(universe: Universe, workloads: Iterable<number>): Bitset {
  const found: number[] = [];
  for (const workload of workloads) {
    const end = universe.firstOf[workload + 1] as number;
    for (let at = universe.firstOf[workload] as number; at < end; at++) found.push(at);
  }
  return bitsetOf(universe.endpoints.length, found);
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
