// Flows with what stands before and behind them -> documents: rules, guardrails, delegations.
import { textOf } from "../diagnostics/source.ts";
import type {
  DelegateDeclaration,
  FlowExpression,
  GuardDeclaration,
  GuardException,
  Meta,
  MetaItem,
  Name,
  ObserveDeclaration,
  RuleDeclaration,
} from "./ast.ts";
import { colon, concat, type Doc } from "./doc.ts";
import type { Item } from "./print-comments.ts";
import type { PrintContext } from "./print-context.ts";
import { printCidrs, printService, printSet, textItems } from "./print-expression.ts";

export function printRule(context: PrintContext, rule: RuleDeclaration): Doc {
  const { staged, effect, name, flow, meta } = rule;
  const head = `${staged ? "staged " : ""}${effect} ${nameText(name)}`;
  return concat(head, printFlow(context, flow, printMeta(context, meta)));
}

export function printGuard(context: PrintContext, guard: GuardDeclaration): Doc {
  const { verb, name, flow, exceptions, meta } = guard;
  const items = [
    ...exceptions.map((exception) => exceptionItem(context, exception)),
    ...(meta?.items ?? []).map((item) => metaItem(context, item)),
  ];
  const isBare = items.length === 0;
  const block = isBare ? "" : concat(" ", context.meta(flow.span.end, items));
  return concat(`${verb} ${nameText(name)}`, printFlow(context, flow, block));
}

function exceptionItem(context: PrintContext, exception: GuardException) {
  const { name, flow, meta, span } = exception;
  const print = () =>
    concat(`except ${nameText(name)}`, printFlow(context, flow, printMeta(context, meta)));
  return { span, rank: 0, print };
}

/** `a -> b : service when same x`, and what stands behind it on its line. */
export function printFlow(context: PrintContext, flow: FlowExpression, tail: Doc): Doc {
  const { source, destination, service, condition } = flow;
  const when = condition === undefined ? "" : ` when ${condition.relation} ${condition.label.text}`;
  return concat(
    printSet(context, source),
    " -> ",
    printSet(context, destination),
    colon(concat(printService(context, service), when), tail),
  );
}

export function printDelegate(context: PrintContext, delegate: DelegateDeclaration): Doc {
  const { directions, of, with: peers, service, to } = delegate;
  return concat(
    `delegate ${directions.join(", ")} of `,
    printSet(context, of),
    peers === undefined ? "" : concat(" with ", printSet(context, peers)),
    colon(
      concat(printService(context, service), " to ", context.list(service.span.end, textItems(to))),
      "",
    ),
  );
}

export function printObserve(context: PrintContext, observe: ObserveDeclaration): Doc {
  const { directions, of, until, meta } = observe;
  return concat(
    `observe ${directions.join(", ")} of `,
    printSet(context, of),
    ` until ${until.value}`,
    printMeta(context, meta),
  );
}

function nameText(name: Name | undefined): string {
  return name === undefined ? "" : `${name.text} = `;
}

function printMeta(context: PrintContext, meta: Meta | undefined): Doc {
  if (meta === undefined) return "";
  const items = meta.items.map((item) => metaItem(context, item));
  return concat(" ", context.meta(meta.span.start, items));
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

function metaItem(context: PrintContext, item: MetaItem): Item & { readonly rank: number } {
  return { span: item.span, rank: ranks[item.kind], print: () => printMetaItem(context, item) };
}

function printMetaItem(context: PrintContext, item: MetaItem): Doc {
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
    case "fallback-cidr":
      return concat("fallback cidr ", printCidrs(context, item.span.start, item.cidrs));
  }
}
