// SEG506, SEG509, SEG510, SEG511 and SEG513: what the enforcers that stand on a rule's paths cannot
// do for it.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { Product } from "../extent/types.ts";
import type { EnforcerKind } from "../inventory/types.ts";
import type { Rule } from "../model/types.ts";
import { type Bitset, difference, intersection, isEmpty, union } from "../sets/bitset.ts";
import { formatServices } from "../sets/service-text.ts";
import type { PlanContext } from "./context.ts";
import { kindsOf } from "./ends.ts";
import { enforcedParts } from "./enforced-parts.ts";
import { enforcementOf } from "./enforcement.ts";
import { kindsText, listed, namesOf, ruleText, workloadsAt } from "./words.ts";

/** SEG506: the rule has flows, and no enforcer filters any of them (a warning: some of them). */
export function checkEnforced(context: PlanContext, rule: Rule): readonly Diagnostic[] {
  if (rule.staged) return [];
  const { pairs, bare } = enforcementOf(context, rule);
  if (bare === 0) return [];
  const severity = bare < pairs ? "warning" : "error";
  return [diagnose("SEG506", rule.span, { rule: ruleText(rule), pairs, bare }, { severity })];
}

/** SEG510: the rule ends on a day, and somebody who holds it cannot end it. */
export function checkExpiry(context: PlanContext, rule: Rule): readonly Diagnostic[] {
  const { until } = rule.meta;
  if (until === undefined || rule.staged || rule.effect === "deny") return [];
  const unable = unableHolders(context, rule, (kind) => !context.capabilities[kind].nativeExpiry);
  return unable === undefined ? [] : [diagnose("SEG510", rule.span, { until, ...unable })];
}

/** SEG513: the rule asks for log lines that somebody who holds it cannot write. */
export function checkLog(context: PlanContext, rule: Rule): readonly Diagnostic[] {
  const { log } = rule.meta;
  if (log === undefined || log === "none") return [];
  const cannot = (kind: EnforcerKind) => !context.capabilities[kind].log;
  // Where several stand at one end, one that writes the line is enough.
  const unable = unableHolders(context, rule, cannot, (kinds) => kinds.every(cannot));
  return unable === undefined ? [] : [diagnose("SEG513", rule.span, { log, ...unable })];
}

/** Workloads with an enforcer on a path of the rule that cannot do something, as words. */
function unableHolders(
  context: PlanContext,
  rule: Rule,
  cannot: (kind: EnforcerKind) => boolean,
  isUnable = (kinds: readonly EnforcerKind[]): boolean => kinds.some(cannot),
): { readonly workloads: string; readonly enforcers: string } | undefined {
  const { ends, expansion } = context;
  const holders = expansion
    .flowsOf(rule)
    .products.flatMap((product) =>
      (["egress", "ingress"] as const).flatMap((direction) =>
        heldBy(
          context,
          product,
          direction,
          ends[direction].where((kinds) => kinds.length > 0 && isUnable(kinds)),
        ),
      ),
    )
    .reduce(union, expansion.universe.none);
  if (isEmpty(holders)) return undefined;
  const workloads = workloadsAt(expansion.universe, holders);
  const kinds = workloads.flatMap((workload) => [
    ...kindsOf(workload, "egress"),
    ...kindsOf(workload, "ingress"),
  ]);
  return { workloads: listed(namesOf(workloads)), enforcers: kindsText(kinds.filter(cannot)) };
}

/** Endpoints among `holders` whose enforcers filter some flow of the product. */
function heldBy(
  context: PlanContext,
  product: Product,
  direction: "egress" | "ingress",
  holders: Bitset,
): readonly Bitset[] {
  const end = direction === "egress" ? product.source : product.destination;
  const managed = intersection(end.managed, holders);
  if (isEmpty(managed)) return [];
  const narrowed = { ...end, managed };
  const { search } = context;
  return direction === "egress"
    ? enforcedParts(context, { ...product, source: narrowed }).map(search.startingAt)
    : enforcedParts(context, { ...product, destination: narrowed }).map(search.endingAt);
}

/**
 * SEG511: an allow with flows that some enforcer filters but none matches exactly. SEG509: such a
 * deny, which is widened.
 */
export function checkServices(context: PlanContext, rule: Rule): readonly Diagnostic[] {
  const { service } = rule.flow;
  const { ends, expansion, search, capabilities } = context;
  const coarse = Object.values(capabilities).filter((table) => table.widen(service) !== service);
  if (coarse.length === 0) return [];
  const inexact = (bits: Bitset, direction: "egress" | "ingress") =>
    difference(bits, ends[direction].exact(service));
  for (const product of expansion.flowsOf(rule).products) {
    const { source, destination } = product;
    const part = enforcedParts(context, {
      ...product,
      source: { ...source, managed: inexact(source.managed, "egress") },
      destination: { ...destination, managed: inexact(destination.managed, "ingress") },
    })[0];
    if (part === undefined) continue;
    const [from] = workloadsAt(expansion.universe, search.startingAt(part));
    const [to] = workloadsAt(expansion.universe, search.endingAt(part));
    const kinds = [
      ...(from === undefined ? [] : kindsOf(from, "egress")),
      ...(to === undefined ? [] : kindsOf(to, "ingress")),
    ];
    const parameters = {
      service: formatServices(service),
      enforcers: kindsText(kinds),
      pair: `${placeText(from?.name)} and ${placeText(to?.name)}`,
    };
    return rule.effect === "deny"
      ? [diagnose("SEG509", rule.flow.serviceSpan, { why: "service", ...parameters })]
      : [diagnose("SEG511", rule.flow.serviceSpan, parameters)];
  }
  return [];
}

function placeText(name: string | undefined): string {
  return name === undefined ? "outside" : `\`${name}\``;
}
