// What several sources say about one workload, as one. Lists are united; what can only have one
// value must have the same in every source that gives one (SEG807).
import { diagnose } from "../../diagnostics/registry.ts";
import { addFault, type Claim, type Faults, type Place, placeIn } from "./faults.ts";
import { type LabelReading, sameValue, textOfValue } from "./labels.ts";
import type { RecordPath } from "./raw.ts";
import { textFault } from "./text.ts";
import type { AccountId, Direction, Enforcer, LabelValue } from "./types.ts";

export interface Merging {
  readonly claims: readonly Claim[];
  readonly faults: Faults;
  /** Accounts that many records give alike are one object; the key is their text. */
  readonly shared: Map<string, ReadonlyMap<string, AccountId>>;
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
const none: ReadonlyMap<string, AccountId> = new Map();

/** What accounts are on the host, sorted by name. */
export function mergeAccounts(
  merging: Merging,
  field: "users" | "groups",
): ReadonlyMap<string, AccountId> {
  const given = merging.claims.filter(({ record }) => record[field] !== undefined);
  const [only] = given;
  if (only === undefined) return none;
  const key = given.length === 1 ? JSON.stringify(only.record[field]) : undefined;
  const known = key === undefined ? undefined : merging.shared.get(key);
  if (known !== undefined) return known;
  const before = merging.faults.shown.length;
  const accounts = uniteAccounts(merging, given, field);
  // What is wrong with these must be said for each record that has them.
  const isSound = merging.faults.shown.length === before;
  if (key !== undefined && isSound) merging.shared.set(key, accounts);
  return accounts;
}

function uniteAccounts(
  merging: Merging,
  claims: readonly Claim[],
  field: "users" | "groups",
): ReadonlyMap<string, AccountId> {
  const merged = new Map<string, Said<AccountId>>();
  for (const claim of claims) {
    for (const [name, value] of Object.entries(claim.record[field] ?? {})) {
      const said = { claim, path: [field, name], value };
      const first = merged.get(name);
      checkText(merging.faults, claim, { path: said.path, at: "key" }, name, field);
      if (first === undefined) merged.set(name, said);
      else if (first.value !== value) {
        disagree(merging, `${field}: ${name}`, asText(first), asText(said));
      }
    }
  }
  return new Map([...merged].map(([name, { value }]) => [name, value] as const).sort(byKey));
}

const asText = (said: Said<AccountId>) => ({ ...said, value: String(said.value) });
const byKey = (a: readonly [string, unknown], b: readonly [string, unknown]) =>
  a[0] < b[0] ? -1 : Number(a[0] > b[0]);

const noTexts: readonly string[] = [];

/** Names of interfaces, sorted. */
export function mergeInterfaces(merging: Merging): readonly string[] {
  if (merging.claims.every(({ record }) => record.interfaces === undefined)) return noTexts;
  const merged = new Set<string>();
  for (const claim of merging.claims) {
    for (const [index, name] of (claim.record.interfaces ?? []).entries()) {
      const path = ["interfaces", index];
      const isSound =
        textFault(name) === undefined ||
        checkText(merging.faults, claim, { path, at: "value" }, name, "interfaces");
      if (isSound) merged.add(name);
    }
  }
  return [...merged].sort();
}

/** Ports that containers are published under, sorted as texts. */
export function mergePublished(merging: Merging): readonly string[] {
  if (merging.claims.every(({ record }) => record.published === undefined)) return noTexts;
  const merged = new Set<string>();
  for (const claim of merging.claims) {
    for (const [index, text] of (claim.record.published ?? []).entries()) {
      if (isPort(text)) {
        merged.add(text);
        continue;
      }
      addFault(merging.faults, claim, { path: ["published", index], at: "value" }, (span) =>
        diagnose("SEG809", span, { why: "port", text }),
      );
    }
  }
  return [...merged].sort();
}

function isPort(text: string): boolean {
  const [, port] = /^(?:tcp|udp|sctp)\/([1-9]\d{0,4})$/.exec(text) ?? [];
  return port !== undefined && Number(port) <= 65535;
}

/** By kind, then id. In one record the directions of one enforcer add up. */
export function mergeEnforcers(merging: Merging): readonly Enforcer[] {
  const merged: Said<Enforcer>[] = [];
  for (const claim of merging.claims) {
    for (const [index, raw] of (claim.record.enforcers ?? []).entries()) {
      const path = ["enforcers", index, "id"];
      if (!checkText(merging.faults, claim, { path, at: "value" }, raw.id, "id")) continue;
      const networkAt = { path: ["enforcers", index, "network"], at: "value" } as const;
      const { kind, id, network: own } = raw;
      if (own !== undefined && !checkText(merging.faults, claim, networkAt, own, "network"))
        continue;
      const at = merged.findIndex(({ value }) => value.kind === kind && value.id === id);
      const first = merged[at];
      const isSameRecord = first?.claim === claim;
      const before = isSameRecord ? first.value.directions : [];
      const network = own ?? first?.value.network;
      const value: Enforcer = {
        kind,
        id,
        directions: directionsOf(before, raw.directions),
        ...(network === undefined ? {} : { network }),
      };
      const said = { claim, path: ["enforcers", index, "directions"], value };
      const known = first?.value.network;
      if (first && known !== undefined && own !== undefined && own !== known) {
        const told = { claim, path: networkAt.path, value: own };
        disagree(merging, `network of ${kind} ${id}`, { ...first, value: known }, told);
      }
      if (first === undefined) merged.push(said);
      else if (isSameRecord) merged[at] = said;
      else if (first.value.directions === value.directions) merged[at] = { ...first, value };
      else {
        const field = `directions of ${kind} ${id}`;
        disagree(merging, field, withDirections(first), withDirections(said));
      }
    }
  }
  return merged.map(({ value }) => value).sort(compareEnforcers);
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
  faults: Faults,
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
