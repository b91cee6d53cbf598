// Questions about a project that was checked.
import { type Explanation, explainFlows } from "../compiler/guard/explain.ts";
import { spaceOf } from "../compiler/guard/space.ts";
import { throughBalancers } from "../compiler/guard/through-balancers.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { askQuestion } from "../project/question.ts";
import type { CheckResult } from "./check.ts";

export interface ExplainResult {
  /** Undefined when there are diagnostics, of the question or of the project. */
  readonly explanation: Explanation | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Answers `A -> B : service`, where A and B are sets in the policy's own words, names of
 * workloads, or addresses.
 */
export function explain(checked: CheckResult, question: string): ExplainResult {
  const errors = checked.diagnostics.filter(({ severity }) => severity === "error");
  const unsound = errors.filter(({ code }) => !survivable.has(code));
  if (unsound.length > 0) return { explanation: undefined, diagnostics: unsound };
  const asked = askQuestion(checked.model, checked.inventory, question);
  if (asked.flow === undefined) return { explanation: undefined, diagnostics: asked.diagnostics };
  const space = spaceOf(checked.world, { questions: [asked.flow] });
  const through = throughBalancers(checked.world, asked.flow);
  return { explanation: { ...explainFlows(space, asked.flow), through }, diagnostics: [] };
}

/** Broken promises do not change what the policy says, and are often what one asks about. */
const survivable: ReadonlySet<string> = new Set([
  ...["SEG601", "SEG603", "SEG604", "SEG605", "SEG606", "SEG611", "SEG612", "SEG718"],
]);
