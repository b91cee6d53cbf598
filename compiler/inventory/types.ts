// The workloads a policy is applied to (language.md 6.5), after reading, merging and checking.
import type { Span } from "../../diagnostics/source.ts";
import type { IpAddress } from "../sets/address.ts";

export type Platform = "linux" | "windows" | "other";
export type Direction = "ingress" | "egress";

/**
 * `fixture` is the enforcer of a workload made up by a test: it stands in both directions and
 * sees every field of a process.
 */
export type EnforcerKind = "aws-sg" | "nftables" | "iptables" | "windows-firewall" | "fixture";

export interface Enforcer {
  readonly kind: EnforcerKind;
  readonly id: string;
  /** Sorted: egress, ingress. */
  readonly directions: readonly Direction[];
  /** The network that it is in, where a realm has several: a VPC. */
  readonly network?: string;
}

export interface WorkloadAddress {
  readonly ip: IpAddress;
  readonly realm: string;
}

/** A leaf (enum), a text (name, string), or the sorted leaves of a set label. */
export type LabelValue = string | readonly string[];

/** A number; on Windows a security identifier: `S-1-5-21-…`. */
export type AccountId = number | string;

export interface Workload {
  readonly name: string;
  readonly platform: Platform;
  readonly labels: ReadonlyMap<string, LabelValue>;
  /** Sorted by realm, then address. Empty: `symbolic` stands in. */
  readonly addresses: readonly WorkloadAddress[];
  /** What an account of this name is on this host. */
  readonly users: ReadonlyMap<string, AccountId>;
  readonly groups: ReadonlyMap<string, AccountId>;
  /** A verifying launcher puts programs into slices of their own (language.md 6.4). */
  readonly launcher: "segc" | undefined;
  readonly appTags: "segc" | undefined;
  readonly interfaces: readonly string[];
  /** What it takes in goes on to others in its own name. */
  readonly balancer: boolean;
  /** Ports that lead to containers, past what the host itself takes in: `tcp/8080`. Sorted as texts. */
  readonly published: readonly string[];
  /** Sorted by kind, then id. */
  readonly enforcers: readonly Enforcer[];
  /** The record, for messages; undefined for what never stood in a file. */
  readonly span: Span | undefined;
}

export interface Inventory {
  /** Sorted by name; names are unique. */
  readonly workloads: readonly Workload[];
  readonly byName: ReadonlyMap<string, Workload>;
  /** SHA-256 of each source as read, by path: for the manifest. */
  readonly sources: readonly { readonly path: string; readonly sha256: string }[];
}

export function inventoryOf(
  workloads: readonly Workload[],
  sources: Inventory["sources"] = [],
): Inventory {
  const sorted = [...workloads].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    workloads: sorted,
    byName: new Map(sorted.map((workload) => [workload.name, workload])),
    sources,
  };
}
