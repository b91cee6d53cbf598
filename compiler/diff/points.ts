// Where flows start and end, as few points as decide a comparison: what no rule of any version and no
// enforcer tells apart is one class, and each class has a point for every process that matters there.
import type { Process } from "../extent/program.ts";
import type { Term } from "../extent/types.ts";
import type { Workload } from "../inventory/types.ts";
import { candidateProcesses, holdsFor } from "../plan/local-process.ts";
import type { Family } from "../sets/address.ts";
import { type AddressSet, addressSharing, noAddress } from "../sets/address-set.ts";
import type { Bitset } from "../sets/bitset.ts";
import { managedClasses } from "./managed-classes.ts";
import { type OutsideClass, outsideClasses } from "./outside-classes.ts";
import { processRecords } from "./process-records.ts";
import type { SpaceInput } from "./space-input.ts";

/** Endpoints (or addresses outside) that are alike in every version. */
export interface PointClass {
  /** Index into `PointSpace.groups`: only points of one group can meet. */
  readonly group: number;
  /** Joint endpoints, ascending; none for addresses outside. */
  readonly endpoints: readonly number[];
  /** Undefined for workloads. */
  readonly outside: AddressSet | undefined;
  /** The same with addresses that some workload has. */
  readonly whole: AddressSet | undefined;
  /** Of each version, whether it is there. */
  readonly there: readonly boolean[];
  /**
   * Of addresses that are outside in some versions only: a class that stands for what is outside in all of
   * them, and is named least. Undefined for all others, or where there is none.
   */
  readonly general: number | undefined;
  /** The only workload that it holds; undefined where there are several, or none. */
  readonly only: string | undefined;
  /** Of each version, a workload that stands for all; undefined where there is none. */
  readonly like: readonly (Workload | undefined)[];
  readonly points: readonly number[];
}

export interface Point {
  /** Index into `PointSpace.classes`. */
  readonly of: number;
  readonly process: Process;
}

/** INVARIANT: equal sets are one object, and `members` ascends. */
export interface PointSet {
  readonly id: number;
  readonly members: Int32Array;
}

export interface PointSpace {
  readonly groups: readonly { readonly realm: string; readonly family: Family }[];
  readonly classes: readonly PointClass[];
  readonly points: readonly Point[];
  /** The points that a term of a version holds, of one family where one is given. */
  readonly holding: (version: number, term: Term, family: Family | undefined) => PointSet;
}

export function pointSpace(input: SpaceInput): PointSpace {
  const { versions } = input;
  const managed = managedClasses(input);
  const share = addressSharing();
  const outside = outsideClasses(input, share);
  const groups = new Map<string, number>();
  const numbered = (realm: string, family: Family) => {
    const key = `${realm} ${family}`;
    const number = groups.get(key) ?? groups.size;
    groups.set(key, number);
    return number;
  };
  const classes: PointClass[] = [];
  const points: Point[] = [];
  const open = (one: Omit<PointClass, "points">, processes: readonly Process[]) => {
    const first = points.length;
    for (const process of processes) points.push({ of: classes.length, process });
    classes.push({ ...one, points: processes.map((_, index) => first + index) });
  };
  const records = processRecords(input, managed);
  for (const [index, one] of managed.classes.entries()) {
    const { realm, family } = one;
    const named = records.get(index) ?? [];
    const processes = named.length === 0 ? [noProcess] : processesOf(one.like, named);
    const there = one.like.map((workload) => workload !== undefined);
    const inside = { outside: undefined, whole: undefined, there, general: undefined };
    open({ ...one, ...inside, group: numbered(realm, family) }, processes);
  }
  const nobody = versions.map(() => undefined);
  for (const one of outside.classes) {
    const { realm, family, addresses, whole, there } = one;
    const number = generalFor(outside.classes, one);
    const general = number === undefined ? undefined : managed.classes.length + number;
    const common = { endpoints: [], outside: addresses, whole, there, general, only: undefined };
    open({ ...common, like: nobody, group: numbered(realm, family) }, [noProcess]);
  }
  const familyOf = [...groups.keys()].map((key): Family => (key.endsWith("4") ? 4 : 6));
  const intern = pointSets();
  const offset = managed.classes.length;
  const holding = (version: number, term: Term, family: Family | undefined): PointSet => {
    const found: number[] = [];
    const isPlain = term.include.length === 0 && term.exclude.length === 0;
    for (const number of managed.classesIn(version, term.managed)) {
      const one = classes[number];
      if (one === undefined || isOther(familyOf[one.group], family)) continue;
      const platform = one.like[version]?.platform;
      for (const point of one.points) {
        const process = points[point]?.process ?? noProcess;
        if (isPlain || holdsFor(platform, process, term)) found.push(point);
      }
    }
    for (const number of outside.classesIn(share(term.external))) {
      const one = classes[offset + number];
      if (one === undefined || isOther(familyOf[one.group], family)) continue;
      found.push(...one.points);
    }
    return intern(found);
  };
  return {
    groups: [...groups.keys()].map((key, index) => ({
      realm: key.slice(0, -2),
      family: familyOf[index] ?? 4,
    })),
    classes,
    points,
    holding: remembering(holding, share, managed.share),
  };
}

/** Which of the classes stands for outside in general, for one that is there in some versions only. */
function generalFor(classes: readonly OutsideClass[], one: OutsideClass): number | undefined {
  if (one.there.every((is) => is)) return undefined;
  const like = classes.filter(
    ({ realm, family, there }) =>
      realm === one.realm && family === one.family && there.every((is) => is),
  );
  const [least] = like.toSorted((a, b) => a.named - b.named);
  return least === undefined ? undefined : classes.indexOf(least);
}

const noProcess: Process = new Map();

const isOther = (family: Family | undefined, wanted: Family | undefined) =>
  wanted !== undefined && family !== wanted;

/** Every process that the programs named at a class can tell apart. */
function processesOf(
  like: readonly (Workload | undefined)[],
  records: readonly Process[],
): readonly Process[] {
  const platform = like.findLast((one) => one !== undefined)?.platform ?? "linux";
  return candidateProcesses(platform, [], records);
}

/** Thousands of terms hold the same few rows: each question is answered once. */
function remembering(
  holding: PointSpace["holding"],
  share: (set: AddressSet) => AddressSet,
  shareRow: (version: number, row: Bitset) => Bitset,
): PointSpace["holding"] {
  const plain = new Map<Bitset, Map<AddressSet, Map<Family | undefined, PointSet>>>();
  return (version, term, family) => {
    if (term.include.length > 0 || term.exclude.length > 0) return holding(version, term, family);
    const row = shareRow(version, term.managed);
    const external = term.external === noAddress ? noAddress : share(term.external);
    const bySet = plain.get(row) ?? new Map<AddressSet, Map<Family | undefined, PointSet>>();
    plain.set(row, bySet);
    const byFamily = bySet.get(external) ?? new Map<Family | undefined, PointSet>();
    bySet.set(external, byFamily);
    const found = byFamily.get(family) ?? holding(version, term, family);
    byFamily.set(family, found);
    return found;
  };
}

function pointSets(): (found: readonly number[]) => PointSet {
  const known = new Map<string, PointSet>();
  return (found) => {
    const members = Int32Array.from(found).sort();
    const key = members.join();
    const set = known.get(key) ?? { id: known.size, members };
    known.set(key, set);
    return set;
  };
}
