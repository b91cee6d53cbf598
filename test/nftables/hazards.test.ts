// The ways in which the nearest compilers fail open or do not load (reference: hazards), each tried
// on this target.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cidrsOf } from "../../compiler/sets/address-set.ts";
import { anyService, icmpInterval, serviceSet } from "../../compiler/sets/service-set.ts";
import { nftables } from "../../targets/nftables/index.ts";
import type { NftRule } from "../../targets/nftables/ruleset.ts";
import { directionSlice, entry, slice, someSlice, tcp } from "./slices.ts";

const decides = ({ verdict }: NftRule) => verdict !== undefined && verdict.kind !== "return";
const textOf = (...parameters: Parameters<typeof entry>) =>
  nftables.render(
    nftables.plan(slice(directionSlice("ingress", { allows: [entry(...parameters)] }))),
  )[0]?.text ?? "";

describe("nothing widens on its way to a table", () => {
  test("every rule of the policy names a peer or its family, and a service", () => {
    fc.assert(
      fc.property(someSlice, (of) => {
        for (const { name, rules } of nftables.plan(of).chains) {
          // A chain of an entry's own is reached only through a rule that names them.
          if (name.startsWith("x_")) continue;
          for (const rule of rules.filter(({ comment }) => comment !== undefined).filter(decides)) {
            const kinds = rule.matches.map(({ kind }) => kind);
            expect(kinds.some((kind) => kind === "address" || kind === "family")).toBe(true);
            expect(kinds.some((kind) => ["protocol", "ports", "icmp-type"].includes(kind))).toBe(
              true,
            );
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test("an entry without peers is a bug, never `from anywhere`", () => {
    expect(() => textOf("r", [], tcp(22))).toThrow("has no peer");
  });

  test("a source of one family does not open the other", () => {
    expect(textOf("r", ["2001:db8::/32"], tcp(22))).toContain(
      '    ip6 saddr 2001:db8::/32 tcp dport 22 accept comment "r"\n',
    );
    expect(textOf("r", ["::/0"], tcp(22))).toContain(
      '    meta nfproto ipv6 tcp dport 22 accept comment "r"\n',
    );
    expect(textOf("r", ["0.0.0.0/0"], tcp(22))).toContain(
      '    meta nfproto ipv4 tcp dport 22 accept comment "r"\n',
    );
  });

  test("a service without a point in the family leaves no rule", () => {
    const echo6 = serviceSet([icmpInterval(6, 128, undefined)]);
    expect(textOf("r", ["10.0.0.1/32"], echo6)).not.toContain('comment "r"');
  });

  test("any service has no reply and no error in it", () => {
    const text = textOf("r", ["10.0.0.1/32"], anyService);
    expect(text).toContain("ip saddr 10.0.0.1 meta l4proto { 0, 2-57, 59-255 } accept");
    expect(text).toContain("ip saddr 10.0.0.1 icmp type { 1-2, 4-10, 13, 15-255 } accept");
  });

  test("a comment that closes its quote stays a comment", () => {
    const text = textOf("r", ["10.0.0.1/32"], tcp(22), { because: 'a"; accept; #\n}\naccept' });
    expect(text).toContain(`accept comment "r: a'; accept; # } accept"\n`);
  });

  test("a rule named like a keyword, or like nothing at all, loads under another name", () => {
    for (const id of ["log", "", "\u001b", "A B", "x".repeat(300)]) {
      expect(textOf(id, ["10.0.0.1/32", "10.0.0.3/32"], tcp(22))).toMatch(
        /tcp dport 22 ip saddr @a4_[0-9a-f]{12} accept comment "(log|r-[0-9a-f]{12})"/,
      );
    }
  });

  test("a set may have more members than a call has arguments", () => {
    const peers = Array.from(
      { length: 150_000 },
      (_, index) => `10.${index >> 15}.${(index >> 7) & 255}.${(index * 2) & 255}/32`,
    );
    const of = slice(directionSlice("ingress", { allows: [entry("r", peers, tcp(22))] }));
    const plan = nftables.plan(of);
    expect(nftables.parse(nftables.render(plan))).toEqual({ ok: true, plan });
  });

  test("entries of one rule keep their own addresses", () => {
    const plan = nftables.plan(
      slice(
        directionSlice("ingress", {
          allows: [
            entry("r", ["10.0.0.1/32", "10.0.0.3/32"], tcp(22)),
            entry("r", ["10.0.0.5/32", "10.0.0.7/32"], tcp(23)),
          ],
        }),
      ),
    );
    expect(plan.addressSets.map(({ addresses }) => cidrsOf(addresses).length)).toEqual([2, 2]);
  });
});
