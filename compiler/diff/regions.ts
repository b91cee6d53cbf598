// Where two versions can differ at all: between points of which some rule of one says what no rule of the
// other says, and at classes that have other enforcers, other windows, or are only in one of them.
import type { Direction } from "../inventory/types.ts";
import type { EndStates, Standing } from "./ends.ts";
import type { Entries, Entry } from "./entries.ts";
import type { PointSpace } from "./points.ts";

/** Versions by number. */
export interface Pair {
  readonly before: number;
  readonly after: number;
}

/** Sources, each with the destinations to look at, both ascending. A superset of what differs. */
export function* regionsOf(
  space: PointSpace,
  ends: EndStates,
  pair: Pair,
  entries: readonly [before: Entries, after: Entries],
): Generator<readonly [source: number, destinations: Int32Array]> {
  const [before, after] = entries;
  const changed = new Set(
    [...space.classes.keys()].filter((of) => isChanged(space, ends, of, pair)),
  );
  const classOf = (point: number) => space.points[point]?.of ?? -1;
  const isOfChanged = (points: Int32Array) => points.some((point) => changed.has(classOf(point)));
  const differs = (entry: Entry, other: Entries) =>
    !other.contents.has(entry.content) ||
    (changed.size > 0 &&
      (isOfChanged(entry.source.members) || isOfChanged(entry.destination.members)));
  const differing = [
    ...before.all.filter((entry) => differs(entry, after)),
    ...after.all.filter((entry) => differs(entry, before)),
  ];
  /** By class of sources: destinations that some entry names. Whole classes, since enforcers blur processes. */
  const named = new Map<number, Set<Int32Array>>();
  for (const { source, destination } of differing) {
    for (const of of new Set(Array.from(source.members, classOf))) {
      const sets = named.get(of) ?? new Set();
      named.set(of, sets.add(destination.members));
    }
  }
  const open = openEnds(space, ends, pair, changed);
  for (const [of, { points }] of space.classes.entries()) {
    const wanted = new Set<number>();
    for (const members of named.get(of) ?? []) {
      for (const point of members) wanted.add(classOf(point));
    }
    for (const other of open.facing(of)) wanted.add(other);
    if (wanted.size === 0) continue;
    const destinations = Int32Array.from(
      [...wanted].flatMap((other) => space.classes[other]?.points ?? []),
    ).sort();
    for (const point of points) yield [point, destinations];
  }
}

/**
 * Pairs between which something may get through that no rule allows: neither end holds it up. Only those
 * with a changed end can differ beyond what entries say; and where either end holds up all that its rules
 * do not allow, entries say it all. That is why entries of changed classes are all taken to differ.
 */
function openEnds(
  { classes }: PointSpace,
  ends: EndStates,
  pair: Pair,
  changed: ReadonlySet<number>,
): { readonly facing: (source: number) => readonly number[] } {
  const isOpen = (of: number, direction: Direction) =>
    classes[of]?.outside !== undefined ||
    [pair.before, pair.after].some((version) => {
      const standing = ends.at(version, of, direction);
      return standing !== undefined && (standing.kinds.length === 0 || standing.observed);
    });
  const all = [...classes.keys()];
  const group = (of: number) => classes[of]?.group;
  const receiving = all.filter((of) => isOpen(of, "ingress"));
  /** Of these some enforcer at the other end may know nothing. */
  const special = all.filter((of) => ends.mayBeBlind(of));
  const isSpecial = new Set(special);
  const among = { all, receiving, special: special.filter((of) => isOpen(of, "ingress")) };
  const byGroup = {
    all: Map.groupBy(among.all, group),
    receiving: Map.groupBy(among.receiving, group),
    special: Map.groupBy(among.special, group),
  };
  return {
    facing: (source) => {
      const own = group(source);
      const facing = [
        ...(isOpen(source, "egress") ? (byGroup.receiving.get(own) ?? []) : []),
        ...(byGroup.special.get(own) ?? []),
        ...(isSpecial.has(source) ? (byGroup.all.get(own) ?? []) : []),
      ];
      return changed.has(source) ? facing : facing.filter((of) => changed.has(of));
    },
  };
}

/** Other enforcers, observed or not, or somebody who is not in both. */
function isChanged(
  { classes }: PointSpace,
  ends: EndStates,
  of: number,
  { before, after }: Pair,
): boolean {
  if (classes[of]?.there[before] !== classes[of]?.there[after]) return true;
  return (["egress", "ingress"] as const).some(
    (direction) =>
      stateText(ends.at(before, of, direction)) !== stateText(ends.at(after, of, direction)),
  );
}

const stateText = (standing: Standing | undefined) =>
  standing === undefined
    ? "none"
    : [
        standing.observed,
        standing.workload.platform,
        standing.workload.launcher,
        standing.workload.appTags,
        ...standing.kinds,
      ].join(" ");
