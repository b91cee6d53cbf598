// What an enforcer does to the first packets of exchanges, in the one form that policies and parsed
// artefacts are compared in: a list of products, of which the first that holds the packet decides.
// Replies, errors about a flow and traffic within the host are no flows and stand in no list.
import type { ProgramField } from "../../grammar/ast.ts";
import type { Direction } from "../inventory/types.ts";
import type { AddressSet } from "../sets/address-set.ts";
import type { ServiceSet } from "../sets/service-set.ts";

export type PacketVerdict = "accept" | "drop";

/**
 * Fields that a process has; `user` and `group` hold the number on this host as decimal text,
 * `cgroup` a path whose descendants have it too.
 */
export type ProcessRecord = ReadonlyMap<ProgramField, string>;

/** Holds for a process that has every field of one of the records; never where there is none. */
export type ProcessTest = readonly ProcessRecord[];

/** INVARIANT: an empty set of addresses or services means that the rule matches no packet. */
export interface PacketRule {
  /** Addresses of the peer, of both families. */
  readonly remote: AddressSet;
  /** Addresses of this host that the packet comes from or goes to; undefined: whichever. */
  readonly local: AddressSet | undefined;
  readonly service: ServiceSet;
  /** All must hold for the process at this end. */
  readonly processes: readonly ProcessTest[];
  /** None may hold. */
  readonly notProcesses: readonly ProcessTest[];
  /** Seconds since 1970 UTC: matches only before that instant. */
  readonly before: number | undefined;
  readonly verdict: PacketVerdict;
}

/** One direction of one enforcer. */
export interface PacketList {
  readonly direction: Direction;
  readonly rules: readonly PacketRule[];
  /** What happens to a packet that no rule holds. */
  readonly otherwise: PacketVerdict;
}
