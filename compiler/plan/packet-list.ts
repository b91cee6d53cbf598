// What an enforcer does to packets, in the one form that policies and parsed artefacts are compared
// in: a list of products, of which the first that holds the packet decides. What is not the first
// packet of an exchange differs in its mode, which only the opening of an artefact looks at.
import type { ProgramField } from "../../grammar/ast.ts";
import type { Direction } from "../inventory/types.ts";
import type { AddressSet } from "../sets/address-set.ts";
import type { ServiceSet } from "../sets/service-set.ts";

export type PacketVerdict = "accept" | "drop";

/**
 * Fields that a process has; `user` and `group` hold the number on this host as decimal text (a user
 * of Windows its security identifier), `cgroup` a path whose descendants have it too.
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

export type TrackedState = "new" | "established" | "related" | "invalid" | "untracked";

/** All that a packet has beside what rules of a policy speak of. */
export interface PacketMode {
  /** Within the host. */
  readonly loopback: boolean;
  readonly state: TrackedState;
  /** Sent by the end that did not begin the exchange. */
  readonly reply: boolean;
  /** Of IPv6. */
  readonly hopLimit: number;
  readonly sourcePort: number;
}

/** A packet that begins an exchange: nothing in it is special. */
export const firstPacket: PacketMode = {
  loopback: false,
  state: "new",
  reply: false,
  hopLimit: 64,
  sourcePort: 40_000,
};

/** What an artefact does in one direction, in two parts of which the first decides first. */
export interface DirectionMeaning {
  readonly direction: Direction;
  /**
   * Rules that look at the mode of a packet: those that hold in this one. Undefined where no artefact
   * has them because the platform itself tells replies and errors from first packets.
   */
  readonly opening: ((mode: PacketMode) => readonly PacketRule[]) | undefined;
  /** Equal only for openings that do the same in every mode; undefined where no text says it. */
  readonly openingKey: string | undefined;
  /** Every hop limit and source port at which the opening changes its mind. */
  readonly asks: { readonly hopLimits: readonly number[]; readonly sourcePorts: readonly number[] };
  /** Rules that hold in every mode. */
  readonly rules: readonly PacketRule[];
  readonly otherwise: PacketVerdict;
}
