// At which classes the packets of some points may pass, all of them at once: addresses, services and sets
// are numbered, so that each question is two look-ups.
import { remembered } from "../../../compiler/plan/remembered.ts";
import type { PeerProduct } from "../../../compiler/plan/subtract.ts";
import { formatAddress, type IpAddress } from "../../../compiler/sets/address.ts";
import { type AddressSet, hasAddress } from "../../../compiler/sets/address-set.ts";
import { type Bitset, bitsetOf } from "../../../compiler/sets/bitset.ts";
import { hasService, type ServiceSet } from "../../../compiler/sets/service-set.ts";
import { type MemberClass, mayPass } from "./admission.ts";
import type { Point } from "./points.ts";

/** For each point the classes of its network, by place. */
export function spreadOf(
  points: readonly Point[],
  classes: readonly MemberClass[],
): readonly Bitset[] {
  const peers = new Map<string, { readonly number: number; readonly address: IpAddress }>();
  const services = new Map<number, number>();
  const numbered = points.map(({ peer, service }) => {
    const text = formatAddress(peer);
    const known = peers.get(text) ?? { number: peers.size, address: peer };
    peers.set(text, known);
    const number = services.get(service) ?? services.size;
    services.set(service, number);
    return { peer: known.number, service: number };
  });
  const addresses = [...peers.values()].map(({ address }) => address);
  const places = [...services.keys()];
  const hasPeers = remembered((set: AddressSet) => addresses.map((one) => hasAddress(set, one)));
  const hasServices = remembered((set: ServiceSet) => places.map((one) => hasService(set, one)));
  const tables = classes.map((at) => {
    const tableOf = ({ remote, service }: PeerProduct) =>
      [hasPeers(remote), hasServices(service)] as const;
    const [ingress, egress] = [mayPass(at, "ingress"), mayPass(at, "egress")];
    return { ingress: ingress.map(tableOf), egress: egress.map(tableOf) };
  });
  return points.map(({ at, direction, peer: { family } }, index) => {
    const { peer = 0, service = 0 } = numbered[index] ?? {};
    const among = classes.filter(
      ({ network, families, place }) =>
        network === at.network &&
        // What a rule says of a family that an interface has no address of is nothing to it.
        (!families.includes(family) ||
          tables[place]?.[direction].some(
            ([inPeers, inServices]) => inPeers[peer] && inServices[service],
          )),
    );
    return bitsetOf(
      classes.length,
      among.map(({ place }) => place),
    );
  });
}
