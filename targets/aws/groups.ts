// Security groups as plain data: what `plan.ts` chooses, `render.ts` writes, `parse.ts` reads back and
// `meaning.ts` takes at its word. Groups only allow, a group's rules have no order, and an interface lets
// through what any of its groups does (platforms.md A.2).
import type { UtcDate } from "../../compiler/model/types.ts";
import type { Cidr, Family } from "../../compiler/sets/address.ts";
import type { Permission } from "./permissions.ts";

export interface AwsPlan {
  /** Sorted by network, then name. */
  readonly groups: readonly SecurityGroup[];
  /** Sorted by name. */
  readonly lists: readonly PrefixList[];
  /** Sorted by interface. */
  readonly attachments: readonly Attachment[];
}

/**
 * Prefixes that rules name together. AWS has lists for a whole region; ours are for the groups of one network, so that
 * projects for other networks have their own.
 */
export interface PrefixList {
  /** Unique, whatever the network. */
  readonly name: string;
  readonly network: string;
  readonly family: Family;
  /** At least one, in order, each once. */
  readonly entries: readonly Cidr[];
}

export interface SecurityGroup {
  /** Unique within its network, whatever the case. */
  readonly name: string;
  /** The network that it is of. */
  readonly network: string;
  /** In the order of their texts, each once. */
  readonly ingress: readonly GroupRule[];
  readonly egress: readonly GroupRule[];
}

/** One rule has one source (or destination). */
export interface GroupRule extends Permission {
  readonly peer: Peer;
  /** Rules of the policy that it comes from, sorted; none where the direction is not enforced. */
  readonly rules: readonly string[];
  /** Last day on which the policy has it; `segc expire` takes it out after that. */
  readonly until: UtcDate | undefined;
}

export type Peer =
  | { readonly kind: "cidr"; readonly cidr: Cidr }
  | { readonly kind: "list"; readonly list: string }
  /** The private addresses of the interfaces that carry the group, of this or of a linked network. */
  | { readonly kind: "group"; readonly group: string; readonly network: string };

export interface Attachment {
  /** Id of the enforcer in the inventory. */
  readonly interface: string;
  readonly workload: string;
  readonly network: string;
  /** All that the interface carries, sorted; undefined: observed, so it keeps what it has. */
  readonly groups: readonly string[] | undefined;
}

/** A name is unique in its network. */
export const groupKey = (network: string, name: string): string => JSON.stringify([network, name]);
