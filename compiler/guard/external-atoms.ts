// External addresses that no statement can tell apart: prefixes nest or are disjoint, so what is
// in one prefix and in none of its children is one atom. One address stands for each.
import type { Workload } from "../inventory/types.ts";
import {
  type Cidr,
  compareAddresses,
  contains,
  type Family,
  formatAddress,
  formatCidr,
  type IpAddress,
  knownPrefix,
} from "../sets/address.ts";

export interface ExternalAtom {
  readonly realm: string;
  readonly address: IpAddress;
}

/**
 * Ranges that the language itself tells apart (`internet`, link scope), and a documentation
 * range, so that a message's witness on the internet is an address nobody owns.
 */
const builtIn: readonly Cidr[] = [
  ...["0.0.0.0/0", "::/0", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"],
  ...["169.254.0.0/16", "fe80::/10", "fc00::/7", "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3"],
  ...["::/127", "::/128", "ff00::/8", "ff02::/16", "203.0.113.0/24", "2001:db8::/32"],
].map(knownPrefix);

/** With the built-in ranges, without repeats, wide before narrow. */
export function sortedCidrs(cidrs: readonly Cidr[]): readonly Cidr[] {
  const unique = new Map([...cidrs, ...builtIn].map((cidr) => [formatCidr(cidr), cidr]));
  return [...unique.values()].sort(
    (a, b) => a.length - b.length || compareAddresses(a.address, b.address),
  );
}

/** One address for each atom that has an unmanaged address, in every realm that is in use. */
export function externalAtoms(
  workloads: readonly Workload[],
  cidrs: readonly Cidr[],
): readonly ExternalAtom[] {
  const managedByRealm = new Map<string, Set<string>>([["default", new Set()]]);
  for (const { ip, realm } of workloads.flatMap((workload) => workload.addresses)) {
    const managed = managedByRealm.get(realm) ?? new Set<string>();
    managedByRealm.set(realm, managed.add(formatAddress(ip)));
  }
  return [...managedByRealm]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([realm, managed]) =>
      cidrs.flatMap((cidr) => {
        const address = freeAddress(cidr, childrenOf(cidr, cidrs), managed);
        return address === undefined ? [] : [{ realm, address }];
      }),
    );
}

function childrenOf(parent: Cidr, cidrs: readonly Cidr[]): readonly Cidr[] {
  return cidrs.filter((cidr) => cidr.length > parent.length && contains(parent, cidr.address));
}

/** The lowest address of `cidr` that is in no child and not managed (a host part of 1 first). */
function freeAddress(
  cidr: Cidr,
  children: readonly Cidr[],
  managed: ReadonlySet<string>,
): IpAddress | undefined {
  const family = cidr.address.family;
  const start = toBigint(cidr.address);
  const end = start + (1n << BigInt((family === 4 ? 32 : 128) - cidr.length));
  const isFree = (address: IpAddress) =>
    !managed.has(formatAddress(address)) && !children.some((inner) => contains(inner, address));
  let at = end - start > 2n ? start + 1n : start;
  while (at < end) {
    const address = fromBigint(family, at);
    const child = children.find((inner) => contains(inner, address));
    if (child !== undefined) {
      const size = 1n << BigInt((family === 4 ? 32 : 128) - child.length);
      at = toBigint(child.address) + size;
    } else if (managed.has(formatAddress(address))) at += 1n;
    else return address;
  }
  return isFree(cidr.address) ? cidr.address : undefined;
}

function toBigint(address: IpAddress): bigint {
  return address.words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
}

function fromBigint(family: Family, value: bigint): IpAddress {
  const word = (index: bigint) => Number((value >> (32n * index)) & 0xffff_ffffn);
  return family === 4
    ? { family, words: [word(0n)] }
    : { family, words: [word(3n), word(2n), word(1n), word(0n)] };
}
