// Rules that add no flow: what others allow together, today and as long as the rule would last, or what
// denies refuse.
import type { Product } from "../../compiler/extent/types.ts";
import type { Rule } from "../../compiler/model/types.ts";
import { isActive } from "../../compiler/plan/context.ts";
import { loweredProducts } from "../../compiler/plan/lowering.ts";
import { positionAt } from "../../diagnostics/source.ts";
import type { LintContext } from "../context.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule, type Report } from "../rule.ts";
import { removal } from "../statements.ts";
import { nameOf, type WrittenRule } from "../written-rules.ts";

export const redundantRule = defineRule("SEG701", {
  rationale: `Everything that the rule allows is allowed by other rules as well, or refused by a \`deny\`; or two rules
without names say the same, which makes them one rule. Whoever changes or removes it will wonder why
nothing happens, and whoever narrows the wider rule later removes less than they think.

Other rules are taken together: two halves cover a whole. What covers a rule must last as long as it:
a rule that ends next month does not make one without an end redundant. It is so with today's inventory: another
workload may need the rule. Rules that write a log are never called redundant. Where finding out would take too long, nothing is said.`,
  fix: "keeps what is allowed today",
  invalid: [
    {
      policy: `${exampleHeader}
segment web = workloads where role is web
segment db = workloads where role is db
allow web-reads = web -> db : tcp/5432
allow everybody-reads = workloads except db -> db : { tcp/5432, tcp/9100 }
`,
      reports: [6],
    },
    {
      policy: `${exampleHeader}
segment db = workloads where role is db
allow low = workloads -> db : tcp/5000-5499
allow high = workloads -> db : tcp/5500-6000
allow both = workloads where role is web -> db : tcp/5432-5600
`,
      reports: [7],
    },
    {
      policy: `${exampleHeader}
allow workloads where role is web -> workloads where role is db : tcp/5432
allow workloads where role is web -> workloads where role is db : tcp/5432
`,
      reports: [5],
    },
    {
      policy: `${exampleHeader}
segment db = workloads where role is db
allow web-reads = workloads where role is web -> db : tcp/5432
deny no-database = workloads -> db : any-service
`,
      reports: [5],
    },
    {
      policy: `${exampleHeader}
segment web = workloads where role is web
segment db = workloads where role is db
allow over-v4 = web -> db : tcp/5432 { family v4 }
allow over-v6 = web -> db : tcp/5432 { family v6 }
allow web-reads = web -> db : tcp/5432
`,
      reports: [8],
    },
    {
      policy: `${exampleHeader}
segment db = workloads where role is db
program job { unit "job.service" }
allow jobs = job@workloads where role is web -> db : tcp/5432
allow others = (workloads where role is web) except job@workloads where role is web -> db : tcp/5432
allow web-reads = workloads where role is web -> db : tcp/5432
`,
      reports: [8],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
segment web = workloads where role is web
segment db = workloads where role is db
allow everybody-reads = workloads except db -> db : { tcp/5432, tcp/9100 }
`,
    },
    {
      policy: `${exampleHeader}
segment web = workloads where role is web
segment db = workloads where role is db
allow web-reads = web -> db : tcp/5432
allow for-the-move = workloads except db -> db : tcp/5432 { until 2027-02-01 }
`,
    },
    {
      policy: `${exampleHeader}
segment web = workloads where role is web
segment db = workloads where role is db
allow over-v4 = web -> db : tcp/5432 { log new family v4 }
allow web-reads = web -> db : tcp/5432
`,
    },
    {
      policy: `${exampleHeader}
segment db = workloads where role is db
program job { unit "job.service" }
allow jobs = job@workloads where role is web -> db : tcp/5432 { log new }
allow web-reads = workloads where role is web -> db : tcp/5432
`,
    },
    {
      policy: `${exampleHeader}
segment web = workloads where role is web
allow to-office = web -> networks { 192.0.2.0/25, 2001:db8::/49 } : tcp/443 { log new }
allow to-outside = web -> networks { 192.0.2.0/24, 2001:db8::/48 } : tcp/443
allow from-office = networks { 192.0.2.0/24 } -> web : tcp/443
`,
    },
  ],
  seeAlso: [
    "[Rules](../language.md#rules)",
    "[SEG708](SEG708.md): a `deny` that refuses nothing",
    "[SEG202](SEG202.md): two rules of one name, whatever they say",
  ],
  check(context, report) {
    for (const rule of context.model.rules) reportRepetitions(rule, report);
    const gone = new Set<Rule>();
    // Later ones first: of two that say the same the first stays. What is called redundant covers
    // nothing any more, so all that are can be removed together.
    for (const written of context.written.toReversed()) {
      const covers = coversOf(context, written, gone);
      if (covers === undefined) continue;
      for (const rule of written.rules) gone.add(rule);
      const [rule] = written.rules;
      const named = (effect: Rule["effect"]) =>
        [...new Set(covers.filter((each) => each.effect === effect).map(nameOf))].sort();
      report(
        rule.span,
        { why: "covered", rule: nameOf(rule), by: named("allow"), refusedBy: named("deny") },
        {
          related: covers.slice(0, 3).map(({ effect, span }) => ({
            message: effect === "allow" ? "allowed here" : "refused here",
            span,
          })),
          fix: removal(rule.span),
        },
      );
    }
  },
});

/** Equal unnamed rules are one rule (language.md 6.1). */
function reportRepetitions(rule: Rule, report: Report<"SEG701">): void {
  const { line } = positionAt(rule.span.source, rule.span.start);
  const { path } = rule.span.source;
  const related = [{ message: "first written here", span: rule.span }];
  for (const span of rule.duplicates) {
    if (span.source === rule.span.source && span.start === rule.span.start) continue;
    const parameters = { why: "repeated", rule: rule.flow.text, line, path } as const;
    report(span, parameters, { related, fix: removal(span) });
  }
}

/** What covers every rule that is written here; undefined where something of one is not covered. */
function coversOf(
  context: LintContext,
  { rules }: WrittenRule,
  gone: ReadonlySet<Rule>,
): readonly Rule[] | undefined {
  const covers: Rule[] = [];
  for (const rule of rules) {
    if (!mayBeRedundant(context, rule)) return undefined;
    const { until } = rule.meta;
    const lasts = (other: Rule) =>
      other.meta.until === undefined || (until !== undefined && other.meta.until >= until);
    const found = context
      .covers()
      .coverOf(
        productsOf(context, rule),
        (other) => lasts(other) && !gone.has(other) && !rules.includes(other),
      );
    // Without any flow a rule speaks of nobody, which is SEG715 and SEG302.
    if (found === undefined || found.length === 0) return undefined;
    covers.push(...found);
  }
  return [...new Set(covers)];
}

function mayBeRedundant({ now }: LintContext, rule: Rule): boolean {
  const { effect, staged, meta, duplicates } = rule;
  const writesLog = meta.log === "new" || meta.log === "all";
  const isRepeated = duplicates.some(({ start }) => start !== rule.span.start);
  return effect === "allow" && !staged && !writesLog && !isRepeated && isActive(meta.until, now);
}

/** r̂: all that the rule may mean. */
const productsOf = ({ plan }: LintContext, rule: Rule): readonly Product[] =>
  loweredProducts(plan, rule);
