// Elements of sets and maps as text, and back. The same sets of addresses stand in the tables of very
// many hosts, so both ways are remembered: by the set, and by the text.
import {
  type Cidr,
  type Family,
  formatAddress,
  formatCidr,
  parsePrefix,
} from "../../compiler/sets/address.ts";
import { type AddressSet, cidrsOf, disjointSet } from "../../compiler/sets/address-set.ts";
import { holdsHosts, hostsOf } from "./set-members.ts";

const indent = "      ";

interface Texts {
  /** Every element on a line of its own, with the indent and the comma of an element. */
  readonly lines: string;
  readonly count: number;
}

/** How the elements of one set or map are written. */
export interface Listing {
  /** With a prefix among them the kernel keeps a tree; single addresses alone are hashed. */
  readonly isInterval: boolean;
  readonly cidrsOf: (addresses: AddressSet) => readonly Cidr[];
  readonly textsOf: (addresses: AddressSet) => Texts;
}

const asPrefixes: Listing = { isInterval: true, cidrsOf, textsOf: remembered(cidrsOf) };
const asHosts: Listing = { isInterval: false, cidrsOf: hostsOf, textsOf: remembered(hostsOf) };

/** Of a set or map that holds all of these. */
export const listingOf = (...all: readonly AddressSet[]): Listing =>
  holdsHosts(all) ? asHosts : asPrefixes;

/** The fewest prefixes. */
export const prefixTexts = asPrefixes.textsOf;

function remembered(list: (addresses: AddressSet) => readonly Cidr[]) {
  const texts = new WeakMap<AddressSet, Texts>();
  return (addresses: AddressSet): Texts => {
    const known = texts.get(addresses);
    if (known !== undefined) return known;
    const cidrs = list(addresses);
    const lines = cidrs.map((cidr) => `${indent}${cidrText(cidr)},\n`).join("");
    const made = { lines, count: cidrs.length };
    texts.set(addresses, made);
    return made;
  };
}

const isSingle = ({ address, length }: Cidr) => length === (address.family === 4 ? 32 : 128);

/** As nft prints it: without the length where it is the full one. */
export const cidrText = (cidr: Cidr): string =>
  isSingle(cidr) ? formatAddress(cidr.address) : formatCidr(cidr);

/** Lines of elements, with what stands behind each key. */
export const withSuffix = (lines: string, suffix: string): string =>
  lines.replaceAll(",\n", `${suffix},\n`);

const sets = { 4: new Map<string, AddressSet>(), 6: new Map<string, AddressSet>() } as const;
/** Enough for the shared sets of a fleet, too few to keep one alive. */
const setsMax = 5000;

/**
 * The addresses of comma-ended prefixes, one to a line; undefined where something else stands, or
 * prefixes overlap: the kernel takes a prefix twice, but not one within another.
 */
export function addressesIn(lines: string, family: Family): AddressSet | undefined {
  const known = sets[family].get(lines);
  if (known !== undefined) return known;
  const cidrs: Cidr[] = [];
  for (const line of lines.split("\n")) {
    const text = line.trim();
    if (text === "") continue;
    const prefix = text.endsWith(",") ? parsePrefix(text.slice(0, -1)) : undefined;
    if (prefix?.kind !== "prefix" || prefix.cidr.address.family !== family) return undefined;
    cidrs.push(prefix.cidr);
  }
  const addresses = disjointSet(cidrs) ?? disjointSet(eachOnce(cidrs));
  if (addresses === undefined) return undefined;
  if (sets[family].size >= setsMax) sets[family].clear();
  sets[family].set(lines, addresses);
  return addresses;
}

function eachOnce(cidrs: readonly Cidr[]): Iterable<Cidr> {
  return new Map(cidrs.map((cidr) => [formatCidr(cidr), cidr])).values();
}
