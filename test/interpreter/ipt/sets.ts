// What the sets of ipset are.
import type { Family } from "../address.ts";
import type { Range } from "../ranges.ts";

export const dimensions: Readonly<Record<string, number>> = {
  "hash:ip": 1,
  "hash:net": 1,
  "hash:ip,port": 2,
  "hash:net,port": 2,
  "hash:ip,port,ip": 3,
  "bitmap:port": 1,
  "list:set": 1,
};

export interface IpSet {
  readonly type: string;
  /** Sets of ports and of sets serve both. */
  readonly family: Family | undefined;
  readonly ports: readonly [number, number];
  members: Member[];
}

export type IpSets = Map<string, IpSet>;

export interface Member {
  /** One per dimension; an ICMP type and code are type * 256 + code. */
  readonly fields: readonly Range[];
  /** Of a port field. */
  readonly protocol?: number;
  /** Length of a network, by which the kernel searches: the longest first. */
  readonly prefix?: number;
  /** Found, it says that the packet is not in the set. */
  readonly exempt: boolean;
  /** Of list:set. */
  readonly set?: string;
}

/** The protocols whose ports the kernel's sets look up; any other has the port 0. */
export const portsInSets: readonly number[] = [6, 17, 132, 136];
