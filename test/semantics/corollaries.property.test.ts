// The one-line corollaries of language.md section 7: what follows from the definitions must hold
// of every policy.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flowsOf, pairAt, pairsOf, spaceOf } from "../../compiler/guard/space.ts";
import type { Model } from "../../compiler/model/types.ts";
import { type Flow, intended, proposed, type World } from "../../compiler/semantics/semantics.ts";
import { check } from "../../index.ts";
import { everything } from "../generated/everything.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { type GeneratedProject, generatedProject } from "../generated/project.ts";
import { soundProject } from "../generated/sound.ts";

const now = "2026-11-23";
const runs = { numRuns: 25 };

/** Flows that the world's statements tell apart, at most a few hundred, evenly picked. */
function sample(world: World): readonly Flow[] {
  const space = spaceOf(world);
  const pairs = [...pairsOf(space, everything)];
  const step = Math.max(1, Math.floor(pairs.length / 40));
  return pairs
    .filter((_, index) => index % step === 0)
    .flatMap((indexes) => [...flowsOf(space, pairAt(space, indexes), [everything])].slice(0, 60));
}

const withRules = (world: World, rules: Model["rules"]): World => ({
  ...world,
  model: { ...world.model, rules },
});

describe("meaning", () => {
  test("the order of statements has none", () => {
    fc.assert(
      fc.property(generatedProject, fc.infiniteStream(fc.nat()), (generated, random) => {
        const { project, checked } = soundProject(generated, now);
        const shuffled = reordered(project, random);
        const again = check(memoryFiles(shuffled.files), { now });
        const codes = ({ diagnostics }: typeof again) => diagnostics.map(({ code }) => code).sort();
        expect(codes(again)).toEqual(codes(checked));
        expect(again.model.rules.map(({ id }) => id)).toEqual(
          checked.model.rules.map(({ id }) => id),
        );
        for (const flow of sample(checked.world)) {
          expect(intended(again.world, sameIn(again.world, flow))).toBe(
            intended(checked.world, flow),
          );
        }
      }),
      { numRuns: 8 },
    );
  });

  test("repeating a rule changes nothing; adding an allow grows, adding a deny shrinks", () => {
    fc.assert(
      fc.property(generatedProject, fc.nat(), (generated, pick) => {
        const { world } = soundProject(generated, now).checked;
        const { rules } = world.model;
        const rule = rules[pick % Math.max(1, rules.length)];
        if (rule === undefined) return;
        const without = withRules(
          world,
          rules.filter((other) => other !== rule),
        );
        const twice = withRules(world, [...rules, rule]);
        for (const flow of sample(world)) {
          const [before, after] = [intended(without, flow), intended(world, flow)];
          expect(intended(twice, flow)).toBe(after);
          if (rule.staged) expect(after).toBe(before);
          else if (rule.effect === "allow") expect(after || !before).toBe(true);
          else expect(before || !after).toBe(true);
          if (rules.every((each) => !each.staged)) expect(proposed(world, flow)).toBe(after);
        }
      }),
      runs,
    );
  });

  test("time only takes access away", () => {
    fc.assert(
      fc.property(generatedProject, (generated) => {
        const { world } = soundProject(generated, now).checked;
        const later = { ...world, now: "2031-01-01" };
        for (const flow of sample(world)) {
          if (intended(later, flow)) expect(intended(world, flow)).toBe(true);
        }
      }),
      runs,
    );
  });
});

/** The same flow between the workloads of another world with the same inventory. */
function sameIn(world: World, flow: Flow): Flow {
  const move = (end: Flow["source"]) => ({
    ...end,
    workload: world.workloads.find(({ name }) => name === end.workload?.name),
  });
  return { ...flow, source: move(flow.source), destination: move(flow.destination) };
}

function reordered(project: GeneratedProject, random: fc.Stream<number>): GeneratedProject {
  const keys = new Map(project.statements.map((line) => [line, random.next().value as number])); // never ends
  const text = project.files.get("lab.seg") ?? "";
  const head = text.slice(0, text.indexOf(project.statements[0] ?? ""));
  const statements = project.statements.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
  const files = new Map(project.files).set("lab.seg", `${head}${statements.join("\n")}\n`);
  return { files, statements };
}
