// Where a rule is enforced (language.md 6.6): its address pairs, counted by what stands at either
// end.
//
// An address pair is a source endpoint and a destination endpoint (workload and address) of one
// realm and family on two different workloads between which the rule has a flow, whatever the
// process and service. All outside addresses of one family at one end count as one peer.
import { endOf } from "../extent/rule-flows.ts";
import type { Product } from "../extent/types.ts";
import type { Direction } from "../inventory/types.ts";
import type { Rule } from "../model/types.ts";
import type { Family } from "../sets/address.ts";
import { type AddressSet, addressesOfFamily, isNoAddress, noAddress } from "../sets/address-set.ts";
import {
  type Bitset,
  difference,
  intersection,
  intersects,
  isEmpty,
  union,
} from "../sets/bitset.ts";
import {
  intersectServices,
  isNoService,
  type ServiceSet,
  servicesOfFamily,
} from "../sets/service-set.ts";
import type { PlanContext } from "./context.ts";
import { countPairs, type PairCounts, tally } from "./pairs.ts";
import { blindKinds } from "./unfiltered.ts";

/** Numbers of address pairs. `both`, `sourceOnly`, `destinationOnly`, `nobody` add up to `pairs`. */
export interface RuleEnforcement {
  readonly rule: Rule;
  readonly pairs: number;
  readonly both: number;
  readonly sourceOnly: number;
  readonly destinationOnly: number;
  readonly nobody: number;
  /** Of all pairs: those whose source, or destination, has an enforcer that only observes. */
  readonly observedSource: number;
  readonly observedDestination: number;
  /** Of `nobody`: those without any enforcer, observed ones included. */
  readonly bare: number;
}

export function enforcementOf(context: PlanContext, rule: Rule): RuleEnforcement {
  const known = counted.get(context)?.get(rule);
  if (known !== undefined) return known;
  const enforcement = summary(rule, countRule(context, rule));
  const ofContext = counted.get(context) ?? new WeakMap<Rule, RuleEnforcement>();
  counted.set(context, ofContext.set(rule, enforcement));
  return enforcement;
}

/** `check` asks twice: for SEG506 and to print. */
const counted = new WeakMap<PlanContext, WeakMap<Rule, RuleEnforcement>>();

function countRule(context: PlanContext, rule: Rule): PairCounts {
  const { products } = context.expansion.flowsOf(rule);
  const counts = new Float64Array(9);
  for (const family of [4, 6] as const) {
    const ours = products.filter((product) => isOfFamily(product, family));
    for (const [sources, destinations] of disjointRectangles(ours)) {
      const { egress, ingress } = context.ends;
      add(counts, countPairs(context.space, egress, ingress, sources, destinations, family));
    }
    countOutside(context, ours, "egress", family, counts);
    countOutside(context, ours, "ingress", family, counts);
  }
  return counts;
}

function summary(rule: Rule, counts: PairCounts): RuleEnforcement {
  const cell = (source: number, destination: number) => counts[source * 3 + destination] ?? 0;
  const sum = (sources: readonly number[], destinations: readonly number[]) =>
    sources.flatMap((s) => destinations.map((d) => cell(s, d))).reduce((a, b) => a + b, 0);
  return {
    rule,
    pairs: sum([0, 1, 2], [0, 1, 2]),
    both: cell(1, 1),
    sourceOnly: sum([1], [0, 2]),
    destinationOnly: sum([0, 2], [1]),
    nobody: sum([0, 2], [0, 2]),
    observedSource: sum([2], [0, 1, 2]),
    observedDestination: sum([0, 1, 2], [2]),
    bare: cell(0, 0),
  };
}

function add(into: PairCounts, counts: PairCounts): void {
  for (let cell = 0; cell < 9; cell++) into[cell] = (into[cell] ?? 0) + (counts[cell] ?? 0);
}

/** Whether the product has services that are flows in this family. */
export function isOfFamily({ family, service }: Product, wanted: Family): boolean {
  if (family !== undefined && family !== wanted) return false;
  return !isNoService(intersectServices(service, servicesOfFamily(wanted)));
}

type Rectangle = readonly [sources: Bitset, destinations: Bitset];

/** Managed ends of the products as rectangles that share no pair. */
function disjointRectangles(products: readonly Product[]): readonly Rectangle[] {
  const done: Rectangle[] = [];
  let [seenSources, seenDestinations]: [Bitset | undefined, Bitset | undefined] = [
    undefined,
    undefined,
  ];
  for (const product of products) {
    const next: Rectangle = [product.source.managed, product.destination.managed];
    const fresh =
      seenSources === undefined ||
      seenDestinations === undefined ||
      !intersects(seenSources, next[0]) ||
      !intersects(seenDestinations, next[1]);
    const pieces = fresh
      ? [next]
      : done.reduce<readonly Rectangle[]>((rest, one) => rest.flatMap((r) => cut(r, one)), [next]);
    done.push(...pieces);
    if (products.length === 1) break;
    seenSources = seenSources === undefined ? next[0] : union(seenSources, next[0]);
    seenDestinations = seenDestinations === undefined ? next[1] : union(seenDestinations, next[1]);
  }
  return done;
}

function cut([sources, destinations]: Rectangle, hole: Rectangle): readonly Rectangle[] {
  if (!intersects(sources, hole[0]) || !intersects(destinations, hole[1])) {
    return [[sources, destinations]];
  }
  const pieces: readonly Rectangle[] = [
    [difference(sources, hole[0]), destinations],
    [intersection(sources, hole[0]), difference(destinations, hole[1])],
  ];
  return pieces.filter((piece) => !piece.some(isEmpty));
}

/** Pairs of the managed end in `direction` with the outside peer of this family. */
function countOutside(
  context: PlanContext,
  products: readonly Product[],
  direction: Direction,
  family: Family,
  counts: PairCounts,
): void {
  const end = context.ends[direction];
  const seen = outsideEnds(context, products, direction, family);
  if (seen === undefined) return;
  const blind = seen.blind === undefined ? undefined : difference(seen.blind, seen.filtered);
  const tallies = tally(context.space, end, seen.filtered);
  const bare = blind === undefined ? undefined : tally(context.space, end, blind);
  context.expansion.universe.groups.forEach((group, index) => {
    if (group.family !== family) return;
    for (let state = 0; state < 3; state++) {
      const cell = direction === "egress" ? state * 3 : state;
      counts[cell] = (counts[cell] ?? 0) + (tallies[index * 3 + state] ?? 0);
      counts[0] = (counts[0] ?? 0) + (bare?.[index * 3 + state] ?? 0);
    }
  });
}

/** Managed ends with an outside peer; `blind` where no enforcer there filters these flows. */
function outsideEnds(
  context: PlanContext,
  products: readonly Product[],
  direction: Direction,
  family: Family,
): { readonly filtered: Bitset; readonly blind: Bitset | undefined } | undefined {
  let filtered: Bitset | undefined;
  let blind: Bitset | undefined;
  for (const product of products) {
    const peers = outsidePeers(product, direction, family);
    if (isNoAddress(peers)) continue;
    const ends = endsWithPeers(context, product, direction, peers, family);
    if (isEmpty(ends)) continue;
    const unseen = blindEnds(context, direction, peers, product.service);
    const seen = unseen === undefined ? ends : difference(ends, unseen);
    filtered = filtered === undefined ? seen : union(filtered, seen);
    if (unseen === undefined) continue;
    const here = intersection(ends, unseen);
    blind = blind === undefined ? here : union(blind, here);
  }
  return filtered === undefined ? undefined : { filtered, blind };
}

/** Managed endpoints in whose realm some of the peers is outside. */
function endsWithPeers(
  { search, expansion }: PlanContext,
  product: Product,
  direction: Direction,
  peers: AddressSet,
  family: Family,
): Bitset {
  const near = { managed: endOf(product, direction).managed, external: noAddress };
  const far = { managed: expansion.universe.none, external: peers };
  const { service } = product;
  return direction === "egress"
    ? search.startingAt({ source: near, destination: far, service, family })
    : search.endingAt({ source: far, destination: near, service, family });
}

/** The outside addresses of this family at the far end. */
export function outsidePeers(product: Product, near: Direction, family: Family): AddressSet {
  const far = endOf(product, near === "egress" ? "ingress" : "egress");
  return addressesOfFamily(far.external, family);
}

/** Endpoints with enforcers of which none filters flows of this service with these peers. */
export function blindEnds(
  context: PlanContext,
  direction: Direction,
  peers: AddressSet,
  service: ServiceSet,
): Bitset | undefined {
  const blind = blindKinds(context.capabilities, direction, peers, service);
  if (blind.length === 0) return undefined;
  return context.ends[direction].where(
    (kinds) => kinds.length > 0 && kinds.every((kind) => blind.includes(kind)),
  );
}
