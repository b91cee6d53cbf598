// Mutants: the same for the same seed, one small change each, and of both sorts.
import { describe, expect, it } from "vitest";
import { mutantKinds, mutantOf, mutantsOf } from "./mutate.ts";
import { compareArtefacts } from "./probe.ts";
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

  it("say where they differ", () => {
    for (const { file, line, artefact } of mutants) {
      const [old, now] = [sample.texts[file] ?? "", artefact.texts[file] ?? ""].map((text) =>
        text.split("\n"),
      );
      const first = old?.findIndex((text, index) => text !== now?.[index]) ?? -1;
      expect(Math.abs(first + 1 - line)).toBeLessThanOrEqual(Math.max(40, line));
      expect(first).toBeGreaterThanOrEqual(0);
    }
  });

  it("leave every verdict alone where they only tidy", () => {
    for (const { mutant, kind } of judged) {
      if (harmless.includes(mutant.kind))
        expect([mutant.kind, mutant.line, kind][2]).toBe("equivalent");
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
