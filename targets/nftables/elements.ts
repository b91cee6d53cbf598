// Elements of sets and maps as text, and back. The same sets of addresses stand in the tables of very
// many hosts, so both ways are remembered: by the set, and by the text.
import { type Cidr, type Family, formatAddress, parsePrefix } from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressSet,
  cidrsOf,
  doOverlap,
} from "../../compiler/sets/address-set.ts";

interface Texts {
  /** Prefixes as nft prints them: without the length where it is the full one. */
  readonly prefixes: readonly string[];
  /** With a prefix among them the kernel keeps a tree; single addresses alone are hashed. */
  readonly isInterval: boolean;
}

const texts = new WeakMap<AddressSet, Texts>();

export function textsOf(addresses: AddressSet): Texts {
  const known = texts.get(addresses);
  if (known !== undefined) return known;
  let isInterval = false;
  const prefixes = cidrsOf(addresses).map(({ address, length }) => {
    const isSingle = length === (address.family === 4 ? 32 : 128);
    isInterval ||= !isSingle;
    const text = formatAddress(address);
    return isSingle ? text : `${text}/${length}`;
  });
  const made = { prefixes, isInterval };
  texts.set(addresses, made);
  return made;
}

/** Every line of `elements = { … }`, each with its indent and its comma. */
export function elementLines(addresses: AddressSet, suffix = ""): string {
  const { prefixes } = textsOf(addresses);
  return `      ${prefixes.join(`${suffix},\n      `)}${suffix},\n`;
}

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
  const cidrs = new Map<string, Cidr>();
  for (const line of lines.split("\n")) {
    const text = line.trim();
    if (text === "") continue;
    const prefix = text.endsWith(",") ? parsePrefix(text.slice(0, -1)) : undefined;
    if (prefix?.kind !== "prefix" || prefix.cidr.address.family !== family) return undefined;
    cidrs.set(text, prefix.cidr);
  }
  if (doOverlap(cidrs.values())) return undefined;
  const addresses = addressSet(cidrs.values());
  if (sets[family].size >= setsMax) sets[family].clear();
  sets[family].set(lines, addresses);
  return addresses;
}
