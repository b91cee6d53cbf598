// Addresses as members of kernel sets: the same addresses, however they are written.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Family } from "../../compiler/sets/address.ts";
import {
  addressCount,
  addressSet,
  addressSetOfRanges,
  equalAddressSets,
  prefixes,
  unionAddresses,
} from "../../compiler/sets/address-set.ts";
import { holdsHosts, hostsOf, partedByWidth } from "../../targets/nftables/set-members.ts";

const address = (family: Family, low: number) =>
  family === 4
    ? ({ family, words: [0x0a00_0000 + low] } as const)
    : ({ family, words: [0xfd00_0000, 0, low >>> 8, ((low & 255) - 128) >>> 0] } as const);

/** Short ranges, some of which join, some of which end in another word. */
const someSet = fc
  .tuple(
    fc.constantFrom<Family>(4, 6),
    fc.array(fc.tuple(fc.nat({ max: 2000 }), fc.nat({ max: 40 })), { minLength: 1, maxLength: 12 }),
  )
  .map(([family, list]) => ({
    family,
    set: addressSetOfRanges(
      list.map(([low, more]) => ({
        first: address(family, low & ~255),
        last: address(family, (low & ~255) + (more % 128)),
      })),
    ),
    hosts: new Set(
      list.flatMap(([low, more]) =>
        Array.from({ length: (more % 128) + 1 }, (_, index) => (low & ~255) + index),
      ),
    ),
  }));

describe("members of a set", () => {
  test("are the hosts, each once, or the fewest prefixes: the same addresses", () => {
    fc.assert(
      fc.property(someSet, ({ family, set, hosts }) => {
        expect(addressCount(set)).toBe(hosts.size);
        const single = hostsOf(set);
        expect(single.length).toBe(hosts.size);
        expect(single.every(({ length }) => length === (family === 4 ? 32 : 128))).toBe(true);
        expect(equalAddressSets(addressSet(single), set)).toBe(true);
      }),
    );
  });

  test.each([
    [["10.0.0.1/32", "10.0.0.2/31", "10.0.9.0/32"], true],
    [["fd00::1/128", "fd00::2/127", "fd00::9/128"], true],
    [["10.0.0.0/29"], true],
    [["10.0.0.0/28"], false],
    [["10.0.0.0/24", "10.0.9.0/32"], false],
    [["fd00::/64", "fd01::1/128"], false],
    [["::/0"], false],
  ])("%j are hosts: %s", (texts, areHosts) => {
    expect(holdsHosts([prefixes(...texts)])).toBe(areHosts);
  });

  test("every address of a family is not counted one by one", () => {
    expect(addressCount(prefixes("0.0.0.0/0"))).toBe(2 ** 32);
    expect(addressCount(prefixes("::/0"))).toBe(2 ** 128);
    expect(addressCount(prefixes("fd00::ffff:ffff/128", "fd00::1:0:0/128"))).toBe(2);
  });

  test("hosts and networks of a set are the set", () => {
    fc.assert(
      fc.property(someSet, ({ family, set }) => {
        const { hosts, networks } = partedByWidth(set, family);
        expect(equalAddressSets(unionAddresses(hosts, networks), set)).toBe(true);
        expect(addressCount(hosts) + addressCount(networks)).toBe(addressCount(set));
        expect(holdsHosts([hosts])).toBe(true);
      }),
    );
  });
});
