// Pairs of a peer and a service, as sets of ipset hold them: one member for each address (or prefix)
// and port. The kernel stores ports one by one; in the file a run of them is one line.
import { type Cidr, type Family, formatAddress, formatCidr } from "../../compiler/sets/address.ts";
import { type AddressSet, addressSet } from "../../compiler/sets/address-set.ts";
import { icmpProtocol, partsByProtocol, portProtocols } from "../../compiler/sets/service-parts.ts";
import {
  protocolInterval,
  type ServiceSet,
  serviceSet,
  subtractServices,
  unionServices,
} from "../../compiler/sets/service-set.ts";
import type { PairMember, PairSet } from "./ruleset.ts";

/** Every pair of an address of the prefix and a service. */
export interface PeerServices {
  readonly cidr: Cidr;
  readonly service: ServiceSet;
}

const ports: readonly number[] = Object.values(portProtocols);

/** How many members one address takes; undefined where a set of ipset cannot say such services. */
export function pairCount(service: ServiceSet, family: Family): number | undefined {
  const sayable = [...ports, icmpProtocol(family)].map(protocolInterval);
  if (subtractServices(service, serviceSet(sayable)).intervals.length > 0) return undefined;
  return service.intervals.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** In the order of addresses; every pair once, and no prefix twice. */
export function pairMembers(peers: Iterable<PeerServices>): readonly PairMember[] {
  const known = new Map<string, PeerServices>();
  for (const { cidr, service } of peers) {
    const key = formatCidr(cidr);
    const before = known.get(key);
    const all = before === undefined ? service : unionServices(before.service, service);
    known.set(key, { cidr, service: all });
  }
  return [...known.values()]
    .sort((a, b) => compareCidrs(a.cidr, b.cidr))
    .flatMap(({ cidr, service }) =>
      [...partsByProtocol(service)].flatMap(([protocol, ranges]) =>
        ranges.flatMap((range) =>
          (ports.includes(protocol) ? [range] : singles(range)).map(
            ({ first, last }): PairMember => ({ cidr, protocol, first, last }),
          ),
        ),
      ),
    );
}

/** ICMP types have no runs in ipset. */
const singles = ({ first, last }: Pick<PairMember, "first" | "last">) =>
  Array.from({ length: last - first + 1 }, (_, at) => ({ first: first + at, last: first + at }));

function compareCidrs(a: Cidr, b: Cidr): number {
  for (const [at, word] of a.address.words.entries()) {
    const other = b.address.words[at] ?? 0;
    if (word !== other) return word - other;
  }
  return a.length - b.length;
}

/** Numbers only: a protocol's name comes from a table of the host. */
export function pairText(type: PairSet["type"], { cidr, protocol, first, last }: PairMember) {
  const peer = type === "hash:ip,port" ? formatAddress(cidr.address) : formatCidr(cidr);
  if (!ports.includes(protocol)) return `${peer},${protocol}:${first >> 8}/${first & 255}`;
  return `${peer},${protocol}:${first === last ? first : `${first}-${last}`}`;
}

/** How many members the kernel will hold. */
export const pairsIn = (pairs: readonly PairMember[]): number =>
  pairs.reduce((sum, { first, last }) => sum + last - first + 1, 0);

/** What a set holds, as products: of one peer's services and all peers with the same, or of one port. */
export interface PairProduct {
  readonly addresses: AddressSet;
  readonly service: ServiceSet;
}

/** By peers or by ports, whichever makes fewer; together exactly the set. */
export function pairProducts(pairs: readonly PairMember[]): readonly PairProduct[] {
  const byPorts = new Map<string, PairMember[]>();
  for (const pair of pairs) put(byPorts, `${pair.protocol} ${pair.first} ${pair.last}`, pair);
  const byPeer = new Map<string, PairMember[]>();
  for (const pair of pairs) put(byPeer, formatCidr(pair.cidr), pair);
  const byPeers = new Map<string, PairMember[][]>();
  for (const own of byPeer.values()) {
    put(
      byPeers,
      own.map(({ protocol, first, last }) => `${protocol} ${first} ${last}`).join(),
      own,
    );
  }
  return byPorts.size < byPeers.size
    ? [...byPorts.values()].map((same) => productOf(same, same.slice(0, 1)))
    : [...byPeers.values()].map((same) => productOf(same.flatMap(firstOf), same[0] ?? []));
}

const firstOf = (own: readonly PairMember[]) => own.slice(0, 1);

const productOf = (peers: readonly PairMember[], services: readonly PairMember[]): PairProduct => ({
  addresses: addressSet(peers.map(({ cidr }) => cidr)),
  service: serviceSet(
    services.map(({ protocol, first, last }) => ({
      first: protocol * 65536 + first,
      last: protocol * 65536 + last,
    })),
  ),
});

function put<Value>(into: Map<string, Value[]>, key: string, value: Value): void {
  const list = into.get(key);
  if (list === undefined) into.set(key, [value]);
  else list.push(value);
}
