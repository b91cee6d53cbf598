// Where the service line can change its mind. Most of the line is no flow (one point for each
// protocol without ports), so places are counted among the points that are: two neighbouring
// protocols that nobody names are one stretch and need one representative.
import type { Family } from "../sets/address.ts";
import {
  type Interval,
  intersectServices,
  type ServiceSet,
  servicesOfFamily,
} from "../sets/service-set.ts";

/** Ranks among the family's flow points: sorted, disjoint, not adjacent. */
type RankIntervals = readonly Interval[];

interface Line {
  readonly universe: ServiceSet;
  /** Number of flow points before each interval of the universe. */
  readonly before: readonly number[];
  readonly known: WeakMap<ServiceSet, RankIntervals>;
}

const lines: Readonly<Record<Family, Line>> = { 4: lineOf(4), 6: lineOf(6) };

function lineOf(family: Family): Line {
  const universe = servicesOfFamily(family);
  const before: number[] = [];
  let count = 0;
  for (const { first, last } of universe.intervals) {
    before.push(count);
    count += last - first + 1;
  }
  return { universe, before, known: new WeakMap() };
}

/** The first point of every stretch of `subject` within which all of `others` are constant. */
export function representatives(
  subject: ServiceSet,
  others: Iterable<ServiceSet>,
  family: Family,
): readonly number[] {
  const line = lines[family];
  const cuts = new Set<number>();
  for (const other of others) {
    for (const { first, last } of ranksOf(line, other)) cuts.add(first).add(last + 1);
  }
  const sorted = [...cuts].sort((a, b) => a - b);
  return ranksOf(line, subject).flatMap(({ first, last }) =>
    [first, ...sorted.filter((at) => at > first && at <= last)].map((rank) => pointAt(line, rank)),
  );
}

function ranksOf(line: Line, service: ServiceSet): RankIntervals {
  const known = line.known.get(service);
  if (known !== undefined) return known;
  const ranks: { first: number; last: number }[] = [];
  let index = 0;
  for (const { first, last } of intersectServices(service, line.universe).intervals) {
    while ((line.universe.intervals[index]?.last ?? first) < first) index++;
    const offset = (line.before[index] ?? 0) - (line.universe.intervals[index]?.first ?? 0);
    const open = ranks.at(-1);
    if (open !== undefined && open.last + 1 === first + offset) open.last = last + offset;
    else ranks.push({ first: first + offset, last: last + offset });
  }
  line.known.set(service, ranks);
  return ranks;
}

function pointAt({ universe, before }: Line, rank: number): number {
  let low = 0;
  let high = before.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((before[middle] ?? 0) <= rank) low = middle;
    else high = middle - 1;
  }
  return (universe.intervals[low]?.first ?? 0) + rank - (before[low] ?? 0);
}
