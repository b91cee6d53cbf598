// What every mutation is.
import type { Artefact } from "../artefact.ts";
import type { Chance } from "./chance.ts";
import type { Document } from "./document.ts";

export interface Change {
  /** Of the line that is changed, moved or taken out. */
  readonly index: number;
  readonly artefact: Artefact;
}

/** Undefined where the document has no place for it. */
export type Mutation = (document: Document, chance: Chance) => Change | undefined;
