// SEG501 where no single rule is at fault: programs at both ends, given by several rules, that
// form no product of sources and destinations (language.md section 11, Capabilities).
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import { compareSpans } from "../../diagnostics/source.ts";
import { platformRows } from "../extent/extent.ts";
import type { Product, Universe } from "../extent/types.ts";
import { type Bitset, hasBit, intersection, intersects, members, union } from "../sets/bitset.ts";
import {
  hasService,
  intersectServices,
  type ServiceSet,
  unionOfServices,
} from "../sets/service-set.ts";
import { classify } from "./alike.ts";
import { activeRules, type PlanContext } from "./context.ts";
import { isOfFamily } from "./enforcement.ts";
import { loweredProducts } from "./lowering.ts";
import { type RuleProduct, rulesWithoutProduct } from "./product-form.ts";
import { ruleText } from "./words.ts";

/** One diagnostic for each group of rules that cannot be told apart together. */
export function checkPairs(context: PlanContext): readonly Diagnostic[] {
  const all = activeRules(context)
    .filter((rule) => !rule.staged)
    .flatMap((rule) => loweredProducts(context, rule, true).map((product) => ({ rule, product })));
  const sources = all.filter(({ product }) => isConditioned(product.source));
  const destinations = all.filter(({ product }) => isConditioned(product.destination));
  if (sources.length === 0 || destinations.length === 0) return [];
  const cells = cellsOf(context, all, sources, destinations);
  return clusters(cells).map(report);
}

function isConditioned({ include, exclude }: Product["source"]): boolean {
  return include.length + exclude.length > 0;
}

/** Rules at fault together, with a pair of workloads where they are. */
interface Fault {
  readonly rules: readonly RuleProduct["rule"][];
  readonly example: string;
}

/** One endpoint for each way in which the products tell endpoints apart. */
interface Sample {
  readonly endpoint: number;
  readonly products: readonly RuleProduct[];
}

function cellsOf(
  context: PlanContext,
  all: readonly RuleProduct[],
  sources: readonly RuleProduct[],
  destinations: readonly RuleProduct[],
): readonly Fault[] {
  const { universe } = context.expansion;
  const regions = sources.flatMap((a) =>
    destinations
      .filter((b) => overlap(a.product, b.product))
      .map((b) => ({
        from: intersection(a.product.source.managed, b.product.source.managed),
        to: intersection(a.product.destination.managed, b.product.destination.managed),
        service: intersectServices(a.product.service, b.product.service),
      })),
  );
  if (regions.length === 0) return [];
  const relevant = relevantTo(universe, regions, all);
  const from = sampler(
    universe,
    relevant,
    "source",
    regions.map((region) => region.from),
  );
  const to = sampler(
    universe,
    relevant,
    "destination",
    regions.map((region) => region.to),
  );
  const seen = new Set<string>();
  const faults: Fault[] = [];
  for (const region of regions) {
    const ends = to(region.to);
    for (const start of from(region.from)) {
      for (const end of ends) {
        const key = `${start.endpoint} ${end.endpoint}`;
        if (seen.has(key) || !mayMeet(universe, start, end)) continue;
        seen.add(key);
        faults.push(...faultsBetween(universe, start, end));
      }
    }
  }
  return faults;
}

/** Flows that a rule with a program at its source and one at its destination share. */
interface Region {
  readonly from: Bitset;
  readonly to: Bitset;
  readonly service: ServiceSet;
}

/** The products that may have a flow in one of the regions. */
function relevantTo(
  universe: Universe,
  regions: readonly Region[],
  all: readonly RuleProduct[],
): readonly RuleProduct[] {
  const from = regions.map((region) => region.from).reduce(union, universe.none);
  const to = regions.map((region) => region.to).reduce(union, universe.none);
  const service = unionOfServices(regions.map((region) => region.service));
  return all.filter(
    ({ product }) =>
      servicesMeet(product.service, service) &&
      intersects(from, product.source.managed) &&
      intersects(to, product.destination.managed),
  );
}

function overlap(a: Product, b: Product): boolean {
  return (
    servicesMeet(a.service, b.service) &&
    intersects(a.source.managed, b.source.managed) &&
    intersects(a.destination.managed, b.destination.managed)
  );
}

/** Asked for every two rules with programs: no set is made. */
function servicesMeet(a: ServiceSet, b: ServiceSet): boolean {
  return a.intervals.some(({ first, last }) =>
    b.intervals.some((other) => first <= other.last && other.first <= last),
  );
}

/**
 * Samples of a row of bits: endpoints that the products tell apart, of each platform, group and
 * (two for each, so that a pair of different workloads is found if there is one) workload.
 */
function sampler(
  universe: Universe,
  all: readonly RuleProduct[],
  side: "source" | "destination",
  regions: readonly Bitset[],
): (row: Bitset) => readonly Sample[] {
  const among = regions.reduce(union, universe.none);
  const rows = all.map(({ product }) => product[side].managed);
  const groups = universe.groups.map((group) => group.members);
  const platforms = platformRows(universe).values();
  const classes = classify(universe, among, [...rows, ...groups, ...platforms]);
  const kept = new Map<number, number[]>();
  for (const endpoint of members(among)) {
    const mates = kept.get(classes[endpoint] as number) ?? []; // endpoint is in range
    const workload = universe.endpoints[endpoint]?.workload;
    const isNew = mates.every((mate) => universe.endpoints[mate]?.workload !== workload);
    if (mates.length < 2 && isNew) mates.push(endpoint);
    kept.set(classes[endpoint] as number, mates);
  }
  const sampleAt = new Map<number, Sample>();
  const sample = (endpoint: number): Sample => {
    const known = sampleAt.get(endpoint);
    if (known !== undefined) return known;
    const products = all.filter(({ product }) => hasBit(product[side].managed, endpoint));
    const made = { endpoint, products };
    sampleAt.set(endpoint, made);
    return made;
  };
  const endpoints = [...kept.values()].flat();
  return (row) => endpoints.filter((endpoint) => hasBit(row, endpoint)).map(sample);
}

function mayMeet(universe: Universe, start: Sample, end: Sample): boolean {
  const [a, b] = [universe.endpoints[start.endpoint], universe.endpoints[end.endpoint]];
  return a?.group === b?.group && a?.workload !== b?.workload;
}

function faultsBetween(universe: Universe, start: Sample, end: Sample): readonly Fault[] {
  const [a, b] = [universe.endpoints[start.endpoint], universe.endpoints[end.endpoint]];
  const source = universe.workloads[a?.workload ?? -1];
  const destination = universe.workloads[b?.workload ?? -1];
  if (a === undefined || source === undefined || destination === undefined) return [];
  const ending = new Set(end.products);
  const meeting = start.products.filter(
    (one) => ending.has(one) && isOfFamily(one.product, a.family),
  );
  const platforms = { source: source.platform, destination: destination.platform };
  const example = `\`${source.name}\` to \`${destination.name}\``;
  const seen = new Set<string>();
  return servicePoints(meeting).flatMap((point) => {
    const applying = meeting.filter(({ product }) => hasService(product.service, point));
    const key = applying.map((one) => meeting.indexOf(one)).join();
    if (seen.has(key)) return [];
    seen.add(key);
    const core = rulesWithoutProduct(applying, platforms);
    return core.length === 0 ? [] : [{ rules: core.map(({ rule }) => rule), example }];
  });
}

/** One service for each way in which the products tell services apart. */
function servicePoints(products: readonly RuleProduct[]): readonly number[] {
  const points = products.flatMap(({ product }) =>
    product.service.intervals.flatMap(({ first, last }) => [first, last + 1]),
  );
  return [...new Set(points)].sort((a, b) => a - b);
}

/** Faults that share a rule are one. */
function clusters(faults: readonly Fault[]): readonly Fault[] {
  let merged: readonly Fault[] = [];
  for (const fault of faults) {
    const near = merged.filter((other) => other.rules.some((rule) => fault.rules.includes(rule)));
    const rules = new Set([...near.flatMap((other) => other.rules), ...fault.rules]);
    const example = near[0]?.example ?? fault.example;
    merged = [...merged.filter((other) => !near.includes(other)), { rules: [...rules], example }];
  }
  return merged;
}

function report({ rules, example }: Fault): Diagnostic {
  const [first, ...others] = [...rules].sort((a, b) => compareSpans(a.span, b.span));
  const named = others.map(ruleText);
  return diagnose(
    "SEG501",
    first?.span,
    { why: "no-product", rules: named.join(" and ") || "itself", example },
    { related: others.map((rule) => ({ message: "together with this rule", span: rule.span })) },
  );
}
