// All enforcers of one kind together, for kinds that share what they hold: a security group stands at
// many interfaces at once, and names its peers by groups.
import type { Enforcer, EnforcerKind, Workload, WorkloadAddress } from "../inventory/types.ts";
import { type Family, formatAddress, type IpAddress } from "../sets/address.ts";
import {
  type AddressSet,
  addressesOfFamily,
  addressSetOf,
  isNoAddress,
  unionOfAddresses,
} from "../sets/address-set.ts";
import { equalServices, type ServiceSet } from "../sets/service-set.ts";
import type { PlanContext } from "./context.ts";
import { type Elsewhere, heldElsewhere } from "./elsewhere.ts";
import type { NetworkLinks } from "./network-links.ts";
import type { EnforcerSlice, SliceEntry } from "./slice.ts";
import { slicing } from "./slices.ts";
import { subtractAll } from "./subtract.ts";

/** One workload with enforcers of the kind. */
export interface FleetMember {
  readonly name: string;
  readonly labels: Workload["labels"];
  /** Ids of its enforcers, sorted, each once. */
  readonly enforcers: readonly string[];
  /** Those that the inventory says they are in, sorted: one, or none where that is the realm. */
  readonly networks: readonly string[];
  /** By realm; empty where the inventory names no address: nobody can name such a peer. */
  readonly addresses: ReadonlyMap<string, AddressSet>;
  /** Those of them that no other workload has, in the fleet or not. */
  readonly alone: ReadonlyMap<string, AddressSet>;
  /** What its enforcers must do. One object for members that must do the same. */
  readonly slice: EnforcerSlice;
}

export interface Fleet {
  /** Sorted by name. */
  readonly members: readonly FleetMember[];
  /** The addresses of all workloads, of the fleet or not, by realm. */
  readonly managed: ReadonlyMap<string, AddressSet>;
  /** Who is held back at its own end by another kind of enforcer, and not by this. */
  readonly elsewhere: readonly Elsewhere[];
  /** For rules with `when same` or `different`, by id: the label that tells their flows apart. */
  readonly conditions: ReadonlyMap<string, string>;
  /** What joins the networks of its members. */
  readonly links: NetworkLinks;
}

export interface FleetSetting {
  /** Kinds whose artefacts the fleet may lean on. */
  readonly others: readonly EnforcerKind[];
  readonly links: NetworkLinks;
}

export function fleetOf(
  context: PlanContext,
  kind: EnforcerKind,
  { others, links }: FleetSetting,
): Fleet {
  const { workloads } = context.expansion.universe;
  const slices = new Map<string, EnforcerSlice>();
  const sliceOf = new Map<string, EnforcerSlice>();
  const { widen } = context.capabilities[kind];
  for (const slice of slicing(context, kind).each()) {
    const known = slices.get(slice.id) ?? asSeen(slice, widen);
    slices.set(slice.id, known);
    for (const name of slice.workloads) sliceOf.set(name, known);
  }
  if (sliceOf.size === 0) {
    return { members: [], managed: new Map(), elsewhere: [], conditions: new Map(), links };
  }
  const isAlone = lonely(workloads);
  const members = workloads.flatMap(
    ({ name, labels, addresses, enforcers }): readonly FleetMember[] => {
      const slice = sliceOf.get(name);
      if (slice === undefined) return [];
      const ofKind = enforcers.filter((one) => one.kind === kind);
      const ids = ofKind.map(({ id }) => id);
      const networks = networksOf(ofKind, addresses);
      const own = { addresses: byRealm(addresses), alone: byRealm(addresses.filter(isAlone)) };
      return [{ name, labels, enforcers: [...new Set(ids)].sort(), networks, ...own, slice }];
    },
  );
  return {
    members,
    managed: byRealm(workloads.flatMap(({ addresses }) => addresses)),
    elsewhere: heldElsewhere(
      context,
      others.filter((one) => one !== kind),
      // What containers send past the host's own table nobody holds back.
      ({ name, published }) => published.length === 0 && !sendsByOwn(sliceOf.get(name)),
      ({ addresses }) => byRealm(addresses.filter(isAlone)),
    ),
    conditions: conditionsOf(context),
    links,
  };
}

const sendsByOwn = (slice: EnforcerSlice | undefined): boolean =>
  slice?.directions.some(({ direction }) => direction === "egress") === true;

/** None where no enforcer says one; who says none beside others that do is in its realm. */
function networksOf(
  enforcers: readonly Enforcer[],
  addresses: readonly WorkloadAddress[],
): readonly string[] {
  if (enforcers.every(({ network }) => network === undefined)) return [];
  const realms = addresses.map(({ realm }) => realm);
  return [...new Set(enforcers.flatMap(({ network }) => network ?? realms))].sort();
}

function conditionsOf({ model }: PlanContext): ReadonlyMap<string, string> {
  return new Map(
    model.rules.flatMap(({ id, flow }) =>
      flow.condition === undefined ? [] : [[id, flow.condition.label.name] as const],
    ),
  );
}

/**
 * The slice as an enforcer without denies sees it, where it cannot match a service exactly: another one
 * on the path does, so it lets through what looks the same (language.md section 7, π).
 */
function asSeen(slice: EnforcerSlice, widen: (service: ServiceSet) => ServiceSet): EnforcerSlice {
  const isExact = ({ service }: SliceEntry) => equalServices(widen(service), service);
  return {
    ...slice,
    directions: slice.directions.map((half) => {
      if ([...half.denies, ...half.allows].every(isExact)) return half;
      const allows = half.allows
        .flatMap((allow) => subtractAll(allow, half.denies))
        .map((allow) => ({ ...allow, service: widen(allow.service) }));
      return { ...half, denies: [], allows };
    }),
  };
}

/** Whether one workload alone has an address. */
function lonely(workloads: readonly Workload[]): (address: WorkloadAddress) => boolean {
  const keyOf = ({ ip, realm }: WorkloadAddress) => `${formatAddress(ip)} ${realm}`;
  const times = new Map<string, number>();
  for (const { addresses } of workloads) {
    for (const key of new Set(addresses.map(keyOf))) times.set(key, (times.get(key) ?? 0) + 1);
  }
  return (address) => times.get(keyOf(address)) === 1;
}

function byRealm(addresses: readonly WorkloadAddress[]): ReadonlyMap<string, AddressSet> {
  const lists = new Map<string, IpAddress[]>();
  for (const { ip, realm } of addresses) {
    const list = lists.get(realm);
    if (list === undefined) lists.set(realm, [ip]);
    else list.push(ip);
  }
  return new Map([...lists].map(([realm, list]) => [realm, addressSetOf(list)]));
}

/** Families that an interface has addresses of. The others are nobody's: no packet of them comes there. */
export type Families = readonly Family[];

/** Both where the inventory knows no address. */
export function familiesOf({ addresses }: FleetMember): Families {
  const all = unionOfAddresses([...addresses.values()]);
  const both = [4, 6] as const;
  return isNoAddress(all)
    ? both
    : both.filter((family) => !isNoAddress(addressesOfFamily(all, family)));
}
