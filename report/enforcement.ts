// Where each rule is enforced (language.md 6.6), as a table for people and as data.
import type { RuleEnforcement } from "../compiler/plan/enforcement.ts";
import { placeJson } from "../diagnostics/render-json.ts";
import type { Style } from "../diagnostics/render-style.ts";
import { tableLines } from "./table.ts";

/** A table with one line per rule; nothing where there are no rules. */
export function enforcementLines(
  rules: readonly RuleEnforcement[],
  style: Style,
): readonly string[] {
  if (rules.length === 0) return [];
  const columns = [
    { title: "rule" },
    ...["both ends", "source only", "destination only", "nobody"].map((title) => ({
      title,
      align: "right" as const,
    })),
  ];
  const rows = sorted(rules).map(({ rule, both, sourceOnly, destinationOnly, nobody }) => [
    rule.id,
    ...[both, sourceOnly, destinationOnly, nobody].map(shown),
  ]);
  return [
    style.strong("Where each rule is enforced, in pairs of addresses"),
    ...tableLines(columns, rows, style.faint),
  ];
}

/** The same as data. */
export function enforcementJson(rules: readonly RuleEnforcement[]) {
  return sorted(rules).map(({ rule, ...counts }) => ({
    rule: rule.id,
    place: placeJson(rule.span),
    pairs: counts.pairs,
    both: counts.both,
    sourceOnly: counts.sourceOnly,
    destinationOnly: counts.destinationOnly,
    nobody: counts.nobody,
    observedSource: counts.observedSource,
    observedDestination: counts.observedDestination,
    bare: counts.bare,
  }));
}

const sorted = (rules: readonly RuleEnforcement[]) =>
  rules.toSorted((a, b) => (a.rule.id < b.rule.id ? -1 : 1));

/** A quiet zero lets the others be seen. */
const shown = (count: number) => (count === 0 ? "-" : String(count));
