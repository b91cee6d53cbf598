// What SEG701 and SEG708 claim, against the naive meaning: everything they report can be taken out at
// once, today and on every later day on which something ends, and no flow changes; and no other allow
// could be.
import fc from "fast-check";
import { expect, test } from "vitest";
import { programsIn } from "../../compiler/model/programs-in.ts";
import type { Rule } from "../../compiler/model/types.ts";
import { ruleMatches, type World } from "../../compiler/semantics/semantics.ts";
import { lint } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { generatedProject } from "../generated/project.ts";
import { soundProject } from "../generated/sound.ts";
import { daysOf, everyFlow, meaningOf } from "./every-flow.ts";

const runs = process.env.SEGC_FULL === "1" ? 2000 : 60;
const now = "2026-11-23";

const without = (world: World, gone: ReadonlySet<Rule>): World => ({
  ...world,
  model: { ...world.model, rules: world.model.rules.filter((rule) => !gone.has(rule)) },
});

const isLowered = ({ effect, meta, flow }: Rule) =>
  meta.fallbackNetwork ||
  (effect === "deny" && [flow.source, flow.destination].some((end) => programsIn(end).length > 0));

test("what is reported can go, and nothing else", () => {
  const seen = { redundant: 0, idle: 0, needed: 0 };
  fc.assert(
    fc.property(generatedProject, (generated) => {
      const { project } = soundProject(generated, now);
      const { model, world, diagnostics } = lint(memoryFiles(project.files), { now });
      const reported = (code: string) =>
        model.rules.filter(({ span }) =>
          diagnostics.some((one) => one.code === code && one.span?.start === span.start),
        );
      const [redundant, idle] = [reported("SEG701"), reported("SEG708")];
      const flows = everyFlow(world);
      const days = daysOf(world);
      const before = meaningOf(world, days, flows);
      expect(meaningOf(without(world, new Set(redundant)), days, flows)).toEqual(before);
      expect(meaningOf(without(world, new Set(idle)), days, flows)).toEqual(before);
      seen.redundant += redundant.length;
      seen.idle += idle.length;

      // Where enforcers widen rules, less is taken for covered than is: nothing to be exact about.
      if (world.model.rules.some(isLowered)) return;
      const left = without(world, new Set(redundant));
      for (const rule of left.model.rules) {
        const writesLog = rule.meta.log === "new" || rule.meta.log === "all";
        if (rule.effect !== "allow" || rule.staged || writesLog) continue;
        // What speaks of nobody, or of no day to come, is another finding.
        if (!flows.some((flow) => ruleMatches(world, rule, flow))) continue;
        seen.needed++;
        expect(
          meaningOf(without(left, new Set([rule])), days, flows),
          `${rule.id} in\n${project.statements.join("\n")}`,
        ).not.toEqual(before);
      }
    }),
    { numRuns: runs },
  );
  // All three happen.
  expect(Math.min(seen.redundant, seen.idle, seen.needed)).toBeGreaterThan(0);
});
