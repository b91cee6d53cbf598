// How few rules and groups there can be in any artefact that is right for a fleet: as many as there are
// packets of which no rule, or no group, could let two pass. Such a set of packets is a fooling set of the
// relation that rules cover (minimise.md 1.2), so the count holds whatever the groups are.
import type { Fleet } from "../../../compiler/plan/fleet.ts";
import { count } from "../../../compiler/sets/bitset.ts";
import type { Placed } from "../member-sets.ts";
import { memberClasses } from "./admission.ts";
import { mayShareGroup, mayShareRule, type Spread } from "./apart.ts";
import { apartFrom } from "./apart-set.ts";
import { pointsOf } from "./points.ts";
import { spreadOf } from "./spread.ts";

export interface LowerBound {
  readonly rules: number;
  readonly groups: number;
}

/** @param placed every term that the members hold */
export function lowerBound(fleet: Fleet, placed: readonly Placed[]): LowerBound {
  const classes = memberClasses(
    fleet,
    placed.map(({ term }) => term),
  );
  const points = pointsOf(fleet, placed, classes);
  // What may pass at the fewest classes first: such packets are apart from most others.
  const spread = spreadOf(points, classes)
    .map((found, index) => ({ classes: found, point: points[index], width: count(found) }))
    .sort((a, b) => a.width - b.width)
    .flatMap(({ classes, point }): readonly Spread[] =>
      point === undefined ? [] : [{ at: point.at, point, classes }],
    );
  const idle = classes
    .filter(({ terms }) => terms.length === 0)
    .map((at): Spread => ({ at, point: undefined, classes: undefined }));
  return {
    rules: apartFrom(spread, mayShareRule).length,
    groups: apartFrom([...spread, ...idle], mayShareGroup).length,
  };
}
