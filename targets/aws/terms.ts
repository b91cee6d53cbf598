// What all interfaces need, put together: the same peers and services are one term, held by everybody who
// needs it. A term's peers are members of the fleet, whom a group can stand for, and addresses outside.
import type { Direction } from "../../compiler/inventory/types.ts";
import { type Families, type Fleet, familiesOf } from "../../compiler/plan/fleet.ts";
import type { EnforcerSlice } from "../../compiler/plan/slice.ts";
import type { Family } from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressesOfFamily,
  addressSharing,
  isAddressSubset,
  isNoAddress,
  subtractAddresses,
  unionAddresses,
  unionOfAddresses,
} from "../../compiler/sets/address-set.ts";
import { intersectServices, servicesOfFamily } from "../../compiler/sets/service-set.ts";
import {
  directions,
  halfOf,
  isLeftAlone,
  networkOf,
  networksInReach,
  ofInterface,
  realmOf,
} from "./members.ts";
import { type Need, needsOf, serviceText } from "./needs.ts";
import type { Box, PeerMembers, Term } from "./term.ts";

/** The terms of all members that carry groups. */
export function termsOf(fleet: Fleet): readonly Term[] {
  const peersOf = peerFinder(fleet);
  return drafted(fleet).map((draft): Term => {
    const { peers, outside } = peersOf(draft);
    return { ...draft, peers, outside };
  });
}

type Draft = Omit<Box, "holders"> & { readonly holders: number[] };

/** By what is asked and in which families; those of one family join those of both that ask the same there. */
function drafted(fleet: Fleet): readonly Draft[] {
  const keyOf = draftKeys();
  const drafts = new Map<string, Draft>();
  for (const draft of ownDrafts(fleet)) {
    const key = keyOf(draft, draft.families);
    const before = drafts.get(key);
    if (before === undefined) drafts.set(key, draft);
    else for (const holder of draft.holders) before.holders.push(holder);
  }
  const all = [...drafts.values()];
  const dual = all.filter(({ families }) => families.length === 2);
  const partKey = (draft: Draft, family: Family) => `${family} ${keyOf(draft, [family])}`;
  const byPart = new Map(
    dual.flatMap((draft) => ([4, 6] as const).map((one) => [partKey(draft, one), draft] as const)),
  );
  const single = all.filter(({ families: [family = 4, ...more], ...draft }) => {
    if (more.length > 0) return false;
    const wider = byPart.get(partKey({ ...draft, families: [family] }, family));
    for (const holder of draft.holders) wider?.holders.push(holder);
    return wider === undefined;
  });
  return [...dual, ...single].map((draft) => ({
    ...draft,
    holders: [...new Set(draft.holders)].sort((a, b) => a - b),
  }));
}

/** Equal for drafts that ask the same in some families. */
function draftKeys(): (draft: Draft, families: Families) => string {
  const share = addressSharing();
  const numbers = new Map<AddressSet, number>();
  return ({ realm, network, direction, remote, service, until, rules }, families) => {
    const parts = families.map((family) => {
      const own = share(addressesOfFamily(remote, family));
      const number = numbers.get(own) ?? numbers.size;
      numbers.set(own, number);
      return [number, serviceText(intersectServices(service, servicesOfFamily(family)))];
    });
    return JSON.stringify([realm, network, direction, parts, until ?? null, rules]);
  };
}

function* ownDrafts(fleet: Fleet): Generator<Draft> {
  const needs = new Map<EnforcerSlice, Readonly<Record<Direction, readonly Need[]>>>();
  for (const [index, member] of fleet.members.entries()) {
    const { slice } = member;
    const realm = realmOf(member, fleet);
    const network = networkOf(member, fleet);
    if (realm === undefined || network === undefined || isLeftAlone(slice)) continue;
    const own = needs.get(slice) ?? {
      ingress: needsOf(halfOf(slice, "ingress")),
      egress: needsOf(halfOf(slice, "egress")),
    };
    needs.set(slice, own);
    const families = familiesOf(member);
    for (const direction of directions) {
      for (const need of own[direction]) {
        yield { ...need, direction, realm, network, families, holders: [index] };
      }
    }
  }
}

interface Found {
  readonly peers: readonly PeerMembers[];
  readonly outside: AddressSet;
}

interface Addressed {
  readonly index: number;
  readonly addresses: AddressSet;
}

/** Members whose addresses all are among some, and what of those is left. Remembers its answers. */
export function peerFinder(fleet: Fleet): (draft: Box) => Found {
  const near = addressedMembers(fleet);
  const share = addressSharing();
  const known = new Map<AddressSet, Map<string, Found>>();
  return ({ remote, realm, network, direction, families }) => {
    const networks = networksInReach(network, direction, fleet);
    const key = JSON.stringify([families, realm, networks]);
    const among = share(remote);
    const before = known.get(among)?.get(key);
    if (before !== undefined) return before;
    const part = (set: AddressSet) =>
      families.length === 2
        ? set
        : unionAddresses(...families.map((family) => addressesOfFamily(set, family)));
    const peers = networks.flatMap((one): readonly PeerMembers[] => {
      const inside = (near.get(placeKey(realm, one)) ?? [])
        .map(({ index, addresses }) => ({ index, addresses: part(addresses) }))
        .filter(({ addresses }) => !isNoAddress(addresses) && isAddressSubset(addresses, among));
      if (inside.length === 0) return [];
      const addresses = unionOfAddresses(inside.map((each) => each.addresses));
      return [{ network: one, members: inside.map(({ index }) => index), addresses }];
    });
    const taken = unionOfAddresses(peers.map(({ addresses }) => addresses));
    const found = { peers, outside: subtractAddresses(among, taken) };
    known.set(among, (known.get(among) ?? new Map<string, Found>()).set(key, found));
    return found;
  };
}

const placeKey = (realm: string, network: string): string => JSON.stringify([realm, network]);

/** Members that a group can stand for, by realm and network. */
function addressedMembers(fleet: Fleet): ReadonlyMap<string, readonly Addressed[]> {
  const near = new Map<string, Addressed[]>();
  for (const [index, member] of fleet.members.entries()) {
    const network = networkOf(member, fleet);
    if (isLeftAlone(member.slice) || network === undefined) continue;
    if (realmOf(member, fleet) === undefined) continue;
    for (const [realm, all] of member.addresses) {
      const key = placeKey(realm, network);
      const one = { index, addresses: ofInterface(all) };
      const list = near.get(key);
      if (list === undefined) near.set(key, [one]);
      else list.push(one);
    }
  }
  return near;
}
