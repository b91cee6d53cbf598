// Joint endpoints that nothing tells apart: no set of any rule, no enforcer, no window of observation.
// Found by refinement: every row of bits splits the classes that it cuts, touching its members only.
import { rowSharing } from "../extent/extent.ts";
import { linkDestinations, linkSources } from "../extent/product.ts";
import type { Universe } from "../extent/types.ts";
import type { Workload } from "../inventory/types.ts";
import { profileKey } from "../plan/ends.ts";
import type { Family } from "../sets/address.ts";
import { prefixes } from "../sets/address-set.ts";
import { type Bitset, forEachMember, hasBit } from "../sets/bitset.ts";
import type { SpaceInput } from "./space-input.ts";

export interface ManagedClass {
  readonly realm: string;
  readonly family: Family;
  readonly endpoints: readonly number[];
  readonly only: string | undefined;
  readonly like: readonly (Workload | undefined)[];
}

export interface ManagedClasses {
  readonly classes: readonly ManagedClass[];
  /** The classes that a row of a version holds, ascending. */
  readonly classesIn: (version: number, row: Bitset) => Int32Array;
  /** The one object for all rows of versions that hold the same joint endpoints. */
  readonly share: (version: number, row: Bitset) => Bitset;
}

export function managedClasses({ versions, joint, parts }: SpaceInput): ManagedClasses {
  const shared = rowSharing([]);
  const share = (version: number, row: Bitset) => shared(joint.rowOf(version, row));
  const rows = new Set<Bitset>();
  for (const [version, each] of parts.entries()) {
    for (const { source, destination } of each) {
      rows.add(share(version, source.managed)).add(share(version, destination.managed));
    }
    for (const row of specialRows(versions[version]?.context)) rows.add(share(version, row));
  }
  const classOf = byState({ versions, joint, parts });
  refine(classOf, rows);
  const numbers = renumber(classOf);
  const endpointsOf: number[][] = Array.from({ length: numbers }, () => []);
  for (const [endpoint, one] of classOf.entries()) endpointsOf[one]?.push(endpoint);
  const known = new WeakMap<Bitset, Int32Array>();
  return {
    classes: endpointsOf.map((endpoints) => describe({ versions, joint, parts }, endpoints)),
    share,
    classesIn: (version, row) => {
      const whose = share(version, row);
      const before = known.get(whose);
      if (before !== undefined) return before;
      const found = new Set<number>();
      forEachMember(whose, (endpoint) => found.add(classOf[endpoint] as number)); // in range
      const classes = Int32Array.from(found).sort();
      known.set(whose, classes);
      return classes;
    },
  };
}

/** Peers of which enforcers let something pass whatever they are told, and links. */
function specialRows(context: SpaceInput["versions"][number]["context"] | undefined): Bitset[] {
  if (context === undefined) return [];
  const { universe } = context.expansion;
  const peers = Object.values(context.capabilities).flatMap(({ unfiltered }) =>
    unfiltered.map((entry) => prefixes(...entry.peers)),
  );
  return [...peers, linkSources, linkDestinations].map((set) => universe.within(set));
}

/** First classes: who is there in which version, and what stands there. */
function byState({ versions, joint }: SpaceInput): Int32Array {
  const numbers = new Map<string, number>();
  const views = versions.map(({ context }) => ({
    universe: context.expansion.universe,
    profiles: profilesOf(context.expansion.universe),
    egress: context.ends.egress.observed,
    ingress: context.ends.ingress.observed,
  }));
  return Int32Array.from(joint.endpoints, ({ realm, family, at }) => {
    let key = `${realm} ${family}`;
    for (const [version, { universe, profiles, egress, ingress }] of views.entries()) {
      const index = at[version] ?? -1;
      const workload = universe.endpoints[index]?.workload;
      if (workload === undefined) key += " -";
      else key += ` ${profiles[workload]}${hasBit(egress, index)}${hasBit(ingress, index)}`;
    }
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
}

/** Of each workload a number: equal where enforcers treat them alike. */
function profilesOf({ workloads }: Universe): readonly string[] {
  return workloads.map(profileKey);
}

function refine(classOf: Int32Array, rows: Iterable<Bitset>): void {
  let next = classOf.reduce((most, one) => Math.max(most, one), 0) + 1;
  for (const row of rows) {
    const moved = new Map<number, number>();
    forEachMember(row, (endpoint) => {
      const before = classOf[endpoint] as number; // in range
      let after = moved.get(before);
      if (after === undefined) {
        after = next++;
        moved.set(before, after);
      }
      classOf[endpoint] = after;
    });
  }
}

/** Numbers from 0 in the order of first endpoints; how many there are. */
function renumber(classOf: Int32Array): number {
  const numbers = new Map<number, number>();
  classOf.forEach((one, endpoint) => {
    const number = numbers.get(one) ?? numbers.size;
    numbers.set(one, number);
    classOf[endpoint] = number;
  });
  return numbers.size;
}

function describe({ versions, joint }: SpaceInput, endpoints: readonly number[]): ManagedClass {
  const [first] = endpoints;
  const like = joint.endpoints[first ?? -1];
  if (like === undefined) throw new Error("bug in segc (diff): a class without endpoints");
  const isOnly = endpoints.every((one) => joint.endpoints[one]?.name === like.name);
  return {
    realm: like.realm,
    family: like.family,
    endpoints,
    only: isOnly ? like.name : undefined,
    like: versions.map(({ context }, version) => {
      const { endpoints: all, workloads } = context.expansion.universe;
      return workloads[all[like.at[version] ?? -1]?.workload ?? -1];
    }),
  };
}
