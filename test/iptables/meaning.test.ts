// What planned tables do to packets is what their slice says.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { iptables } from "../../targets/iptables/index.ts";
import { meaningOf } from "../../targets/iptables/meaning.ts";
import {
  directionSlice,
  entry,
  packet,
  program,
  slice,
  sliceDecides,
  tcp,
} from "../nftables/slices.ts";
import { aimedPacket, isBeyondRules, listsDecide, someIptSlice } from "./slices.ts";

const runs = process.env.SEGC_FULL === "1" ? 3000 : 300;

describe("the flat meaning of planned tables", () => {
  test("is the slice's for every packet that begins a flow", () => {
    fc.assert(
      fc.property(
        someIptSlice,
        fc.array(
          packet.map((one) => ({ ...one, state: "new" as const })),
          { minLength: 40, maxLength: 80 },
        ),
        (of, packets) => {
          const lists = meaningOf(iptables.plan(of));
          for (const one of packets) {
            if (isBeyondRules(one)) continue;
            expect([one, listsDecide(lists, one)]).toEqual([one, sliceDecides(of, one)]);
          }
        },
      ),
      { numRuns: runs },
    );
  });

  test("is the slice's for packets of every program that an entry names", () => {
    const seen = { accept: 0, drop: 0 };
    fc.assert(
      fc.property(
        someIptSlice.chain((of) =>
          fc.tuple(fc.constant(of), fc.array(aimedPacket(of), { minLength: 30, maxLength: 40 })),
        ),
        ([of, packets]) => {
          const lists = meaningOf(iptables.plan(of));
          for (const one of packets) {
            if (isBeyondRules(one)) continue;
            const decided = sliceDecides(of, one);
            seen[decided]++;
            expect([one, listsDecide(lists, one)]).toEqual([one, decided]);
          }
        },
      ),
      { numRuns: runs },
    );
    expect(Math.min(seen.accept, seen.drop)).toBeGreaterThan(runs);
  });

  test("has no list where nothing is filtered", () => {
    const plan = iptables.plan(slice(directionSlice("ingress")));
    expect(meaningOf(plan)).toEqual([{ direction: "ingress", rules: [], otherwise: "drop" }]);
  });

  test("unfolds a program into the processes that can be in its slices", () => {
    const units = ["a.service", "b.service"].map((unit) => program({ unit }));
    const plan = iptables.plan(
      slice(
        directionSlice("egress", {
          allows: [
            entry("r", ["10.0.0.1/32"], tcp(22), { programs: units.slice(0, 1) }),
            entry("s", ["10.0.0.2/32"], tcp(22), { notPrograms: units }),
          ],
        }),
      ),
    );
    const [list] = meaningOf(plan);
    expect(list?.rules.map(({ processes, notProcesses }) => [processes, notProcesses])).toEqual([
      [[[new Map([["unit", "a.service"]])]], []],
      [[], [units.map(({ fields }) => fields)]],
    ]);
    expect(list?.otherwise).toBe("drop");
  });
});
