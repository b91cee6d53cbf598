// What the interfaces of a slice must let through, as products of peers and services for both families
// at once: a group is a peer in both. There is no deny, so what denies refuse is taken out of the allows,
// exactly; what has an end stays apart from what has none.

import type { UtcDate } from "../../compiler/model/types.ts";
import type { DirectionSlice, SliceEntry } from "../../compiler/plan/slice.ts";
import type { PeerProduct } from "../../compiler/plan/subtract.ts";
import { subtractAll } from "../../compiler/plan/subtract.ts";
import type { Family } from "../../compiler/sets/address.ts";
import {
  addressesOfFamily,
  everyAddress,
  isNoAddress,
  unionAddresses,
} from "../../compiler/sets/address-set.ts";
import {
  anyService,
  intersectServices,
  isServiceSubset,
  protocolInterval,
  protocols,
  type ServiceSet,
  serviceSet,
  servicesOfFamily,
  subtractServices,
  unionServices,
} from "../../compiler/sets/service-set.ts";

/** Points of the other family's ICMP may be in `service`: they are no flows. */
export interface Need extends PeerProduct {
  readonly until: UtcDate | undefined;
  /** Ids, sorted; none where a direction is open because nothing enforces it. */
  readonly rules: readonly string[];
}

const everything: Need = { remote: everyAddress, service: anyService, until: undefined, rules: [] };

/** @param half undefined where the interfaces enforce nothing in that direction */
export function needsOf(half: DirectionSlice | undefined): readonly Need[] {
  if (half === undefined) return [everything];
  const [four, six] = ([4, 6] as const).map((family) => needsIn(half, family));
  return joined(four ?? [], six ?? []).map(whole);
}

/** All that there is in the families of its peers is everything: the other family's ICMP is no flow there. */
function whole(need: Need): Need {
  const isAll = ([4, 6] as const).every(
    (family) =>
      isNoAddress(addressesOfFamily(need.remote, family)) ||
      isServiceSubset(servicesOfFamily(family), need.service),
  );
  return isAll ? { ...need, service: anyService } : need;
}

function needsIn(half: DirectionSlice, family: Family): readonly Need[] {
  const ofFamily = (entry: SliceEntry) => entry.family === family;
  const denies = half.denies.filter(ofFamily);
  const asked =
    half.observed === undefined
      ? half.allows.filter(ofFamily).map(needOf)
      : [{ ...everything, remote: addressesOfFamily(everyAddress, family) }];
  const flows = servicesOfFamily(family);
  return asked
    .map((need) => ({ ...need, service: intersectServices(need.service, flows) }))
    .flatMap((need) => subtractAll(need, denies));
}

const needOf = ({ remote, service, until, ruleId, alsoRules }: SliceEntry): Need => ({
  remote,
  service,
  until,
  rules: [...new Set([ruleId, ...alsoRules])].sort(),
});

/** Each need of IPv4 with one of IPv6 that comes from the same rules and asks the same, but for ICMP. */
function joined(four: readonly Need[], six: readonly Need[]): readonly Need[] {
  const open = new Map<string, Need[]>();
  for (const need of together(six)) {
    const key = commonText(need);
    const list = open.get(key);
    if (list === undefined) open.set(key, [need]);
    else list.push(need);
  }
  const both = together(four).map((need): Need => {
    const other = open.get(commonText(need))?.shift();
    return other === undefined
      ? need
      : {
          ...need,
          remote: unionAddresses(need.remote, other.remote),
          service: unionServices(need.service, other.service),
        };
  });
  return [...both, ...[...open.values()].flat()];
}

/** Those of one family that ask the same of different peers, as one. */
function together(needs: readonly Need[]): readonly Need[] {
  const byService = new Map<string, Need>();
  for (const need of needs) {
    const key = `${originText(need)} ${serviceText(need.service)}`;
    const before = byService.get(key);
    byService.set(
      key,
      before === undefined ? need : { ...need, remote: unionAddresses(before.remote, need.remote) },
    );
  }
  return [...byService.values()];
}

const icmp = serviceSet([protocols.icmp4, protocols.icmp6].map(protocolInterval));

const commonText = (need: Need) =>
  `${originText(need)} ${serviceText(subtractServices(need.service, icmp))}`;

const originText = ({ rules, until }: Need) => JSON.stringify([rules, until ?? null]);

/** Equal for equal sets. */
export const serviceText = ({ intervals }: ServiceSet): string =>
  intervals.map(({ first, last }) => `${first}-${last}`).join();
