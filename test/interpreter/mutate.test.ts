// Mutants: the same for the same seed, one small change each, and of both sorts.
import { describe, expect, it } from "vitest";
import { readArtefact } from "./artefact.ts";
import { mapAxes } from "./classes.ts";
import { chanceOf } from "./mutants/chance.ts";
import { mutantKinds, mutantOf, mutantsOf } from "./mutate.ts";
import type { Packet } from "./packet.ts";
import { packetOf } from "./packet-of.ts";
import { compareArtefacts, probesOf } from "./probe.ts";
import { decide, type Program } from "./program.ts";
import { iptablesSample, nftSample } from "./samples.ts";

const samples = [
  ["nftables", nftSample],
  ["iptables", iptablesSample],
] as const;
const harmless = [
  "duplicate-rule",
  "redundant-element",
  "split-prefix",
  "reorder-elements",
  "reorder-blocks",
  "change-comment",
  "rename-set",
];

const draws = process.env.SEGC_FULL === "1" ? 20_000 : 500;

function drawn(programs: readonly Program[]): readonly Packet[] {
  const { values, cgroups } = probesOf(programs);
  const chance = chanceOf(5);
  return Array.from({ length: draws }, () =>
    packetOf({
      ...mapAxes((axis) => chance.pick(values[axis]) ?? 0n),
      cgroup: chance.pick(cgroups) ?? "",
    }),
  );
}

describe.each(samples)("mutants of %s", (_, sample) => {
  const mutants = mutantsOf(sample, 1, 120);
  const judged = mutants.map((mutant) => ({
    mutant,
    ...compareArtefacts(sample, mutant.artefact),
  }));

  it("are the same for the same seed, and different from each other", () => {
    expect(mutantsOf(sample, 1, 120)).toEqual(mutants);
    expect(mutantsOf(sample, 2, 120)).not.toEqual(mutants);
    expect(new Set(mutants.map(({ artefact }) => JSON.stringify(artefact))).size).toBe(
      mutants.length,
    );
    expect(mutants.length).toBeGreaterThan(80);
  });

  it("come in every kind that the format has", () => {
    const missing = mutantKinds.filter((kind) =>
      Array.from({ length: 20 }, (_, seed) => mutantOf(sample, kind, seed)).every(
        (mutant) => mutant === undefined,
      ),
    );
    expect(missing).toEqual([]);
  });

  it("name a text that differs, at that line or near it", () => {
    for (const { kind, file, line, artefact } of mutants) {
      const [old = [], now = []] = [sample.texts[file] ?? "", artefact.texts[file] ?? ""].map(
        (text) => text.split("\n"),
      );
      const first = old.findIndex((text, index) => text !== now[index]) + 1;
      expect(first).toBeGreaterThan(0);
      // What moves may arrive above, and equal lines may follow, the line that is named.
      const moves = kind === "reorder-blocks" || kind === "move-element";
      if (!moves) expect(Math.abs(first - line)).toBeLessThanOrEqual(2);
    }
  });

  it("leave every verdict alone where they only tidy", () => {
    const tidying = judged.filter(({ mutant }) => harmless.includes(mutant.kind));
    expect(tidying.length).toBeGreaterThan(20);
    expect(tidying.filter(({ kind }) => kind !== "equivalent")).toEqual([]);
  });

  it("are told apart by the packet named, or by no packet drawn from all boundaries", () => {
    const before = readArtefact(sample);
    for (const { mutant, ...verdict } of judged) {
      if (verdict.kind === "refused") continue;
      const after = readArtefact(mutant.artefact);
      if (verdict.kind === "different") {
        const { packet } = verdict;
        expect(verdict.before).not.toBe(verdict.after);
        expect([decide(before, packet), decide(after, packet)]).toEqual([
          verdict.before,
          verdict.after,
        ]);
        continue;
      }
      const telling = drawn([before, after]).filter(
        (packet) => decide(before, packet) !== decide(after, packet),
      );
      expect({ mutant: mutant.kind, line: mutant.line, telling }).toMatchObject({ telling: [] });
    }
  });

  it("are equivalent in about a third of the cases, and mostly load", () => {
    const share = (wanted: string) =>
      judged.filter(({ kind }) => kind === wanted).length / judged.length;
    expect(share("equivalent")).toBeGreaterThan(0.2);
    expect(share("equivalent")).toBeLessThan(0.55);
    expect(share("different")).toBeGreaterThan(0.4);
    expect(share("refused")).toBeLessThan(0.15);
  });
});
