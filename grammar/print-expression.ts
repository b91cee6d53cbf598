// Expressions -> documents: names, services, conditions, programs, sets.
import { textOf } from "../diagnostics/source.ts";
import type {
  CidrLiteral,
  Predicate,
  ProgramAlternative,
  ProgramBody,
  QualifiedName,
  ServiceExpression,
  ServiceItem,
  SetExpression,
  Value,
} from "./ast.ts";
import { concat, type Doc, sequence } from "./doc.ts";
import type { Item } from "./print-comments.ts";
import type { PrintContext } from "./print-context.ts";

export function qualifiedText({ parts }: QualifiedName): string {
  return parts.map(({ text }) => text).join(".");
}

/** Texts that stand in a list as they are. */
export function textItems(
  nodes: readonly { readonly span: Item["span"]; readonly text: string }[],
): readonly (Item & { readonly text: string })[] {
  return nodes.map(({ span, text }) => ({ span, text, print: () => text }));
}

export function printCidrs(
  context: PrintContext,
  start: number,
  cidrs: readonly CidrLiteral[],
): Doc {
  return context.list(start, textItems(cidrs));
}

// --- services -----------------------------------------------------------------------------------

export function printService(context: PrintContext, service: ServiceExpression): Doc {
  const { items, braced, span } = service;
  const listed = textItems(items.map((item) => ({ span: item.span, text: serviceText(item) })));
  if (!braced) return listed.map(({ text }) => text).join("");
  const isLiteral = items.every(({ kind }) => kind !== "name" && kind !== "parameter");
  return isLiteral ? context.filledList(span.start, listed) : context.list(span.start, listed);
}

function serviceText(item: ServiceItem): string {
  switch (item.kind) {
    case "any-service":
      return "any-service";
    case "ports":
      return `${item.protocol}/${item.range === undefined ? "*" : rangeText(item.range)}`;
    case "icmp-echo":
      return "icmp/echo";
    case "icmp":
      return `icmp${item.family}/${item.type ?? "*"}${item.code === undefined ? "" : `/${item.code}`}`;
    case "protocol":
      return `proto/${item.number}`;
    case "parameter":
      return `$${item.name}`;
    case "name":
      return qualifiedText(item);
  }
}

function rangeText({ first, last }: { readonly first: number; readonly last: number }): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

// --- conditions ---------------------------------------------------------------------------------

export function printPredicate(context: PrintContext, predicate: Predicate): Doc {
  switch (predicate.kind) {
    case "and":
    case "or": {
      const operands = predicate.of.map((operand) => printPredicate(context, operand));
      return joined(operands, ` ${predicate.kind} `);
    }
    case "not":
      return concat("not (", printPredicate(context, predicate.of), ")");
    case "parenthesised-predicate":
      return concat("(", printPredicate(context, predicate.of), ")");
    case "has-label":
      return `has ${predicate.label.text}`;
    case "in":
    case "not-in": {
      const { label, values, kind } = predicate;
      const items = textItems(
        values.map((value) => ({ span: value.span, text: valueText(value) })),
      );
      const operator = kind === "in" ? "in" : "not in";
      return concat(`${label.text} ${operator} `, context.list(label.span.end, items));
    }
    default: {
      const operator = { is: "is", "is-not": "is not", "has-value": "has" }[predicate.kind];
      return `${predicate.label.text} ${operator} ${predicate.values.map(valueText).join("")}`;
    }
  }
}

function valueText(value: Value): string {
  if (value.kind === "parameter") return `$${value.name}`;
  return value.kind === "string" ? textOf(value.span) : value.text;
}

// --- programs -----------------------------------------------------------------------------------

/** One alternative a line; the flat form on one line if it fits. */
export function printProgram(context: PrintContext, { alternatives, span }: ProgramBody): Doc {
  const [first] = alternatives;
  if (first !== undefined && first.platform === undefined) {
    return context.words(span.start, fieldItems(first));
  }
  return context.block(span.start, alternativeItems(context, alternatives));
}

/** As part of a peer, all of it on one line if it fits. */
function printInlineProgram(context: PrintContext, { alternatives, span }: ProgramBody): Doc {
  const [first] = alternatives;
  const isFlat = first !== undefined && first.platform === undefined;
  const items = isFlat ? fieldItems(first) : alternativeItems(context, alternatives);
  return context.words(span.start, items);
}

function alternativeItems(
  context: PrintContext,
  alternatives: readonly ProgramAlternative[],
): readonly Item[] {
  return alternatives.map((alternative) => ({
    span: alternative.span,
    print: () =>
      concat(
        `${alternative.platform} `,
        context.words(alternative.span.start, fieldItems(alternative)),
      ),
  }));
}

function fieldItems({ fields }: ProgramAlternative): readonly Item[] {
  return fields.map(({ field, value, span }) => ({
    span,
    print: () => `${field} ${textOf(value.span)}`,
  }));
}

// --- sets ---------------------------------------------------------------------------------------

export function printSet(context: PrintContext, set: SetExpression): Doc {
  switch (set.kind) {
    case "union": {
      const items = set.of.map((item) => ({
        span: item.span,
        print: () => printSet(context, item),
      }));
      return context.list(set.span.start, items);
    }
    case "intersection":
      return joined(
        set.of.map((operand) => printSet(context, operand)),
        " & ",
      );
    case "difference":
      return concat(printSet(context, set.of), " except ", printSet(context, set.except));
    case "program-at": {
      const program =
        "alternatives" in set.program
          ? concat("program ", printInlineProgram(context, set.program))
          : printSet(context, set.program);
      return concat(program, "@", printSet(context, set.at));
    }
    case "parenthesised":
      return concat("(", printSet(context, set.of), ")");
    case "workloads":
      if (set.where === undefined) return "workloads";
      return concat("workloads where ", printPredicate(context, set.where));
    case "networks":
      return concat("networks ", printCidrs(context, set.span.start, set.cidrs));
    case "fqdn": {
      const names = set.names.map(({ span }) => ({ span, text: textOf(span) }));
      return concat("fqdn ", context.list(set.span.start, textItems(names)));
    }
    case "parameter":
      return `$${set.name}`;
    case "name":
      return qualifiedText(set);
    case "outside":
    case "internet":
    case "anywhere":
      return set.kind;
  }
}

function joined(docs: readonly Doc[], separator: string): Doc {
  return sequence(docs.flatMap((doc, index) => (index === 0 ? [doc] : [separator, doc])));
}
