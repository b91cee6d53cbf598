// SEG602: guardrails that hold today, and would not with a workload that every `require` admits
// (language.md section 7, "for all labellings").
//
// A new workload has a fresh address in no network that the policy names, both its directions are
// enforced, and any process may run there. New are the flows with such a workload at one end at
// least: with another new one, with an address outside, and with a workload of today. What joins two
// workloads of today is SEG601's. A pair with a workload of today is the pair with a new one of its
// labels, except where its address is in a network, or where nobody there sees a program (places.ts).
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import { diagnose } from "../../../diagnostics/registry.ts";
import { all, some } from "../../bdd/conditions.ts";
import type { Diagram } from "../../bdd/diagrams.ts";
import type { Guardrail } from "../../model/types.ts";
import {
  type Flow,
  flowSetMatches,
  intended,
  isActive,
  type World,
} from "../../semantics/semantics.ts";
import { describeFlow } from "../describe-flow.ts";
import { becauseNote, nameOf, relatedRule } from "../finding.ts";
import { subjectOf } from "../subject.ts";
import { remedyHelp, remedyNotes, whoText } from "./finding.ts";
import type { Bounds, Labellings } from "./flows.ts";
import { type Offence, type Offences, offencesAgainst } from "./offences.ts";
import { firstRemedy, remediesFor } from "./remedies.ts";
import { type Witness, witnessOf } from "./witness.ts";

/** SEG602 of one guardrail, if there is one. */
export function checkLatentGuardrail(
  labellings: Labellings,
  world: World,
  guardrail: Guardrail,
  { nodesMax, workMax }: Bounds,
): readonly Diagnostic[] {
  labellings.work.left = workMax;
  const offences = offencesAgainst(labellings, guardrail, { now: world.now, nodesMax });
  const offends = (flow: Flow) => isOffence(world, guardrail, flow);
  const { diagrams } = labellings.ends;
  const [told] = offences.possible
    .flatMap((offence) => {
      const witness = diagrams.attempt(nodesMax, () =>
        witnessOf(labellings, offence.conditions, offends),
      );
      return witness === undefined ? [] : [{ offence, witness }];
    })
    .sort((a, b) => lengthOf(a.witness) - lengthOf(b.witness));
  if (told !== undefined) return [latent(labellings, guardrail, offences, told)];
  // One that is there, and too dear to tell, is not decided either.
  return offences.isUndecided || offences.possible.length > 0 ? [undecided(guardrail)] : [];
}

/** New workloads weigh more than what is said of them. */
const lengthOf = ({ traits }: Witness) =>
  [traits.egress, traits.ingress].reduce(
    (sum, own) => sum + (own === undefined ? 0 : 100 + own.length),
    0,
  );

function isOffence(world: World, guardrail: Guardrail, flow: Flow): boolean {
  return (
    flowSetMatches(subjectOf(guardrail), flow) &&
    !guardrail.exceptions.some(
      (each) => isActive(world, each.until) && flowSetMatches(each.flow, flow),
    ) &&
    intended(world, flow) === (guardrail.verb !== "always")
  );
}

function latent(
  labellings: Labellings,
  guardrail: Guardrail,
  offences: Offences,
  {
    offence: { rule, conditions },
    witness,
  }: { readonly offence: Offence; readonly witness: Witness },
): Diagnostic {
  const whole = offences.all && together(labellings, offences.all);
  const remedies =
    whole === undefined
      ? firstRemedy(labellings, conditions, witness.traits)
      : remediesFor(labellings, whole, witness.traits);
  const verb = guardrail.verb === "always" ? "refuse" : "allow";
  const effect =
    rule === undefined
      ? `no rule would allow ${describeFlow(witness.flow)}`
      : `rule \`${rule.id}\` would ${verb} ${describeFlow(witness.flow)}`;
  const { notes = [] } = becauseNote(guardrail);
  const otherwise =
    rule === undefined
      ? "allow this flow, or take it out of the guardrail with an `except`"
      : `narrow \`${rule.id}\``;
  return diagnose(
    "SEG602",
    guardrail.span,
    { guardrail: nameOf(guardrail), who: whoText(witness.traits) },
    {
      notes: [effect, ...remedyNotes(labellings, remedies), ...notes],
      ...(rule === undefined ? {} : { related: [relatedRule("this rule", rule)] }),
      ...remedyHelp(labellings, remedies, otherwise),
    },
  );
}

/** Everything that may offend; undefined where that is very much. */
function together({ ends }: Labellings, offences: readonly Offence[]): Diagram | undefined {
  return ends.diagrams.attempt(nodesToJoin, () =>
    some(
      ends.diagrams,
      offences.map(({ conditions }) => all(ends.diagrams, conditions)),
    ),
  );
}

const nodesToJoin = 100_000;

function undecided(guardrail: Guardrail): Diagnostic {
  return diagnose("SEG602", guardrail.span, { guardrail: nameOf(guardrail), who: undefined });
}
