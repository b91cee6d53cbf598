// Values of labels as written, turned into the leaves or texts they stand for (SEG301, SEG304).
import { diagnose } from "../../diagnostics/registry.ts";
import type { Span } from "../../diagnostics/source.ts";
import { didYouMean, nearest } from "../../diagnostics/suggest.ts";
import type { Parameter, Value } from "../../grammar/ast.ts";
import { type Context, report } from "./context.ts";
import type { Argument } from "./scope.ts";
import type { Label } from "./types.ts";

/** What a value written without quotes covers; undefined where the label has no such value. */
export function coveredValues(
  context: Context,
  label: Label,
  text: string,
  span: Span,
): ReadonlySet<string> | undefined {
  if (label.kind === "name" || label.kind === "string")
    return openValue(context, label, text, span);
  const leaves = label.nodes.get(text);
  if (leaves !== undefined) return leaves;
  const suggestion = didYouMean(text, label.nodes.keys());
  const [best] = nearest(text, label.nodes.keys(), 1);
  const fix = best === undefined ? {} : { fix: [{ span, text: best }] };
  report(context, diagnose("SEG301", span, { label: label.name, value: text, suggestion }, fix));
  return undefined;
}

/** Any text may be a value of an open label; whether some workload has it is asked later. */
export function openValue(
  { build }: Context,
  label: Label,
  value: string,
  span: Span,
): ReadonlySet<string> {
  build.openValues.push({ label, value, span });
  return new Set([value]);
}

/** What a value in a test of `label` covers; what does not fit the label is reported. */
export function valuesOf(
  context: Context,
  label: Label,
  value: Value,
): ReadonlySet<string> | undefined {
  if (value.kind === "parameter") return valuesOfParameter(context, label, value);
  const isQuoted = value.kind === "string";
  const isTree = label.kind === "enum" || label.kind === "set";
  if (isQuoted ? isTree : label.kind === "string") {
    const wanted = isQuoted ? "name" : "string";
    const parameters = { why: "value", label: label.name, kind: label.kind, wanted } as const;
    report(context, diagnose("SEG304", value.span, parameters));
    return undefined;
  }
  if (isQuoted) return openValue(context, label, value.value, value.span);
  return coveredValues(context, label, value.text, value.span);
}

function valuesOfParameter(
  context: Context,
  label: Label,
  parameter: Parameter,
): ReadonlySet<string> | undefined {
  const argument = argumentFor(context, parameter);
  if (argument === undefined) return undefined;
  if (argument.kind === "value" && argument.label === label) return argument.values;
  const wanted =
    argument.kind === "value" ? `value of label \`${argument.label.name}\`` : argument.kind;
  const found = `value of label \`${label.name}\``;
  reportParameterType(context, parameter, wanted, found);
  return undefined;
}

/** What `$p` stands for here; undefined where that is wrong, reported here or before. */
export function argumentFor(
  context: Context,
  parameter: Parameter,
): Exclude<Argument, { kind: "wrong" }> | undefined {
  const { scope } = context;
  if (scope.kind !== "instance") {
    const parameters = { why: "outside", parameter: parameter.name } as const;
    report(context, diagnose("SEG309", parameter.span, parameters));
    return undefined;
  }
  const argument = scope.arguments.get(parameter.name);
  if (argument !== undefined) return argument.kind === "wrong" ? undefined : argument;
  const names = scope.template.declaration.parameters.map(({ name }) => name.text);
  const suggestion = didYouMean(parameter.name, names);
  const template = scope.template.name;
  const parameters = { why: "unknown", template, parameter: parameter.name, suggestion } as const;
  report(context, diagnose("SEG309", parameter.span, parameters));
  return undefined;
}

/** Reports `$p` in a place of another type (SEG309, in the body). */
export function reportParameterType(
  context: Context,
  parameter: Parameter,
  wanted: string,
  found: string,
): void {
  const parameters = { why: "ill-typed", parameter: parameter.name, wanted, found } as const;
  report(context, diagnose("SEG309", parameter.span, parameters));
}
