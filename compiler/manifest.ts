// What a compile leaves beside its artefacts: from what, for when, for whom, how much. It holds no
// time of day and no path of the machine, so that equal inputs give equal bytes.
import type { EnforcerKind } from "./inventory/types.ts";
import type { MinimisedCounts } from "./minimise/minimise-slice.ts";
import type { UtcDate } from "./model/types.ts";
import type { TargetName } from "./plan/target.ts";

/** `manifest.json`; its JSON Schema is `schemas/manifest.schema.json`. */
export interface Manifest {
  readonly formatVersion: 1;
  /** The compiler's own version. */
  readonly segc: string;
  readonly edition: 1;
  readonly now: UtcDate;
  /** Every file that was read, sorted by path. */
  readonly inputs: readonly InputEntry[];
  /** Everything of the policy that is still to end, sorted by day, then kind and name. */
  readonly expires: readonly ExpiryEntry[];
  /** Sorted by target, then id. */
  readonly artefacts: readonly ArtefactEntry[];
  /** Where one artefact lets more through than a rule says and others hold it back; by rule. */
  readonly relies: readonly RelianceEntry[];
  /** Enforcers of the inventory that this run made nothing for, sorted by kind. */
  readonly notCompiled: readonly { readonly kind: EnforcerKind; readonly workloads: number }[];
}

/** Artefacts are named as their folders: `nftables/1a2b3c4d5e`, target and content hash. */
export interface RelianceEntry {
  readonly rule: string;
  /** The end of the rule whose programs, or addresses, it is about. */
  readonly end: "source" | "destination";
  /** None: it is about addresses of workloads that the rule does not name, and whose own egress refuses it. */
  readonly programs: readonly string[];
  /** They cannot tell those apart and let every process, or those workloads, through. */
  readonly artefacts: readonly string[];
  /** They stand at the own end of the programs, or workloads, and hold them back. */
  readonly on: readonly string[];
  /** Workloads where only enforcers do that nothing was made for. */
  readonly notCompiled: readonly { readonly kind: EnforcerKind; readonly workloads: number }[];
}

export interface InputEntry {
  readonly path: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export interface ExpiryEntry {
  readonly kind: "rule" | "exception" | "observe";
  readonly name: string;
  /** Last day on which it holds. */
  readonly until: UtcDate;
}

/** One enforcer class: the files that each of its workloads gets. */
export interface ArtefactEntry {
  readonly target: TargetName;
  readonly kind: EnforcerKind;
  /** Form of its files, counted for each target (`Target.format`). */
  readonly format: number;
  /**
   * Content hash of what must be enforced, or `fleet` where a target has one artefact for all; also the
   * folder's name.
   */
  readonly id: string;
  /** Names, sorted. */
  readonly workloads: readonly string[];
  /** Paths are relative to the manifest. */
  readonly files: readonly FileEntry[];
  /** Rules and set elements that the enforcer will hold. */
  readonly rules: number;
  readonly elements: number;
  readonly bytes: number;
  /**
   * Entries that decide, before and after minimising, and the proved lower bound; null where it was
   * not asked for. A target may say several of them in one rule, by a set of pairs.
   */
  readonly minimised: MinimisedCounts | null;
  /**
   * The earlier artefact that one of the files turns into this one, and the elements it adds and
   * removes; null where there is none: then the artefact itself is to be loaded.
   */
  readonly update: UpdateEntry | null;
  /** Rules with a last day in this artefact, sorted by day, then rule. */
  readonly expires: readonly { readonly rule: string; readonly until: UtcDate }[];
}

export interface UpdateEntry {
  /** Its id. */
  readonly from: string;
  readonly added: number;
  readonly removed: number;
}

export interface FileEntry {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly executable: boolean;
}
