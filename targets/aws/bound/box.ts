// What one rule lets pass, family by family, with packets at its corners: most rules that may not stand are
// told by one of these.
import type { Family, IpAddress } from "../../../compiler/sets/address.ts";
import { type AddressSet, addressesOfFamily, edgesIn } from "../../../compiler/sets/address-set.ts";
import {
  intersectServices,
  type ServiceSet,
  servicesOfFamily,
} from "../../../compiler/sets/service-set.ts";

/** Of a rule that names a prefix, or a group. */
export interface Box {
  readonly kind: "prefix" | "group";
  readonly remote: AddressSet;
  /** Of the families in which it lets something pass. */
  readonly parts: readonly BoxPart[];
}

export interface BoxPart {
  readonly family: Family;
  readonly remote: AddressSet;
  readonly service: ServiceSet;
  readonly corner: IpAddress;
  /** Places on the line of services. */
  readonly ends: readonly [number, number];
}

export function boxOf(kind: Box["kind"], remote: AddressSet, service: ServiceSet): Box {
  const parts = ([4, 6] as const).flatMap((family): readonly BoxPart[] => {
    const corner = firstAddress(remote, family);
    const flows = intersectServices(service, servicesOfFamily(family));
    const [first] = flows.intervals;
    const last = flows.intervals.at(-1);
    if (corner === undefined || first === undefined || last === undefined) return [];
    const peers = addressesOfFamily(remote, family);
    return [{ family, remote: peers, service: flows, corner, ends: [first.first, last.last] }];
  });
  return { kind, remote, parts };
}

export function firstAddress(set: AddressSet, family: Family): IpAddress | undefined {
  const [a, b = 0, c = 0, d = 0] = edgesIn(set, family);
  if (a === undefined) return undefined;
  return family === 4 ? { family, words: [a] } : { family, words: [a, b, c, d] };
}
