// The process tests of two lists -> a finite axis of processes that decides them. Tests only ask
// for fields to have values, so a process is told apart by which of the named records it satisfies,
// and the union of those is a process that satisfies the same ones: the consistent unions of named
// records, with the empty process, are enough (language.md section 7 argues alike).
import { type ProgramField, programFields } from "../../grammar/ast.ts";
import type { PacketRule, ProcessRecord, ProcessTest } from "../plan/packet-list.ts";
import { intersectAddresses, isNoAddress } from "../sets/address-set.ts";
import { intersectServices, isNoService } from "../sets/service-set.ts";
import { type AtomSet, atomSet } from "./atoms.ts";

export interface ProcessAxis {
  readonly atoms: number;
  /** The processes that a rule matches; undefined: whichever. */
  readonly setOf: (rule: PacketRule) => AtomSet | undefined;
  readonly processOf: (atom: number) => ProcessRecord;
}

/** More candidates than this, and only records that meet are united. */
const candidatesMax = 4096;
/** More of those than this, and the lists are not compared. */
const meetingMax = 65_536;

/** Undefined where there are too many combinations of the records that the rules name. */
export function processAxis(rules: Iterable<PacketRule>): ProcessAxis | undefined {
  const records = new Map<string, ProcessRecord>();
  const askers: PacketRule[][] = [];
  const slots = new Map<string, number>();
  for (const rule of rules) {
    for (const record of [...rule.processes, ...rule.notProcesses].flat()) {
      const key = keyOf(record);
      const slot = slots.get(key) ?? askers.push([]) - 1;
      slots.set(key, slot);
      records.set(key, record);
      askers[slot]?.push(rule);
    }
  }
  const all = [...records.values()];
  const candidates =
    unionsOf(all, candidatesMax, () => true) ?? unionsOf(all, meetingMax, meetingOf(askers));
  if (candidates === undefined) return undefined;
  const satisfying = new Map<string, Uint8Array>();
  for (const [key, record] of records) {
    satisfying.set(
      key,
      Uint8Array.from(candidates, (one) => (satisfies(one, record) ? 1 : 0)),
    );
  }
  return {
    atoms: candidates.length,
    setOf: ({ processes, notProcesses }) => {
      if (processes.length === 0 && notProcesses.length === 0) return undefined;
      const matched = new Uint8Array(candidates.length).fill(1);
      for (const test of processes) restrict(matched, held(satisfying, test), 1);
      for (const test of notProcesses) restrict(matched, held(satisfying, test), 0);
      return setOfOnes(matched);
    },
    processOf: (atom) => candidates[atom] ?? new Map(),
  };
}

/** 1 for every candidate that has every field of one of the records. */
function held(satisfying: ReadonlyMap<string, Uint8Array>, test: ProcessTest) {
  return test.map((record) => satisfying.get(keyOf(record)) ?? new Uint8Array(0));
}

/** Keeps the ones that some row holds (1) or that none holds (0). */
function restrict(matched: Uint8Array, rows: readonly Uint8Array[], wanted: 0 | 1): void {
  for (let at = 0; at < matched.length; at++) {
    if ((rows.some((row) => row[at] === 1) ? 1 : 0) !== wanted) matched[at] = 0;
  }
}

function setOfOnes(matched: Uint8Array): AtomSet {
  const runs: [number, number][] = [];
  for (let at = 0; at < matched.length; at++) if (matched[at] === 1) runs.push([at, at]);
  return atomSet(runs);
}

/** A process that was put together, and the records (by place) that it always is put together of. */
interface Union {
  readonly record: ProcessRecord;
  readonly of: readonly number[];
}

/**
 * The empty record and every consistent union of records that meet, each once. At one packet only the
 * records that its rules ask for count, and of those each two meet: so these unions are enough.
 */
function unionsOf(
  records: readonly ProcessRecord[],
  max: number,
  meets: (a: number, b: number) => boolean,
): readonly ProcessRecord[] | undefined {
  const unions = new Map<string, Union>([["", { record: new Map(), of: [] }]]);
  for (const [place, own] of records.entries()) {
    for (const before of [...unions.values()]) {
      if (!before.of.every((other) => meets(other, place))) continue;
      const record = unionOf(before.record, own);
      if (record === undefined) continue;
      const key = keyOf(record);
      const of = [...before.of, place];
      const known = unions.get(key);
      // Two ways to one union: what either can be united with, it can.
      unions.set(key, { record, of: known?.of.filter((one) => of.includes(one)) ?? of });
      if (unions.size > max) return undefined;
    }
  }
  return [...unions.values()].map(({ record }) => record);
}

/** Whether some packet has rules that ask for the one record and for the other. */
function meetingOf(askers: readonly (readonly PacketRule[])[]) {
  const known = new Map<number, boolean>();
  return (a: number, b: number): boolean => {
    const pair = a * askers.length + b;
    const before = known.get(pair);
    if (before !== undefined) return before;
    const others = askers[b] ?? [];
    const isMet = (askers[a] ?? []).some((rule) => others.some((other) => meet(rule, other)));
    known.set(pair, isMet);
    return isMet;
  };
}

function meet(a: PacketRule, b: PacketRule): boolean {
  return (
    !isNoService(intersectServices(a.service, b.service)) &&
    !isNoAddress(intersectAddresses(a.remote, b.remote))
  );
}

/** The least process that satisfies both, or undefined where two values of a field contradict. */
function unionOf(a: ProcessRecord, b: ProcessRecord): ProcessRecord | undefined {
  const union = new Map(a);
  for (const [field, value] of b) {
    const before = union.get(field);
    if (before === undefined || hasValue(field, value, before)) union.set(field, value);
    else if (!hasValue(field, before, value)) return undefined;
  }
  return union;
}

function satisfies(process: ProcessRecord, record: ProcessRecord): boolean {
  for (const [field, wanted] of record) {
    const actual = process.get(field);
    if (actual === undefined || !hasValue(field, actual, wanted)) return false;
  }
  return true;
}

/** A cgroup is also every one above it; Windows paths and services ignore case (`satisfies` in extent). */
function hasValue(field: ProgramField, actual: string, wanted: string): boolean {
  if (field === "cgroup") return actual === wanted || actual.startsWith(`${wanted}/`);
  return folded(field, actual) === folded(field, wanted);
}

/** A path with a backslash is one of Windows: those of Linux start with a slash. Services are of Windows. */
function folded(field: ProgramField, value: string): string {
  if (field === "service") return value.toLowerCase();
  return field === "path" && !value.startsWith("/") ? value.toLowerCase() : value;
}

/** Equal for records that every process satisfies alike. */
export function keyOf(record: ProcessRecord): string {
  let key = "";
  for (const field of programFields) {
    const value = record.get(field);
    // The length keeps a value from passing for two.
    if (value !== undefined) key += `${field}:${value.length}:${folded(field, value)}`;
  }
  return key;
}
