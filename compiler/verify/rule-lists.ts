// The form of a first-match list that compare-lists.ts compares: products of sets of atoms.
import type { AtomSet } from "./atoms.ts";

export interface ListRule {
  /** One for each axis; undefined: every atom. */
  readonly sets: readonly (AtomSet | undefined)[];
  /** Any number that stands for a verdict. */
  readonly verdict: number;
}

/** The first rule that holds a point decides it. */
export interface RuleList {
  readonly rules: readonly ListRule[];
  /** The verdict where no rule does. */
  readonly otherwise: number;
}
