// What may pass at an interface in any artefact that is right: what its terms say, and from members that
// send by enforced egress what their own groups may hold back (compiler/held-back.ts). Rather too much than
// too little, so that what is called impossible here is so.
import type { Direction } from "../../../compiler/inventory/types.ts";
import { type Families, type Fleet, familiesOf } from "../../../compiler/plan/fleet.ts";
import type { EnforcerSlice } from "../../../compiler/plan/slice.ts";
import { type PeerProduct, subtractAll } from "../../../compiler/plan/subtract.ts";
import type { Family } from "../../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressesOfFamily,
  isNoAddress,
} from "../../../compiler/sets/address-set.ts";
import {
  intersectServices,
  type ServiceSet,
  servicesOfFamily,
  unionOfServices,
} from "../../../compiler/sets/service-set.ts";
import { heldByRealm } from "../admissible.ts";
import { isLeftAlone, networkOf, realmOf } from "../members.ts";
import type { Term } from "../term.ts";

/** Members that need the same in the same network and families. */
export interface MemberClass {
  readonly network: string;
  readonly families: Families;
  /** Its place among the classes. */
  readonly place: number;
  /** Places in the fleet, ascending; at least one. */
  readonly members: readonly number[];
  readonly terms: readonly Term[];
  readonly may: Readonly<Record<Direction, readonly PeerProduct[]>>;
}

/** Classes of all members that carry groups. */
export function memberClasses(fleet: Fleet, terms: readonly Term[]): readonly MemberClass[] {
  const held = new Map<number, Term[]>();
  for (const term of terms) {
    for (const holder of term.holders) {
      const list = held.get(holder);
      if (list === undefined) held.set(holder, [term]);
      else list.push(term);
    }
  }
  const senders = heldByRealm(fleet);
  const slices = new Map<EnforcerSlice, number>();
  const classes = new Map<string, MemberClass & { readonly members: number[] }>();
  for (const [index, member] of fleet.members.entries()) {
    const realm = realmOf(member, fleet);
    const network = networkOf(member, fleet);
    if (realm === undefined || network === undefined || isLeftAlone(member.slice)) continue;
    const number = slices.get(member.slice) ?? slices.size;
    slices.set(member.slice, number);
    const families = familiesOf(member);
    const key = JSON.stringify([number, realm, network, families]);
    const known = classes.get(key);
    if (known !== undefined) {
      known.members.push(index);
      continue;
    }
    const own = held.get(index) ?? [];
    const may = {
      ingress: [...productsOf(own, "ingress"), ...heldBack(own, senders.get(realm))],
      egress: productsOf(own, "egress"),
    };
    const place = classes.size;
    classes.set(key, { network, families, place, members: [index], terms: own, may });
  }
  return [...classes.values()];
}

const productsOf = (terms: readonly Term[], direction: Direction): readonly PeerProduct[] =>
  terms.filter((term) => term.direction === direction);

function heldBack(terms: readonly Term[], senders: AddressSet | undefined): readonly PeerProduct[] {
  const open = terms.filter((one) => one.direction === "ingress" && !isNoAddress(one.outside));
  if (senders === undefined || open.length === 0) return [];
  return [{ remote: senders, service: unionOfServices(open.map(({ service }) => service)) }];
}

/** Whether every packet of some peers and services may pass there. */
export function mayAllPass(
  { families, may }: MemberClass,
  direction: Direction,
  remote: AddressSet,
  service: ServiceSet,
): boolean {
  return families.every((family: Family) => {
    const peers = addressesOfFamily(remote, family);
    const flows = intersectServices(service, servicesOfFamily(family));
    return (
      isNoAddress(peers) ||
      subtractAll({ remote: peers, service: flows }, may[direction]).length === 0
    );
  });
}
