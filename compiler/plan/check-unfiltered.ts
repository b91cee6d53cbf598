// SEG607: a `never`, an `only` or a deny that speaks of traffic which an enforcer of its source
// never filters (U of language.md 6.4). Nothing the policy says can close it.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { Product } from "../extent/types.ts";
import { nameOf } from "../guard/finding.ts";
import { subjectOf } from "../guard/subject.ts";
import type { Guardrail } from "../model/types.ts";
import {
  type AddressSet,
  intersectAddresses,
  isAddressSubset,
  isNoAddress,
  prefixes,
} from "../sets/address-set.ts";
import { type Bitset, difference, intersection, isEmpty, union } from "../sets/bitset.ts";
import {
  intersectServices,
  isNoService,
  isServiceSubset,
  type ServiceSet,
} from "../sets/service-set.ts";
import { activeRules, isActive, type PlanContext } from "./context.ts";
import type { Capabilities } from "./target.ts";
import { kindWords, listed, namesOf, ruleText, workloadsAt } from "./words.ts";

/** Every hole of every kind that a guardrail or a deny meets. */
export function checkUnfiltered(context: PlanContext): readonly Diagnostic[] {
  const { expansion, model } = context;
  const holes = Object.values(context.capabilities).flatMap((table) => holesOf(context, table));
  if (holes.length === 0) return [];
  const guardrails = model.guardrails
    .filter(({ verb }) => verb !== "always")
    .flatMap((guardrail) =>
      report(context, holes, {
        subject: nameOf(guardrail),
        span: guardrail.span,
        products: expansion.productsOf(subjectOf(guardrail)),
        excepted: exceptedBy(context, guardrail),
      }),
    );
  const denies = activeRules(context)
    .filter(({ effect, staged }) => effect === "deny" && !staged)
    .flatMap((rule) =>
      report(context, holes, {
        subject: `deny ${ruleText(rule).slice(1, -1)}`,
        span: rule.span,
        products: expansion.flowsOf(rule).products,
        excepted: [],
      }),
    );
  return [...guardrails, ...denies];
}

/** What enforcers of one kind pass from the workloads they stand at, whatever their rules. */
interface Hole {
  readonly kind: Capabilities["kind"];
  readonly reason: string;
  readonly at: Bitset;
  readonly peers: AddressSet;
  readonly service: ServiceSet;
}

function holesOf({ ends }: PlanContext, table: Capabilities): readonly Hole[] {
  return table.unfiltered.flatMap(({ direction, peers, service, reason }) => {
    const at = ends[direction].where((kinds) => kinds.includes(table.kind));
    if (direction !== "egress" || isEmpty(at)) return [];
    return [{ kind: table.kind, reason, at, peers: prefixes(...peers), service }];
  });
}

interface Asked {
  readonly subject: string;
  readonly span: Span;
  readonly products: readonly Product[];
  readonly excepted: readonly Product[];
}

function exceptedBy({ expansion, now }: PlanContext, guardrail: Guardrail): readonly Product[] {
  return guardrail.exceptions
    .filter(({ until }) => isActive(until, now))
    .flatMap(({ flow }) => expansion.productsOf(flow));
}

function report(
  context: PlanContext,
  holes: readonly Hole[],
  { subject, span, products, excepted }: Asked,
): readonly Diagnostic[] {
  return holes.flatMap((hole) => {
    const met = products.map((product) => sourcesIn(context, hole, product, excepted));
    const sources = met.reduce(union, context.expansion.universe.none);
    if (isEmpty(sources)) return [];
    const parameters = {
      subject,
      enforcer: kindWords[hole.kind],
      traffic: hole.reason,
      workloads: listed(namesOf(workloadsAt(context.expansion.universe, sources))),
    };
    return [diagnose("SEG607", span, parameters)];
  });
}

/** Sources of the product with a flow in the hole, less those whose every such flow is excepted. */
function sourcesIn(
  { search }: PlanContext,
  hole: Hole,
  product: Product,
  excepted: readonly Product[],
): Bitset {
  const external = intersectAddresses(product.destination.external, hole.peers);
  const service = intersectServices(product.service, hole.service);
  const managed = intersection(product.source.managed, hole.at);
  if (isNoAddress(external) || isNoService(service) || isEmpty(managed)) return none(managed);
  const part = {
    ...product,
    source: { ...product.source, managed },
    destination: { ...product.destination, managed: none(managed), external },
    service,
  };
  return excepted
    .filter(
      (exception) =>
        exception.family === undefined &&
        exception.source.include.length + exception.source.exclude.length === 0 &&
        isAddressSubset(external, exception.destination.external) &&
        isServiceSubset(service, exception.service),
    )
    .reduce(
      (left, exception) => difference(left, exception.source.managed),
      search.startingAt(part),
    );
}

const none = (like: Bitset) => difference(like, like);
