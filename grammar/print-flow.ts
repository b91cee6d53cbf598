// Rules, guardrails, delegations: a flow with what stands before and behind it. Several layouts
// are tried in order, and the first whose every line fits is taken.
import { textOf } from "../diagnostics/source.ts";
import type {
  DelegateDeclaration,
  FlowExpression,
  GuardDeclaration,
  GuardException,
  Meta,
  MetaItem,
  RuleDeclaration,
  SetExpression,
} from "./ast.ts";
import { type BlockItem, joinItems, openingComments, printItems } from "./print-block.ts";
import type { CommentLedger } from "./print-comments.ts";
import {
  braced,
  breakList,
  breakSet,
  flatCidrs,
  flatService,
  flatSet,
  layOutService,
  layOutSet,
  type Place,
  widthMax,
} from "./print-expression.ts";

/** What follows a flow: nothing, or a block that may stand on the same line. */
export interface Tail {
  /** Undefined when it cannot stand on one line. */
  readonly flat: string | undefined;
  readonly broken: () => string;
}
const noTail: Tail = { flat: "", broken: () => "" };

export function printRule(ledger: CommentLedger, rule: RuleDeclaration, indent: string): string {
  const name = rule.name === undefined ? "" : `${rule.name.text} = `;
  const head = `${rule.staged ? "staged " : ""}${rule.effect} ${name}`;
  const tail = rule.meta === undefined ? noTail : metaTail(ledger, rule.meta, indent);
  return printFlow(ledger, rule.flow, { head, indent, tail });
}

export function printGuard(ledger: CommentLedger, guard: GuardDeclaration, indent: string): string {
  const name = guard.name === undefined ? "" : `${guard.name.text} = `;
  const parts: Part[] = [
    ...guard.exceptions.map((exception) => ({
      span: exception.span,
      order: 0,
      print: (inside: string) => printException(ledger, exception, inside),
    })),
    ...(guard.meta?.items ?? []).map((item) => metaPart(ledger, item)),
  ];
  const open = guard.span.source.text.indexOf("{", guard.flow.span.end);
  const tail =
    parts.length === 0
      ? noTail
      : blockTail(ledger, parts, { start: open, end: guard.span.end, indent });
  return printFlow(ledger, guard.flow, { head: `${guard.verb} ${name}`, indent, tail });
}

function printException(ledger: CommentLedger, exception: GuardException, indent: string): string {
  const tail = exception.meta === undefined ? noTail : metaTail(ledger, exception.meta, indent);
  return printFlow(ledger, exception.flow, {
    head: `except ${exception.name.text} = `,
    indent,
    tail,
  });
}

export interface FlowPlace {
  readonly head: string;
  readonly indent: string;
  readonly tail: Tail;
}

export function printFlow(
  ledger: CommentLedger,
  flow: FlowExpression,
  { head, indent, tail }: FlowPlace,
): string {
  const when =
    flow.condition === undefined
      ? ""
      : ` when ${flow.condition.relation} ${flow.condition.label.text}`;
  const tails = tail.flat === undefined ? [tail.broken] : [() => tail.flat ?? "", tail.broken];
  const services = [
    () => flatService(flow.service),
    (place: Place) => layOutService(ledger, flow.service, place),
  ];
  const flat = (set: SetExpression) => () => flatSet(set);
  const broken = (set: SetExpression) => () => layOutSet(ledger, set, forced(ledger, set, indent));
  const ends = [
    [flat(flow.source), flat(flow.destination)],
    [broken(flow.source), flat(flow.destination)],
    [flat(flow.source), broken(flow.destination)],
    [broken(flow.source), broken(flow.destination)],
  ] as const;
  const layouts = ends.flatMap(([source, destination]) =>
    services.flatMap((service) =>
      [" : ", `\n${indent}  : `].flatMap((colon) =>
        tails.map((end) => () => {
          const start = `${head}${source()} -> ${destination()}${colon}`;
          const column = lastLine(start).length + (start.includes("\n") ? 0 : indent.length);
          const inner = colon === " : " ? indent : `${indent}  `;
          return `${start}${service({ indent: inner, column, reserve: when.length })}${when}${end()}`;
        }),
      ),
    ),
  );
  return firstThatFits(ledger, layouts, { indent, within: flow.span });
}

/** A place so narrow that only a broken layout is left, where there is anything to break. */
function forced(ledger: CommentLedger, set: SetExpression, indent: string): Place {
  const wide = hasBraces(set) || ledger.within(set.span).length > 0;
  return { indent, column: wide ? widthMax : 0, reserve: wide ? 1 : -widthMax * 100 };
}

function hasBraces(set: SetExpression): boolean {
  return set.kind === "union" || set.kind === "networks" || set.kind === "fqdn" || "of" in set;
}

const lastLine = (text: string) => text.slice(text.lastIndexOf("\n") + 1);

interface Fit {
  readonly indent: string;
  readonly within: { readonly start: number; readonly end: number };
}

/** The first layout with no line too long and no comment left out; else the most broken one. */
function firstThatFits(
  ledger: CommentLedger,
  layouts: readonly (() => string)[],
  fit: Fit,
): string {
  const fits = (text: string) =>
    `${fit.indent}${text}`.split("\n").every((line) => line.length <= widthMax) &&
    ledger.within(fit.within).length === 0;
  for (const layout of layouts) {
    const text = ledger.attempt(layout, fits);
    if (text !== undefined) return text;
  }
  const short = layouts.map((layout) => ({
    layout,
    longest: longestOf(ledger, layout, fit.indent),
  }));
  const best = short.reduce((a, b) => (b.longest < a.longest ? b : a));
  return best.layout();
}

function longestOf(ledger: CommentLedger, layout: () => string, indent: string): number {
  let longest = 0;
  ledger.attempt(layout, (text) => {
    longest = Math.max(...`${indent}${text}`.split("\n").map((line) => line.length));
    return false;
  });
  return longest;
}

export function printDelegate(ledger: CommentLedger, delegate: DelegateDeclaration): string {
  const { directions, of, with: peers, service, to, span } = delegate;
  const end = ` to ${braced(to.map(({ text }) => text))}`;
  const head = `delegate ${directions.join(", ")} of `;
  const layout = (print: (set: SetExpression) => string, colon: string, flat: boolean) => () => {
    const start = `${head}${print(of)}${peers === undefined ? "" : ` with ${print(peers)}`}${colon}`;
    const place = { indent: colon.startsWith("\n") ? "  " : "", reserve: end.length };
    const column = lastLine(start).length;
    const what = flat ? flatService(service) : layOutService(ledger, service, { ...place, column });
    return `${start}${what}${end}`;
  };
  const broken = (set: SetExpression) =>
    breakSet(ledger, set, { indent: "", column: 0, reserve: 0 });
  const layouts = [flatSet, broken].flatMap((print) => [
    layout(print, " : ", true),
    layout(print, "\n  : ", true),
    layout(print, " : ", false),
    layout(print, "\n  : ", false),
  ]);
  return firstThatFits(ledger, layouts, { indent: "", within: span });
}

// --- what stands in braces behind a flow ------------------------------------------------------

interface Part {
  readonly span: BlockItem["span"];
  /** Rank in the canonical order. */
  readonly order: number;
  readonly print: (indent: string) => string;
}

const ranks: Readonly<Record<MetaItem["kind"], number>> = {
  because: 1,
  ticket: 2,
  until: 3,
  log: 4,
  family: 5,
  "fallback-network": 6,
  "fallback-cidr": 7,
};

export function metaTail(ledger: CommentLedger, meta: Meta, indent: string): Tail {
  const parts = meta.items.map((item) => metaPart(ledger, item));
  return blockTail(ledger, parts, { start: meta.span.start, end: meta.span.end, indent });
}

function metaPart(ledger: CommentLedger, item: MetaItem): Part {
  const { span, kind } = item;
  return { span, order: ranks[kind], print: (indent) => printMetaItem(ledger, item, indent) };
}

function printMetaItem(ledger: CommentLedger, item: MetaItem, indent: string): string {
  switch (item.kind) {
    case "because":
    case "ticket":
      return `${item.kind} ${textOf(item.value.span)}`;
    case "until":
      return `until ${item.date.value}`;
    case "log":
      return `log ${item.mode}`;
    case "family":
      return `family v${item.family}`;
    case "fallback-network":
      return "fallback network";
    case "fallback-cidr": {
      const flat = `fallback cidr ${flatCidrs(item.cidrs)}`;
      const hasComments = ledger.within(item.span).length > 0;
      if (!hasComments && indent.length + flat.length <= widthMax) return flat;
      return `fallback cidr ${breakList(ledger, item, item.cidrs, { indent }, ({ text }) => text)}`;
    }
  }
}

/** One part may share the line; two or more stand one a line, in canonical order. */
function blockTail(
  ledger: CommentLedger,
  parts: readonly Part[],
  { start, end, indent }: { readonly start: number; readonly end: number; readonly indent: string },
): Tail {
  const range = { start: start + 1, end: end - 1 };
  const inside = `${indent}  `;
  const [only] = parts;
  const inline = parts.length === 1 && only !== undefined && ledger.within(range).length === 0;
  const flatText = inline ? ` { ${only.print(inside)} }` : undefined;
  const broken = () => {
    const firstStart = Math.min(...parts.map((part) => part.span.start));
    const opening = openingComments(ledger, start, { ...range, end: firstStart });
    const blocks = parts.map((part) => ({ span: part.span, print: () => part.print(inside) }));
    const printed = printItems(ledger, inSource(blocks), { range, indent: inside });
    const ordered = inCanonicalOrder(parts, printed);
    return ` {${opening}\n${joinItems(ordered, inside)}\n${indent}}`;
  };
  return { flat: flatText?.includes("\n") ? undefined : flatText, broken };
}

const inSource = (blocks: readonly BlockItem[]) =>
  blocks.toSorted((a, b) => a.span.start - b.span.start);

/** Items were printed in the order of the source, so that comments found their owners. */
function inCanonicalOrder<Printed extends { readonly spaced: boolean }>(
  parts: readonly Part[],
  printed: readonly Printed[],
): readonly Printed[] {
  const sorted = parts.toSorted((a, b) => a.span.start - b.span.start);
  const ranked = printed.map((item, index) => ({
    item: { ...item, spaced: false },
    rank: sorted[index]?.order ?? 9,
    index,
  }));
  return ranked.sort((a, b) => a.rank - b.rank || a.index - b.index).map(({ item }) => item);
}
