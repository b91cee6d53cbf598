// Addresses and ranges against other people's readers and the obvious oracle.
import { isIP } from "node:net";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { type Family, formatAddress, parseAddress, parseAddresses } from "./address.ts";
import { holds, range, union } from "./ranges.ts";

const numRuns = process.env.SEGC_FULL === "1" ? 20_000 : 1000;
/** Dots within IPv6 are turned to digits first: ipaddr.js reads `::0.0.0.0` as a mapped address. */
const numberOf = (text: string) => {
  const plain = text.includes(":") ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
  const bytes = ipaddr.parse(plain).toByteArray();
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
};

const group = fc.oneof(
  fc.constant("0"),
  fc.integer({ max: 0xffff, min: 0 }).map((n) => n.toString(16)),
);
/** Eight groups, some left out for `::`, now and then one too many or too few. */
const sixLike = fc
  .tuple(fc.array(group, { minLength: 5, maxLength: 9 }), fc.nat(9), fc.boolean(), fc.boolean())
  .map(([groups, place, short, dotted]) => {
    const all = dotted ? [...groups.slice(2), "192.0.2.1"] : groups;
    const parts = [all.slice(0, place).join(":"), all.slice(place).join(":")];
    return short ? parts.join("::") : all.join(":");
  });

describe("addresses", () => {
  it("reads what Node calls an address, with the value that ipaddr.js reads", () => {
    const both = new Set<boolean>();
    fc.assert(
      fc.property(fc.oneof(sixLike, fc.ipV4(), fc.ipV6()), (text) => {
        for (const family of [4, 6] satisfies readonly Family[]) {
          const value = parseAddress(text, family);
          expect(value !== undefined).toBe(isIP(text) === family);
          if (value !== undefined) {
            expect(value).toBe(numberOf(text));
            expect(parseAddress(formatAddress(value, family), family)).toBe(value);
          }
          both.add(value !== undefined);
        }
      }),
      { numRuns },
    );
    expect(both.size).toBe(2);
  });

  it("knows first and last of a prefix, and takes no length beyond the family's", () => {
    expect(parseAddresses("10.1.2.3/16", 4)).toEqual(range(0x0a010000, 0x0a01ffff));
    expect(parseAddresses("::1/127", 6)).toEqual(range(0, 1));
    expect(parseAddresses("0.0.0.0/0", 4)).toEqual(range(0, 0xffffffff));
    expect(parseAddresses("10.0.0.1-10.0.0.4", 4)).toEqual(range(0x0a000001, 0x0a000004));
    const wrong = ["10.0.0.1/33", "10.0.0.1/", "10.0.0.4-10.0.0.1", "10.0.0.256", "1.2.3", "::1"];
    expect(wrong.map((text) => parseAddresses(text, 4))).toEqual(wrong.map(() => undefined));
  });
});

describe("ranges", () => {
  const ranges = fc.array(
    fc.tuple(fc.nat(30), fc.nat(6)).map(([low, size]) => range(low, low + size)),
    { maxLength: 6 },
  );

  it("join to a sorted list that holds the same values", () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const joined = union(list);
        for (let value = 0n; value <= 40n; value += 1n) {
          const expected = list.some(({ low, high }) => low <= value && value <= high);
          expect(holds(joined, value)).toBe(expected);
        }
        for (const [index, { low }] of joined.entries()) {
          expect(index === 0 || low > (joined[index - 1]?.high ?? 0n) + 1n).toBe(true);
        }
      }),
      { numRuns },
    );
  });
});
