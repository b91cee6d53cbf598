// The far end of a product as addresses: the managed ones of one realm and family, and what is
// outside there, which is everything that this realm does not manage.
import { platformRows } from "../extent/extent.ts";
import type { Group, Term, Universe } from "../extent/types.ts";
import type { Platform } from "../inventory/types.ts";
import {
  type AddressSet,
  addressesOfFamily,
  isNoAddress,
  noAddress,
  subtractAddresses,
  unionAddresses,
} from "../sets/address-set.ts";
import { type Bitset, intersection } from "../sets/bitset.ts";
import { remembered } from "./remembered.ts";

/** Peers whose processes are of one platform; undefined: outside, where nothing is known to run. */
export interface PlatformPeers {
  readonly platform: Platform | undefined;
  readonly addresses: AddressSet;
}

export interface Remotes {
  /** Every peer of the term in this group. Workloads without addresses are nobody's peer. */
  readonly all: (term: Term, group: Group) => AddressSet;
  /** The same, by platform; parts without peers are left out. */
  readonly byPlatform: (term: Term, group: Group) => readonly PlatformPeers[];
}

/** One for all kinds of enforcers: what it remembers is the same for each. */
export const remotesOf = remembered(remotesIn);

/** Remembers by object identity: equal rows of an expansion are one object. */
function remotesIn(universe: Universe): Remotes {
  const managedOf = remembered((row: Bitset) =>
    remembered((group: Group) => universe.addressesAt(intersection(row, group.members))),
  );
  const outsideOf = remembered((external: AddressSet) =>
    remembered((group: Group) =>
      subtractAddresses(addressesOfFamily(external, group.family), group.addresses()),
    ),
  );
  const outside = (term: Term, group: Group) =>
    isNoAddress(term.external) ? noAddress : outsideOf(term.external)(group);
  const unionOf = remembered((managed: AddressSet) =>
    remembered((external: AddressSet) => unionAddresses(managed, external)),
  );
  const rows = [...platformRows(universe)];
  const onPlatform = remembered((row: Bitset) =>
    rows.map(([platform, members]) => ({ platform, row: intersection(row, members) })),
  );
  return {
    all: (term, group) => unionOf(managedOf(term.managed)(group))(outside(term, group)),
    byPlatform: (term, group) => {
      const managed: readonly PlatformPeers[] = onPlatform(term.managed).map((part) => ({
        platform: part.platform,
        addresses: managedOf(part.row)(group),
      }));
      return [...managed, { platform: undefined, addresses: outside(term, group) }].filter(
        ({ addresses }) => !isNoAddress(addresses),
      );
    },
  };
}
