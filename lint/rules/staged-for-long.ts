// Rules that have been staged for long, as far as the history of the text says since when.
import { daysBetween } from "../../compiler/guard/dates.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";
import { nameOf } from "../written-rules.ts";

export const stagedForLong = defineRule("SEG709", {
  rationale: `A staged rule is a question: what would it allow or refuse? After a quarter the log has answered. \`segc lint\` takes
the day since when a rule is staged from \`git blame\`: the day on which the line that says \`staged\` was last
changed, so that a rule is never called older than it is. Outside of a git repository nothing is said.
\`stagedDays\` says how long a rule may be staged (90).`,
  settings: ["stagedDays"],
  needs: "since",
  invalid: [
    {
      policy: `${exampleHeader}
staged deny no-telnet = workloads -> workloads : tcp/23
`,
      reports: [4],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
deny no-telnet = workloads -> workloads : tcp/23
allow all = workloads -> workloads : tcp/1-100
`,
    },
    {
      policy: `${exampleHeader}
staged deny no-telnet = workloads -> workloads : tcp/23
`,
      settings: "stagedDays: 365\n",
    },
  ],
  seeAlso: [
    "[Observation](../language.md#observation)",
    "[SEG718](SEG718.md): an observed workload that depends on a staged rule",
  ],
  check({ now, settings, since, written }, report) {
    if (since === undefined) return;
    for (const { rules } of written) {
      const [rule] = rules;
      const first = rule.staged ? since(rule.span) : undefined;
      if (first === undefined) continue;
      const days = daysBetween(first, now);
      if (days > settings.stagedDays) report(rule.span, { rule: nameOf(rule), days });
    }
  },
});
