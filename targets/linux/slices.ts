// Programs as cgroups, for every firewall of a Linux host. systemd can put a unit into a slice of
// ours, and the verifying launcher can enter one; a packet rule then asks whether the socket's
// cgroup lies in such a slice.
//
// A process has one cgroup, but may satisfy several programs. So there is one slice for every
// combination of unit and launcher fields that some process can have.

import { opaqueName } from "../../compiler/plan/rule-text.ts";
import type { EnforcerSlice, LocalProgram } from "../../compiler/plan/slice.ts";
import type { Beyond } from "../../compiler/plan/target.ts";
import type { ProgramField } from "../../grammar/ast.ts";

export type Fields = ReadonlyMap<ProgramField, string>;

/** A drop-in that puts a unit into a slice of ours. */
export interface UnitBinding {
  readonly unit: string;
  readonly slice: string;
}

/** What the verifying launcher must have checked before a process enters the slice. */
export interface LaunchBinding {
  readonly slice: string;
  readonly fields: Fields;
}

/** Parent of every slice of ours; systemd nests `segc-x.slice` in it by its name. */
const parentSlice = "segc.slice";

/** A slice of ours as the kernel shows it. */
export const slicePath = (slice: string) => `${parentSlice}/${slice}`;

const carriedFields: readonly ProgramField[] = ["unit", "path", "sha256", "signer"];
const combinationsMax = 4096;

/** The fields that a slice carries; the others are seen by other means. */
export const carried = ({ fields }: Pick<LocalProgram, "fields">): Fields =>
  new Map(
    carriedFields.flatMap((field) => {
      const value = fields.get(field);
      return value === undefined ? [] : [[field, value] as const];
    }),
  );

/** Whether the programs of a slice make more combinations than a host is given slices for. */
export function beyondSlices({ directions }: EnforcerSlice): Beyond | undefined {
  const programs = new Map<string, LocalProgram>();
  for (const { denies, allows, stagedDenies, stagedAllows } of directions) {
    for (const entries of [denies, allows, stagedDenies, stagedAllows]) {
      for (const entry of entries) {
        for (const program of entry.programs) programs.set(program.key, program);
        for (const program of entry.notPrograms) programs.set(program.key, program);
      }
    }
  }
  return unionsOf([...programs.values()]) === undefined ? { why: "combinations" } : undefined;
}

/** Every combination of carried fields that a process can have by these programs, sorted. */
export function combinationsOf(programs: readonly LocalProgram[]): readonly Fields[] {
  const found = unionsOf(programs);
  if (found === undefined) throw new Error("bug in segc (linux): a slice that is beyond slices");
  return [...found.keys()].sort().flatMap((key) => found.get(key) ?? []);
}

/** By key; undefined where there are too many. */
function unionsOf(programs: readonly LocalProgram[]): ReadonlyMap<string, Fields> | undefined {
  const records = programs.map(carried).filter((fields) => fields.size > 0);
  const found = new Map(records.map((fields) => [keyOf(fields), fields]));
  const open = [...found.values()];
  for (let fields = open.pop(); fields !== undefined; fields = open.pop()) {
    for (const other of records) {
      const union = unionOf(fields, other);
      if (union === undefined || found.has(keyOf(union))) continue;
      if (found.size >= combinationsMax) return undefined;
      found.set(keyOf(union), union);
      open.push(union);
    }
  }
  return found;
}

export const sliceName = (fields: Fields) => `${opaqueName("segc-", keyOf(fields))}.slice`;

const keyOf = (fields: Fields) =>
  JSON.stringify(carriedFields.map((field) => fields.get(field) ?? ""));

function unionOf(a: Fields, b: Fields): Fields | undefined {
  for (const [field, value] of b) if ((a.get(field) ?? value) !== value) return undefined;
  return new Map([...a, ...b]);
}

export const bindUnits = (combinations: readonly Fields[]): readonly UnitBinding[] =>
  combinations
    .flatMap((fields) => {
      const unit = fields.get("unit");
      return fields.size === 1 && unit !== undefined && isUnitName(unit)
        ? [{ unit, slice: sliceName(fields) }]
        : [];
    })
    .sort((a, b) => (a.unit < b.unit ? -1 : 1));

export const bindLaunches = (combinations: readonly Fields[]): readonly LaunchBinding[] =>
  combinations
    .filter((fields) => [...fields.keys()].some((field) => field !== "unit"))
    .map((fields) => ({
      slice: sliceName(fields),
      fields: new Map([...fields].sort(([a], [b]) => (a < b ? -1 : 1))),
    }))
    .sort((a, b) => (a.slice < b.slice ? -1 : 1));

/** What systemd accepts as the name of a unit that has processes; no other name can run. */
export function isUnitName(text: string): boolean {
  return /^[A-Za-z0-9:_.\\@-]{1,240}\.(service|socket|mount|swap|scope)$/.test(text);
}

/** `/a/b` and `a/b` are one path. */
export function components(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "");
}
