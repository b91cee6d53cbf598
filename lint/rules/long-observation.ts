// Observation that is to last for long: until it ends nothing is enforced.
import { daysBetween } from "../../compiler/guard/dates.ts";
import { isActive } from "../../compiler/plan/context.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";

const observed = (until: string) => `${exampleHeader}
observe ingress of (workloads where role is db) until ${until} { because "learning" }
`;

export const longObservation = defineRule("SEG719", {
  rationale: `Where workloads are observed, everything passes that no \`deny\` refuses. A window that ends in a year is one that
everybody has forgotten by then. \`observeDays\` says how far ahead it may end (90).`,
  settings: ["observeDays"],
  invalid: [
    { policy: observed("2027-06-30"), reports: [4] },
    { policy: observed("2027-01-31"), settings: "observeDays: 30\n", reports: [4] },
  ],
  valid: [{ policy: observed("2027-01-31") }],
  seeAlso: [
    "[Observation](../language.md#observation)",
    "[SEG109](SEG109.md): an `observe` without an end",
  ],
  check({ model, now, settings }, report) {
    for (const { until, span } of model.observations) {
      const days = daysBetween(now, until);
      if (!isActive(until, now) || days <= settings.observeDays) continue;
      report(span, { days, until, most: settings.observeDays });
    }
  },
});
