// How few rules and groups there can be in any artefact that is right for a fleet: as many rules as there are
// packets of which no rule could let two pass. Such a set of packets is a fooling set of the relation that
// rules cover (minimise.md 1.2), so the count holds whatever the groups are. To that come the groups that these
// rules are in or name, or more rules in their place (spans.ts): as many as there are of which no two could be one.
import type { Fleet } from "../../../compiler/plan/fleet.ts";
import { count, members } from "../../../compiler/sets/bitset.ts";
import type { Placed } from "../member-sets.ts";
import { type MemberClass, mayLetPass, memberClasses } from "./admission.ts";
import { mayShareRule, type Spread } from "./apart.ts";
import { apartFrom } from "./apart-set.ts";
import { columnsOf } from "./columns.ts";
import { type Point, pointsOf } from "./points.ts";
import { holderSpan, mayBeOne, peerSpan, type Span, spanOf } from "./spans.ts";
import { spreadOf } from "./spread.ts";

export interface LowerBound {
  readonly rules: number;
  /** Rules and groups together: one may stand in for the other. */
  readonly total: number;
}

/** Of more packets single groups alone are looked at. */
const columnsMax = 350;

/** @param placed every term that the members hold */
export function lowerBound(fleet: Fleet, placed: readonly Placed[]): LowerBound {
  const classes = memberClasses(
    fleet,
    placed.map(({ term }) => term),
  );
  const all = pointsOf(fleet, placed, classes);
  const spread = spreadAt(all, classes);
  const apart = apartFrom(spread, mayShareRule);
  const isFew = apart.length <= columnsMax;
  const starts = isFew ? apart.map(({ point }) => point) : [];
  const columns = columnsOf(starts, classes, fleet);
  const more = spreadAt(
    columns.flatMap(({ packets }) => packets.slice(1)),
    classes,
  );
  const known = new Map([...spread, ...more].map((one) => [one.point, one] as const));
  const mostOf = (packet: Point) =>
    classesOf(known.get(packet), classes).filter((at) => !isFew || mayLetPass(at, packet));
  const spans = [
    ...columns.flatMap((one) => [...holderSpan(one, mostOf, fleet), ...peerSpan(one, fleet)]),
    ...all.map((point) => single(point.at, mostOf(point), fleet)),
    ...classes.filter(({ terms }) => terms.length === 0).map((at) => single(at, classes, fleet)),
  ];
  return { rules: apart.length, total: apart.length + apartFrom(spans, mayBeOne).length };
}

/** What may pass at the fewest classes first: such packets are apart from most others. */
function spreadAt(points: readonly Point[], classes: readonly MemberClass[]): readonly Spread[] {
  return spreadOf(points, classes)
    .flatMap((found, index): readonly Spread[] => {
      const point = points[index];
      return point === undefined ? [] : [{ point, classes: found }];
    })
    .sort((a, b) => count(a.classes) - count(b.classes));
}

const classesOf = (spread: Spread | undefined, classes: readonly MemberClass[]) =>
  spread === undefined
    ? []
    : [...members(spread.classes)].flatMap((place) => classes.slice(place, place + 1));

/** A group that somebody of a class carries. */
function single(at: MemberClass, most: readonly MemberClass[], fleet: Fleet): Span {
  return spanOf(at.network, { least: at.members.slice(0, 1), most }, fleet);
}
