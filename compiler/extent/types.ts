// What a policy selects in one inventory: every set as bits over the endpoints that exist plus a
// set of addresses for those that do not, every flow set as a few products of two such ends.
//
// The one idea: sets are realm-free, flows are not. A product pairs whole ends; a flow of it lies
// within one (realm, family) group, between two different workloads or a workload and outside.
import type { Direction, Workload } from "../inventory/types.ts";
import type { EndpointSet, FlowSet, Module, Program, Rule } from "../model/types.ts";
import type { Family, IpAddress } from "../sets/address.ts";
import type { AddressSet } from "../sets/address-set.ts";
import type { Bitset } from "../sets/bitset.ts";
import type { ServiceSet } from "../sets/service-set.ts";
import type { FlowSearch } from "./flow-search.ts";

/** One managed place a flow can start or end at, whatever process is there. */
export interface Endpoint {
  /** Index into `Universe.workloads`. */
  readonly workload: number;
  readonly realm: string;
  readonly family: Family;
  /**
   * Undefined: the symbolic address of a workload without any. It lies in no network but the
   * whole of its family (`0.0.0.0/0`, `::/0`).
   */
  readonly address: IpAddress | undefined;
  /** Index into `Universe.groups`. */
  readonly group: number;
}

/** The endpoints that can reach each other: of one realm and family. */
export interface Group {
  readonly realm: string;
  readonly family: Family;
  readonly members: Bitset;
  /** Every real address held in the group; built on first use. */
  readonly addresses: () => AddressSet;
}

export interface Universe {
  /** In inventory order (by name). */
  readonly workloads: readonly Workload[];
  /** In inventory order; those of one workload are neighbours. A Bitset indexes this list. */
  readonly endpoints: readonly Endpoint[];
  /** Workload `w` has the endpoints firstOf[w] .. firstOf[w + 1] - 1. */
  readonly firstOf: Uint32Array;
  /** Sorted by realm, then family. */
  readonly groups: readonly Group[];
  readonly all: Bitset;
  readonly none: Bitset;
  /** Endpoints whose address is in one of the ranges. */
  readonly within: (addresses: AddressSet) => Bitset;
  /** The addresses of the endpoints; the symbolic ones are none. */
  readonly addressesAt: (row: Bitset) => AddressSet;
}

/**
 * The endpoints of `managed` and the outside addresses of `external`, at every process that
 * satisfies all of `include` and none of `exclude`.
 *
 * INVARIANT: with programs, `external` is empty (what is outside has no process); every endpoint
 * of `managed` has some such process.
 */
export interface Term {
  readonly managed: Bitset;
  /** An address in here stands for an outside endpoint of each realm that does not manage it. */
  readonly external: AddressSet;
  readonly include: readonly Program[];
  readonly exclude: readonly Program[];
  /** False: the endpoints are here only through `networks` or `anywhere` (language.md 6.3). */
  readonly byIdentity: boolean;
}

/** What a set selects: the union of its terms. */
export interface Extent {
  readonly terms: readonly Term[];
  /** Of all terms, whatever the process. */
  readonly managed: Bitset;
  readonly external: AddressSet;
  /** Those selected not only through `networks` or `anywhere`, at some process. */
  readonly byIdentity: Bitset;
}

/**
 * Every flow from `source` to `destination` with a service of `service`: within one group, of
 * `family` where given, between different workloads, never between two outside ends. Points of
 * the other family's ICMP may be in `service`; they are no flows (`servicesOfFamily`).
 */
export interface Product {
  readonly source: Term;
  readonly destination: Term;
  readonly service: ServiceSet;
  readonly family: Family | undefined;
}

/** What one rule denotes before lowering. Products may overlap; none is without a flow. */
export interface RuleFlows {
  /** After the removal of language.md 6.3. */
  readonly products: readonly Product[];
  /** Taken out by 6.3: the end is met only through `networks` or `anywhere`. */
  readonly removed: readonly FlowsAtEnd[];
  /** What the module says without the authority to: an error, and still among `products`. */
  readonly trespasses: readonly FlowsAtEnd[];
}

/** Flows whose managed end in this direction (egress: source) the module may not write. */
export interface FlowsAtEnd {
  readonly direction: Direction;
  readonly product: Product;
}

/** A model in an inventory. Everything is computed on first use and remembered. */
export interface Expansion {
  readonly universe: Universe;
  /** Which of the flows that products name there are. */
  readonly search: FlowSearch;
  /** Remembered by object identity. */
  readonly extentOf: (set: EndpointSet) => Extent;
  /** ⟦source -> destination : service when condition⟧, nothing removed: guardrails and tests. */
  readonly productsOf: (flow: FlowSet) => readonly Product[];
  readonly flowsOf: (rule: Rule) => RuleFlows;
  /** own(team); empty for an unknown team. */
  readonly ownedByTeam: (team: string) => Bitset;
  /** own(module); everything for a root without `by`. */
  readonly ownedByModule: (module: Module) => Bitset;
}
