// A minimised slice says what the slice said, and its table does it, in fewer entries or as many.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { minimiseSlice } from "../../compiler/minimise/minimise-slice.ts";
import { valueFault } from "../../compiler/model/program-values.ts";
import { cidrsOf } from "../../compiler/sets/address-set.ts";
import { discrepancies } from "../../compiler/verify/verify-slice.ts";
import { nftables } from "../../targets/nftables/index.ts";
import { meaningOf, type Packet } from "../../targets/nftables/meaning.ts";
import {
  directionSlice,
  entry,
  packet,
  slice,
  sliceDecides,
  someSlice,
  tcp,
  udp,
} from "../nftables/slices.ts";

const runs = process.env.SEGC_FULL === "1" ? 3000 : 250;
const packets = fc.array(packet, { minLength: 60, maxLength: 100 });

/** First packets of flows: what else there is, no entry speaks of. */
const isFirst = ({ family, protocol, detail, state, sourcePort }: Packet) =>
  state === "new" &&
  !(protocol === 17 && [67, 68, 546, 547].includes(sourcePort)) &&
  !(family === 6 && protocol === 58 && detail >> 8 >= 130 && detail >> 8 <= 143);

describe("a minimised slice", () => {
  test("decides every packet as the slice does, by itself and as a table", () => {
    fc.assert(
      fc.property(someSlice, packets, (of, tried) => {
        const { slice: least, counts } = minimiseSlice(of);
        const table = meaningOf(nftables.plan(least, { minimise: true }));
        for (const one of tried) {
          const wanted = sliceDecides(of, one);
          expect([one, sliceDecides(least, one)]).toEqual([one, wanted]);
          if (isFirst(one)) expect([one, table(one)]).toEqual([one, wanted]);
        }
        expect(counts.lowerBound).toBeLessThanOrEqual(counts.after);
        expect(counts.optimal).toBe(counts.lowerBound === counts.after);
      }),
      { numRuns: runs },
    );
  });

  test("is the same whatever the order of the entries", () => {
    fc.assert(
      fc.property(someSlice, (of) => {
        const turned = {
          ...of,
          directions: of.directions.map((half) => ({
            ...half,
            denies: [...half.denies].reverse(),
            allows: [...half.allows].reverse(),
          })),
        };
        const decided = (one: typeof of) =>
          minimiseSlice(one).slice.directions.map(({ denies, allows }) =>
            [denies, allows].map((list) =>
              list.map((block) => [block.remote, block.service, block.ruleId, block.alsoRules]),
            ),
          );
        expect(decided(turned)).toEqual(decided(of));
      }),
      { numRuns: runs },
    );
  });

  test("has one block where rules of one service name other peers", () => {
    const { slice: least, counts } = minimiseSlice(
      slice(
        directionSlice("ingress", {
          allows: [
            entry("a", ["10.0.0.1"], tcp(443)),
            entry("b", ["10.0.0.2", "10.0.0.3"], tcp(443)),
            entry("c", ["10.0.0.1", "10.0.0.2"], tcp(80)),
          ],
        }),
      ),
    );
    const [ingress] = least.directions;
    expect(
      ingress?.allows.map(({ ruleId, alsoRules, remote }) => [
        ruleId,
        alsoRules,
        cidrsOf(remote).length,
      ]),
    ).toEqual([
      ["a", ["b", "c"], 2],
      ["b", [], 1],
    ]);
    expect(counts).toEqual({ before: 3, after: 2, lowerBound: 2, optimal: true });
  });

  test("has no deny that refuses what nobody allows, and keeps one that is logged", () => {
    const deny = entry("d", ["10.9.0.0/16"], tcp(22));
    const halves = (log: "none" | "new") =>
      minimiseSlice(
        slice(
          directionSlice("ingress", {
            denies: [{ ...deny, log }],
            allows: [entry("a", ["10.0.0.1"], tcp(22)), entry("b", ["10.9.0.1"], tcp(443))],
          }),
        ),
      ).slice.directions[0]?.denies;
    expect(halves("none")).toEqual([]);
    expect(halves("new")).toHaveLength(1);
  });

  test("cuts a deny out of the allows where that is as short, and else keeps it", () => {
    const cut = minimiseSlice(
      slice(
        directionSlice("ingress", {
          denies: [entry("d", ["10.0.0.2"], tcp(443))],
          allows: [entry("a", ["10.0.0.0/30"], tcp(443))],
        }),
      ),
    ).slice.directions[0];
    expect(cut?.denies).toEqual([]);
    const kept = minimiseSlice(
      slice(
        directionSlice("ingress", {
          denies: [entry("d", ["10.0.0.2"], tcp(81))],
          allows: [
            entry("a", ["10.0.0.0/30"], tcp(80, 90)),
            entry("b", ["10.0.0.2"], udp(53)),
            entry("c", ["10.0.0.2", "10.0.0.3"], tcp(443)),
          ],
        }),
      ),
    ).slice.directions[0];
    expect(kept?.denies.length).toBeLessThanOrEqual(1);
    expect(kept?.allows.length).toBeGreaterThan(0);
  });
});

/** No process has such a unit, and checked policies name none. */
const provable = someSlice.filter((of) =>
  of.directions.every((half) =>
    [...half.denies, ...half.allows]
      .flatMap(({ programs, notPrograms }) => [...programs, ...notPrograms])
      .every(({ fields }) => valueFault("unit", fields.get("unit") ?? "x") === undefined),
  ),
);

describe("the proof", () => {
  test.each([false, true])("accepts every table that was planned, minimised: %s", (minimise) => {
    fc.assert(
      fc.property(provable, (of) => {
        const least = minimise ? minimiseSlice(of).slice : of;
        const parsed = nftables.parse(nftables.render(nftables.plan(least, { minimise })));
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
        expect(discrepancies(of, nftables.meaning(parsed.plan))).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  test("names a packet when one rule of a table is missing", () => {
    fc.assert(
      fc.property(provable, fc.nat(), packets, (of, which, tried) => {
        const plan = nftables.plan(of);
        const rules = plan.chains.flatMap((chain) =>
          chain.rules.flatMap((rule) => (rule.verdict === undefined ? [] : [{ chain, rule }])),
        );
        const gone = rules[which % rules.length];
        const chains = plan.chains.map((chain) => ({
          ...chain,
          rules: chain.rules.filter((rule) => rule !== gone?.rule),
        }));
        const found = discrepancies(of, nftables.meaning({ ...plan, chains }));
        const [before, after] = [meaningOf(plan), meaningOf({ ...plan, chains })];
        const differs = tried.some((one) => isFirst(one) && before(one) !== after(one));
        if (differs) expect(found.length).toBeGreaterThan(0);
      }),
      { numRuns: runs },
    );
  });
});
