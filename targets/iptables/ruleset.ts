// The part of iptables and ipset that segc speaks, as plain data: what `plan.ts` builds, `render.ts`
// writes, `parse.ts` reads back and `meaning.ts` flattens. Everything a rule can say has one shape
// here, so that two artefacts can be compared as values.
import type { Cidr, Family } from "../../compiler/sets/address.ts";
import type { PrefixList } from "../../compiler/sets/prefix-list.ts";
import type { NumberRanges } from "../../compiler/sets/service-parts.ts";
import type { LaunchBinding, UnitBinding } from "../linux/slices.ts";

/** Where INPUT and OUTPUT jump to first; both are always there, empty where nothing is filtered. */
export const entryChains = { ingress: "SEG-IN", egress: "SEG-OUT" } as const;

export type PacketEnd = "source" | "destination";

/** One condition on a packet. All conditions of a rule must hold. */
export type Match =
  | { readonly kind: "loopback"; readonly end: "in" | "out" }
  /** Never the whole family: that is no condition. */
  | { readonly kind: "address"; readonly end: PacketEnd; readonly cidr: Cidr }
  | { readonly kind: "address-set"; readonly end: PacketEnd; readonly set: string }
  /** The address at `end`, together with the destination port or the ICMP type, is in a set. */
  | { readonly kind: "pair-set"; readonly end: PacketEnd; readonly set: string }
  /** 1 to 255: `-p 0` means every protocol, so 0 has no match of its own. */
  | { readonly kind: "protocol"; readonly protocol: number; readonly not: boolean }
  /** At most 15 slots, of which a range takes two. */
  | {
      readonly kind: "ports";
      readonly protocol: "tcp" | "udp" | "sctp";
      readonly end: PacketEnd;
      readonly ranges: NumberRanges;
    }
  /** ICMP of the family of the table; every code where none is named. */
  | { readonly kind: "icmp"; readonly type: number; readonly code: number | undefined }
  | { readonly kind: "hop-limit"; readonly value: number }
  | {
      readonly kind: "state";
      readonly state: "new" | "established" | "related" | "invalid";
      readonly direction: "original" | "reply" | undefined;
    }
  /** Seconds since 1970 UTC, a whole day's beginning: holds before that instant. */
  | { readonly kind: "before"; readonly seconds: number }
  /** At least one of them. Only on output. */
  | { readonly kind: "owner"; readonly uid: number | undefined; readonly gid: number | undefined }
  /** The socket's cgroup is this one or lies below it. Only on output. */
  | { readonly kind: "cgroup"; readonly path: string };

/** At most `rate` a second after a burst. */
export interface Limit {
  readonly rate: number;
  readonly burst: number;
}

/** A log never decides: the packet goes on to the next rule. */
export type RuleTarget =
  | { readonly kind: "accept" | "drop" | "return" }
  | { readonly kind: "jump" | "goto"; readonly chain: string }
  | { readonly kind: "log"; readonly prefix: string; readonly limit: Limit };

export interface IptRule {
  readonly matches: readonly Match[];
  readonly target: RuleTarget;
  /** Already fit for print: `ruleComment` of text.ts. Never in a chain that asks for cgroups. */
  readonly comment: string | undefined;
}

export interface IptChain {
  readonly name: string;
  readonly rules: readonly IptRule[];
}

/** Named after its content, so that a name never changes its meaning while two loads overlap. */
export type IptSet = PeerSet | PairSet;

export interface PeerSet {
  readonly name: string;
  readonly family: Family;
  /** `hash:ip` holds single addresses only, and not the one whose bits are all zero. */
  readonly type: "hash:ip" | "hash:net";
  readonly members: SetMembers;
}

export interface SetMembers {
  readonly prefixes: PrefixList;
  /** Not in the set, though a shorter prefix is: the longest one that holds an address decides. */
  readonly exceptions: PrefixList;
}

export interface PairSet {
  readonly name: string;
  readonly family: Family;
  /** Of addresses the same holds here. */
  readonly type: "hash:ip,port" | "hash:net,port";
  readonly pairs: readonly PairMember[];
}

/** A peer with the ports from `first` to `last`, or with the ICMP type and code `first` (= `last`). */
export interface PairMember {
  readonly cidr: Cidr;
  /** TCP, UDP, SCTP or the ICMP of the family. */
  readonly protocol: number;
  readonly first: number;
  readonly last: number;
}

/** Everything one artefact does. Lists are sorted by name, rules stand in their order. */
export interface IptPlan {
  readonly sets: readonly IptSet[];
  /** Chains of the filter table of iptables and of ip6tables. */
  readonly chains: { readonly 4: readonly IptChain[]; readonly 6: readonly IptChain[] };
  readonly units: readonly UnitBinding[];
  readonly launches: readonly LaunchBinding[];
}

export const families: readonly Family[] = [4, 6];

/** A rule that cannot be loaded while the cgroup is not there. */
export const asksCgroup = ({ matches }: IptRule): boolean =>
  matches.some(({ kind }) => kind === "cgroup");
