// Peers as members: hosts where the kernel would ask for too many prefix lengths, prefixes where
// those would be too many members; always the same peers.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contains } from "../../compiler/sets/address.ts";
import { addressSetOfRanges, hasAddress } from "../../compiler/sets/address-set.ts";
import { cidrsOfList } from "../../compiler/sets/prefix-list.ts";
import { iptables } from "../../targets/iptables/index.ts";
import { directionSlice, entry, slice, tcp } from "../nftables/slices.ts";

/** The one set of an allow for these peers. */
function setOf(peers: readonly string[], minimise = true) {
  const of = slice(directionSlice("ingress", { allows: [entry("r", peers, tcp(22))] }));
  const [set, ...more] = iptables.plan({ ...of, kind: "iptables" }, { minimise }).sets;
  if (set === undefined || !("members" in set) || more.length > 0) throw new Error("one set");
  return {
    type: set.type,
    lengths: cidrsOfList(set.members.prefixes).map(
      ({ address, length }) => `${address.family}/${length}`,
    ),
  };
}

const count = (lengths: readonly string[], length: string) =>
  lengths.filter((one) => one === length).length;

describe("a set of peers", () => {
  test.each([
    ["4", ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/30", "10.0.0.8/31"], "4/32", 9],
    ["6", ["2001:db8::1/128", "2001:db8::2/127", "2001:db8::4/126"], "6/128", 7],
  ])("of short runs is one of hosts: IPv%s", (_, peers, length, members) => {
    const { type, lengths } = setOf(peers);
    expect([type, lengths.length, count(lengths, length)]).toEqual(["hash:ip", members, members]);
    expect(setOf(peers, false)).toMatchObject({
      type: "hash:net",
      lengths: { length: peers.length },
    });
  });

  test("keeps prefixes of many addresses, and the null address", () => {
    expect(setOf(["10.0.0.0/8", "192.0.2.1/32", "192.0.2.2/31"])).toEqual({
      type: "hash:net",
      lengths: ["4/8", "4/32", "4/32", "4/32"],
    });
    expect(setOf(["0.0.0.0/30", "10.0.0.0/30"]).lengths).toContain("4/30");
    expect(setOf(["::/127", "2001:db8::1/128"]).lengths).toContain("6/127");
  });

  test("has the same peers whatever becomes of prefixes", () => {
    const range = fc.tuple(fc.nat(5000), fc.nat(70));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 20 }), fc.boolean(), (ranges, v6) => {
        const word = (value: number) =>
          v6
            ? ({ family: 6, words: [0x20010db8, 0, 0, value] } as const)
            : ({ family: 4, words: [value] } as const);
        const remote = addressSetOfRanges(
          ranges.map(([first, more]) => ({ first: word(first), last: word(first + more) })),
        );
        const one = { ...entry("r", [v6 ? "::1/128" : "10.0.0.1/32"], tcp(22)), remote };
        const of = slice(directionSlice("ingress", { allows: [one] }));
        const [set] = iptables.plan({ ...of, kind: "iptables" }, { minimise: true }).sets;
        if (set === undefined) return; // a single prefix needs none
        if (!("members" in set)) throw new Error("no pairs here");
        const cidrs = cidrsOfList(set.members.prefixes);
        const all = [
          ...cidrs.map((cidr) => ({ cidr, isIn: true })),
          ...cidrsOfList(set.members.exceptions).map((cidr) => ({ cidr, isIn: false })),
        ].sort((one, other) => other.cidr.length - one.cidr.length);
        for (const edge of ranges.flatMap(([first, more]) => [first, first + more])) {
          for (const at of [edge - 1, edge, edge + 1]) {
            const address = word(Math.max(at, 0));
            const longest = all.find(({ cidr }) => contains(cidr, address));
            expect(longest?.isIn ?? false).toBe(hasAddress(remote, address));
          }
        }
        const isNull = (host: (typeof cidrs)[number]) =>
          host.address.words.every((part) => part === 0);
        expect(set.type === "hash:ip" && cidrs.some(isNull)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
