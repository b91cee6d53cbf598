// FlowSet -> products of ends, and the question every later step asks of one: is there any flow
// in it? `when` becomes one product per label value; the baseline B is cut out exactly.
import type { FlowSet } from "../model/types.ts";
import {
  type AddressSet,
  intersectAddresses,
  noAddress,
  prefixes,
  subtractAddresses,
} from "../sets/address-set.ts";
import { type Bitset, difference, intersection, isEmpty } from "../sets/bitset.ts";
import {
  icmpInterval,
  intersectServices,
  isNoService,
  type ServiceSet,
  serviceSet,
  subtractServices,
} from "../sets/service-set.ts";
import type { FlowSearch } from "./flow-search.ts";
import type { LabelIndex } from "./predicate.ts";
import type { RowCuts } from "./row-cuts.ts";
import { isEmptyTerm } from "./term.ts";
import type { Extent, Product, Term, Universe } from "./types.ts";

export interface ProductContext {
  readonly universe: Universe;
  readonly labels: LabelIndex;
  readonly extentOf: (set: FlowSet["source"]) => Extent;
  readonly search: FlowSearch;
  readonly cuts: RowCuts;
}

/** ⟦source -> destination : service when condition⟧ as products, those without a flow left out. */
export function productsOf(context: ProductContext, flow: FlowSet): readonly Product[] {
  const sources = context.extentOf(flow.source).terms;
  const destinations = context.extentOf(flow.destination).terms;
  return sources
    .flatMap((source) =>
      destinations.flatMap((destination) =>
        underCondition(context, flow.condition, {
          source,
          destination,
          service: flow.service,
          family: flow.family,
        }),
      ),
    )
    .flatMap((product) => withoutBaseline(context, product))
    .filter((product) => context.search.hasFlow(product));
}

function underCondition(
  context: ProductContext,
  condition: FlowSet["condition"],
  product: Product,
): readonly Product[] {
  if (condition === undefined) return [product];
  const { cuts, labels, universe } = context;
  const label = condition.label.name;
  return labels.valuesOf(label).flatMap((value) => {
    const row = labels.withValue(label, value);
    const far = condition.relation === "same" ? row : cuts.cut(universe.all, row);
    const source = narrowed(context, product.source, row);
    const destination = narrowed(context, product.destination, far);
    return isEmptyTerm(source) || isEmptyTerm(destination)
      ? []
      : [{ ...product, source, destination }];
  });
}

/** Both ends of a condition are managed. */
function narrowed({ cuts }: ProductContext, term: Term, row: Bitset): Term {
  return { ...term, managed: cuts.meet(term.managed, row), external: noAddress };
}

/**
 * Listener discovery within the link is always permitted and no rule's business: language.md
 * section 7, table B, and section 11, Flows.
 */
function withoutBaseline(context: ProductContext, product: Product): readonly Product[] {
  const { universe, search } = context;
  if (product.family === 4 || !meets(product.service, listenerDiscovery)) return [product];
  if (!search.hasManagedIn(linkAddresses)) return [product];
  const near = universe.within(linkSources);
  const far = universe.within(linkDestinations);
  const inner: Product = {
    ...product,
    source: part(product.source, near, linkSources),
    destination: part(product.destination, far, linkDestinations),
    service: intersectServices(product.service, listenerDiscovery),
  };
  if (!search.hasFlow(inner)) return [product];
  return [
    { ...product, service: subtractServices(product.service, listenerDiscovery) },
    { ...inner, source: rest(product.source, near, linkSources), destination: product.destination },
    { ...inner, destination: rest(product.destination, far, linkDestinations) },
  ].filter(({ service }) => !isNoService(service));
}

function part(term: Term, row: Bitset, addresses: AddressSet): Term {
  const managed = intersection(term.managed, row);
  return { ...term, managed, external: intersectAddresses(term.external, addresses) };
}

function rest(term: Term, row: Bitset, addresses: AddressSet): Term {
  const managed = isEmpty(row) ? term.managed : difference(term.managed, row);
  return { ...term, managed, external: subtractAddresses(term.external, addresses) };
}

function meets(a: ServiceSet, b: ServiceSet): boolean {
  return !isNoService(intersectServices(a, b));
}

export const listenerDiscovery = serviceSet(
  [130, 131, 132, 143].map((type) => icmpInterval(6, type, undefined)),
);

export const linkSources = prefixes("fe80::/10", "::/128");
export const linkDestinations = prefixes("fe80::/10", "ff02::/16");
const linkAddresses = prefixes("fe80::/10", "::/128", "ff02::/16");
