// Elements of sets and maps as text, and back. A set read back is the object it was planned as, where
// that has the same addresses: what is known of the one is known of the other.
import {
  type Cidr,
  type Family,
  formatAddress,
  formatCidr,
  parsePrefix,
} from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressCount,
  cidrsOf,
  disjointSet,
  edgesIn,
  shareAddresses,
} from "../../compiler/sets/address-set.ts";
import { forEachPrefix } from "../../compiler/sets/prefixes.ts";
import { addressesOfLines } from "../../compiler/sets/read-prefixes.ts";
import { prefixLines } from "../../compiler/sets/write-prefixes.ts";
import { eachByItself, holdsHosts, hostsOf } from "./set-members.ts";

const indent = "      ";

/** How the elements of one set or map are written. */
export interface Listing {
  /** With a prefix among them the kernel keeps a tree; single addresses alone are hashed. */
  readonly isInterval: boolean;
  readonly cidrsOf: (addresses: AddressSet) => readonly Cidr[];
  readonly countOf: (addresses: AddressSet) => number;
  /** Every line of `elements = { … }`; `suffix` stands before each comma. */
  readonly linesOf: (addresses: AddressSet, suffix?: string) => string;
  /** How many elements the kernel is to make room for at once; undefined where it grows by itself. */
  readonly roomFor: (addresses: readonly AddressSet[]) => number | undefined;
}

/** From so many elements on growing the hash takes a fifth of the load (bench/README.md). */
const roomFrom = 1024;

/** For twice as many, so that an update fits. */
function hashRoom(addresses: readonly AddressSet[]): number | undefined {
  const count = addresses.reduce((sum, set) => sum + addressCount(set), 0);
  return count < roomFrom ? undefined : 2 ** Math.ceil(Math.log2(2 * count));
}

const asPrefixes: Listing = {
  isInterval: true,
  cidrsOf,
  countOf: prefixCount,
  linesOf: elementLines,
  roomFor: () => undefined,
};
const asHosts: Listing = {
  isInterval: false,
  cidrsOf: hostsOf,
  countOf: addressCount,
  linesOf: (addresses, suffix) => elementLines(eachByItself(addresses), suffix),
  roomFor: hashRoom,
};

/** Of a set or map that holds all of these. */
export const listingOf = (...all: readonly AddressSet[]): Listing =>
  holdsHosts(all) ? asHosts : asPrefixes;

/** The fewest prefixes as text. */
export const prefixText = (addresses: AddressSet): string => elementLines(addresses);

const counts = new WeakMap<AddressSet, { readonly count: number }>();

/** How many prefixes there are at least. */
export function prefixCount(addresses: AddressSet): number {
  const known = counts.get(addresses);
  if (known !== undefined) return known.count;
  let count = 0;
  for (const family of [4, 6] as const) {
    forEachPrefix(edgesIn(addresses, family), family, () => count++);
  }
  counts.set(addresses, { count });
  return count;
}

const isSingle = ({ address, length }: Cidr) => length === (address.family === 4 ? 32 : 128);

/** As nft prints it: without the length where it is the full one. */
export const cidrText = (cidr: Cidr): string =>
  isSingle(cidr) ? formatAddress(cidr.address) : formatCidr(cidr);

function elementLines(addresses: AddressSet, suffix = ""): string {
  const frame = { before: indent, after: `${suffix},\n` };
  return ([4, 6] as const).map((family) => prefixLines(addresses, family, frame)).join("");
}

/**
 * The addresses of comma-ended prefixes, one to a line; undefined where something else stands, or
 * prefixes overlap: the kernel takes a prefix twice, but not one within another.
 */
export function addressesIn(lines: string, family: Family, ending = ""): AddressSet | undefined {
  const plain = addressesOfLines(lines, family, { before: indent, after: `${ending},\n` });
  const addresses = plain ?? addressesInAny(lines, family, `${ending},`);
  return addresses === undefined ? undefined : shareAddresses(addresses);
}

/** Lines in any order, with any blanks around them. */
function addressesInAny(lines: string, family: Family, ending: string): AddressSet | undefined {
  const cidrs: Cidr[] = [];
  for (const line of lines.split("\n")) {
    const text = line.replace(/^[ \t]+|[ \t]+$/g, ""); // no other blank is one to nft
    if (text === "") continue;
    const prefix = text.endsWith(ending) ? parsePrefix(text.slice(0, -ending.length)) : undefined;
    if (prefix?.kind !== "prefix" || prefix.cidr.address.family !== family) return undefined;
    cidrs.push(prefix.cidr);
  }
  return disjointSet(cidrs) ?? disjointSet(eachOnce(cidrs));
}

function eachOnce(cidrs: readonly Cidr[]): Iterable<Cidr> {
  return new Map(cidrs.map((cidr) => [formatCidr(cidr), cidr])).values();
}
