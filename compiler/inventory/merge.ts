// What several sources say about one workload, as one. Lists are united; what can only have one
// value must have the same in every source that gives one (SEG807).
import { diagnose } from "../../diagnostics/registry.ts";
import { addFault, type Claim, type Faults, type Place, placeIn } from "./faults.ts";
import { type LabelReading, sameValue, textOfValue } from "./labels.ts";
import type { RecordPath } from "./raw.ts";
import { textFault } from "./text.ts";
import type { Direction, Enforcer, LabelValue } from "./types.ts";

export interface Merging {
  readonly claims: readonly Claim[];
  readonly faults: Faults;
}

interface Said<T> {
  readonly claim: Claim;
  readonly path: RecordPath;
  readonly value: T;
}

/** The value that all who give one agree on; the first one where they do not. */
export function mergeScalar<K extends "platform" | "launcher" | "app-tags">(
  merging: Merging,
  field: K,
): Claim["record"][K] | undefined {
  let first: Said<string> | undefined;
  let merged: Claim["record"][K] | undefined;
  for (const claim of merging.claims) {
    const value = claim.record[field];
    if (value === undefined) continue;
    const said = { claim, path: [field], value };
    if (first === undefined) {
      first = said;
      merged = value;
    } else if (first.value !== value) disagree(merging, field, first, said);
  }
  return merged;
}

/** The labels of all claims. */
export function mergeLabels(
  merging: Merging,
  readings: readonly LabelReading[],
): ReadonlyMap<string, LabelValue> {
  const [only] = readings;
  if (only !== undefined && readings.length === 1) return only.values;
  const merged = new Map<string, Said<LabelValue>>();
  for (const [index, claim] of merging.claims.entries()) {
    const reading = readings[index];
    for (const [label, value] of reading?.values ?? []) {
      const said = { claim, value, path: reading?.origins.get(label) ?? ["labels", label] };
      const first = merged.get(label);
      if (first === undefined) merged.set(label, said);
      else if (!sameValue(first.value, value)) {
        disagree(merging, label, withText(first), withText(said));
      }
    }
  }
  return new Map([...merged].map(([label, { value }]) => [label, value]));
}

const withText = (said: Said<LabelValue>) => ({ ...said, value: textOfValue(said.value) });
const none: ReadonlyMap<string, number> = new Map();

/** Numbers of accounts, sorted by name. */
export function mergeAccounts(
  merging: Merging,
  field: "users" | "groups",
): ReadonlyMap<string, number> {
  if (merging.claims.every(({ record }) => record[field] === undefined)) return none;
  const merged = new Map<string, Said<number>>();
  for (const claim of merging.claims) {
    for (const [name, value] of Object.entries(claim.record[field] ?? {})) {
      const said = { claim, path: [field, name], value };
      const first = merged.get(name);
      checkText(merging, claim, { path: said.path, at: "key" }, name, field);
      if (first === undefined) merged.set(name, said);
      else if (first.value !== value) {
        const texts = [first, said].map((each) => ({ ...each, value: String(each.value) }));
        const [a, b] = texts;
        if (a !== undefined && b !== undefined) disagree(merging, `${field}: ${name}`, a, b);
      }
    }
  }
  return new Map([...merged].map(([name, { value }]) => [name, value] as const).sort(byKey));
}

const byKey = (a: readonly [string, unknown], b: readonly [string, unknown]) =>
  a[0] < b[0] ? -1 : Number(a[0] > b[0]);

const noTexts: readonly string[] = [];

/** Names of interfaces, sorted. */
export function mergeInterfaces(merging: Merging): readonly string[] {
  if (merging.claims.every(({ record }) => record.interfaces === undefined)) return noTexts;
  const merged = new Set<string>();
  for (const claim of merging.claims) {
    for (const [index, name] of (claim.record.interfaces ?? []).entries()) {
      const place: Place = { path: ["interfaces", index], at: "value" };
      if (checkText(merging, claim, place, name, "interfaces")) merged.add(name);
    }
  }
  return [...merged].sort();
}

/** By kind, then id. In one record the directions of one enforcer add up. */
export function mergeEnforcers(merging: Merging): readonly Enforcer[] {
  const merged = new Map<string, Said<Enforcer>>();
  for (const claim of merging.claims) {
    for (const [index, raw] of (claim.record.enforcers ?? []).entries()) {
      const path = ["enforcers", index];
      if (!checkText(merging, claim, { path: [...path, "id"], at: "value" }, raw.id, "id"))
        continue;
      const key = `${raw.kind} ${raw.id}`;
      const first = merged.get(key);
      const isSameRecord = first?.claim === claim;
      const before = isSameRecord ? first.value.directions : [];
      const value = {
        kind: raw.kind,
        id: raw.id,
        directions: directionsOf(before, raw.directions),
      };
      const said = { claim, path: [...path, "directions"], value };
      if (first === undefined || isSameRecord) merged.set(key, said);
      else if (first.value.directions !== value.directions) {
        const [a, b] = [withDirections(first), withDirections(said)];
        disagree(merging, `directions of ${key}`, a, b);
      }
    }
  }
  const enforcers = [...merged.values()].map(({ value }) => value);
  return enforcers.length < 2 ? enforcers : enforcers.sort(compareEnforcers);
}

const withDirections = (said: Said<Enforcer>) => ({
  ...said,
  value: `[${said.value.directions.join(", ")}]`,
});

function compareEnforcers(a: Enforcer, b: Enforcer): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

/** One object for each of the four sets of directions. */
const directionSets: readonly (readonly Direction[])[] = [
  [],
  ["egress"],
  ["ingress"],
  ["egress", "ingress"],
];

function directionsOf(...given: readonly (readonly Direction[])[]): readonly Direction[] {
  const has = (direction: Direction) => given.some((each) => each.includes(direction));
  return directionSets[Number(has("egress")) + 2 * Number(has("ingress"))] ?? [];
}

/** Reports a text that cannot stand in artefacts and messages; true when it can. */
export function checkText(
  { faults }: Merging,
  claim: Claim,
  place: Place,
  text: string,
  key: string,
): boolean {
  const fault = textFault(text);
  if (fault === undefined) return true;
  addFault(faults, claim, place, (span) => diagnose("SEG809", span, { why: "text", key, fault }));
  return false;
}

function disagree({ faults }: Merging, field: string, first: Said<string>, second: Said<string>) {
  const related = {
    message: `\`${first.value}\` here`,
    span: placeIn(first.claim, { path: first.path, at: "value" }),
  };
  const workload = second.claim.record.name;
  addFault(faults, second.claim, { path: second.path, at: "value" }, (span) =>
    diagnose(
      "SEG807",
      span,
      { why: "disagree", workload, field, first: first.value, second: second.value },
      { related: [related] },
    ),
  );
}
