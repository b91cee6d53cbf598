// Prefixes with exceptions against two oracles: each address by its longest prefix, and the number
// of entries by the three passes of the published algorithm on a small line.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  contains,
  type Family,
  formatCidr,
  type IpAddress,
  knownPrefix,
} from "../../compiler/sets/address.ts";
import {
  addressSet,
  cidrsOf,
  edgesIn,
  everyAddress,
  noAddress,
  subtractAddresses,
  unionAddresses,
} from "../../compiler/sets/address-set.ts";
import { type PrefixEntry, prefixesWithExceptions } from "../../compiler/sets/exceptions.ts";

const bits = 6;
const last = 2 ** bits;

/** The n-th address of a small network, and the set of those at which the picture has `true`. */
const addressAt = (family: Family, n: number): IpAddress =>
  family === 4 ? { family, words: [0x0a000000 + n] } : { family, words: [0xfd000000, 0, 7, n] };
const setOf = (family: Family, picture: readonly boolean[]) =>
  addressSet(
    picture.flatMap((isIn, n) =>
      isIn ? [{ address: addressAt(family, n), length: family === 4 ? 32 : 128 }] : [],
    ),
  );

function decided(entries: readonly PrefixEntry[], address: IpAddress): boolean {
  const holding = entries.filter(({ cidr }) => contains(cidr, address));
  return holding.sort((a, b) => b.cidr.length - a.cidr.length)[0]?.isIn ?? false;
}

/** Passes one and two of the algorithm; "out" above the network costs nothing. */
function fewest(picture: readonly boolean[]): number {
  const choices = (part: readonly boolean[]): { labels: Set<boolean>; entries: number } => {
    if (part.length === 1) return { labels: new Set(part), entries: 0 };
    const low = choices(part.slice(0, part.length / 2));
    const high = choices(part.slice(part.length / 2));
    const shared = new Set([...low.labels].filter((label) => high.labels.has(label)));
    const entries = low.entries + high.entries;
    return shared.size > 0
      ? { labels: shared, entries }
      : { labels: new Set([...low.labels, ...high.labels]), entries: entries + 1 };
  };
  const { labels, entries } = choices(picture);
  return entries + (labels.has(false) ? 0 : 1);
}

const pictures = fc.array(fc.boolean(), { minLength: last, maxLength: last });
const families = fc.constantFrom<Family>(4, 6);

describe("prefixes with exceptions", () => {
  it("decide every address as the set does, with the fewest entries", () => {
    fc.assert(
      fc.property(families, pictures, (family, picture) => {
        const set = setOf(family, picture);
        const entries = prefixesWithExceptions(edgesIn(set, family), family);
        const found = Array.from({ length: last + 2 }, (_, n) =>
          decided(entries, addressAt(family, n)),
        );
        expect(found).toEqual([...picture, false, false]);
        expect(entries).toHaveLength(fewest(picture));
        expect(entries.length).toBeLessThanOrEqual(cidrsOf(set).length);
        expect(entries.every(({ cidr }) => cidr.length > 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["10.0.0.0/8 but not one network in it", ["10.0.0.0/8", "!10.1.0.0/16"]],
    ["what needs no exception", ["10.0.0.0/9", "10.128.0.0/10", "192.0.2.7/32"]],
    ["both ends of the line", ["0.0.0.0/32", "255.255.255.255/32"]],
    ["exceptions in exceptions", ["10.0.0.0/8", "!10.1.0.0/16", "10.1.2.3/32"]],
    ["of IPv6, across words", ["2001:db8::/32", "!2001:db8:0:1::/64", "2001:db8:0:1::8/128"]],
  ])("%s", (_, texts) => {
    const wanted = texts.map((text) => ({
      cidr: knownPrefix(text.replace("!", "")),
      isIn: !text.startsWith("!"),
    }));
    const family = texts[0]?.includes(":") ? 6 : 4;
    // In the order of the list each entry lies in those before it, or beside them.
    const set = wanted.reduce(
      (sum, { cidr, isIn }) => (isIn ? unionAddresses : subtractAddresses)(sum, addressSet([cidr])),
      noAddress,
    );
    const edges = edgesIn(set, family);
    const found = prefixesWithExceptions(edges, family);
    expect(found.map(({ cidr, isIn }) => `${isIn ? "" : "!"}${formatCidr(cidr)}`)).toEqual(texts);
  });

  it("say the whole family in two halves, and nothing in none", () => {
    const whole = prefixesWithExceptions(edgesIn(everyAddress, 6), 6);
    expect(whole.map(({ cidr, isIn }) => [formatCidr(cidr), isIn])).toEqual([
      ["::/1", true],
      ["8000::/1", true],
    ]);
    expect(prefixesWithExceptions(edgesIn(noAddress, 4), 4)).toEqual([]);
  });
});
