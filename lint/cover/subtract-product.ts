// One product of flows without another, exactly: families, processes, outside addresses and services.
import { meetTerms, subtractTerms, type TermContext } from "../../compiler/extent/term.ts";
import type { Product } from "../../compiler/extent/types.ts";
import {
  intersectServices,
  isNoService,
  subtractServices,
} from "../../compiler/sets/service-set.ts";

/** The flows of `product` that are not in `hole`; pieces do not overlap, some may hold no flow. */
export function subtractProduct(
  terms: TermContext,
  product: Product,
  hole: Product,
): readonly Product[] {
  const { family } = hole;
  if (family !== undefined && product.family === undefined) {
    const other = { ...product, family: family === 4 ? 6 : 4 } as const;
    return [other, ...subtractProduct(terms, { ...product, family }, hole)];
  }
  const service = intersectServices(product.service, hole.service);
  const [source] = meetTerms(terms, [product.source], [hole.source]);
  const [destination] = meetTerms(terms, [product.destination], [hole.destination]);
  const isApart = family !== undefined && family !== product.family;
  if (isApart || isNoService(service) || source === undefined || destination === undefined) {
    return [product];
  }
  const rest = subtractServices(product.service, hole.service);
  return [
    ...subtractTerms(terms, [product.source], [hole.source]).map((part) => ({
      ...product,
      source: part,
    })),
    ...subtractTerms(terms, [product.destination], [hole.destination]).map((part) => ({
      ...product,
      source,
      destination: part,
    })),
    ...(isNoService(rest) ? [] : [{ ...product, source, destination, service: rest }]),
  ];
}

/** The flows of both; undefined where no end, service or family is in both. */
export function meetProducts(terms: TermContext, a: Product, b: Product): Product | undefined {
  if (a.family !== undefined && b.family !== undefined && a.family !== b.family) return undefined;
  const service = intersectServices(a.service, b.service);
  if (isNoService(service)) return undefined;
  const [source] = meetTerms(terms, [a.source], [b.source]);
  const [destination] = meetTerms(terms, [a.destination], [b.destination]);
  if (source === undefined || destination === undefined) return undefined;
  return { source, destination, service, family: a.family ?? b.family };
}
