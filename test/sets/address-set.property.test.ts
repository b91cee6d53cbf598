// The algebra of address sets against membership of single addresses, and its prefixes against
// two libraries that know addresses by another road: cidr-tools and ipaddr.js.
import { excludeCidr, mergeCidr, overlapCidr } from "cidr-tools";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { expect, test } from "vitest";
import { type Cidr, formatAddress, formatCidr, parsePrefix } from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressesMeet,
  addressesOfFamily,
  addressSet,
  areDisjoint,
  cidrsOf,
  differingRanges,
  equalAddressSets,
  everyAddress,
  hasAddress,
  internetAddresses,
  intersectAddresses,
  isAddressSubset,
  isNoAddress,
  noAddress,
  privateAddresses,
  rangeCount,
  rangesMeeting,
  subtractAddresses,
  unionAddresses,
} from "../../compiler/sets/address-set.ts";
import { cidr, cidrLists } from "./random-cidrs.ts";

const lists = cidrLists;
const texts = (set: AddressSet) => cidrsOf(set).map(formatCidr);

/** Both ends of every prefix and their neighbours. */
function edges(list: readonly Cidr[]) {
  const wide = list.flatMap((one) => {
    const text = formatCidr(one);
    const library = one.address.family === 4 ? ipaddr.IPv4 : ipaddr.IPv6;
    const last =
      library.broadcastAddressFromCIDR?.(text) ?? ipaddr.parse(formatAddress(one.address));
    return [formatAddress(one.address), last.toNormalizedString()];
  });
  // The last address of a wide block may be IPv4-mapped, which no policy can name.
  return [...wide, "0.0.0.0", "::", "10.0.0.8", "fd00::8"].flatMap((text) => {
    const parsed = parsePrefix(text);
    if (parsed.kind !== "fault") return [parsed.cidr.address];
    expect([text, parsed.fault]).toEqual([text, "mapped"]);
    return [];
  });
}

test("ranges that meet a set are kept whole, and the others go", () => {
  fc.assert(
    fc.property(lists, lists, (a, b) => {
      const [x, y] = [addressSet(a), addressSet(b)];
      const kept = rangesMeeting(x, y);
      const rest = subtractAddresses(x, kept);
      expect(isAddressSubset(intersectAddresses(x, y), kept)).toBe(true);
      expect(addressesMeet(rest, y)).toBe(false);
      expect(isAddressSubset(kept, x)).toBe(true);
      expect(rangeCount(kept) + rangeCount(rest)).toBe(rangeCount(x));
      expect(equalAddressSets(rangesMeeting(kept, y), kept)).toBe(true);
    }),
  );
});

test("sets meet exactly where their intersection holds something", () => {
  fc.assert(
    fc.property(lists, lists, lists, (a, b, c) => {
      const sets = [addressSet(a), addressSet(b), addressSet(c)] as const;
      const meet = (x: AddressSet, y: AddressSet) => !isNoAddress(intersectAddresses(x, y));
      const [x, y, z] = sets;
      expect(addressesMeet(x, y)).toBe(meet(x, y));
      for (const family of [4, 6] as const) {
        const [p, q, r] = [x, y, z].map((set) => addressesOfFamily(set, family));
        if (p === undefined || q === undefined || r === undefined) throw new Error("three sets");
        expect(areDisjoint(sets, family)).toBe(!meet(p, q) && !meet(q, r) && !meet(p, r));
      }
    }),
    { numRuns: 300 },
  );
});

test("union, intersection and difference are those of membership", () => {
  fc.assert(
    fc.property(lists, lists, (a, b) => {
      const [left, right] = [addressSet(a), addressSet(b)];
      for (const address of edges([...a, ...b])) {
        const inLeft = a.some((one) => covers(one, formatAddress(address)));
        const inRight = b.some((one) => covers(one, formatAddress(address)));
        expect(hasAddress(left, address)).toBe(inLeft);
        expect(hasAddress(unionAddresses(left, right), address)).toBe(inLeft || inRight);
        expect(hasAddress(intersectAddresses(left, right), address)).toBe(inLeft && inRight);
        expect(hasAddress(subtractAddresses(left, right), address)).toBe(inLeft && !inRight);
      }
    }),
    { numRuns: 300 },
  );
});

/** By ipaddr.js. */
function covers(one: Cidr, text: string): boolean {
  const [network, length] = ipaddr.parseCIDR(formatCidr(one));
  const address = ipaddr.parse(text);
  return address.kind() === network.kind() && address.match(network, length);
}

test("the fewest prefixes are those of cidr-tools", () => {
  fc.assert(
    fc.property(lists, lists, (a, b) => {
      const [left, right] = [a.map(formatCidr), b.map(formatCidr)];
      expect(new Set(texts(addressSet(a)))).toEqual(new Set(mergeCidr(left)));
      expect(new Set(texts(subtractAddresses(addressSet(a), addressSet(b))))).toEqual(
        new Set(excludeCidr(left, right)),
      );
      expect(isNoAddress(intersectAddresses(addressSet(a), addressSet(b)))).toBe(
        !overlapCidr(left, right),
      );
    }),
    { numRuns: 300 },
  );
});

test("equal sets are equal however they were built", () => {
  fc.assert(
    fc.property(lists, lists, (a, b) => {
      const [left, right] = [addressSet(a), addressSet(b)];
      const joined = addressSet([...b, ...a]);
      expect(unionAddresses(left, right)).toEqual(joined);
      expect(addressSet(cidrsOf(joined))).toEqual(joined);
      const parts = [subtractAddresses(left, right), intersectAddresses(left, right)];
      expect(equalAddressSets(unionAddresses(...parts), left)).toBe(true);
      expect(isAddressSubset(left, right)).toBe(isNoAddress(subtractAddresses(left, right)));
      expect(isAddressSubset(left, joined)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("the complement of nothing is everything", () => {
  expect(subtractAddresses(everyAddress, noAddress)).toEqual(everyAddress);
  expect(isNoAddress(subtractAddresses(everyAddress, everyAddress))).toBe(true);
  expect(texts(everyAddress)).toEqual(["0.0.0.0/0", "::/0"]);
});

test("internet is everything but the ranges of language.md section 7", () => {
  const left = [
    ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"],
    ...["fe80::/10", "fc00::/7", "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/127", "ff00::/8"],
  ];
  expect(new Set(texts(internetAddresses))).toEqual(
    new Set(excludeCidr(["0.0.0.0/0", "::/0"], left)),
  );
  expect(new Set(texts(privateAddresses))).toEqual(new Set(mergeCidr(left.slice(0, 7))));
  for (const inside of [
    "::ffff:0:0",
    "2002::1",
    "64:ff9b::1",
    "223.255.255.255",
    "::2",
    "1.0.0.0",
  ]) {
    const parsed = ipaddr.parse(inside);
    const address =
      parsed.kind() === "ipv4"
        ? cidr(inside).address
        : ({ family: 6, words: wordsOf(parsed.toByteArray()) } as const);
    expect(hasAddress(internetAddresses, address), inside).toBe(true);
  }
});

/** Mapped addresses are no literals of the language, but packets could carry them. */
function wordsOf(bytes: readonly number[]): readonly [number, number, number, number] {
  const word = (at: number) => bytes.slice(at, at + 4).reduce((sum, byte) => sum * 256 + byte, 0);
  return [word(0), word(4), word(8), word(12)];
}

test("sets without the ranges that both have differ in the same prefixes", () => {
  const only = (some: readonly string[], others: readonly string[]) =>
    some.filter((text) => !others.includes(text));
  fc.assert(
    fc.property(lists, lists, lists, (common, a, b) => {
      const [left, right] = [addressSet([...common, ...a]), addressSet([...common, ...b])];
      const [leftRest, rightRest] = differingRanges(left, right).map(texts);
      expect(only(leftRest ?? [], rightRest ?? [])).toEqual(only(texts(left), texts(right)));
      expect(only(rightRest ?? [], leftRest ?? [])).toEqual(only(texts(right), texts(left)));
      expect(differingRanges(left, left).every(isNoAddress)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
