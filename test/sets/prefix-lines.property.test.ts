// Prefixes as lines of text and back, against one prefix at a time; and lines that are not plain.
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAddress, formatCidr } from "../../compiler/sets/address.ts";
import {
  addressesOfFamily,
  addressSet,
  cidrsOf,
  equalAddressSets,
} from "../../compiler/sets/address-set.ts";
import { addressesOfLines } from "../../compiler/sets/read-prefixes.ts";
import { prefixLines } from "../../compiler/sets/write-prefixes.ts";
import { cidrLists } from "./random-cidrs.ts";

const frame = { before: "  add ", after: " : x,\n" };

test("a set as lines is its fewest prefixes, and those lines are the set", () => {
  fc.assert(
    fc.property(cidrLists, (list) => {
      for (const family of [4, 6] as const) {
        const set = addressesOfFamily(addressSet(list), family);
        const text = prefixLines(set, family, frame);
        const wanted = cidrsOf(set).map(({ address, length }) => {
          const isSingle = length === (family === 4 ? 32 : 128);
          return `  add ${isSingle ? formatAddress(address) : `${formatAddress(address)}/${length}`} : x,\n`;
        });
        expect(text).toBe(wanted.join(""));
        const mapped = cidrsOf(set).some(({ address }) =>
          formatAddress(address).startsWith("::ffff:"),
        );
        const read = addressesOfLines(text, family, frame);
        if (read === undefined) expect(mapped).toBe(true);
        else expect(equalAddressSets(read, set)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test("lengths may stand with every prefix", () => {
  fc.assert(
    fc.property(cidrLists, (list) => {
      const set = addressesOfFamily(addressSet(list), 4);
      const text = cidrsOf(set).map((cidr) => `${formatCidr(cidr)}\n`);
      const read = addressesOfLines(text.join(""), 4, { before: "", after: "\n" });
      expect(read === undefined ? undefined : equalAddressSets(read, set)).toBe(true);
    }),
  );
});

const line = { before: "", after: "\n" };

test.each([
  ["10.0.0.1/31\n", 4],
  ["10.0.0.1\n10.0.0.0\n", 4],
  ["10.0.0.0/24\n10.0.0.5\n", 4],
  ["10.0.0.1\n10.0.0.1\n", 4],
  ["10.0.0.01\n", 4],
  ["10.0.0.256\n", 4],
  ["10.0.0.0/33\n", 4],
  ["10.0.0.0/\n", 4],
  ["10.0.0.0/08\n", 4],
  ["10.0.0\n", 4],
  ["10.0.0.1.\n", 4],
  ["10.0.0.1", 4],
  [" 10.0.0.1\n", 4],
  ["10.0.0.1 \n", 4],
  ["fd00::1\n", 4],
  ["10.0.0.1\n", 6],
  ["fd00::1/127\n", 6],
  ["fd00::1:\n", 6],
  [":fd00::1\n", 6],
  ["fd00::1::2\n", 6],
  ["fd00:::1\n", 6],
  ["fd00:1:2:3:4:5:6\n", 6],
  ["fd00:1:2:3:4:5:6:7:8\n", 6],
  ["fd00:1:2:3::4:5:6:7\n", 6],
  ["fd00::12345\n", 6],
  ["::ffff:10.0.0.1\n", 6],
  ["::ffff:a00:1\n", 6],
  ["fd00::1/129\n", 6],
] as const)("what is not plain is left to others: %j", (text, family) => {
  expect(addressesOfLines(text, family, line)).toBeUndefined();
});

test.each([
  ["fd00::\n", "fd00::"],
  ["::\n", "::"],
  ["fd00:1:2:3:4:5:6::\n", "fd00:1:2:3:4:5:6:0"],
  ["FD00::A\n", "fd00::a"],
] as const)("a gap may stand anywhere: %j", (text, address) => {
  const read = addressesOfLines(text, 6, line);
  expect(read && cidrsOf(read).map((one) => formatAddress(one.address))).toEqual([address]);
});
