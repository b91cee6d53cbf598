// Rules across owners, or to and from the internet, without a reason.

import { crossesOwners } from "../../compiler/extent/unnamed-rules.ts";
import type { Rule } from "../../compiler/model/types.ts";
import { addressesMeet, internetAddresses } from "../../compiler/sets/address-set.ts";
import type { LintContext } from "../context.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";
import { nameOf } from "../written-rules.ts";

const org = `module org root by org
label role: enum { web, db, admin }
team org owns workloads where role is admin writes { org }
team app owns workloads where role is web writes { app }
team dba owns workloads where role is db
delegate ingress of (workloads where role is db) : tcp/5432 to { app }
`;

export const unexplainedRule = defineRule("SEG710", {
  rationale: `A rule that opens what belongs to somebody else, or that reaches the internet, is asked about: by an auditor, by
the owner, by whoever wants to remove it. \`because\` and \`ticket\` answer, and stand in the artefacts too.
Denies need no reason: they open nothing.`,
  invalid: [
    {
      policy: `${exampleHeader}
allow public = outside -> workloads where role is web : tcp/443
`,
      reports: [4],
    },
    {
      policy: {
        "org.seg": org,
        "app.seg": `module app by app
allow app-reads = workloads where role is web -> workloads where role is db : tcp/5432
`,
      },
      reports: ["app.seg:2"],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
allow public = outside -> workloads where role is web : tcp/443 { because "the shop" }
allow office = networks { 10.9.0.0/16, fd09::/48 } -> workloads where role is web : tcp/443
`,
    },
  ],
  seeAlso: [
    "[What may stand in braces](../language.md#what-may-stand-in-braces)",
    "[SEG313](SEG313.md): such a rule without a name",
  ],
  check(context, report) {
    for (const rule of context.written.flatMap(({ rules }) => rules)) {
      const { because, ticket } = rule.meta;
      if (rule.effect !== "allow" || because !== undefined || ticket !== undefined) continue;
      const crosses = crossing(context, rule);
      if (crosses !== undefined) report(rule.flow.span, { rule: nameOf(rule), crosses });
    }
  },
});

function crossing({ expansion }: LintContext, rule: Rule): "owners" | "internet" | undefined {
  const ends = [rule.flow.source, rule.flow.destination].map(expansion.extentOf);
  if (ends.some(({ external }) => addressesMeet(external, internetAddresses))) return "internet";
  return crossesOwners(expansion, rule) ? "owners" : undefined;
}
