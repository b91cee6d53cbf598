// A slice of offending flows -> the traits of its new workloads that matter: whatever their other
// labels are, as long as they keep what is required of them, the flows offend.
import { all, negation, variablesIn } from "../../bdd/conditions.ts";
import type { Direction } from "../../inventory/types.ts";
import type { Labellings } from "./flows.ts";
import { mayBePossible } from "./promises.ts";
import type { Slice } from "./slice.ts";
import { type Trait, traitsOf } from "./traits.ts";

/** Of each end that is a new workload, what has to be so; undefined for other ends. */
export type TraitsAt = Readonly<Record<Direction, readonly Trait[] | undefined>>;

/** Drops every trait without which the flows offend all the same: many at a time, then fewer. */
export function traitsThatMatter(labellings: Labellings, slice: Slice): TraitsAt {
  const { diagrams } = labellings.ends;
  const every = slice.isNew.flatMap((end) =>
    traitsOf(labellings.ends, end, slice.ones).map((trait) => ({ end, trait })),
  );
  const innocent = negation(diagrams, slice.flows);
  const offend = (placed: readonly Placed[]) => {
    const cube = placed.map(({ end, trait }) => trait.at[end]);
    const asked = [all(diagrams, [...cube, slice.decided])];
    return !mayBePossible(labellings, asked, { last: [innocent] });
  };
  // What the flows do not depend on is free in any case.
  const levels = variablesIn(diagrams, slice.flows);
  let left: readonly Placed[] = every
    .map((placed) => ({ placed, own: variablesIn(diagrams, placed.trait.at[placed.end]) }))
    .filter(({ own }) => [...own].some((level) => levels.has(level)))
    // WHY: deep variables first, so that joining one more condition costs nothing.
    .sort((a, b) => Math.min(...b.own) - Math.min(...a.own))
    .map(({ placed }) => placed);
  for (let size = Math.ceil(left.length / 2); size > 0; size = size === 1 ? 0 : (size + 1) >> 1) {
    for (let at = 0; at < left.length; ) {
      const fewer = left.toSpliced(at, size);
      if (offend(fewer)) left = fewer;
      else at += size;
    }
  }
  const kept = new Set(left);
  const at = (end: Direction) =>
    slice.isNew.includes(end)
      ? every.flatMap((each) => (each.end === end && kept.has(each) ? [each.trait] : []))
      : undefined;
  return { egress: at("egress"), ingress: at("ingress") };
}

interface Placed {
  readonly end: Direction;
  readonly trait: Trait;
}
