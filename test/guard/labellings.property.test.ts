// What is found of workloads that are not there yet, against brute force: every labelling that keeps
// what is required, twice, as real workloads of the inventory, and the naive meaning asked of them.
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkRequirements } from "../../compiler/extent/requirements.ts";
import { decide } from "../../compiler/guard/guardrails.ts";
import { newWorkload } from "../../compiler/guard/labellings/flow-ends.ts";
import { labellingsOf } from "../../compiler/guard/labellings/flows.ts";
import { checkLatentAuthority } from "../../compiler/guard/labellings/latent-authority.ts";
import { checkLatentGuardrail } from "../../compiler/guard/labellings/latent-guardrails.ts";
import { offencesAgainst } from "../../compiler/guard/labellings/offences.ts";
import type { Trait } from "../../compiler/guard/labellings/traits.ts";
import { witnessOf } from "../../compiler/guard/labellings/witness.ts";
import { flowsOf, pairAt, pairsOf, spaceOf } from "../../compiler/guard/space.ts";
import { subjectOf } from "../../compiler/guard/subject.ts";
import type { Workload } from "../../compiler/inventory/types.ts";
import type { Rule } from "../../compiler/model/types.ts";
import { holds, selects } from "../../compiler/semantics/denotation.ts";
import {
  type Flow,
  flowSetMatches,
  intended,
  mayWrite,
  ruleMatches,
  type World,
} from "../../compiler/semantics/semantics.ts";
import { type Diagnostic, hasErrors } from "../../diagnostics/diagnostic.ts";
import { check } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { type LabellingsLab, labellingsLab } from "./labellings-lab.ts";

const runs = process.env.SEGC_FULL === "1" ? 3000 : 150;
const now = "2026-11-23";
const bounds = { nodesMax: 1_000_000, workMax: 10_000_000 };

test("a latent finding is there exactly where some labelling breaks a guardrail or an authority", () => {
  const seen = { broken: 0, kept: 0, beyond: 0, within: 0, closed: 0, open: 0, refused: 0 };
  fc.assert(
    fc.property(labellingsLab, (lab) => {
      const { model, expansion, world, diagnostics } = check(memoryFiles(lab.files), { now });
      const unsound = diagnostics.filter(({ code }) => !/^SEG([456]|718|7|806)/.test(code));
      fc.pre(!hasErrors(unsound));
      const labellings = labellingsOf({ ...world, expansion });
      const later: World = {
        ...world,
        workloads: [...world.workloads, ...everyLabelling(world, lab)],
      };
      for (const guardrail of model.guardrails) {
        const today = decide(spaceOf(world), guardrail).map(({ code }) => code);
        if (today.some((code) => ["SEG601", "SEG605", "SEG606"].includes(code))) continue;
        const broken = decide(spaceOf(later), guardrail).some(({ code }) => code === "SEG601");
        const found = checkLatentGuardrail(labellings, world, guardrail, bounds);
        expect(found.map(({ code }) => code)).toEqual(broken ? ["SEG602"] : []);
        seen[broken ? "broken" : "kept"]++;
        for (const each of found) seen[outcomeWith(lab, each, guardrail.id)]++;
      }
      for (const rule of model.rules) {
        if (rule.module.isRoot || trespasses(world, rule)) continue;
        const beyond = trespasses(later, rule);
        const found = checkLatentAuthority(labellings, world, rule, bounds);
        expect(found.map(({ code }) => code)).toEqual(beyond ? ["SEG407"] : []);
        seen[beyond ? "beyond" : "within"]++;
        for (const each of found) seen[outcomeWith(lab, each, rule.id)]++;
      }
    }),
    { numRuns: runs },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
});

test("whatever else the labels of the new workloads are, the flow told breaks the guardrail", () => {
  const seen = { one: 0, two: 0, today: 0 };
  fc.assert(
    fc.property(labellingsLab, (lab) => {
      const { model, expansion, world, diagnostics } = check(memoryFiles(lab.files), { now });
      fc.pre(!hasErrors(diagnostics.filter(({ code }) => !/^SEG([456]|718|7|806)/.test(code))));
      const labellings = labellingsOf({ ...world, expansion });
      const others = everyLabelling(world, lab);
      for (const guardrail of model.guardrails) {
        labellings.work.left = bounds.workMax;
        const [offence] = offencesAgainst(labellings, guardrail, { now, ...bounds }).possible;
        if (offence === undefined) continue;
        const offends = (flow: Flow) =>
          flowSetMatches(subjectOf(guardrail), flow) &&
          intended(world, flow) === (guardrail.verb !== "always");
        const witness = witnessOf(labellings, offence.conditions, offends);
        if (witness === undefined) throw new Error("undecided");
        const { flow, traits } = witness;
        const like = (end: Flow["source"], own: readonly Trait[] | undefined) =>
          own === undefined
            ? [end]
            : others
                .filter((workload) => own.every((trait) => hasTrait(trait, workload)))
                .map((workload) => ({ ...end, workload }));
        const sources = like(flow.source, traits.egress);
        const destinations = like(flow.destination, traits.ingress);
        expect(Math.min(sources.length, destinations.length)).toBeGreaterThan(0);
        for (const source of sources) {
          for (const destination of destinations) {
            if (source.workload === destination.workload) continue;
            expect(offends({ ...flow, source, destination })).toBe(true);
          }
        }
        const news = [traits.egress, traits.ingress].filter((own) => own !== undefined).length;
        seen[news === 2 ? "two" : "one"]++;
        if (
          world.workloads.some((each) =>
            [flow.source.workload, flow.destination.workload].includes(each),
          )
        )
          seen.today++;
      }
    }),
    { numRuns: runs },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
});

function hasTrait({ predicate, text }: Trait, workload: Workload): boolean {
  return predicate === undefined
    ? text === `\`platform ${workload.platform}\``
    : holds(predicate, workload);
}

/**
 * What the `require` lines of the help do: they close it; or they say that they do not, or that today's
 * inventory breaks them; or there are none.
 */
function outcomeWith(
  { files }: LabellingsLab,
  { help = "", notes = [] }: Diagnostic,
  id: string,
): "closed" | "open" | "refused" {
  const lines = [...help.matchAll(/`(require [^`]*)`/g)].map(([, line]) => line);
  if (lines.length === 0) return "open";
  const more = new Map(files).set("lab.seg", `${files.get("lab.seg")}${lines.join("\n")}\n`);
  const { model, expansion, world, diagnostics } = check(memoryFiles(more), { now });
  const broken = diagnostics.filter(({ code }) => code === "SEG804");
  const isRefused = notes.some((note) => note.includes("would break that `require`"));
  expect(isRefused, JSON.stringify(lines)).toBe(broken.length > 0);
  const others = diagnostics.filter(({ code }) => !/^SEG([456]|718|7|80[46])/.test(code));
  expect(hasErrors(others), JSON.stringify(others.map(({ message }) => message))).toBe(false);
  const labellings = labellingsOf({ ...world, expansion });
  const guardrail = model.guardrails.find((each) => each.id === id);
  const rule = model.rules.find((each) => each.id === id);
  const left = [
    ...(guardrail === undefined ? [] : checkLatentGuardrail(labellings, world, guardrail, bounds)),
    ...(rule === undefined ? [] : checkLatentAuthority(labellings, world, rule, bounds)),
  ];
  const isOpen = notes.some((note) => note.includes("all the same"));
  expect(left.length > 0, JSON.stringify(lines)).toBe(isOpen);
  if (isRefused) return "refused";
  return isOpen ? "open" : "closed";
}

/** Each twice: two workloads may be alike. */
function everyLabelling(
  { model }: World,
  { values, platforms }: LabellingsLab,
): readonly Workload[] {
  let labels: readonly Workload["labels"][] = [new Map()];
  for (const [name, choices] of Object.entries(values)) {
    labels = labels.flatMap((each) =>
      choices.map((choice) => (choice === undefined ? each : new Map([...each, [name, choice]]))),
    );
  }
  return labels
    .flatMap((each) => platforms.map((platform) => ({ platform, labels: each })))
    .flatMap((each, index) => [1, 2].map((copy) => newWorkload(`new-${index}-${copy}`, each)))
    .filter((workload) => checkRequirements(model, [workload]).length === 0);
}

/** Some flow of the rule has an end that its module may not write. */
function trespasses(world: World, rule: Rule): boolean {
  const now = rule.meta.until ?? world.now;
  const space = spaceOf({ ...world, now });
  for (const indexes of pairsOf(space, rule.flow)) {
    const pair = pairAt(space, indexes);
    for (const flow of flowsOf(space, pair, [rule.flow])) {
      if (ruleMatches({ ...world, now }, rule, flow) && lacksAuthority(world, rule, flow))
        return true;
    }
  }
  return false;
}

function lacksAuthority(world: World, { module, effect }: Rule, flow: Flow): boolean {
  const owns = world.model.teams.get(module.by ?? "")?.owns;
  const denied = (["egress", "ingress"] as const).flatMap((direction) => {
    const end = direction === "egress" ? flow.source : flow.destination;
    if (end.workload === undefined) return [];
    const owned = effect === "deny" && owns !== undefined && selects(owns, end);
    return [!owned && !mayWrite(world, module, direction, flow)];
  });
  return effect === "allow" ? denied.includes(true) : !denied.includes(false);
}
