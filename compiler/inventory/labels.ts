// The labels that one source gives to one workload, held against the declarations of the root
// module (SEG801, SEG802) and against what the source may set (SEG807). Equal texts are read once.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { Span } from "../../diagnostics/source.ts";
import { didYouMean, nearest } from "../../diagnostics/suggest.ts";
import type { Label, Model } from "../model/types.ts";
import { addOnce, type Faults, type Place } from "./faults.ts";
import type { RawLabelValue, RawRecord, RawSource, RecordPath, TagMapping } from "./raw.ts";
import { textFault } from "./text.ts";
import type { LabelValue } from "./types.ts";

export interface LabelReading {
  readonly values: ReadonlyMap<string, LabelValue>;
  /** Where each value was read. */
  readonly origins: ReadonlyMap<string, RecordPath>;
  readonly faults: readonly LabelFault[];
}

export interface LabelFault {
  readonly place: Place;
  /** The label that is missing because of it, as far as one can tell. */
  readonly label: string | undefined;
  readonly make: (span: Span, workload: string) => Diagnostic;
}

/** The labels that there are, and those whose declarations have an error of their own. */
export interface Vocabulary {
  readonly model: Model;
  readonly unreadLabels: ReadonlySet<string>;
}

/** Reads the labels of records of one source. */
export type LabelReader = (record: RawRecord) => LabelReading;

/** Reports what is wrong with the entry of segc.yaml, and gives the reader of its records. */
export function labelReader(
  source: RawSource,
  vocabulary: Vocabulary,
  faults: Faults,
): LabelReader {
  const { model, unreadLabels } = vocabulary;
  const tags = source.tags.filter((mapping) => isUsable(mapping, source, vocabulary, faults));
  for (const { label, span } of source.sets ?? []) {
    if (!model.labels.has(label) && !unreadLabels.has(label))
      addOnce(faults, unknownLabel(span, label, model));
  }
  const context: Context = {
    ...vocabulary,
    source,
    tags,
    maySet: source.sets && new Set(source.sets.map(({ label }) => label)),
  };
  const known = new Map<string, LabelReading>();
  return (record) => {
    const mapped = tags.map(({ tag }) => ownValue(record.tags, tag));
    const key = JSON.stringify(tags.length === 0 ? record.labels : [record.labels, mapped]) ?? "";
    const before = known.get(key);
    if (before !== undefined) return before;
    const reading = readLabels(context, record);
    known.set(key, reading);
    return reading;
  };
}

interface Context extends Vocabulary {
  readonly source: RawSource;
  readonly tags: readonly TagMapping[];
  readonly maySet: ReadonlySet<string> | undefined;
}

function isUsable(
  mapping: TagMapping,
  source: RawSource,
  { model, unreadLabels }: Vocabulary,
  faults: Faults,
): boolean {
  const { label, span } = mapping;
  if (!model.labels.has(label)) {
    if (!unreadLabels.has(label)) addOnce(faults, unknownLabel(span, label, model));
  } else if (source.sets?.every((entry) => entry.label !== label)) {
    addOnce(faults, diagnose("SEG807", span, { why: "may-not-set", path: source.path, label }));
  } else return true;
  return false;
}

function unknownLabel(span: Span | undefined, label: string, model: Model): Diagnostic {
  const suggestion = didYouMean(label, model.labels.keys());
  return diagnose("SEG802", span, { why: "label", label, suggestion });
}

function ownValue<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

function readLabels(context: Context, record: RawRecord): LabelReading {
  const { model, source, maySet } = context;
  const values = new Map<string, LabelValue>();
  const origins = new Map<string, RecordPath>();
  const faults: LabelFault[] = [];
  for (const [name, raw] of Object.entries(record.labels ?? {})) {
    const path = ["labels", name];
    const label = model.labels.get(name);
    if (label === undefined) {
      if (context.unreadLabels.has(name)) continue;
      faults.push({
        place: { path, at: "key" },
        label: nearest(name, model.labels.keys(), 1)[0],
        make: (span) => unknownLabel(span, name, model),
      });
    } else if (maySet !== undefined && !maySet.has(name)) {
      const parameters = { why: "may-not-set", path: source.path, label: name } as const;
      faults.push({
        place: { path, at: "key" },
        label: name,
        make: (span) => diagnose("SEG807", span, parameters),
      });
    } else {
      const value = readValue(label, source.isFlat ? splitSet(label, raw) : raw, path, faults);
      if (value === undefined) continue;
      values.set(name, value);
      origins.set(name, path);
    }
  }
  for (const mapping of context.tags)
    readTag(context, record, mapping, { values, origins, faults });
  return { values, origins, faults };
}

interface Draft {
  readonly values: Map<string, LabelValue>;
  readonly origins: Map<string, RecordPath>;
  readonly faults: LabelFault[];
}

function readTag(context: Context, record: RawRecord, mapping: TagMapping, draft: Draft): void {
  const text = ownValue(record.tags, mapping.tag);
  const label = context.model.labels.get(mapping.label);
  if (text === undefined || label === undefined) return;
  const path = ["tags", mapping.tag];
  const raw = splitSet(label, mapping.values.get(text) ?? text, mapping.values);
  const value = readValue(label, raw, path, draft.faults);
  if (value === undefined) return;
  const other = draft.values.get(label.name);
  if (other === undefined) {
    draft.values.set(label.name, value);
    draft.origins.set(label.name, path);
  } else if (!sameValue(other, value)) {
    const [first, second] = [textOfValue(other), textOfValue(value)];
    draft.faults.push({
      place: { path, at: "value" },
      label: label.name,
      make: (span, workload) =>
        diagnose("SEG807", span, { why: "disagree", workload, field: label.name, first, second }),
    });
  }
}

/** Flat sources write a set as one text: `pii payment`, `pii;payment` or `pii,payment`. */
function splitSet(
  label: Label,
  raw: RawLabelValue,
  values: ReadonlyMap<string, string> = new Map(),
): RawLabelValue {
  if (label.kind !== "set" || typeof raw !== "string") return raw;
  const items = raw.split(/[;,\s]+/).filter((item) => item !== "");
  return items.map((item) => values.get(item) ?? item);
}

function readValue(
  label: Label,
  raw: RawLabelValue,
  path: RecordPath,
  faults: LabelFault[],
): LabelValue | undefined {
  if (label.kind !== "set") {
    if (typeof raw === "string") return readItem(label, raw, path, faults) ? raw : undefined;
    const parameters = { why: "one-value", label: label.name } as const;
    faults.push({
      place: { path, at: "value" },
      label: label.name,
      make: (span) => diagnose("SEG802", span, parameters),
    });
    return undefined;
  }
  if (typeof raw === "string") {
    const parameters = { why: "list", label: label.name, value: raw } as const;
    faults.push({
      place: { path, at: "value" },
      label: label.name,
      make: (span) => diagnose("SEG802", span, parameters),
    });
    return undefined;
  }
  const sound = raw.filter((item, index) => readItem(label, item, [...path, index], faults));
  return sound.length === raw.length ? [...new Set(raw)].sort() : undefined;
}

/** True when the label can have this value; reports it otherwise. */
function readItem(label: Label, value: string, path: RecordPath, faults: LabelFault[]): boolean {
  const make = itemFault(label, value);
  if (make === undefined) return true;
  faults.push({ place: { path, at: "value" }, label: label.name, make });
  return false;
}

function itemFault(label: Label, value: string): LabelFault["make"] | undefined {
  const { name } = label;
  if (label.kind === "name" || label.kind === "string") {
    const fault = textFault(value);
    if (fault === undefined || (fault === "empty" && label.kind === "string")) return undefined;
    return fault === "empty"
      ? (span) => diagnose("SEG802", span, { why: "empty", label: name })
      : (span) => diagnose("SEG809", span, { why: "text", key: name, fault });
  }
  const leaves = label.nodes.get(value);
  if (leaves === undefined) {
    const suggestion = didYouMean(value, label.leaves);
    return (span) => diagnose("SEG802", span, { why: "value", label: name, value, suggestion });
  }
  if (leaves.size === 1 && leaves.has(value)) return undefined;
  const exact = label.leaves.filter((leaf) => leaves.has(leaf));
  return (span, workload) =>
    diagnose("SEG801", span, { workload, label: name, value, leaves: exact });
}

/** Whether two values of one label are the same. */
export function sameValue(a: LabelValue, b: LabelValue): boolean {
  return (
    a === b || (typeof a !== "string" && typeof b !== "string" && textOfValue(a) === textOfValue(b))
  );
}

/** A value as messages show it. */
export function textOfValue(value: LabelValue): string {
  return typeof value === "string" ? value : `[${value.join(", ")}]`;
}
