// What one class of workloads must enforce on one kind of enforcer: rules with their remote ends
// expanded to addresses, denies and allows apart, nothing optimised. A target turns it into a plan.
//
// An empty `remote` set means "no packet": the entry is dropped before it gets here, never read
// as "from anywhere".
import type { ProgramField } from "../../grammar/ast.ts";
import type { Direction, EnforcerKind } from "../inventory/types.ts";
import type { UtcDate } from "../model/types.ts";
import type { Family } from "../sets/address.ts";
import type { AddressSet } from "../sets/address-set.ts";
import {
  isServiceSubset,
  protocolInterval,
  protocols,
  type ServiceSet,
  serviceSet,
} from "../sets/service-set.ts";

/** A process condition at the enforcer's own end, in fields this enforcer sees. */
export interface LocalProgram {
  /** Stable key, equal for equal conditions: names sets and slices. */
  readonly key: string;
  /** As the user calls it, for comments. */
  readonly label: string;
  readonly fields: ReadonlyMap<ProgramField, string>;
  /** Numbers for `user` and `group` on this class of workloads. */
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** Of `user` on Windows; undefined too where nobody knows it. */
  readonly sid: string | undefined;
}

/** INVARIANT: `remote` and `local` are of the family; no part is empty. */
export interface SliceEntry {
  readonly ruleId: string;
  /** Ids of the other rules it comes from, once entries of several rules were put together. */
  readonly alsoRules: readonly string[];
  readonly because: string | undefined;
  readonly ticket: string | undefined;
  readonly family: Family;
  /** Local addresses it concerns; undefined where every local address of the family does. */
  readonly local: AddressSet | undefined;
  /** The peer addresses. */
  readonly remote: AddressSet;
  readonly service: ServiceSet;
  /** All must match at the local end. */
  readonly programs: readonly LocalProgram[];
  /** None may match at the local end. */
  readonly notPrograms: readonly LocalProgram[];
  /** Last day (inclusive) on which it holds. Only on allows. */
  readonly until: UtcDate | undefined;
  readonly log: "new" | "all" | "none";
}

export interface DirectionSlice {
  readonly direction: Direction;
  /** Observed: everything passes except denies; what would be refused is logged. */
  readonly observed: { readonly until: UtcDate } | undefined;
  /**
   * Some rule asks for the process of traffic other than TCP and SCTP: such a socket can change hands
   * within one tracked exchange, so what the first end sends is judged every time (language.md 6.4).
   */
  readonly judgesProcesses: boolean;
  readonly denies: readonly SliceEntry[];
  readonly allows: readonly SliceEntry[];
  /** Active staged rules: logged as findings, no effect. */
  readonly stagedDenies: readonly SliceEntry[];
  readonly stagedAllows: readonly SliceEntry[];
}

/** What `judgesProcesses` is for these entries. */
export function judgeProcesses(entries: readonly SliceEntry[]): boolean {
  return entries.some(
    ({ programs, notPrograms, service }) =>
      programs.length + notPrograms.length > 0 && !isServiceSubset(service, connected),
  );
}

/** Protocols whose sockets cannot change hands. */
const connected = serviceSet([protocolInterval(protocols.tcp), protocolInterval(protocols.sctp)]);

export interface EnforcerSlice {
  readonly kind: EnforcerKind;
  /** Content hash of the slice: names the artefact. */
  readonly id: string;
  /** Names of the workloads that share it, sorted. */
  readonly workloads: readonly string[];
  /** Only the directions this enforcer stands in. */
  readonly directions: readonly DirectionSlice[];
}
