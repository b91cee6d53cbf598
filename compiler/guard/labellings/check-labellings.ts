// What holds today and not for every workload that the labels and `require`s admit: guardrails
// (SEG602) and the authority of rules (SEG407). Decided over labels as binary variables, so it costs by
// rules and labels, however many workloads there are.
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import type { Span } from "../../../diagnostics/source.ts";
import type { Expansion } from "../../extent/types.ts";
import type { Guardrail, Rule } from "../../model/types.ts";
import type { World } from "../../semantics/semantics.ts";
import { type Bounds, type Labellings, labellingsOf } from "./flows.ts";
import { checkLatentAuthority } from "./latent-authority.ts";
import { checkLatentGuardrail } from "./latent-guardrails.ts";

export interface LatentInput {
  readonly world: World;
  readonly expansion: Expansion;
  /** What was found of today's inventory: nothing is said twice. */
  readonly found: readonly Diagnostic[];
}

/** SEG602 and SEG407, one for each guardrail and rule at most. */
export function checkLabellings(input: LatentInput): readonly Diagnostic[] {
  const { model } = input.world;
  const guardrails = model.guardrails.filter((guardrail) => holdsToday(input, guardrail));
  const rules = model.rules.filter((rule) => isOwnedToday(input, rule));
  if (guardrails.length + rules.length === 0) return [];
  const labellings = renewed(input);
  return [
    ...guardrails.flatMap((each) => {
      const { current, bounds } = labellings(forGuardrail);
      return checkLatentGuardrail(current, input.world, each, bounds);
    }),
    ...rules.flatMap((each) => {
      const { current, bounds } = labellings(forRule);
      return checkLatentAuthority(current, input.world, each, bounds);
    }),
  ];
}

/** Some tenths of a second for a guardrail, a few hundredths for a rule. */
const forGuardrail = { nodesMax: 400_000, workMax: 1_500_000 };
const forRule = { nodesMax: 100_000, workMax: 500_000 };

/** Diagrams are never forgotten: from this many nodes on they are made anew. */
const keptNodes = 4_000_000;

/** Nodes of all questions together, some seconds: what is asked after that is said to be undecided. */
const allNodes = 8_000_000;

interface Asking {
  readonly current: Labellings;
  readonly bounds: Bounds;
}

function renewed({ world, expansion }: LatentInput): (bounds: Bounds) => Asking {
  const make = () => labellingsOf({ ...world, expansion });
  let current = make();
  let before = 0;
  return (bounds) => {
    const { size } = current.ends.diagrams;
    if (size > keptNodes) {
      before += size;
      current = make();
    }
    const left = Math.max(0, allNodes - before - current.ends.diagrams.size);
    const nodesMax = Math.min(bounds.nodesMax, left);
    return { current, bounds: left === 0 ? { nodesMax, workMax: 0 } : { ...bounds, nodesMax } };
  };
}

function holdsToday({ found }: LatentInput, guardrail: Guardrail): boolean {
  const spans = new Set<Span | undefined>(
    [guardrail, ...guardrail.exceptions].map(({ span }) => span),
  );
  return !found.some(({ code, span }) => isBroken.has(code) && spans.has(span));
}

const isBroken: ReadonlySet<string> = new Set(["SEG601", "SEG604", "SEG605", "SEG606"]);

function isOwnedToday({ world: { model }, expansion }: LatentInput, rule: Rule): boolean {
  const { module } = rule;
  const isKnown = module.by !== undefined && model.teams.has(module.by);
  return !module.isRoot && isKnown && expansion.flowsOf(rule).trespasses.length === 0;
}
