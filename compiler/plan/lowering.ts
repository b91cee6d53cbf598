// r̂ of language.md section 7: a rule's products after lowering. Where nobody at a program's end
// sees it, an allow with `fallback network` and every deny lose the condition; where nobody on
// the path matches the service of a deny exactly, it widens.
//
// Products without any enforcer are lowered too: no artefact holds them, so nothing can tell.
import type { Product, Term } from "../extent/types.ts";
import type { Direction } from "../inventory/types.ts";
import type { Program, Rule } from "../model/types.ts";
import { isNoAddress, noAddress } from "../sets/address-set.ts";
import { type Bitset, difference, intersection, isEmpty, isSubset } from "../sets/bitset.ts";
import { intersectServices } from "../sets/service-set.ts";
import type { PlanContext } from "./context.ts";

/**
 * The lowered products of a rule, each with every flow it lowers to. With `always`, unseen
 * conditions go even where the rule does not accept it (and SEG501 says so).
 */
export function loweredProducts(
  context: PlanContext,
  rule: Rule,
  always = false,
): readonly Product[] {
  const { products } = context.expansion.flowsOf(rule);
  const lowers = always || rule.effect === "deny" || rule.meta.fallbackNetwork;
  const seen = lowers ? products.flatMap((product) => lowerPrograms(context, product)) : products;
  return rule.effect === "deny" ? seen.flatMap((product) => widen(context, product)) : seen;
}

function lowerPrograms(context: PlanContext, product: Product): readonly Product[] {
  return lowerTerm(context, product.source, "egress").flatMap((source) =>
    lowerTerm(context, product.destination, "ingress").map((destination) => ({
      ...product,
      source,
      destination,
    })),
  );
}

/** The term in parts: each keeps the programs that somebody at its endpoints sees. */
function lowerTerm(context: PlanContext, term: Term, direction: Direction): readonly Term[] {
  const end = context.ends[direction];
  const programs = [...term.include, ...term.exclude].filter(
    (program) => !isSubset(term.managed, end.sees(program)),
  );
  if (programs.length === 0) return [term];
  let parts: readonly Term[] = [{ ...term, external: noAddress }];
  for (const program of programs) {
    const sees = end.sees(program);
    parts = parts.flatMap((part) => [
      narrow(part, intersection(part.managed, sees)),
      withoutProgram(narrow(part, difference(part.managed, sees)), program),
    ]);
  }
  const outside = { ...term, managed: none(term.managed), include: [], exclude: [] };
  return [...parts.filter((part) => !isEmpty(part.managed)), outside].filter(
    (part) => !isEmpty(part.managed) || !isNoAddress(part.external),
  );
}

function narrow(term: Term, managed: Bitset): Term {
  return { ...term, managed };
}

function none(like: Bitset): Bitset {
  return difference(like, like);
}

function withoutProgram(term: Term, program: Program): Term {
  const others = (programs: readonly Program[]) =>
    programs.filter((other) => other.key !== program.key);
  return { ...term, include: others(term.include), exclude: others(term.exclude) };
}

/** Splits a deny by whether some end matches its service exactly. */
function widen(context: PlanContext, product: Product): readonly Product[] {
  const { service, source, destination } = product;
  const wider = Object.values(context.capabilities)
    .map((table) => table.widen(service))
    .filter((widened) => widened !== service);
  const [first, ...rest] = wider;
  if (first === undefined) return [product];
  const widened = rest.reduce(intersectServices, first);
  const { egress, ingress } = context.ends;
  const exactSource = intersection(source.managed, egress.exact(service));
  const exactDestination = intersection(destination.managed, ingress.exact(service));
  const blurredSource = narrow(source, difference(source.managed, exactSource));
  const blurredDestination = narrow(destination, difference(destination.managed, exactDestination));
  const exactly = (term: Term, managed: Bitset) => ({ ...term, managed, external: noAddress });
  return [
    { ...product, source: exactly(source, exactSource) },
    {
      ...product,
      source: blurredSource,
      destination: exactly(destination, exactDestination),
    },
    { ...product, source: blurredSource, destination: blurredDestination, service: widened },
  ].filter((part) => context.search.hasFlow(part));
}
