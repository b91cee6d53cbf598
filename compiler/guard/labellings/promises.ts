// Is a flow possible, given what is required of every workload? Requirements are never joined to one
// condition: of many labels that would be far too large.
import type { Diagram } from "../../bdd/diagrams.ts";
import { type Way, wayOf } from "../../bdd/search.ts";
import type { Direction } from "../../inventory/types.ts";
import type { Labellings } from "./flows.ts";
import { directions } from "./variables.ts";

export interface Where {
  /** The ends at which workloads may be new; default: both. */
  readonly at?: readonly Direction[];
  /** Conditions that are large: what is required is looked at before them. */
  readonly last?: readonly Diagram[];
}

/** The variables of one flow under all the conditions whose new workloads keep every `require`. */
export function possibleWay(
  { ends, promises, work }: Labellings,
  conditions: readonly Diagram[],
  { at = directions, last = [] }: Where = {},
): Way {
  const asked = at.flatMap((end) => promises[end]);
  return wayOf(ends.diagrams, [...conditions, ...asked, ...last], work);
}

/** False where no such flow is possible; true where that could not be decided, too. */
export const mayBePossible = (
  labellings: Labellings,
  conditions: readonly Diagram[],
  where?: Where,
): boolean => possibleWay(labellings, conditions, where) !== "none";
