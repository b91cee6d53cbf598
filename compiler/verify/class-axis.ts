// The address sets of two lists as runs of classes (address-classes.ts) instead of elementary intervals.
// It proves the same: every set is exactly the union of its classes, so a list decides all addresses of a
// class alike, whatever the classes are and whoever made them.

import type { Family } from "../sets/address.ts";
import type { AddressClasses } from "../sets/address-classes.ts";
import { type AddressSet, isWhole, shareAddresses } from "../sets/address-set.ts";
import type { AddressAxis } from "./address-axis.ts";
import type { AtomSet } from "./atoms.ts";

/**
 * Undefined where a set is no union of classes. Its atoms are the classes of the sets in turn, and one
 * more for every other address (there may be none: then a difference there is to be looked for again).
 */
export function classAxis(
  classes: AddressClasses,
  family: Family,
  sets: Iterable<AddressSet>,
): Pick<AddressAxis, "atoms" | "setOf"> | undefined {
  const named: AddressSet[] = [];
  const lists: Int32Array[] = [];
  const atomSets = new Map<AddressSet, AtomSet | undefined>();
  for (const set of sets) {
    if (isWhole(set, family)) {
      atomSets.set(set, undefined);
      continue;
    }
    const own = classes.classesOf(shareAddresses(set));
    if (own === undefined) return undefined;
    named.push(set);
    lists.push(own);
  }
  const { numbers, places } = classes.among(lists);
  named.forEach((set, index) => {
    atomSets.set(set, runsOf(places[index] as Int32Array)); // one for each
  });
  return {
    atoms: numbers.length + 1,
    setOf: (set) => {
      // WHY: undefined is every atom, so a set that was not announced must not pass for it.
      if (set !== undefined && !atomSets.has(set)) throw new Error("bug in segc: an unknown set");
      return set === undefined ? undefined : atomSets.get(set);
    },
  };
}

function runsOf(places: Int32Array): AtomSet {
  const runs = new Int32Array(2 * places.length);
  let length = 0;
  for (let at = 0; at < places.length; at++) {
    const place = places[at] as number; // in range
    if (length > 0 && runs[length - 1] === place) runs[length - 1] = place + 1;
    else {
      runs[length++] = place;
      runs[length++] = place + 1;
    }
  }
  return runs.subarray(0, length);
}
