// Guardrails at full scale: which endpoints could break one? Flow sets are products of rows here, so
// a question costs rules times a few row operations, however many workloads there are. Where nothing
// is left, the guardrail holds; what is left is decided flow by flow (never.ts, always.ts), among its
// endpoints alone.
//
// Sound, not exact: what is left may hold flows that break nothing, never the other way round.
import type { FlowSearch } from "../extent/flow-search.ts";
import type { Expansion, Product, Term } from "../extent/types.ts";
import type { Direction } from "../inventory/types.ts";
import type { Guardrail, Rule, UtcDate } from "../model/types.ts";
import { intersectAddresses, isNoAddress, subtractAddresses } from "../sets/address-set.ts";
import {
  type Bitset,
  bitsetOf,
  difference,
  intersection,
  isEmpty,
  members,
  union,
} from "../sets/bitset.ts";
import { intersectServices, isNoService, subtractServices } from "../sets/service-set.ts";
import { nextDay } from "./dates.ts";
import { subjectOf } from "./subject.ts";

/** What the sieve knows of the policy on a day. */
export interface SieveContext {
  readonly expansion: Expansion;
  readonly now: UtcDate;
  /** Unstaged rules, whatever their last day. */
  readonly rules: readonly Rule[];
  /** r̂: the products of a rule after lowering. */
  readonly lowered: (rule: Rule) => readonly Product[];
  /** Endpoints that an enforcer protects in this direction, not only observes. */
  readonly enforced: Readonly<Record<Direction, Bitset>>;
}

/** More pieces than this are taken as they are: too much left over is sound. */
const piecesMax = 200;

/** Endpoints of flows that may break the guardrail; undefined where there is none. */
export function suspects(context: SieveContext, guardrail: Guardrail): Bitset | undefined {
  const { expansion } = context;
  const subject = expansion.productsOf(subjectOf(guardrail));
  const excused = guardrail.exceptions
    .filter(({ until }) => isActiveOn(until, context.now))
    .flatMap(({ flow }) => expansion.productsOf(flow));
  const left =
    guardrail.verb === "always"
      ? refusedOf(context, guardrail, subject)
      : [
          ...cut(context, allowedOf(context, subject), excused),
          ...cut(context, unenforcedOf(context, subject), excused),
        ];
  if (left.length === 0) return undefined;
  return left
    .flatMap(({ source, destination }) => [source.managed, destination.managed])
    .reduce(union, expansion.universe.none);
}

const isActiveOn = (until: UtcDate | undefined, day: UtcDate) =>
  until === undefined || day <= until;

/** Flows of the subject that some rule allows and no plain deny refuses. */
function allowedOf(context: SieveContext, subject: readonly Product[]): readonly Product[] {
  const rules = context.rules.filter(({ meta }) => isActiveOn(meta.until, context.now));
  const allowed = rules
    .filter(({ effect }) => effect === "allow")
    .flatMap((rule) => context.lowered(rule))
    .flatMap((product) => subject.flatMap((wanted) => meet(context, product, wanted)));
  if (allowed.length === 0) return [];
  const denied = rules
    .filter(({ effect }) => effect === "deny")
    .flatMap((rule) => context.lowered(rule));
  return cut(context, allowed, denied);
}

/** Flows of the subject that no enforcing end holds up. */
function unenforcedOf(context: SieveContext, subject: readonly Product[]): readonly Product[] {
  const open = (term: Term, side: Direction): Term => ({
    ...term,
    managed: difference(term.managed, context.enforced[side]),
  });
  return subject
    .map((product) => ({
      ...product,
      source: open(product.source, "egress"),
      destination: open(product.destination, "ingress"),
    }))
    .filter((product) => context.expansion.search.hasFlow(product));
}

/** `always`: what is not surely allowed, today or on a later day on which something has ended. */
function refusedOf(
  context: SieveContext,
  guardrail: Guardrail,
  subject: readonly Product[],
): readonly Product[] {
  const ends = [
    ...context.rules.map(({ meta }) => meta.until),
    ...guardrail.exceptions.map(({ until }) => until),
  ].flatMap((until) => (until !== undefined && until >= context.now ? [until] : []));
  const days = [context.now, ...[...new Set(ends)].sort().map(nextDay)];
  const exceptions = guardrail.exceptions.map(({ flow, until }) => ({
    until,
    products: context.expansion.productsOf(flow),
  }));
  let today: readonly Product[] = [];
  for (const day of days) {
    const excused = exceptions
      .filter(({ until }) => isActiveOn(until, day))
      .flatMap(({ products }) => products);
    const wanted = cut(context, subject, excused);
    // Nothing is left to speak of: SEG605 says so.
    if (wanted.length === 0) return subject.length === 0 ? everything(context) : subject;
    if (day === context.now) today = wanted;
    const rules = context.rules.filter(({ meta }) => isActiveOn(meta.until, day));
    const products = (effect: Rule["effect"]) =>
      rules.filter((rule) => rule.effect === effect).flatMap((rule) => context.lowered(rule));
    const denied = products("deny").flatMap((deny) =>
      wanted.flatMap((product) => meet(context, deny, product)),
    );
    const refused = [...denied, ...cut(context, wanted, products("allow"))];
    if (refused.length === 0) continue;
    // What fails later may be all excepted today: one flow that is not shows that it promises something.
    return day === context.now ? refused : [...refused, ...today.slice(0, 1).map(oneFlow(context))];
  }
  return [];
}

/** The product at one endpoint of each side that has a flow, or none of a side where addresses outside do. */
function oneFlow({ expansion }: SieveContext): (product: Product) => Product {
  const { universe, search } = expansion;
  function* choices(managed: Bitset): Generator<Bitset> {
    yield universe.none;
    for (const endpoint of members(managed)) yield bitsetOf(managed.size, [endpoint]);
  }
  const at = (term: Term, managed: Bitset): Term => ({ ...term, managed });
  return (product) => {
    const { source, destination } = product;
    for (const to of choices(destination.managed)) {
      const there = { ...product, destination: at(destination, to) };
      if (!search.hasFlow(there)) continue;
      for (const from of choices(source.managed)) {
        const both = { ...there, source: at(source, from) };
        if (search.hasFlow(both)) return both;
      }
    }
    return product;
  };
}

/** Any product will do where the subject has no flow at all: the naive way says why. */
function everything({ expansion }: SieveContext): readonly Product[] {
  const { universe } = expansion;
  const nobody = { managed: universe.none, external: { v4: empty, v6: empty } };
  const term = { ...nobody, include: [], exclude: [], byIdentity: false };
  return [{ source: term, destination: term, service: { intervals: [] }, family: undefined }];
}

const empty = new Float64Array(0);

/** The flows of both, whatever their processes; none where there is none. */
function meet(context: SieveContext, a: Product, b: Product): readonly Product[] {
  if (a.family !== undefined && b.family !== undefined && a.family !== b.family) return [];
  const service = intersectServices(a.service, b.service);
  if (isNoService(service)) return [];
  const both = {
    source: meetTerms(a.source, b.source),
    destination: meetTerms(a.destination, b.destination),
    service,
    family: a.family ?? b.family,
  };
  return context.expansion.search.hasFlow(both) ? [both] : [];
}

function meetTerms(a: Term, b: Term): Term {
  return {
    ...a,
    managed: a.managed === b.managed ? a.managed : intersection(a.managed, b.managed),
    external: intersectAddresses(a.external, b.external),
  };
}

/** The products without the holes, as far as holes ask for no process. */
function cut(
  { expansion }: SieveContext,
  products: readonly Product[],
  holes: readonly Product[],
): readonly Product[] {
  const { search } = expansion;
  const plain = holes.filter(({ source, destination }) => isPlain(source) && isPlain(destination));
  let left = products;
  for (const hole of plain) {
    if (left.length === 0 || left.length > piecesMax) return left;
    left = left.flatMap((product) => subtract(search, product, hole));
  }
  return left;
}

const isPlain = ({ include, exclude }: Term) => include.length === 0 && exclude.length === 0;

function subtract(search: FlowSearch, product: Product, hole: Product): readonly Product[] {
  const service = intersectServices(product.service, hole.service);
  const source = meetTerms(product.source, hole.source);
  const destination = meetTerms(product.destination, hole.destination);
  const inside = { ...product, source, destination, service };
  const isApart =
    (hole.family !== undefined && hole.family !== product.family) ||
    isNoService(service) ||
    isNowhere(source) ||
    isNowhere(destination);
  if (isApart || !search.hasFlow(inside)) return [product];
  return [
    { ...product, source: restOf(product.source, hole.source) },
    { ...product, source, destination: restOf(product.destination, hole.destination) },
    { ...product, source, destination, service: subtractServices(product.service, hole.service) },
  ].filter((piece) => !isNoService(piece.service) && search.hasFlow(piece));
}

const isNowhere = ({ managed, external }: Term) => isEmpty(managed) && isNoAddress(external);

function restOf(term: Term, hole: Term): Term {
  return {
    ...term,
    managed: difference(term.managed, hole.managed),
    external: subtractAddresses(term.external, hole.external),
  };
}
