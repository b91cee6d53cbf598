// Expressions on one line, and brace lists that must be broken.
import { textOf } from "../diagnostics/source.ts";
import type {
  CidrLiteral,
  Predicate,
  ProgramBody,
  QualifiedName,
  ServiceExpression,
  ServiceItem,
  SetExpression,
  Value,
} from "./ast.ts";
import { joinItems, openingComments, printItems } from "./print-block.ts";
import type { CommentLedger } from "./print-comments.ts";

/** Columns of a line. */
export const widthMax = 100;

/** Where something is printed: under which indent, and what must still fit behind it. */
export interface Place {
  readonly indent: string;
  readonly column: number;
  readonly reserve: number;
}

export const braced = (items: readonly string[]) => `{ ${items.join(", ")} }`;
export const qualifiedText = ({ parts }: QualifiedName) => parts.map((part) => part.text).join(".");

export function flatSet(set: SetExpression): string {
  switch (set.kind) {
    case "union":
      return braced(set.of.map(flatSet));
    case "intersection":
      return set.of.map(flatSet).join(" & ");
    case "difference":
      return `${flatSet(set.of)} except ${flatSet(set.except)}`;
    case "program-at": {
      const program =
        "alternatives" in set.program
          ? `program ${flatProgram(set.program)}`
          : flatSet(set.program);
      return `${program}@${flatSet(set.at)}`;
    }
    case "parenthesised":
      return `(${flatSet(set.of)})`;
    case "workloads":
      return set.where === undefined ? "workloads" : `workloads where ${flatPredicate(set.where)}`;
    case "networks":
      return `networks ${flatCidrs(set.cidrs)}`;
    case "fqdn":
      return `fqdn ${braced(set.names.map((name) => textOf(name.span)))}`;
    case "parameter":
      return `$${set.name}`;
    case "name":
      return qualifiedText(set);
    default:
      return set.kind;
  }
}

export const flatCidrs = (cidrs: readonly CidrLiteral[]) => braced(cidrs.map(({ text }) => text));

export function flatPredicate(predicate: Predicate): string {
  switch (predicate.kind) {
    case "and":
    case "or":
      return predicate.of.map(flatPredicate).join(` ${predicate.kind} `);
    case "not":
      return `not ${parenthesised(predicate.of)}`;
    case "parenthesised-predicate":
      return `(${flatPredicate(predicate.of)})`;
    case "has-label":
      return `has ${predicate.label.text}`;
    case "in":
    case "not-in": {
      const values = braced(predicate.values.map(flatValue));
      return `${predicate.label.text} ${predicate.kind === "in" ? "in" : "not in"} ${values}`;
    }
    default: {
      const words = { is: "is", "is-not": "is not", "has-value": "has" }[predicate.kind];
      return `${predicate.label.text} ${words} ${predicate.values.map(flatValue).join("")}`;
    }
  }
}

/** `not` always has parentheses; those of the tree are its own. */
const parenthesised = (of: Predicate) => `(${flatPredicate(of)})`;

function flatValue(value: Value): string {
  if (value.kind === "parameter") return `$${value.name}`;
  return value.kind === "string" ? textOf(value.span) : value.text;
}

export function flatProgram({ alternatives }: ProgramBody): string {
  const texts = alternatives.map(({ platform, fields }) => {
    const list = fields.map(({ field, value }) => `${field} ${textOf(value.span)}`).join(" ");
    return platform === undefined ? list : `${platform} { ${list} }`;
  });
  return `{ ${texts.join(" ")} }`;
}

export function flatService({ items, braced: inBraces }: ServiceExpression): string {
  const texts = items.map(flatServiceItem);
  return inBraces ? braced(texts) : texts.join("");
}

export function flatServiceItem(item: ServiceItem): string {
  switch (item.kind) {
    case "any-service":
      return "any-service";
    case "ports":
      return `${item.protocol}/${item.range === undefined ? "*" : portText(item.range)}`;
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

/** A range of one port is as its author wrote it elsewhere: one number. */
const portText = ({ first, last }: { readonly first: number; readonly last: number }) =>
  first === last ? `${first}` : `${first}-${last}`;

/** A set: flat where it fits, else its outermost brace lists one item a line. */
export function layOutSet(ledger: CommentLedger, set: SetExpression, place: Place): string {
  const flat = flatSet(set);
  const hasComments = ledger.within(set.span).length > 0;
  if (!hasComments && place.column + flat.length + place.reserve <= widthMax) return flat;
  return breakSet(ledger, set, place);
}

/** With every outermost brace list broken. */
export function breakSet(ledger: CommentLedger, set: SetExpression, place: Place): string {
  const inner = { ...place, column: place.indent.length };
  switch (set.kind) {
    case "union":
      return breakList(ledger, set, set.of, place, (item, at) => layOutSet(ledger, item, at));
    case "networks":
      return `networks ${breakList(ledger, set, set.cidrs, place, ({ text }) => text)}`;
    case "fqdn":
      return `fqdn ${breakList(ledger, set, set.names, place, ({ span }) => textOf(span))}`;
    case "intersection":
      return set.of.map((part) => breakSet(ledger, part, inner)).join(" & ");
    case "difference":
      return `${breakSet(ledger, set.of, inner)} except ${breakSet(ledger, set.except, inner)}`;
    case "parenthesised":
      return `(${breakSet(ledger, set.of, inner)})`;
    case "program-at": {
      if ("alternatives" in set.program) return flatSet(set);
      return `${flatSet(set.program)}@${breakSet(ledger, set.at, inner)}`;
    }
    default:
      return flatSet(set);
  }
}

/** `{`, the items one a line with a trailing comma, `}`. */
export function breakList<Item extends { readonly span: SetExpression["span"] }>(
  ledger: CommentLedger,
  list: { readonly span: SetExpression["span"] },
  items: readonly Item[],
  { indent }: Pick<Place, "indent">,
  print: (item: Item, place: Place) => string,
): string {
  const open = list.span.source.text.indexOf("{", list.span.start);
  const range = { start: open + 1, end: list.span.end - 1 };
  const inside = `${indent}  `;
  const [first] = items;
  const opening = openingComments(ledger, open, { ...range, end: first?.span.start ?? range.end });
  const place = { indent: inside, column: inside.length, reserve: 1 };
  const blocks = items.map((item) => ({ span: item.span, print: () => `${print(item, place)},` }));
  const body = joinItems(printItems(ledger, blocks, { range, indent: inside }), inside);
  return `{${opening}\n${body}\n${indent}}`;
}

/** A service: flat where it fits; literals fill the lines, anything else stands one a line. */
export function layOutService(
  ledger: CommentLedger,
  service: ServiceExpression,
  place: Place,
): string {
  const flat = flatService(service);
  const hasComments = ledger.within(service.span).length > 0;
  if (!hasComments && place.column + flat.length + place.reserve <= widthMax) return flat;
  if (!service.braced) return flat;
  const isLiteral = service.items.every(({ kind }) => kind !== "name" && kind !== "parameter");
  if (isLiteral && !hasComments) return fill(service.items.map(flatServiceItem), place.indent);
  return breakList(ledger, service, service.items, place, flatServiceItem);
}

function fill(items: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = `${indent} `;
  for (const item of items) {
    if (line.length + item.length + 2 > widthMax && line.trim() !== "") {
      lines.push(line);
      line = `${indent} `;
    }
    line += ` ${item},`;
  }
  return `{\n${[...lines, line].join("\n")}\n${indent}}`;
}
