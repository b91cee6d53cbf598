// Sets of points of a line as their edges: where the set begins and where it has ended, in turns,
// strictly ascending. All of set algebra is then one walk along two lists of edges, and every set has
// one form. A point is one word (IPv4) or four (IPv6), most significant first; the end of the line is
// one more than the last point, which a float holds and a 32-bit word would not.

/** `width` words for each edge; the number of edges is even. */
export type Edges = Float64Array;

export const noEdges: Edges = new Float64Array(0);

/** Truth tables of operations: bit 2 a + b says whether a point in a, in b, is in the result. */
export const inEither = 0b1110;
export const inBoth = 0b1000;
export const inFirstOnly = 0b0100;

/** The points of one operation on two sets. */
export function combine(a: Edges, b: Edges, width: number, table: number): Edges {
  const result = new Float64Array(a.length + b.length);
  let length = 0;
  let i = 0;
  let j = 0;
  let state = 0;
  let isIn = 0;
  while (i < a.length || j < b.length) {
    const order = i >= a.length ? 1 : j >= b.length ? -1 : comparePoints(a, i, b, j, width);
    const source = order <= 0 ? a : b;
    const at = order <= 0 ? i : j;
    if (order <= 0) {
      state ^= 2;
      i += width;
    }
    if (order >= 0) {
      state ^= 1;
      j += width;
    }
    const isNowIn = (table >>> state) & 1;
    if (isNowIn === isIn) continue;
    isIn = isNowIn;
    for (let word = 0; word < width; word++) result[length + word] = source[at + word] as number;
    length += width;
  }
  return length === result.length ? result : result.slice(0, length);
}

/** Ranges (an edge and the next) of either that are not, both ends alike, ranges of the other. */
export function withoutCommonRanges(a: Edges, b: Edges, width: number): readonly [Edges, Edges] {
  const kept = [new Float64Array(a.length), new Float64Array(b.length)] as const;
  const lengths: [number, number] = [0, 0];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const order = i >= a.length ? 1 : j >= b.length ? -1 : comparePoints(a, i, b, j, 2 * width);
    if (order < 0) {
      for (let end = i + 2 * width; i < end; i++) kept[0][lengths[0]++] = a[i] as number;
    } else if (order > 0) {
      for (let end = j + 2 * width; j < end; j++) kept[1][lengths[1]++] = b[j] as number;
    } else {
      i += 2 * width;
      j += 2 * width;
    }
  }
  return [kept[0].slice(0, lengths[0]), kept[1].slice(0, lengths[1])];
}

/** Order of the points at two places. */
export function comparePoints(
  a: Edges | readonly number[],
  i: number,
  b: Edges | readonly number[],
  j: number,
  width: number,
): number {
  for (let word = 0; word < width; word++) {
    const difference = (a[i + word] as number) - (b[j + word] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Number of edges at or before the point: odd where the set holds it. */
export function edgesUpTo(edges: Edges, point: readonly number[], width: number): number {
  let low = 0;
  let high = edges.length / width;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePoints(edges, middle * width, point, 0, width) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether every point of `narrow` is in `wide`; quick where the first has few edges. */
export function isCovered(narrow: Edges, wide: Edges, width: number): boolean {
  if (narrow.length > 0 && wide.length === 0) return false;
  if (narrow.length * 8 > wide.length) {
    return combine(narrow, wide, width, inFirstOnly).length === 0;
  }
  for (let at = 0; at < narrow.length; at += 2 * width) {
    const first = Array.from(narrow.subarray(at, at + width));
    const upTo = edgesUpTo(wide, first, width);
    if (upTo % 2 === 0) return false;
    if (comparePoints(narrow, at + width, wide, upTo * width, width) > 0) return false;
  }
  return true;
}

/** Whether some point is in both sets. */
export function edgesMeet(a: Edges, b: Edges, width: number): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    // The stretch that ends first is past, unless the other one has begun before that.
    if (comparePoints(a, i + width, b, j, width) <= 0) i += 2 * width;
    else if (comparePoints(b, j + width, a, i, width) <= 0) j += 2 * width;
    else return true;
  }
  return false;
}

/** The stretches of `a` that have some point of `b`, whole. */
export function stretchesMeeting(a: Edges, b: Edges, width: number): Edges {
  const kept = new Float64Array(a.length);
  let length = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (comparePoints(b, j + width, a, i, width) <= 0) {
      j += 2 * width;
      continue;
    }
    if (comparePoints(a, i + width, b, j, width) > 0) {
      kept.set(a.subarray(i, i + 2 * width), length);
      length += 2 * width;
    }
    i += 2 * width;
  }
  return kept.slice(0, length);
}

export function sameEdges(a: Edges, b: Edges): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The union of stretches (first, end) in any order, overlapping or not. */
export function edgesOf(stretches: Float64Array, width: number): Edges {
  const stride = 2 * width;
  const sorted = isAscending(stretches, width) ? stretches : sortStretches(stretches, width);
  const result = new Float64Array(sorted.length);
  let length = 0;
  for (let at = 0; at < sorted.length; at += stride) {
    const open = length - width;
    if (length > 0 && comparePoints(sorted, at, result, open, width) <= 0) {
      if (comparePoints(sorted, at + width, result, open, width) > 0) {
        for (let word = 0; word < width; word++) {
          result[open + word] = sorted[at + width + word] as number;
        }
      }
      continue;
    }
    for (let word = 0; word < stride; word++) result[length + word] = sorted[at + word] as number;
    length += stride;
  }
  return length === result.length ? result : result.slice(0, length);
}

function isAscending(stretches: Float64Array, width: number): boolean {
  const stride = 2 * width;
  for (let at = stride; at < stretches.length; at += stride) {
    if (comparePoints(stretches, at - stride, stretches, at, width) > 0) return false;
  }
  return true;
}

function sortStretches(stretches: Float64Array, width: number): Float64Array {
  const stride = 2 * width;
  const order = Uint32Array.from({ length: stretches.length / stride }, (_, i) => i * stride);
  order.sort((a, b) => comparePoints(stretches, a, stretches, b, width));
  const sorted = new Float64Array(stretches.length);
  order.forEach((from, to) => {
    sorted.set(stretches.subarray(from, from + stride), to * stride);
  });
  return sorted;
}

/** Edges of several sets, as one list of words, and the places of its edges in ascending order. */
export interface MergedEdges {
  readonly points: Float64Array;
  /** Where each edge begins in `points`. Equal edges stand in the order of their sets. */
  readonly places: Uint32Array;
  /** Which set each edge is of, by its number in `points`. */
  readonly owners: Uint32Array;
}

/** Merges lists that are ascending already, two by two. */
export function mergeEdges(sets: readonly Edges[], width: number): MergedEdges {
  const total = sets.reduce((sum, { length }) => sum + length, 0);
  const count = total / width;
  const points = new Float64Array(total);
  const owners = new Uint32Array(count);
  const places = new Uint32Array(count);
  for (let i = 0; i < count; i++) places[i] = i * width;
  /** Where each ascending run ends, in edges. */
  let ends: number[] = [];
  let at = 0;
  sets.forEach((set, index) => {
    points.set(set, at);
    owners.fill(index, at / width, (at + set.length) / width);
    at += set.length;
    if (set.length > 0) ends.push(at / width);
  });
  let from = places;
  let to = new Uint32Array(count);
  while (ends.length > 1) {
    const next: number[] = [];
    let start = 0;
    for (let i = 0; i < ends.length; i += 2) {
      const middle = ends[i] as number; // in range
      const end = ends[i + 1] ?? middle;
      mergeRuns({ points, width, from, to }, start, middle, end);
      next.push(end);
      start = end;
    }
    ends = next;
    [from, to] = [to, from];
  }
  return { points, places: from, owners };
}

interface Merging {
  readonly points: Float64Array;
  readonly width: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

/** Two runs that stand next to each other, from one array into the other. */
function mergeRuns(
  { points, width, from, to }: Merging,
  start: number,
  middle: number,
  end: number,
) {
  let i = start;
  let j = middle;
  for (let k = start; k < end; k++) {
    const isFirst =
      j >= end ||
      (i < middle &&
        comparePoints(points, from[i] as number, points, from[j] as number, width) <= 0);
    to[k] = isFirst ? (from[i++] as number) : (from[j++] as number);
  }
}

/** Whether no two of the sets share a point. */
export function isDisjoint(sets: readonly Edges[], width: number): boolean {
  const all = new Float64Array(sets.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const set of sets) {
    all.set(set, at);
    at += set.length;
  }
  const sorted = isAscending(all, width) ? all : sortStretches(all, width);
  for (let i = 2 * width; i < sorted.length; i += 2 * width) {
    if (comparePoints(sorted, i - width, sorted, i, width) > 0) return false;
  }
  return true;
}

/** Whether no point is in two of the sets. */
export function areApart(sets: readonly Edges[], width: number): boolean {
  const { points, places } = mergeEdges(sets, width);
  let open = 0;
  for (let i = 0; i < places.length; ) {
    const at = places[i] as number; // in range
    do {
      // Sets have an even number of edges, so every other place begins a stretch.
      open += ((places[i] as number) / width) % 2 === 0 ? 1 : -1;
      i++;
    } while (
      i < places.length &&
      comparePoints(points, places[i] as number, points, at, width) === 0
    );
    if (open > 1) return false;
  }
  return true;
}

/** The union of many sets, two by two. */
export function unionOfEdges(sets: readonly Edges[], width: number): Edges {
  let level = sets.filter((set) => set.length > 0);
  while (level.length > 1) {
    const next: Edges[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) {
      next.push(combine(level[i] as Edges, level[i + 1] as Edges, width, inEither)); // in range
    }
    if (level.length % 2 === 1) next.push(level.at(-1) as Edges); // there is one
    level = next;
  }
  return level[0] ?? noEdges;
}
