// The flows of a product that some enforcer filters: those with a non-empty K₀ (language.md
// section 7). Where K₀ is empty nothing is lowered and nothing can be asked of an enforcer.
import type { Product, Term } from "../extent/types.ts";
import { noAddress } from "../sets/address-set.ts";
import { type Bitset, difference, intersection, isEmpty } from "../sets/bitset.ts";
import type { PlanContext } from "./context.ts";
import { blindEnds, isOfFamily, outsidePeers } from "./enforcement.ts";

/** Products that may overlap; together, exactly the flows with an enforcer. */
export function enforcedParts(context: PlanContext, product: Product): readonly Product[] {
  const { source, destination } = product;
  const { egress, ingress } = context.ends;
  const senders = intersection(source.managed, egress.present);
  const receivers = intersection(destination.managed, ingress.present);
  return [
    { ...product, source: managedAt(source, senders), destination: inside(destination) },
    { ...product, source: inside(source), destination: managedAt(destination, receivers) },
    ...outsideParts(context, product, senders, receivers),
  ].filter((part) => context.search.hasFlow(part));
}

function outsideParts(
  context: PlanContext,
  product: Product,
  senders: Bitset,
  receivers: Bitset,
): readonly Product[] {
  const { none } = context.expansion.universe;
  return ([4, 6] as const).flatMap((family) => {
    if (!isOfFamily(product, family)) return [];
    const out = outsidePeers(product, "egress", family);
    const into = outsidePeers(product, "ingress", family);
    const notBlind = (direction: "egress" | "ingress", ends: Bitset) => {
      const peers = direction === "egress" ? out : into;
      const blind = blindEnds(context, direction, peers, product.service);
      return blind === undefined ? ends : difference(ends, blind);
    };
    return [
      {
        ...product,
        family,
        source: managedAt(product.source, notBlind("egress", senders)),
        destination: { ...product.destination, managed: none, external: out },
      },
      {
        ...product,
        family,
        source: { ...product.source, managed: none, external: into },
        destination: managedAt(product.destination, notBlind("ingress", receivers)),
      },
    ].filter((part) => !isEmpty(part.source.managed) || !isEmpty(part.destination.managed));
  });
}

/** The term without what is outside. */
function inside(term: Term): Term {
  return { ...term, external: noAddress };
}

function managedAt(term: Term, managed: Bitset): Term {
  return { ...term, managed, external: noAddress };
}
