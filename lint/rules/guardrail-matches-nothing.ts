// Guardrails, and exceptions of them, that speak of no flow of this inventory. An `always` of which that
// is so is an error of `segc check`.
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";

export const guardrailMatchesNothing = defineRule("SEG605", {
  rationale: `A guardrail that matches no possible flow promises nothing; an exception that excuses none is not needed,
or says something else than was meant. For an \`always\` that is an error, because nothing is then sure to
be allowed; for the others a warning: the workloads may come.`,
  invalid: [
    {
      policy: `${exampleHeader}
label env: enum { prod, staging } optional
never staging = workloads where env is staging -> workloads : any-service
`,
      reports: [5],
    },
    {
      policy: `${exampleHeader}
label env: enum { prod, staging } optional
never data = outside -> workloads where role is db : any-service {
  except staging = outside -> workloads where env is staging : any-service
}
`,
      reports: [6],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
never data = outside -> workloads where role is db : any-service
`,
    },
  ],
  seeAlso: [
    "[Guardrails](../language.md#guardrails)",
    "[SEG715](SEG715.md): a segment that selects nothing",
  ],
  check({ model, expansion }, report) {
    if (expansion.universe.workloads.length === 0) return;
    for (const { id, verb, flow, exceptions, span } of model.guardrails) {
      const guardrail = `${verb} ${id.split(".").at(-1)}`;
      if (verb !== "always" && expansion.productsOf(flow).length === 0) {
        report(span, { guardrail }, { severity: "warning" });
        continue;
      }
      for (const { name, flow: excused, span: place } of exceptions) {
        if (expansion.productsOf(excused).length > 0) continue;
        report(place, { guardrail, exception: name }, { severity: "warning" });
      }
    }
  },
});
