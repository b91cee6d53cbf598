// How a set of offending flows is told: one of them, their number, the rules behind them.
import type { Related } from "../../diagnostics/diagnostic.ts";
import type { Guardrail, Rule } from "../model/types.ts";
import type { Flow } from "../semantics/semantics.ts";

export interface Finding {
  witness: Flow | undefined;
  count: number;
  readonly rules: Map<string, Rule>;
}
export const noFinding = (): Finding => ({ witness: undefined, count: 0, rules: new Map() });

/** Adds a flow that stands for `weight` flows; the first recorded is the witness. */
export function record(finding: Finding, flow: Flow, rule: Rule | undefined, weight: number): void {
  finding.witness ??= flow;
  finding.count += weight;
  if (rule !== undefined) finding.rules.set(rule.id, rule);
}

export const relatedRule = (message: string, rule: Rule): Related => ({ message, span: rule.span });

/** The author's reason, as a note. */
export const becauseNote = ({ meta }: Guardrail) =>
  meta.because === undefined ? {} : { notes: [`the guardrail stands because ${meta.because}`] };

/** `never ot-isolated`: the verb and the name without its module. */
export function nameOf(guardrail: Guardrail): string {
  const name = guardrail.id.startsWith(`${guardrail.module.name}.`)
    ? guardrail.id.slice(guardrail.module.name.length + 1)
    : guardrail.flow.text;
  return `${guardrail.verb} ${name}`;
}
