// Reads extents and products one endpoint and one flow at a time, for comparison with the oracle.
import type { Product, Term, Universe } from "../../compiler/extent/types.ts";
import { compareAddresses } from "../../compiler/sets/address.ts";
import { hasAddress } from "../../compiler/sets/address-set.ts";
import { hasBit } from "../../compiler/sets/bitset.ts";
import { hasService } from "../../compiler/sets/service-set.ts";
import { at as withProgram, workloads } from "./makers.ts";
import { type Flow, selects, type X } from "./oracle.ts";

/** x ∈ term. */
export function inTerm(universe: Universe, term: Term, x: X): boolean {
  if (x.workload === undefined) {
    return x.address !== undefined && hasAddress(term.external, x.address);
  }
  return (
    hasBit(term.managed, numberOf(universe, x)) &&
    term.include.every((program) => selects(withProgram(program, workloads), x)) &&
    !term.exclude.some((program) => selects(withProgram(program, workloads), x))
  );
}

/** f ∈ product; `f` is a flow. */
export function inProduct(universe: Universe, product: Product, flow: Flow): boolean {
  return (
    (product.family === undefined || product.family === flow.source.family) &&
    hasService(product.service, flow.point) &&
    inTerm(universe, product.source, flow.source) &&
    inTerm(universe, product.destination, flow.destination)
  );
}

export function numberOf(universe: Universe, x: X): number {
  return universe.endpoints.findIndex(
    ({ workload, realm, family, address }) =>
      universe.workloads[workload] === x.workload &&
      realm === x.realm &&
      family === x.family &&
      (address === undefined || x.address === undefined
        ? address === x.address
        : compareAddresses(address, x.address) === 0),
  );
}
