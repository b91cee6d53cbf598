// Estates of overlapping segments: within the quotas, and in fewer rules than one group for each segment takes,
// which would not even keep to the groups of an interface.
import { describe, expect, it } from "vitest";
import { type EstateSize, estate } from "../../bench/estate.ts";
import { compile } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { quotasOf } from "./evaluator.ts";
import { usualRules } from "./one-group-a-segment.ts";
import { awsText, documentOf } from "./projects.ts";

type Size = Pick<EstateSize, "workloads" | "segments" | "rules">;

const sizes: readonly Size[] = [
  { workloads: 2_000, segments: 20, rules: 150 },
  { workloads: 2_000, segments: 100, rules: 700 },
];
const large: readonly Size[] = [
  { workloads: 5_000, segments: 300, rules: 2_000 },
  { workloads: 5_000, segments: 500, rules: 3_300 },
];

const all = process.env.SEGC_FULL === undefined ? sizes : [...sizes, ...large];

describe.each(all)("$segments segments, $rules rules", (size) => {
  it("take at least 30 % fewer rules, and keep to AWS's own quotas", () => {
    const files = estate({ ...size, isFleet: true, isCloud: true });
    const { compiled } = compile(memoryFiles(files), { now: "2026-11-23", targets: ["aws"] });
    const found = quotasOf(documentOf(awsText(compiled?.artefacts ?? []) ?? "{}"));
    expect(found.rulesPerGroup).toBeLessThanOrEqual(60);
    expect(found.groupsPerInterface).toBeLessThanOrEqual(4);
    expect(found.rules).toBeGreaterThan(size.segments);
    expect(found.rules / usualRules(files)).toBeLessThanOrEqual(0.7);
  });
});
