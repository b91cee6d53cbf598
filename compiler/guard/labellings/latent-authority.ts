// SEG407: rules within the authority of their module today, and beyond it with a workload that every
// `require` admits (language.md 6.3, "for all labellings"). Staged rules are checked alike.
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import { diagnose } from "../../../diagnostics/registry.ts";
import { both } from "../../bdd/conditions.ts";
import type { Direction } from "../../inventory/types.ts";
import type { Rule } from "../../model/types.ts";
import { type Flow, mayWrite, ruleMatches, type World } from "../../semantics/semantics.ts";
import { describeFlow } from "../describe-flow.ts";
import { remedyHelp, remedyNotes, whoText } from "./finding.ts";
import type { Bounds, Labellings } from "./flows.ts";
import { possibleWay } from "./promises.ts";
import { remediesFor } from "./remedies.ts";
import { directions } from "./variables.ts";
import { witnessOf } from "./witness.ts";

/** SEG407 of one rule, if there is one. */
export function checkLatentAuthority(
  labellings: Labellings,
  world: World,
  rule: Rule,
  { nodesMax, workMax }: Bounds,
): readonly Diagnostic[] {
  labellings.work.left = workMax;
  const { diagrams } = labellings.ends;
  const flows = diagrams.attempt(nodesMax, () =>
    both(diagrams, labellings.trespasses(rule), labellings.domain),
  );
  const way = flows === undefined ? "undecided" : possibleWay(labellings, [flows]);
  if (way === "none") return [];
  const subject = { rule: rule.named ? rule.id : rule.flow.text, module: rule.module.name };
  const offends = (flow: Flow) => isTrespass(world, rule, flow);
  const witness = flows === undefined ? undefined : witnessOf(labellings, [flows], offends);
  if (flows === undefined || witness === undefined) {
    return [diagnose("SEG407", rule.span, { ...subject, who: undefined })];
  }
  const remedies = remediesFor(labellings, flows, witness.traits);
  return [
    diagnose(
      "SEG407",
      rule.span,
      { ...subject, who: whoText(witness.traits) },
      {
        notes: [
          `it would speak of ${describeFlow(witness.flow)}`,
          ...remedyNotes(labellings, remedies),
        ],
        ...remedyHelp(labellings, remedies, "narrow the rule"),
        ...(rule.use === undefined
          ? {}
          : { related: [{ message: "expanded from here", span: rule.use }] }),
      },
    ),
  ];
}

/** Matched, and one managed end of an allow, or every one of a deny, is not the module's to write. */
function isTrespass(world: World, rule: Rule, flow: Flow): boolean {
  const endAt = (end: Direction) => (end === "egress" ? flow.source : flow.destination);
  const managed = directions.filter((end) => endAt(end).workload !== undefined);
  const denied = (end: Direction) => !mayWrite(world, rule.module, end, flow);
  const lacks = rule.effect === "allow" ? managed.some(denied) : managed.every(denied);
  return ruleMatches({ ...world, now: rule.meta.until ?? world.now }, rule, flow) && lacks;
}
