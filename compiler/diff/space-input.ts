// What points are found from: versions, their endpoints as one list, and their rules as parts.
import type { Joint } from "./joint.ts";
import type { Part } from "./parts.ts";
import type { Version } from "./version.ts";

export interface SpaceInput {
  readonly versions: readonly Version[];
  readonly joint: Joint;
  /** Of each version. */
  readonly parts: readonly (readonly Part[])[];
}
