// Denies that change nothing: no rule allows what they refuse, or others refuse it as well.
import type { Rule } from "../../compiler/model/types.ts";
import { loweredProducts } from "../../compiler/plan/lowering.ts";
import { intersects } from "../../compiler/sets/bitset.ts";
import type { LintContext } from "../context.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";
import { nameOf, type WrittenRule } from "../written-rules.ts";

export const idleDeny = defineRule("SEG708", {
  rationale: `Everything that is not allowed is refused, so a \`deny\` of what nobody allows changes nothing. It reads as
if something were closed by it, and nobody dares to remove it. A \`never\` promises the same and fails
the build when somebody allows it.

A \`deny\` is left alone where a staged rule would allow what it refuses, and where it speaks of
workloads under \`observe\`: there it is in force when nothing else is.`,
  invalid: [
    {
      policy: `${exampleHeader}
allow web-reads = workloads where role is web -> workloads where role is db : tcp/5432
deny no-telnet = workloads -> workloads : tcp/23
`,
      reports: [5],
    },
    {
      policy: `${exampleHeader}
segment db = workloads where role is db
allow web-reads = workloads where role is web -> db : tcp/5000-6000
deny half = workloads -> db : tcp/5000-5499
deny again = workloads -> db : tcp/5100
`,
      reports: [7],
    },
    {
      policy: `${exampleHeader}
segment db = workloads where role is db
allow web-reads = workloads where role is web -> db : tcp/5432
deny first = workloads -> db : tcp/5432
deny second = workloads -> db : tcp/5432
`,
      reports: [7],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
deny nobody-yet = workloads where role is web and role is db -> workloads where role is db : tcp/22
allow admin = workloads where role is admin -> workloads where role is db : tcp/22
`,
    },
    {
      policy: `${exampleHeader}
allow web-reads = workloads where role is web -> workloads where role is db : tcp/5432
never telnet = workloads -> workloads : tcp/23
`,
    },
    {
      policy: `${exampleHeader}
segment db = workloads where role is db
allow web-reads = workloads where role is web -> db : tcp/5000-6000
deny half = workloads -> db : tcp/5000-5499
`,
    },
    {
      policy: `${exampleHeader}
segment db = workloads where role is db
deny not-yet = workloads -> db : tcp/5432
staged allow web-reads = workloads where role is web -> db : tcp/5432
`,
    },
    {
      policy: `${exampleHeader}
segment db = workloads where role is db
observe ingress of (workloads where role is db) until 2026-12-31 { because "learning" }
deny no-telnet = workloads -> db : tcp/23
`,
    },
  ],
  seeAlso: ["[Rules](../language.md#rules)", "[SEG701](SEG701.md): an `allow` that adds nothing"],
  check(context, report) {
    const gone = new Set<Rule>();
    for (const written of context.written.toReversed()) {
      const by = idleBeside(context, written, gone);
      if (by === undefined) continue;
      for (const rule of written.rules) gone.add(rule);
      const [rule] = written.rules;
      const names = [...new Set(by.map(nameOf))].sort();
      const related = by.slice(0, 3).map(({ span }) => ({ message: "refused here", span }));
      report(rule.span, { rule: nameOf(rule), by: names }, { related });
    }
  },
});

/** Denies that refuse what these refuse of what is allowed; undefined where these are needed. */
function idleBeside(
  context: LintContext,
  { rules }: WrittenRule,
  gone: ReadonlySet<Rule>,
): readonly Rule[] | undefined {
  const others: Rule[] = [];
  for (const rule of rules) {
    if (rule.effect !== "deny" || rule.staged) return undefined;
    const products = loweredProducts(context.plan, rule);
    // It speaks of nobody who is there: what it will refuse is not known.
    if (products.length === 0) return undefined;
    for (const product of products) {
      if (isObserved(context, product)) return undefined;
      for (const allowed of context.allowed().sharedWith(product, () => true)) {
        const found = context
          .covers()
          .coverOf(
            [allowed],
            (other) => other.effect === "deny" && !gone.has(other) && !rules.includes(other),
          );
        if (found === undefined) return undefined;
        others.push(...found);
      }
    }
  }
  return [...new Set(others)];
}

/** An observing end lets everything pass but denies. */
function isObserved(
  { plan }: LintContext,
  { source, destination }: ReturnType<typeof loweredProducts>[number],
): boolean {
  const { egress, ingress } = plan.ends;
  return (
    intersects(source.managed, egress.observed) || intersects(destination.managed, ingress.observed)
  );
}
