// Who owns what, and who may write which half of a flow (language.md 6.3). Owning and each
// delegation are one kind of thing here, a grant: ends x peers x services. What a module may not
// write in a product is the product minus its grants, computed by cutting, never flow by flow.
import type { Direction } from "../inventory/types.ts";
import type { Model, Module } from "../model/types.ts";
import {
  type AddressSet,
  everyAddress,
  intersectAddresses,
  isAddressSubset,
  isNoAddress,
  noAddress,
  subtractAddresses,
} from "../sets/address-set.ts";
import { type Bitset, isEmpty } from "../sets/bitset.ts";
import {
  anyService,
  equalServices,
  intersectServices,
  isNoService,
  isServiceSubset,
  type ServiceSet,
  subtractServices,
} from "../sets/service-set.ts";
import type { FlowSearch, Place } from "./flow-search.ts";
import type { RowCuts } from "./row-cuts.ts";
import type { Expansion, Product, Term } from "./types.ts";

/** Flows a module may write at their managed end. */
interface Grant {
  readonly ends: Bitset;
  readonly peers: Place;
  readonly service: ServiceSet;
}

/** The part of a product a module may write at one end, and the part it may not. */
export interface Verdict {
  readonly may: readonly Product[];
  readonly mayNot: readonly Product[];
}

/**
 * An `allow` needs a delegation for a peer outside; a `deny` only removes, so owning the end is
 * enough whatever the peer.
 */
export type Purpose = "allow" | "deny";

export interface Authority {
  /** `product` must be managed at the end that `direction` names. */
  readonly judge: (
    module: Module,
    question: { readonly direction: Direction; readonly purpose: Purpose },
    product: Product,
  ) => Verdict;
}

/** Prepares the grants of every module on first use. */
export function authorityOf(
  model: Model,
  expansion: Pick<Expansion, "universe" | "extentOf" | "ownedByModule">,
  { search, cuts }: { readonly search: FlowSearch; readonly cuts: RowCuts },
): Authority {
  const known = new Map<string, readonly Grant[]>();
  return {
    judge: (module, { direction, purpose }, product) => {
      if (module.isRoot) return { may: [product], mayNot: [] };
      const key = `${direction} ${purpose} ${module.name}`;
      const grants = known.get(key) ?? grantsOf(model, expansion, { module, direction, purpose });
      known.set(key, grants);
      return carve({ search, cuts, direction }, grants, product);
    },
  };
}

function grantsOf(
  model: Model,
  expansion: Pick<Expansion, "universe" | "extentOf" | "ownedByModule">,
  asked: { readonly module: Module; readonly direction: Direction; readonly purpose: Purpose },
): readonly Grant[] {
  const { module, direction, purpose } = asked;
  const own: Grant = {
    ends: expansion.ownedByModule(module),
    peers: {
      managed: expansion.universe.all,
      external: purpose === "deny" ? everyAddress : noAddress,
    },
    service: anyService,
  };
  const delegated = model.delegations
    .filter(({ to, directions }) => to.includes(module.name) && directions.includes(direction))
    .map((delegation) => ({
      ends: expansion.extentOf(delegation.of).managed,
      peers: expansion.extentOf(delegation.with),
      service: delegation.service,
    }));
  return [own, ...delegated];
}

interface CarveContext {
  readonly search: FlowSearch;
  readonly cuts: RowCuts;
  readonly direction: Direction;
}

/** What is left to judge: no grant before `next` touches it. */
interface Remainder {
  readonly product: Product;
  readonly next: number;
}

function carve(context: CarveContext, grants: readonly Grant[], product: Product): Verdict {
  const may: Product[] = [];
  const mayNot: Product[] = [];
  const work: Remainder[] = [{ product, next: 0 }];
  for (let remainder = work.pop(); remainder !== undefined; remainder = work.pop()) {
    if (!context.search.hasFlow(remainder.product)) continue;
    const cut = firstCut(context, grants, remainder);
    if (cut === undefined) mayNot.push(remainder.product);
    else {
      may.push(cut.inside);
      work.push(...cut.outside);
    }
  }
  return { may, mayNot };
}

/** Cuts out what the first grant that touches the product covers. */
function firstCut(context: CarveContext, grants: readonly Grant[], { product, next }: Remainder) {
  const { cuts, direction, search } = context;
  const [end, peer] =
    direction === "egress"
      ? [product.source, product.destination]
      : [product.destination, product.source];
  for (let at = next; at < grants.length; at++) {
    const grant = grants[at] as Grant; // at is in range
    const service = meetServices(product.service, grant.service);
    if (isNoService(service)) continue;
    const ends = { ...end, managed: cuts.meet(end.managed, grant.ends) };
    if (isEmpty(ends.managed)) continue;
    const peers = { ...peer, ...meetPlaces(cuts, peer, grant.peers) };
    const inside = withEnds(product, direction, { end: ends, peer: peers, service });
    if (!search.hasFlow(inside)) continue;
    const pieces = [
      { end: { ...end, managed: cuts.cut(end.managed, grant.ends) }, peer },
      { end: ends, peer: { ...peer, ...cutPlaces(cuts, peer, grant.peers) } },
      { end: ends, peer: peers, service: subtractServices(product.service, grant.service) },
    ];
    const outside = pieces.map((piece) => ({
      product: withEnds(product, direction, { service: product.service, ...piece }),
      next: at + 1,
    }));
    return { inside, outside };
  }
  return undefined;
}

function withEnds(
  product: Product,
  direction: Direction,
  { end, peer, service }: { readonly end: Term; readonly peer: Term; readonly service: ServiceSet },
): Product {
  return direction === "egress"
    ? { ...product, source: end, destination: peer, service }
    : { ...product, source: peer, destination: end, service };
}

/** Keeps the object where nothing changes, so that what is remembered of it stays found. */
function meetServices(service: ServiceSet, grant: ServiceSet): ServiceSet {
  if (equalServices(service, grant) || isServiceSubset(service, grant)) return service;
  return intersectServices(service, grant);
}

function meetPlaces(cuts: RowCuts, a: Place, b: Place): Place {
  const external = isAddressSubset(a.external, b.external)
    ? a.external
    : intersectAddresses(a.external, b.external);
  return { managed: cuts.meet(a.managed, b.managed), external };
}

function cutPlaces(cuts: RowCuts, a: Place, b: Place): Place {
  return {
    managed: cuts.cut(a.managed, b.managed),
    external: isNoAddress(a.external) ? noAddress : cutExternal(a.external, b.external),
  };
}

function cutExternal(a: AddressSet, b: AddressSet): AddressSet {
  return isAddressSubset(a, b) ? noAddress : subtractAddresses(a, b);
}
