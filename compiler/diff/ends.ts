// What stands at each class in each version, and what an enforcer never filters: enough to know who is on
// the path of a flow (language.md section 7, "Enforcers of a flow").
import { linkDestinations, linkSources, listenerDiscovery } from "../extent/product.ts";
import type { Direction, EnforcerKind, Workload } from "../inventory/types.ts";
import { kindsOf } from "../plan/ends.ts";
import { type AddressSet, isAddressSubset, prefixes } from "../sets/address-set.ts";
import { hasBit } from "../sets/bitset.ts";
import { servicesOfFamily } from "../sets/service-set.ts";
import type { Joint } from "./joint.ts";
import type { PointClass, PointSpace } from "./points.ts";
import { nothing, type ServiceTable } from "./service-table.ts";
import type { Version } from "./version.ts";

/** One class in one version, in one direction. */
export interface Standing {
  readonly workload: Workload;
  readonly kinds: readonly EnforcerKind[];
  readonly observed: boolean;
}

export interface EndStates {
  /** Undefined where the version has nobody there, or it is outside. */
  readonly at: (version: number, of: number, direction: Direction) => Standing | undefined;
  /** Every service that a flow between the classes can have; nothing where there is no flow. */
  readonly flowsBetween: (source: number, destination: number) => number;
  /** Some enforcer lets something pass between this class and its peers whatever it is told. */
  readonly mayBeBlind: (of: number) => boolean;
  /** What an enforcer of this kind lets pass to such a peer whatever it is told. */
  readonly unfiltered: (kind: EnforcerKind, direction: Direction, peer: number) => number;
}

export function endStates(
  space: PointSpace,
  services: ServiceTable,
  { versions, joint }: { readonly versions: readonly Version[]; readonly joint: Joint },
): EndStates {
  const { classes, groups } = space;
  const standing = (version: number, of: number, direction: Direction): Standing | undefined => {
    const one = classes[of];
    const workload = one?.like[version];
    const context = versions[version]?.context;
    if (one === undefined || workload === undefined || context === undefined) return undefined;
    const index = joint.endpoints[one.endpoints[0] ?? -1]?.at[version] ?? -1;
    const observed = index >= 0 && hasBit(context.ends[direction].observed, index);
    return { workload, kinds: kindsOf(workload, direction), observed };
  };
  const known = versions.map(() => new Map<number, Standing | undefined>());
  const [near, far] = [linkSources, linkDestinations].map((set) =>
    classes.map((one) => isWithin(one, set, { versions, joint })),
  );
  const everything = ([4, 6] as const).map((family) => services.numberOf(servicesOfFamily(family)));
  const discovery = services.numberOf(listenerDiscovery);
  const holes = holesOf(space, services, { versions, joint });
  const blind = new Set([...holes.keys()].map((key) => Number(key.split(" ").at(-1))));
  return {
    at: (version, of, direction) => {
      const key = 2 * of + (direction === "egress" ? 0 : 1);
      const memory = known[version];
      if (memory === undefined) return undefined;
      if (!memory.has(key)) memory.set(key, standing(version, of, direction));
      return memory.get(key);
    },
    flowsBetween: (source, destination) => {
      const [a, b] = [classes[source], classes[destination]];
      if (a === undefined || b === undefined || a.group !== b.group) return nothing;
      if (a.outside !== undefined && b.outside !== undefined) return nothing;
      if (a.only !== undefined && a.only === b.only) return nothing;
      const all = everything[groups[a.group]?.family === 6 ? 1 : 0] ?? nothing;
      return near?.[source] === true && far?.[destination] === true
        ? services.subtract(all, discovery)
        : all;
    },
    mayBeBlind: (of) => blind.has(of),
    unfiltered: (kind, direction, peer) => holes.get(`${kind} ${direction} ${peer}`) ?? nothing,
  };
}

type Frame = { readonly versions: readonly Version[]; readonly joint: Joint };

/** A class lies within a special range whole or not at all. */
function isWithin(one: PointClass, set: AddressSet, { versions, joint }: Frame): boolean {
  if (one.outside !== undefined) return isAddressSubset(one.outside, set);
  const endpoint = joint.endpoints[one.endpoints[0] ?? -1];
  return versions.some(({ context }, version) => {
    const index = endpoint?.at[version] ?? -1;
    return index >= 0 && hasBit(context.expansion.universe.within(set), index);
  });
}

function holesOf(
  { classes }: PointSpace,
  services: ServiceTable,
  frame: Frame,
): ReadonlyMap<string, number> {
  const holes = new Map<string, number>();
  const tables = Object.values(frame.versions[0]?.context.capabilities ?? {});
  for (const { kind, unfiltered } of tables) {
    for (const { direction, service, peers } of unfiltered) {
      const set = prefixes(...peers);
      for (const [index, one] of classes.entries()) {
        if (!isWithin(one, set, frame)) continue;
        const key = `${kind} ${direction} ${index}`;
        holes.set(key, services.union(holes.get(key) ?? nothing, services.numberOf(service)));
      }
    }
  }
  return holes;
}
