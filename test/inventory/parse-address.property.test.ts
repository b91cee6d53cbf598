// Texts of addresses, against another reader of them.
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { formatAddress, isFault, parseAddress } from "../../compiler/sets/address.ts";

const piece = fc.constantFrom(
  "0",
  "1",
  "9",
  "25",
  "255",
  "256",
  "00",
  "a",
  "F",
  "ffff",
  "g",
  ":",
  "::",
  ".",
  "%",
  "/",
  " ",
  "-",
);
const near = fc.array(piece, { maxLength: 18 }).map((pieces) => pieces.join(""));
const text = fc.oneof(
  near,
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((v4) => `::ffff:${v4}`),
  fc.ipV4().map((v4) => `64:ff9b::${v4}`),
);

/** What ipaddr.js makes of it, where we both have the same idea of an address. */
function other(each: string): string | undefined {
  if (/[%/\s-]/.test(each)) return undefined;
  if (!each.includes(":")) {
    return /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){3}$/.test(each) && ipaddr.IPv4.isValid(each)
      ? each
      : undefined;
  }
  const quad = /[^:]*\.[^:]*$/.exec(each)?.[0];
  if (quad !== undefined) {
    const groups = other(quad)?.split(".").map(Number);
    if (groups === undefined) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = groups;
    const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
    return other(each.slice(0, -quad.length) + hex);
  }
  if (!ipaddr.IPv6.isValid(each)) return undefined;
  const address = ipaddr.IPv6.parse(each);
  return address.isIPv4MappedAddress() ? undefined : address.toRFC5952String();
}

describe("parseAddress", () => {
  it("agrees with another reader", () => {
    fc.assert(
      fc.property(text, (each) => {
        const ours = parseAddress(each);
        const theirs = other(each);
        expect(isFault(ours) ? undefined : formatAddress(ours)).toBe(theirs);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ["1::", "1::"],
    ["::", "::"],
    ["::1", "::1"],
    ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["FE80::aB", "fe80::ab"],
    ["1:2:3::4:5:6:7:8", undefined],
    ["1:", undefined],
    [":1", undefined],
    [":::", undefined],
    ["12345::", undefined],
  ])("%s is %s", (each, expected) => {
    const ours = parseAddress(each);
    expect(isFault(ours) ? undefined : formatAddress(ours)).toBe(expected);
  });
});
