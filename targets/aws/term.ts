// What some interfaces need, and who they are.
import type { Direction } from "../../compiler/inventory/types.ts";
import type { Families } from "../../compiler/plan/fleet.ts";
import type { AddressSet } from "../../compiler/sets/address-set.ts";

import type { Need } from "./needs.ts";

export interface Term extends Need {
  readonly direction: Direction;
  readonly realm: string;
  /** Of those who hold it. */
  readonly network: string;
  /** Of those who hold it; where some have fewer, what it says of the others is nothing to them. */
  readonly families: Families;
  /** Members that need it, by their places in the fleet, ascending. */
  readonly holders: readonly number[];
  /**
   * Members that are its peers with every address that they have in the realm and in `families`, and that groups
   * of the network may name: by their networks, in order.
   */
  readonly peers: readonly PeerMembers[];
  /** Peers that no member stands for. */
  readonly outside: AddressSet;
}

/** Peers of one network, at least one. */
export interface PeerMembers {
  readonly network: string;
  /** By their places in the fleet, ascending. */
  readonly members: readonly number[];
  readonly addresses: AddressSet;
}

/** What a term says, without the members that are its peers. */
export type Box = Omit<Term, "peers" | "outside">;
