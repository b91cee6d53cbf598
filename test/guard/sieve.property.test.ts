// What the sieve lets fall breaks no guardrail: with it and without, the same is found.
import fc from "fast-check";
import { expect, test } from "vitest";
import { sieveContext } from "../../compiler/check.ts";
import { checkGuardrails, decide } from "../../compiler/guard/guardrails.ts";
import { suspects } from "../../compiler/guard/sieve.ts";
import { spaceOf } from "../../compiler/guard/space.ts";
import { planContext } from "../../compiler/plan/context.ts";
import { check } from "../../index.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { lab } from "./lab.ts";

const runs = process.env.SEGC_FULL === "1" ? 3000 : 150;

test("guardrails are decided alike with the sieve and without", () => {
  const seen = { kept: 0, dropped: 0, found: 0 };
  fc.assert(
    fc.property(lab, (files) => {
      const { model, expansion, world, diagnostics } = check(memoryFiles(files), {
        now: "2026-11-23",
      });
      const unsound = diagnostics.filter(
        ({ code, severity }) => severity === "error" && !/^SEG(6|718)/.test(code),
      );
      // Guardrails are not reached where the policy has other errors.
      fc.pre(unsound.length === 0);
      const sieve = sieveContext(planContext(model, expansion, capabilityTable, "2026-11-23"));
      const naive = model.guardrails.flatMap((guardrail) => decide(spaceOf(world), guardrail));
      const quick = checkGuardrails(world, sieve);
      const told = (list: typeof quick) =>
        list.map(({ code, severity, message }) => `${severity} ${code} ${message}`);
      expect(told(quick)).toEqual(told(naive));
      for (const guardrail of model.guardrails) {
        if (suspects(sieve, guardrail) === undefined) seen.dropped++;
        else seen.kept++;
      }
      seen.found += quick.length;
    }),
    { numRuns: runs },
  );
  // Both ways were taken, and something was found.
  expect(Math.min(seen.kept, seen.dropped, seen.found)).toBeGreaterThan(0);
});
