// A data file that was read: its value, and the places of its parts. The readers of YAML and JSON
// both make this, so that whoever checks the value need not know the format.
import type { SchemaFault } from "../diagnostics/messages/schema.ts";
import type { SourceFile, Span } from "../diagnostics/source.ts";

export type Path = readonly (string | number)[];

export interface Document {
  readonly source: SourceFile;
  /** Plain lists, mappings and scalars. */
  readonly value: unknown;
  /** Where the value stands; where the path leads nowhere, the nearest thing around. */
  readonly valueAt: (path: Path) => Span;
  /** Where the key stands that the path ends with. */
  readonly keyAt: (path: Path) => Span;
}

/** Something that is wrong with the file before its value can be looked at. */
export interface ReadFault {
  readonly span: Span;
  readonly fault: SchemaFault;
  /** Where the same key stood first. */
  readonly first?: Span;
  /** What it held there. */
  readonly firstValue?: string;
  /** Keys on the way to that mapping. */
  readonly path?: Path;
}

export type DocumentRead =
  | { readonly ok: true; readonly document: Document }
  /** At least one, in source order. */
  | { readonly ok: false; readonly faults: readonly ReadFault[] };

/** Faults shown of one file; the rest is counted. */
export const faultsMax = 100;

/** A span that stays inside the text. */
export function spanIn(source: SourceFile, start: number, end: number): Span {
  const { length } = source.text;
  const first = Math.max(0, Math.min(start, length));
  return { source, start: first, end: Math.max(first, Math.min(end, length)) };
}
