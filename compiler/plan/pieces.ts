// Every active rule, lowered and cut into pieces as the enforcers of one kind meet it in one
// direction: a local end (endpoints that they protect) and a far end.
import { endOf } from "../extent/rule-flows.ts";
import type { Product, Term } from "../extent/types.ts";
import type { Direction } from "../inventory/types.ts";
import type { Rule } from "../model/types.ts";
import type { Family } from "../sets/address.ts";
import { type Bitset, intersects } from "../sets/bitset.ts";
import {
  intersectServices,
  isNoService,
  type ServiceSet,
  servicesOfFamily,
} from "../sets/service-set.ts";
import { activeRules, type PlanContext } from "./context.ts";
import { loweredProducts } from "./lowering.ts";
import { remembered } from "./remembered.ts";

export interface Piece {
  readonly rule: Rule;
  readonly local: Term;
  readonly far: Term;
  readonly family: Family | undefined;
  /** Its services that are flows in a family; may be empty. */
  readonly service: (family: Family) => ServiceSet;
}

/** Pieces with an end at one of `holders`, in the order of rule ids. */
export function piecesOf(
  context: PlanContext,
  direction: Direction,
  holders: Bitset,
): readonly Piece[] {
  const far = direction === "egress" ? "ingress" : "egress";
  return activeRules(context).flatMap((rule) =>
    loweredProducts(context, rule)
      .filter((product) => intersects(endOf(product, direction).managed, holders))
      .map((product) => ({
        rule,
        local: endOf(product, direction),
        far: endOf(product, far),
        family: product.family,
        service: serviceOf(product),
      })),
  );
}

const ofFamilies = remembered((service: ServiceSet) => ({
  4: intersectServices(service, servicesOfFamily(4)),
  6: intersectServices(service, servicesOfFamily(6)),
}));

function serviceOf({ service }: Product): Piece["service"] {
  return (family) => ofFamilies(service)[family];
}

/** Whether the piece has flows in this family. */
export function isOf(piece: Piece, family: Family): boolean {
  const excluded = piece.family !== undefined && piece.family !== family;
  return !excluded && !isNoService(piece.service(family));
}
