// What inventory sources say, after reading and before it is held against the model. Reading has
// made sure of the shapes; names, labels and agreement between sources are still open.
import type { Span } from "../../diagnostics/source.ts";
import type { AccountId, Direction, EnforcerKind, Platform } from "./types.ts";

/** A record as its schema (`schemas/inventory.schema.json`) describes it. */
export interface RawRecord {
  readonly name: string;
  readonly platform?: Platform;
  readonly labels?: Readonly<Record<string, RawLabelValue>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly addresses?: readonly RawAddress[];
  readonly users?: Readonly<Record<string, AccountId>>;
  readonly groups?: Readonly<Record<string, number>>;
  readonly launcher?: "segc";
  readonly "app-tags"?: "segc";
  readonly interfaces?: readonly string[];
  readonly published?: readonly string[];
  readonly balancer?: boolean;
  readonly enforcers?: readonly RawEnforcer[];
}

export type RawLabelValue = string | readonly string[];
export type RawAddress = string | { readonly ip: string; readonly realm?: string };

export interface RawEnforcer {
  readonly kind: Exclude<EnforcerKind, "fixture">;
  readonly id: string;
  readonly directions: readonly Direction[];
  readonly network?: string;
}

/** Where in a record: `["labels", "env"]`, `["addresses", 0, "ip"]`; empty for the record. */
export type RecordPath = readonly (string | number)[];

/** Finds places in the text of a source. Costs nothing until something is to be shown. */
export interface Locator {
  /** The value there; the nearest thing around it where the path does not lead to one. */
  readonly value: (record: number, path: RecordPath) => Span;
  /** The key that the last step of the path names. */
  readonly key: (record: number, path: RecordPath) => Span;
}

/** How a cloud tag becomes a label: under another name, and with other values where listed. */
export interface TagMapping {
  readonly tag: string;
  readonly label: string;
  readonly values: ReadonlyMap<string, string>;
  /** The label's name in segc.yaml. */
  readonly span: Span | undefined;
}

export interface RawSource {
  readonly path: string;
  readonly sha256: string;
  readonly records: readonly RawRecord[];
  /** Names of records that were left out because something in them is wrong, which is reported. */
  readonly broken?: ReadonlySet<string>;
  /** Labels that this source may set; undefined for all. */
  readonly sets: readonly { readonly label: string; readonly span: Span | undefined }[] | undefined;
  /** Realm of addresses that name none. */
  readonly realm: string;
  readonly tags: readonly TagMapping[];
  /** Values of labels are single texts (CSV): a set is written with separators. */
  readonly isFlat: boolean;
  readonly locate: Locator;
}

export interface RawInventory {
  readonly sources: readonly RawSource[];
}
