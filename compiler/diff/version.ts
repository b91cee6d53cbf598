// One policy in its inventory on a day, as what is compared: of two such versions, or of the states
// between them, only what they denote counts.
import type { PlanContext } from "../plan/context.ts";

export interface Version {
  readonly context: PlanContext;
}

/** Why something is different: the input that was exchanged. */
export type Cause = "policy" | "inventory" | "configuration";

/** A version, and what was exchanged since the one before it; several where a state between does not compile. */
export interface Step extends Version {
  readonly causes: readonly Cause[];
}
