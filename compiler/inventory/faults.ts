// Collects what is wrong in the sources of an inventory: each fault once, at most a hundred shown
// for each file. A place is looked up only for what is shown.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import { compareSpans, type Span } from "../../diagnostics/source.ts";
import type { RawRecord, RawSource, RecordPath } from "./raw.ts";

/** What one source says about one workload. */
export interface Claim {
  readonly source: RawSource;
  /** Of the record in its source. */
  readonly index: number;
  readonly record: RawRecord;
}

/** A place in a claim. */
export interface Place {
  readonly path: RecordPath;
  readonly at: "key" | "value";
}

export interface Faults {
  readonly shown: Diagnostic[];
  readonly keys: Set<string>;
  readonly bySource: Map<RawSource, { shown: number; hidden: number; last: number }>;
}

const shownMax = 100;

export function newFaults(): Faults {
  return { shown: [], keys: new Set(), bySource: new Map() };
}

/** Where something of the claim stands. */
export function placeIn({ source, index }: Claim, { path, at }: Place): Span {
  return source.locate[at](index, path);
}

/** Reports a fault of a claim, unless the same words were said about the same place. */
export function addFault(
  faults: Faults,
  claim: Claim,
  place: Place,
  make: (span: Span) => Diagnostic,
): void {
  const tally = faults.bySource.get(claim.source) ?? { shown: 0, hidden: 0, last: 0 };
  faults.bySource.set(claim.source, tally);
  tally.last = Math.max(tally.last, claim.index);
  if (tally.shown >= shownMax) {
    tally.hidden++;
    return;
  }
  if (addOnce(faults, make(placeIn(claim, place)))) tally.shown++;
}

/** Reports what no record is to blame for; false when it was reported before. */
export function addOnce(faults: Faults, diagnostic: Diagnostic): boolean {
  const { code, message, span } = diagnostic;
  const key = `${code} ${span?.source.path} ${span?.start} ${message}`;
  if (faults.keys.has(key)) return false;
  faults.keys.add(key);
  faults.shown.push(diagnostic);
  return true;
}

/** Everything reported, by file and place, with a count of what each file has beyond that. */
export function finishFaults(faults: Faults): readonly Diagnostic[] {
  const rest = [...faults.bySource].flatMap(([source, { hidden, last }]) => {
    if (hidden === 0) return [];
    return [diagnose("SEG809", source.locate.value(last, []), { why: "more", count: hidden })];
  });
  return [...faults.shown.toSorted(compareDiagnostics), ...rest];
}

function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  if (a.span === undefined || b.span === undefined) {
    return Number(a.span !== undefined) - Number(b.span !== undefined);
  }
  return compareSpans(a.span, b.span) || (a.code < b.code ? -1 : Number(a.code > b.code));
}
