// Elementary pieces: what some sets together tell apart. Every address (service) in one atom lies in
// the same of the sets, so whatever is decided by membership is decided once for each atom.
import type { Family } from "./address.ts";
import { type AddressSet, addressSetOfEdges, edgesIn, widthOf } from "./address-set.ts";
import { comparePoints, type Edges, mergeEdges } from "./edges.ts";
import type { ServiceSet } from "./service-set.ts";

/** INVARIANT: neither part is empty. */
export interface AddressAtom {
  /** Indices of the sets that hold it, ascending. */
  readonly of: readonly number[];
  readonly addresses: AddressSet;
}

export interface ServiceAtom {
  readonly of: readonly number[];
  readonly service: ServiceSet;
}

/** The atoms of one family, in the order of their lowest addresses; what no set holds is left out. */
export function addressAtoms(sets: readonly AddressSet[], family: Family): readonly AddressAtom[] {
  return atomsOf(
    sets.map((set) => edgesIn(set, family)),
    widthOf(family),
  ).map(({ of, edges }) => ({ of, addresses: addressSetOfEdges(edges, family) }));
}

/** The atoms of the service line, in ascending order; what no set holds is left out. */
export function serviceAtoms(sets: readonly ServiceSet[]): readonly ServiceAtom[] {
  const lists = sets.map(({ intervals }) =>
    Float64Array.from(intervals.flatMap(({ first, last }) => [first, last + 1])),
  );
  return atomsOf(lists, 1).map(({ of, edges }) => ({
    of,
    service: {
      intervals: Array.from({ length: edges.length / 2 }, (_, i) => ({
        first: edges[2 * i] as number, // edges come in pairs
        last: (edges[2 * i + 1] as number) - 1,
      })),
    },
  }));
}

interface Atom {
  readonly of: readonly number[];
  readonly edges: Edges;
}

/** Where a set begins or has ended: its place in the joined list of edges. */
interface Draft {
  readonly of: readonly number[];
  /** Places of edges, two for each stretch. */
  readonly places: number[];
}

/** Walks all edges in order; stretches within the same sets become one atom. */
function atomsOf(lists: readonly Edges[], width: number): readonly Atom[] {
  const { points, places: order, owners } = mergeEdges(lists, width);
  const drafts = new Map<string, Draft>();
  let open: readonly number[] = [];
  let current: Draft | undefined;
  for (let i = 0; i < order.length; ) {
    const at = order[i] as number;
    do {
      open = toggled(open, owners[(order[i] as number) / width] as number);
      i++;
    } while (
      i < order.length &&
      comparePoints(points, order[i] as number, points, at, width) === 0
    );
    current?.places.push(at);
    current = open.length === 0 ? undefined : draftFor(drafts, open);
    current?.places.push(at);
  }
  return [...drafts.values()].map(({ of, places }) => ({
    of,
    edges: edgesAt(points, places, width),
  }));
}

function draftFor(drafts: Map<string, Draft>, of: readonly number[]): Draft {
  const key = of.length === 1 ? String(of[0]) : of.join();
  const draft = drafts.get(key) ?? { of, places: [] };
  drafts.set(key, draft);
  return draft;
}

function toggled(open: readonly number[], index: number): readonly number[] {
  const at = open.findIndex((one) => one >= index);
  if (at < 0) return [...open, index];
  return open[at] === index ? open.toSpliced(at, 1) : open.toSpliced(at, 0, index);
}

/** Edges of stretches that may touch: an end that is the next beginning is no edge. */
function edgesAt(points: Float64Array, places: readonly number[], width: number): Edges {
  const edges = new Float64Array(places.length * width);
  let length = 0;
  places.forEach((place, index) => {
    const isTouching =
      index % 2 === 0 &&
      length > 0 &&
      comparePoints(points, place, edges, length - width, width) === 0;
    if (isTouching) {
      length -= width;
      return;
    }
    for (let word = 0; word < width; word++) edges[length + word] = points[place + word] as number;
    length += width;
  });
  return length === edges.length ? edges : edges.slice(0, length);
}
