// The part of nftables that segc speaks, as plain data: what `plan.ts` builds, `render.ts` writes,
// `parse.ts` and `parse-json.ts` read back and `meaning.ts` runs. Everything a rule can say has one
// shape here, so that two rulesets can be compared as values.

import type { Family } from "../../compiler/sets/address.ts";
import { type AddressSet, unionAddresses } from "../../compiler/sets/address-set.ts";
import type { NumberRanges } from "../../compiler/sets/service-parts.ts";
import type { LaunchBinding, UnitBinding } from "../linux/slices.ts";

/** Name of the only table segc ever touches, in family `inet`. */
export const tableName = "segc";

/** Addresses of a match: written in place, or a named set of the table. */
export type AddressOperand =
  | { readonly kind: "addresses"; readonly addresses: AddressSet }
  | { readonly kind: "set"; readonly name: string };

export type ConntrackState = "new" | "established" | "related" | "invalid" | "untracked";

/** One condition on a packet. All conditions of a rule must hold. */
export type Match =
  | { readonly kind: "loopback"; readonly end: "iif" | "oif" }
  | { readonly kind: "family"; readonly family: Family }
  | {
      readonly kind: "address";
      readonly family: Family;
      readonly end: "saddr" | "daddr";
      readonly of: AddressOperand;
    }
  | { readonly kind: "protocol"; readonly ranges: NumberRanges }
  | { readonly kind: "not-protocol"; readonly ranges: NumberRanges }
  | {
      readonly kind: "ports";
      readonly protocol: "tcp" | "udp" | "sctp";
      readonly end: "sport" | "dport";
      readonly ranges: NumberRanges;
    }
  | { readonly kind: "icmp-type"; readonly family: Family; readonly ranges: NumberRanges }
  | { readonly kind: "icmp-code"; readonly family: Family; readonly ranges: NumberRanges }
  | { readonly kind: "hop-limit"; readonly value: number }
  | { readonly kind: "state"; readonly state: ConntrackState }
  | { readonly kind: "tracked-direction"; readonly direction: "original" | "reply" }
  /** Seconds since 1970 UTC: holds before that instant. */
  | { readonly kind: "before"; readonly seconds: number }
  /** The socket's cgroup has an ancestor (or is one) at `level` that is in the set. */
  | { readonly kind: "cgroup"; readonly level: number; readonly set: string }
  | { readonly kind: "uid"; readonly id: number }
  | { readonly kind: "gid"; readonly id: number };

export type Verdict =
  | { readonly kind: "accept" | "drop" | "return" }
  | { readonly kind: "jump" | "goto"; readonly chain: string }
  /** To the chain that the map holds for the address, and on from here when that returns. */
  | {
      readonly kind: "vmap";
      readonly family: Family;
      readonly end: "saddr" | "daddr";
      readonly map: string;
    };

/** At most `rate` a second after a burst. */
export interface Limit {
  readonly rate: number;
  readonly burst: number;
}

/** INVARIANT: a rule with a limit has no verdict, so that a limit never decides. */
export interface NftRule {
  readonly matches: readonly Match[];
  readonly limit: Limit | undefined;
  /** Prefix of the log line. */
  readonly log: string | undefined;
  readonly verdict: Verdict | undefined;
  /** Already fit for print: `ruleComment` of text.ts. */
  readonly comment: string | undefined;
}

export interface NftChain {
  readonly name: string;
  /** A base chain stands in a hook; what falls off its end gets the policy. */
  readonly base:
    | { readonly hook: "input" | "output"; readonly policy: "accept" | "drop" }
    | undefined;
  readonly rules: readonly NftRule[];
}

export interface NftAddressSet {
  readonly name: string;
  readonly family: Family;
  readonly addresses: AddressSet;
}

/**
 * Chains, and the addresses that each decides about. INVARIANT: sorted by chain, each named once;
 * addresses are disjoint and never none.
 */
export interface NftVerdictMap {
  readonly name: string;
  readonly family: Family;
  readonly branches: readonly { readonly chain: string; readonly addresses: AddressSet }[];
}

/** Chains with their addresses, in the order of their names. */
export function branchesOf(
  byChain: ReadonlyMap<string, readonly AddressSet[]>,
): NftVerdictMap["branches"] {
  return [...byChain.keys()]
    .sort()
    .map((chain) => ({ chain, addresses: unionAddresses(...(byChain.get(chain) ?? [])) }));
}

/** Chains that a rule may lead to. */
export function targetsOf({ verdict }: NftRule, maps: readonly NftVerdictMap[]): readonly string[] {
  if (verdict === undefined) return [];
  if (verdict.kind === "jump" || verdict.kind === "goto") return [verdict.chain];
  if (verdict.kind !== "vmap") return [];
  const { map } = verdict;
  return maps.find(({ name }) => name === map)?.branches.map(({ chain }) => chain) ?? [];
}

/** A cgroup, as a path under the mount point, that belongs to an identity set once it exists. */
export interface IdentityMember {
  readonly set: string;
  readonly path: string;
}

/** Everything one artefact does. Lists are sorted by name, rules stand in their order. */
export interface NftPlan {
  /** Name of an empty set that tells this table from others (stamp.ts); older files have none. */
  readonly stamp: string | undefined;
  readonly addressSets: readonly NftAddressSet[];
  readonly verdictMaps: readonly NftVerdictMap[];
  /** Names of the `cgroupsv2` sets, empty when the table loads. */
  readonly identitySets: readonly string[];
  readonly chains: readonly NftChain[];
  readonly members: readonly IdentityMember[];
  readonly units: readonly UnitBinding[];
  readonly launches: readonly LaunchBinding[];
}
