// The naive meaning, first half: which endpoints a set selects, and which workloads a predicate
// (language.md section 7, "Predicates" and "Sets of endpoints").
import type { ProgramField } from "../../grammar/ast.ts";
import type { Workload } from "../inventory/types.ts";
import type { EndpointSet, Predicate, Program } from "../model/types.ts";
import { type Cidr, contains, type IpAddress, knownPrefix } from "../sets/address.ts";

/** A partial record of what a process is; an absent field is undefined. */
export type Process = ReadonlyMap<ProgramField, string>;

/** ⟨w, r, a, p⟩; no workload means external, and then the process is empty. */
export interface Endpoint {
  readonly workload: Workload | undefined;
  readonly realm: string;
  readonly address: IpAddress;
  readonly process: Process;
}

/**
 * What a program's condition is read as at this workload: undefined, itself; else lowered away, so
 * that the rule widens: every process satisfies it, or behind `except` none.
 */
export type Drops = (program: Program, workload: Workload) => boolean | undefined;
export const keep: Drops = () => undefined;

const opposite =
  (drops: Drops): Drops =>
  (program, workload) => {
    const read = drops(program, workload);
    return read === undefined ? undefined : !read;
  };

/** x ∈ ⟦set⟧. */
export function selects(set: EndpointSet, x: Endpoint, drops: Drops = keep): boolean {
  switch (set.kind) {
    case "workloads":
      return x.workload !== undefined && (set.where === undefined || holds(set.where, x.workload));
    case "workload":
      return x.workload?.name === set.name;
    case "outside":
      return x.workload === undefined;
    case "internet":
      return x.workload === undefined && !isIn(notInternet, x);
    case "anywhere":
      return true;
    case "networks":
      return isIn(set.cidrs, x);
    case "names":
      return x.workload === undefined && isIn(set.addresses ?? [], x);
    case "union":
      return set.of.some((part) => selects(part, x, drops));
    case "intersection":
      return set.of.every((part) => selects(part, x, drops));
    case "difference":
      return selects(set.of, x, drops) && !selects(set.except, x, opposite(drops));
    case "program":
      return selects(set.of, x, drops) && programMatches(set.program, x, drops);
  }
}

const isIn = (cidrs: readonly Cidr[], { address }: Endpoint) =>
  cidrs.some((cidr) => contains(cidr, address));

function programMatches(program: Program, x: Endpoint, drops: Drops): boolean {
  const fields = x.workload && program.alternatives.get(x.workload.platform);
  if (x.workload === undefined || fields === undefined) return false;
  const dropped = drops(program, x.workload);
  if (dropped !== undefined) return dropped;
  const onWindows = x.workload.platform === "windows";
  return [...fields].every(([field, wanted]) =>
    fieldMatches(field, wanted, x.process.get(field), onWindows),
  );
}

/** An undefined field never satisfies. */
function fieldMatches(field: string, wanted: string, actual?: string, windows = false) {
  if (actual === undefined) return false;
  if (field === "cgroup") return actual === wanted || actual.startsWith(`${wanted}/`);
  // Windows tells no capitals apart in names of services either (CreateServiceW).
  if ((field === "path" || field === "service") && windows)
    return actual.toLowerCase() === wanted.toLowerCase();
  return actual === wanted;
}

/** ⟦P⟧w, two-valued. */
export function holds(predicate: Predicate, workload: Workload): boolean {
  switch (predicate.kind) {
    case "is": // a label of one value; `contains` tests one of several
    case "contains":
      return [workload.labels.get(predicate.label.name) ?? []]
        .flat()
        .some((value) => predicate.values.has(value));
    case "defined":
      return workload.labels.has(predicate.label.name);
    case "not":
      return !holds(predicate.of, workload);
    case "and":
      return predicate.of.every((part) => holds(part, workload));
    case "or":
      return predicate.of.some((part) => holds(part, workload));
  }
}

/** Whether the set selects x not only through `networks` or `anywhere` (6.3). */
export function selectsByIdentity(set: EndpointSet, x: Endpoint, drops: Drops = keep): boolean {
  if (!selects(set, x, drops)) return false;
  switch (set.kind) {
    case "networks":
    case "anywhere":
      return false;
    case "union":
    case "intersection":
      return set.of.some((part) => selectsByIdentity(part, x, drops));
    case "difference":
    case "program":
      return selectsByIdentity(set.of, x, drops);
    default:
      return true;
  }
}

/** The empty record, each given one, and each consistent union of two. */
export function combinations(records: readonly Process[], own: Process): readonly Process[] {
  const pairs = records.flatMap((a, index) =>
    records
      .slice(index + 1)
      .filter((b) => [...b].every(([field, value]) => (a.get(field) ?? value) === value))
      .map((b) => new Map([...a, ...b])),
  );
  return [own, new Map(), ...records, ...pairs];
}

/** Priv and the other ranges that `internet` leaves out (section 7). */
const notInternet: readonly Cidr[] = [
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"],
  ...["fe80::/10", "fc00::/7", "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/127", "ff00::/8"],
].map(knownPrefix);
