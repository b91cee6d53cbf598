// What Windows Firewall is told, whatever file said it: profiles, rules and the packets one asks
// about. Written from Microsoft's own pages, platforms.md C.2 and [MS-FASP] 2.2.37; nothing of the
// product is read here, so that the two cannot share a mistake.
import type { AddressRange, Family } from "./addresses.ts";

export const profileNames = ["Domain", "Private", "Public"] as const;
export type ProfileName = (typeof profileNames)[number];

export type Direction = "in" | "out";
export type Verdict = "allow" | "block";

/** The settings of one profile; `undefined` is not configured. */
export interface Profile {
  readonly enabled: boolean;
  readonly inbound: Verdict | undefined;
  readonly outbound: Verdict | undefined;
  readonly localMerge: boolean | undefined;
  readonly shielded: boolean;
}

/** INVARIANT: first <= last, both within 0 to 65535. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** A type with one code, or with every code where none is said. */
export interface IcmpType {
  readonly type: number;
  readonly code: number | undefined;
}

/** What a packet has to be; `undefined` asks nothing. No list is empty. */
export interface Conditions {
  readonly protocol: number | undefined;
  readonly localPorts: readonly PortRange[] | undefined;
  readonly remotePorts: readonly PortRange[] | undefined;
  readonly icmp: readonly IcmpType[] | undefined;
  readonly localAddresses: readonly AddressRange[] | undefined;
  readonly remoteAddresses: readonly AddressRange[] | undefined;
  readonly program: string | undefined;
  /** `*` is any service, and no process that is none ([MS-FASP] 2.2.37). */
  readonly service: string | undefined;
  /** The users as SIDs. */
  readonly users: readonly string[] | undefined;
}

export interface Rule extends Conditions {
  /** What tells it from other rules in its store. */
  readonly name: string;
  readonly title: string | undefined;
  readonly description: string | undefined;
  /** The last day, as year-month-day. `decide` does not look at it. */
  readonly until: string | undefined;
  readonly direction: Direction;
  readonly action: "bypass" | Verdict;
  readonly active: boolean;
  readonly profiles: readonly ProfileName[];
}

export interface FirewallPolicy {
  readonly profiles: Readonly<Record<ProfileName, Profile>>;
  readonly rules: readonly Rule[];
}

export interface Packet {
  readonly direction: Direction;
  readonly family: Family;
  readonly local: string;
  readonly remote: string;
  readonly protocol: number;
  readonly localPort?: number;
  readonly remotePort?: number;
  readonly icmp?: { readonly type: number; readonly code: number };
  readonly program?: string;
  readonly service?: string;
  /** The SID of the user. */
  readonly user?: string;
  /** By IPsec; only a bypass rule asks. */
  readonly isAuthenticated?: boolean;
}

export const noConditions: Conditions = {
  protocol: undefined,
  localPorts: undefined,
  remotePorts: undefined,
  icmp: undefined,
  localAddresses: undefined,
  remoteAddresses: undefined,
  program: undefined,
  service: undefined,
  users: undefined,
};
