// Chains whose meaning people read differently: `and` with `or`, `&` with `except`, a `not`
// without parentheses. The words of these diagnoses, and the two readings each one has.
import type { Diagnostic, Edit } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import { type Span, textOf } from "../diagnostics/source.ts";
import type { Predicate, SetExpression } from "./ast.ts";

interface Operand {
  readonly span: Span;
}

export function mixedPredicate(
  operands: readonly Operand[],
  operators: readonly ("and" | "or")[],
): Diagnostic {
  return diagnose(
    "SEG103",
    chainSpan(operands),
    {},
    { ...readings(operands, operators, { tight: "and" }) },
  );
}

export function mixedSet(
  operands: readonly SetExpression[],
  operators: readonly ("&" | "except")[],
): Diagnostic {
  const chained = operators.every((operator) => operator === "except");
  return diagnose(
    "SEG104",
    chainSpan(operands),
    { chained },
    { ...readings(operands, operators, { tight: "&" }) },
  );
}

/** `not` before `of`; several in a row are not counted. */
export function bareNot(
  of: Predicate,
  { start, isRepeated }: { readonly start: number; readonly isRepeated: boolean },
): Diagnostic {
  const span = { source: of.span.source, start, end: of.span.end };
  if (isRepeated) return diagnose("SEG105", span, {}, { help: "write `not` once, or not at all" });
  const text = `not (${textOf(of.span)})`;
  const direct =
    of.kind === "is"
      ? ` or \`${textOf(of.label.span)} is not ${textOf(endOf(of))}\``
      : of.kind === "in"
        ? ` or \`${textOf(of.label.span)} not in { ${of.values.map((value) => textOf(value.span)).join(", ")} }\``
        : "";
  return diagnose(
    "SEG105",
    span,
    {},
    { help: `write \`${text}\`${direct}`, fix: [{ span, text }] },
  );
}

function endOf(of: { readonly values: readonly Operand[]; readonly span: Span }): Span {
  return of.values[0]?.span ?? of.span;
}

function chainSpan(operands: readonly Operand[]): Span {
  const [first] = operands;
  const last = operands.at(-1);
  if (first === undefined || last === undefined) throw new Error("bug in segc: an empty chain");
  return { source: first.span.source, start: first.span.start, end: last.span.end };
}

/** Left to right, and by runs of one operator; the first is the fix. */
function readings<Operator extends string>(
  operands: readonly Operand[],
  operators: readonly Operator[],
  options: { readonly tight: Operator },
): { readonly help: string; readonly fix: readonly Edit[] } {
  const texts = operands.map((operand) => textOf(operand.span));
  const byRuns = groupRuns(texts, operators, options.tight);
  const otherRuns = operators
    .filter((operator) => operator !== options.tight)
    .slice(0, 1)
    .map((operator) => groupRuns(texts, operators, operator));
  const candidates = [
    byRuns,
    ...otherRuns,
    leftToRight(texts, operators),
    rightToLeft(texts, operators),
  ];
  const plain = join(texts, operators);
  const [first = plain, second = first] = [...new Set(candidates)].filter((text) => text !== plain);
  const span = chainSpan(operands);
  return {
    help: `write \`${first}\` or \`${second}\``,
    fix: [{ span, text: first }],
  };
}

function join(texts: readonly string[], operators: readonly string[]): string {
  return texts
    .map((text, index) => (index === 0 ? text : `${operators[index - 1]} ${text}`))
    .join(" ");
}

/** Parentheses around every run of `tight`: `a and b or c` -> `(a and b) or c`. */
function groupRuns(texts: readonly string[], operators: readonly string[], tight: string): string {
  const runs: string[][] = [[]];
  const between: string[] = [];
  for (const [index, text] of texts.entries()) {
    const before = operators[index - 1];
    if (index > 0 && before !== tight && before !== undefined) {
      between.push(before);
      runs.push([]);
    }
    runs.at(-1)?.push(text);
  }
  const shown = runs.map((run) =>
    run.length > 1 ? `(${run.join(` ${tight} `)})` : (run[0] ?? ""),
  );
  return runs.length === 1 ? (shown[0] ?? "").slice(1, -1) : join(shown, between);
}

function leftToRight(texts: readonly string[], operators: readonly string[]): string {
  return texts.reduce((left, text, index) => {
    const joined = `${left} ${operators[index - 1]} ${text}`;
    return index < texts.length - 1 ? `(${joined})` : joined;
  });
}

function rightToLeft(texts: readonly string[], operators: readonly string[]): string {
  return texts.reduceRight((right, text, index) => {
    const joined = `${text} ${operators[index]} ${right}`;
    return index > 0 ? `(${joined})` : joined;
  });
}
