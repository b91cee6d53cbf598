// Packed prefixes against one object at a time: as addresses, as hosts, as lines and back.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Cidr,
  compareAddresses,
  formatAddress,
  formatCidr,
} from "../../compiler/sets/address.ts";
import {
  addressCount,
  addressesOfFamily,
  addressSet,
  cidrsOf,
  equalAddressSets,
} from "../../compiler/sets/address-set.ts";
import {
  addressesOfList,
  cidrsOfList,
  fullLength,
  hostsOrPrefixes,
  isOfHosts,
  prefixListOf,
} from "../../compiler/sets/prefix-list.ts";
import { prefixesOfLines } from "../../compiler/sets/read-prefixes.ts";
import { listLines } from "../../compiler/sets/write-prefixes.ts";
import { cidr, cidrLists } from "./random-cidrs.ts";

const families = [4, 6] as const;
const ofFamily = (list: readonly Cidr[], family: 4 | 6) =>
  list.filter(({ address }) => address.family === family);
const isNull = ({ address }: Cidr) => address.words.every((word) => word === 0);

test("a list keeps its prefixes in order, repeated or not, and holds their addresses", () => {
  fc.assert(
    fc.property(cidrLists, (all) => {
      for (const family of families) {
        const cidrs = ofFamily(all, family);
        const list = prefixListOf(family, cidrs);
        expect(cidrsOfList(list)).toEqual(cidrs);
        expect(equalAddressSets(addressesOfList(list), addressSet(cidrs))).toBe(true);
        expect(isOfHosts(list)).toBe(
          cidrs.every((one) => one.length === fullLength(family) && !isNull(one)),
        );
      }
    }),
    { numRuns: 500 },
  );
});

test("long prefixes become their hosts, but for the one with the null address", () => {
  fc.assert(
    fc.property(cidrLists, fc.nat(3), (all, bits) => {
      for (const family of families) {
        const set = addressesOfFamily(addressSet(all), family);
        const hostLength = fullLength(family) - bits;
        const found = cidrsOfList(hostsOrPrefixes(set, family, hostLength));
        expect(equalAddressSets(addressSet(found), set)).toBe(true);
        const isKept = (one: Cidr) => one.length < hostLength || isNull(one);
        const kept = cidrsOf(set).filter(isKept);
        const hosts = found.filter(
          (one) => !kept.some((other) => formatCidr(other) === formatCidr(one)),
        );
        expect(found.length - hosts.length).toBe(kept.length);
        expect(hosts.every(({ length }) => length === fullLength(family))).toBe(true);
        const apart = cidrsOf(set).filter((one) => !isKept(one));
        expect(hosts.length).toBe(addressCount(addressSet(apart)));
      }
    }),
    { numRuns: 500 },
  );
});

/** Ascending, a prefix before those inside it, each once; what maps IPv4 is read by nobody. */
function readable(all: readonly Cidr[], family: 4 | 6): readonly Cidr[] {
  const each = new Map(ofFamily(all, family).map((one) => [formatCidr(one), one])).values();
  return [...each]
    .filter(({ address }) => !formatAddress(address).startsWith("::ffff:"))
    .sort((a, b) => compareAddresses(a.address, b.address) || a.length - b.length);
}

test("ascending lines are read up to the first that is not plain", () => {
  const frame = { before: "add S ", after: " nomatch\n" };
  const others = [
    "add S x nomatch\n",
    "add S 10.0.0.1/31 nomatch\n",
    "add T 10.0.0.1 nomatch\n",
    "add S ",
  ];
  fc.assert(
    fc.property(cidrLists, fc.constantFrom("", ...others), (all, more) => {
      for (const family of families) {
        const cidrs = readable(all, family);
        const text = listLines(prefixListOf(family, cidrs), frame);
        const read = prefixesOfLines(`first\n${text}${more}`, 6, family, frame);
        expect(cidrsOfList(read.list)).toEqual(cidrs);
        expect(read.end).toBe(6 + text.length);
      }
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["the same again", ["10.0.0.1/32", "10.0.0.1/32"], 1],
  ["a wider one after one inside it", ["10.0.0.0/32", "10.0.0.0/24"], 1],
  ["one inside a wider one", ["10.0.0.0/24", "10.0.0.0/32", "10.0.0.4/30"], 3],
  ["a lower one", ["2001:db8::1/128", "2001:db8::/127"], 1],
  ["one that touches", ["2001:db8::/128", "2001:db8::1/128"], 2],
])("%s is read or not", (_, texts, count) => {
  const cidrs = texts.map(cidr);
  const family = cidrs[0]?.address.family ?? 4;
  const frame = { before: "", after: "\n" };
  const text = listLines(prefixListOf(family, cidrs), frame);
  expect(cidrsOfList(prefixesOfLines(text, 0, family, frame).list)).toEqual(cidrs.slice(0, count));
});
