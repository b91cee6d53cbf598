// What stands in an account, as far as security groups go: plain data, read by `read.ts`.
import type { NetworkLinks } from "../../../compiler/plan/network-links.ts";
import type { Cidr, Family, IpAddress } from "../../../compiler/sets/address.ts";
import type { Permission } from "../permissions.ts";

export interface LiveAccount {
  /** Sorted by id. */
  readonly groups: readonly LiveGroup[];
  /** Sorted by id. */
  readonly interfaces: readonly LiveInterface[];
  /** The default and the latest version of each, as far as they name groups of these networks. */
  readonly templates: readonly LaunchTemplate[];
  /** Those that rules name, and those with a tag of segc's, by id. */
  readonly prefixLists: ReadonlyMap<string, LiveList>;
  /** None where nobody asked for them. */
  readonly links: NetworkLinks;
}

export interface LiveGroup {
  /** `sg-…`. */
  readonly id: string;
  readonly name: string;
  /** `vpc-…`. */
  readonly vpc: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Sorted by key, each once. */
  readonly ingress: readonly LiveRule[];
  readonly egress: readonly LiveRule[];
}

export interface LiveRule extends Permission {
  /** `sgr-…`; never taken from a reply, always read again. */
  readonly id: string;
  readonly peer: LivePeer;
  readonly description: string;
}

export type LivePeer =
  | { readonly kind: "cidr"; readonly cidr: Cidr }
  /** By id; perhaps one of another network or account. */
  | {
      readonly kind: "group";
      readonly group: string;
      /** EC2 says that the peering by which it is named is not there: the rule does nothing. */
      readonly isStale?: boolean;
    }
  | { readonly kind: "list"; readonly list: string };

export interface LiveList {
  /** `pl-…`. */
  readonly id: string;
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly family: Family;
  /** As how many rules one that names it counts. */
  readonly weight: number;
  /** Grows with each change of the entries; 0 where nobody but AWS changes it. */
  readonly version: number;
  /** Each once. */
  readonly entries: readonly Cidr[];
}

export interface LiveInterface {
  /** `eni-…`. */
  readonly id: string;
  readonly vpc: string;
  /** Those that groups as peers stand for: private ones of IPv4, and all of IPv6. */
  readonly addresses: readonly IpAddress[];
  /** Delegated to it, for containers say: all of their addresses are its own. */
  readonly prefixes: readonly Cidr[];
  /** Ids of the groups it carries, sorted. */
  readonly groups: readonly string[];
  /**
   * The service that alone may give it other groups (a load balancer, a database …), as EC2 names the kind
   * of interface; undefined where EC2 itself may.
   */
  readonly service: string | undefined;
}

export interface LaunchTemplate {
  /** `lt-…`. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** Ids of the groups that a new machine's interfaces carry, sorted; one list for each interface. */
  readonly groups: readonly (readonly string[])[];
}

/** Tags by which segc knows groups again: whose they are, and which group of the plan each is. */
export const ownerTag = "segc:owner";
export const groupTag = "segc:group";
/** Of a prefix list: for the groups of which network it is. */
export const networkTag = "segc:network";

/** The name that the plan gives the group; undefined for groups that are not this owner's. */
export const livePlannedName = ({ tags }: LiveGroup, owner: string): string | undefined =>
  tags.get(ownerTag) === owner ? tags.get(groupTag) : undefined;

/** The name that the plan gives the list; undefined for lists that are not this owner's. */
export const plannedListName = ({ tags }: LiveList, owner: string): string | undefined =>
  tags.get(ownerTag) === owner ? tags.get(groupTag) : undefined;

/** Of the group that stands for the lease of an apply (`apply/lease.ts`). */
export const leaseName = "segc-lease";
export const leaseTag = "segc:lease";
