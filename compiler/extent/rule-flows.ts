// A rule -> the flows it denotes once 6.3 has removed what its module may not write and only met
// through `networks` or `anywhere`, and the flows it names without the authority to.
import type { Direction } from "../inventory/types.ts";
import type { Rule } from "../model/types.ts";
import { noAddress } from "../sets/address-set.ts";
import { type Bitset, isEmpty } from "../sets/bitset.ts";
import type { FlowSearch } from "./flow-search.ts";
import type { Authority } from "./ownership.ts";
import type { FlowsAtEnd, Product, RuleFlows, Term } from "./types.ts";

export interface JudgeContext {
  readonly authority: Authority;
  readonly search: FlowSearch;
  readonly none: Bitset;
}

/** Applies 6.3 to what the rule says. */
export function judgeRule(
  context: JudgeContext,
  rule: Rule,
  products: readonly Product[],
): RuleFlows {
  if (rule.module.isRoot) return { products, removed: [], trespasses: [] };
  const judged = products.map((product) =>
    rule.effect === "allow"
      ? judgeAllow(context, rule, product)
      : judgeDeny(context, rule, product),
  );
  return {
    products: judged.flatMap((part) => part.products),
    removed: judged.flatMap((part) => part.removed),
    trespasses: judged.flatMap((part) => part.trespasses),
  };
}

/** Every managed end must be writable: unwritable by address is removed, by identity an error. */
function judgeAllow(context: JudgeContext, rule: Rule, product: Product): RuleFlows {
  const removed: FlowsAtEnd[] = [];
  let products: readonly Product[] = [product];
  for (const direction of directions) {
    if (endOf(product, direction).byIdentity) continue;
    products = products.flatMap((part) => {
      const { may, mayNot } = judge(context, rule, direction, part);
      if (mayNot.length === 0) return [part];
      for (const gone of mayNot) removed.push({ direction, product: gone });
      return [...withFlow(context, restrict(context, part, { [direction]: "external" })), ...may];
    });
  }
  const trespasses = directions
    .filter((direction) => endOf(product, direction).byIdentity)
    .flatMap((direction) =>
      products.flatMap((part) =>
        judge(context, rule, direction, part).mayNot.map((missing) => ({
          direction,
          product: missing,
        })),
      ),
    );
  return { products, removed, trespasses };
}

/** One writable managed end is enough; else as above. */
function judgeDeny(context: JudgeContext, rule: Rule, product: Product): RuleFlows {
  const kept: Product[] = [];
  const removed: FlowsAtEnd[] = [];
  const trespasses: FlowsAtEnd[] = [];
  const settle = (ends: readonly Direction[], part: Product) => {
    let rest: readonly Product[] = withFlow(context, part);
    for (const direction of ends) {
      const verdicts = rest.map((piece) => judge(context, rule, direction, piece));
      kept.push(...verdicts.flatMap(({ may }) => may));
      rest = verdicts.flatMap(({ mayNot }) => mayNot);
    }
    const byAddress = ends.find((direction) => !endOf(product, direction).byIdentity);
    const direction = ends.includes("ingress") ? "ingress" : "egress";
    for (const piece of rest) {
      if (byAddress !== undefined) removed.push({ direction: byAddress, product: piece });
      else {
        kept.push(piece);
        trespasses.push({ direction, product: piece });
      }
    }
  };
  settle(
    ["egress", "ingress"],
    restrict(context, product, { egress: "managed", ingress: "managed" }),
  );
  settle(["egress"], restrict(context, product, { egress: "managed", ingress: "external" }));
  settle(["ingress"], restrict(context, product, { egress: "external", ingress: "managed" }));
  return { products: removed.length === 0 ? [product] : kept, removed, trespasses };
}

const directions: readonly Direction[] = ["egress", "ingress"];

/** The end of a product that lies in this direction: egress at the source. */
export function endOf(product: Product, direction: Direction): Term {
  return direction === "egress" ? product.source : product.destination;
}

type Kind = "managed" | "external";

/** The flows whose ends are of the given kinds. */
export function restrict(
  { none }: { readonly none: Bitset },
  product: Product,
  kinds: { readonly egress?: Kind; readonly ingress?: Kind },
): Product {
  const only = (term: Term, kind: Kind | undefined): Term => {
    if (kind === undefined) return term;
    return kind === "managed" ? { ...term, external: noAddress } : { ...term, managed: none };
  };
  return {
    ...product,
    source: only(product.source, kinds.egress),
    destination: only(product.destination, kinds.ingress),
  };
}

function judge(
  { authority, ...context }: JudgeContext,
  rule: Rule,
  direction: Direction,
  product: Product,
) {
  if (isEmpty(endOf(product, direction).managed)) return { may: [], mayNot: [] };
  const question = { direction, purpose: rule.effect };
  return authority.judge(
    rule.module,
    question,
    restrict(context, product, { [direction]: "managed" }),
  );
}

function withFlow({ search }: JudgeContext, product: Product): readonly Product[] {
  return search.hasFlow(product) ? [product] : [];
}
