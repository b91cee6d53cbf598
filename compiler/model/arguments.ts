// One argument of a `use`, read by the type of its parameter (language.md 6.2, "Templates").
import { diagnose } from "../../diagnostics/registry.ts";
import type { SetExpression, StringLiteral, UseArgument } from "../../grammar/ast.ts";
import { noService } from "../sets/service-set.ts";
import { type Build, type Context, report } from "./context.ts";
import { resolveName, textOfName } from "./names.ts";
import {
  type Argument,
  type InstanceScope,
  type ModuleScope,
  nounOf,
  type SegmentItem,
  type ServiceItem,
  type Wrong,
  wrong,
} from "./scope.ts";
import type { Label } from "./types.ts";
import { coveredValues, openValue } from "./values.ts";

export type ParameterType =
  | { readonly kind: "segment" | "service" }
  | { readonly kind: "label"; readonly label: Label }
  | Wrong;

/** The argument's meaning; what is wrong with it is reported, and `wrong` stands in. */
export function argumentOf(context: Context, argument: UseArgument, type: ParameterType): Argument {
  const { value } = argument;
  if (type.kind === "wrong") return wrong;
  if (value.kind === "parameter") {
    report(context, diagnose("SEG309", value.span, { why: "outside", parameter: value.name }));
    return wrong;
  }
  if (type.kind === "label") return valueArgument(context, argument, value, type.label);
  if (value.kind === "string") return illTyped(context, argument, type.kind, "string");
  if (type.kind === "segment") return segmentArgument(context, argument, value);
  if (value.kind !== "name") return illTyped(context, argument, "service", "set");
  const meaning = resolveName(context, value);
  if (meaning === undefined) return wrong;
  if (meaning.kind === "service") return { kind: "service", item: meaning };
  return illTyped(context, argument, "service", nounOf(meaning));
}

function segmentArgument(context: Context, argument: UseArgument, value: SetExpression): Argument {
  if (value.kind === "name") {
    const meaning = resolveName(context, value);
    if (meaning === undefined) return wrong;
    if (meaning.kind === "segment") return { kind: "segment", item: meaning };
    return illTyped(context, argument, "segment", nounOf(meaning));
  }
  return { kind: "segment", item: nameless(argument.name.text, value, context) };
}

/** A set written out as an argument: a segment without a name. */
function nameless(name: string, definition: SetExpression, context: Context): SegmentItem {
  // Arguments stand in a module: a `use` occurs nowhere else.
  const scope = context.scope as ModuleScope;
  const { span } = definition;
  return {
    kind: "segment",
    name,
    qualified: "",
    scope,
    exported: false,
    nameSpan: span,
    span,
    definition,
  };
}

function valueArgument(
  context: Context,
  argument: UseArgument,
  value: StringLiteral | SetExpression,
  label: Label,
): Argument {
  const wanted = `value of label \`${label.name}\``;
  if (value.kind === "string") {
    if (label.kind === "enum" || label.kind === "set")
      return illTyped(context, argument, wanted, "string");
    return { kind: "value", label, values: openValue(context, label, value.value, value.span) };
  }
  if (value.kind !== "name") return illTyped(context, argument, wanted, "set");
  const [only, ...more] = value.parts;
  if (only === undefined || more.length > 0) {
    return illTyped(context, argument, wanted, `name \`${textOfName(value)}\``);
  }
  if (label.kind === "string") return illTyped(context, argument, `${wanted} in quotes`, "name");
  const values = coveredValues(context, label, only.text, only.span);
  return values === undefined ? wrong : { kind: "value", label, values };
}

function illTyped(context: Context, argument: UseArgument, wanted: string, found: string): Wrong {
  const parameters = { why: "ill-typed", parameter: argument.name.text, wanted, found } as const;
  report(context, diagnose("SEG309", argument.value.span, parameters));
  return wrong;
}

/** What `$p` stands for while a template's body is checked on its own. */
export function opaqueArgument(
  build: Build,
  scope: InstanceScope,
  name: string,
  type: ParameterType,
): Argument {
  if (type.kind === "wrong") return wrong;
  const key = `$${name}`;
  if (type.kind === "label") return { kind: "value", label: type.label, values: new Set([key]) };
  const { nameSpan } = scope.template;
  const common = { name, qualified: "", scope, exported: false, nameSpan, span: nameSpan } as const;
  if (type.kind === "service") {
    const item: ServiceItem = { ...common, kind: "service", definition: undefined };
    build.services.set(item, { service: noService, reply: undefined, key });
    return { kind: "service", item };
  }
  const item: SegmentItem = { ...common, kind: "segment", definition: undefined };
  const set = { kind: "workloads", where: undefined } as const;
  const types = {
    sort: "workloads",
    hasNames: false,
    hasProgram: false,
    isOpen: true,
    depth: 1,
  } as const;
  build.sets.set(item, { ...types, set, key });
  return { kind: "segment", item };
}
