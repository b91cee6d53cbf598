// Rules whose last day is near or has passed.
import { daysBetween } from "../../compiler/guard/dates.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";
import { removal } from "../statements.ts";
import { nameOf } from "../written-rules.ts";

const until = (date: string) => `${exampleHeader}
allow vendor = workloads where role is admin -> workloads where role is db : tcp/5432 { until ${date} }
`;

export const ruleEnds = defineRule("SEG707", {
  rationale: `The last day of a rule is near: whoever relies on it should hear of it before, not from its users. A rule whose
last day has passed means nothing any more, and can go; the fix takes it out. \`endingDays\` says how many
days count as near (14).`,
  fix: "keeps the meaning",
  settings: ["endingDays"],
  invalid: [
    { policy: until("2026-11-30"), reports: [4] },
    { policy: until("2026-11-23"), reports: [4] },
    { policy: until("2026-11-22"), reports: [4] },
    { policy: until("2026-12-31"), settings: "endingDays: 60\n", reports: [4] },
  ],
  valid: [
    { policy: until("2026-12-31") },
    { policy: until("2026-11-30"), settings: "endingDays: 3\n" },
  ],
  seeAlso: ["[Time](../language.md#time)", "[SEG606](SEG606.md): an exception that has ended"],
  check({ now, settings, written }, report) {
    for (const { rules } of written) {
      const [rule] = rules;
      const { until: last } = rule.meta;
      if (last === undefined) continue;
      const days = daysBetween(now, last);
      if (days > settings.endingDays) continue;
      const isRepeated = rule.duplicates.some(({ start }) => start !== rule.span.start);
      const fix = days < 0 && !isRepeated ? { fix: removal(rule.span) } : {};
      report(rule.span, { rule: nameOf(rule), days, until: last }, fix);
    }
  },
});
