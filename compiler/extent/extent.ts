// EndpointSet -> Extent, by the definitions of language.md section 7. Remembered by object
// identity, and rows of equal content are one object, so that later stages may compare and
// remember by identity as well.
import type { Platform } from "../inventory/types.ts";
import type { EndpointSet } from "../model/types.ts";
import {
  type AddressSet,
  addressSet,
  everyAddress,
  internetAddresses,
  noAddress,
} from "../sets/address-set.ts";
import { type Bitset, equalBitsets } from "../sets/bitset.ts";
import { unreachable } from "../unreachable.ts";
import { endpointsOf, type LabelIndex } from "./predicate.ts";
import { extentOfTerms, meetTerms, subtractTerms, type TermContext, termsAt } from "./term.ts";
import type { Extent, Term, Universe } from "./types.ts";

/** Makes `Expansion.extentOf`. */
export function extentBuilder(
  context: TermContext,
  labels: LabelIndex,
): (set: EndpointSet) => Extent {
  const known = new Map<EndpointSet, Extent>();
  const extentOf = (set: EndpointSet): Extent => {
    const before = known.get(set);
    if (before !== undefined) return before;
    const extent = extentOfTerms(context, termsOf({ context, labels, extentOf }, set));
    known.set(set, extent);
    return extent;
  };
  return extentOf;
}

interface Scope {
  readonly context: TermContext;
  readonly labels: LabelIndex;
  readonly extentOf: (set: EndpointSet) => Extent;
}

function termsOf(scope: Scope, set: EndpointSet): readonly Term[] {
  const { context, labels, extentOf } = scope;
  const { universe } = context;
  switch (set.kind) {
    case "workloads":
      return [identified(set.where === undefined ? universe.all : labels.select(set.where))];
    case "workload":
      return [identified(rowOfWorkload(universe, set.name))];
    case "outside":
      return [addressed(universe.none, everyAddress)];
    case "internet":
      return [addressed(universe.none, internetAddresses)];
    case "anywhere":
      return [addressed(universe.all, everyAddress)];
    case "networks": {
      const addresses = addressSet(set.cidrs);
      return [addressed(universe.within(addresses), addresses)];
    }
    case "names":
      return [addressed(universe.none, addressSet(set.addresses ?? []))];
    case "union":
      return set.of.flatMap((part) => extentOf(part).terms);
    case "intersection":
      return set.of
        .map((part) => extentOf(part).terms)
        .reduce((left, right) => meetTerms(context, left, right));
    case "difference":
      return subtractTerms(context, extentOf(set.of).terms, extentOf(set.except).terms);
    case "program":
      return termsAt(context, set.program, extentOf(set.of).terms);
    default:
      return unreachable(set);
  }
}

function identified(managed: Bitset): Term {
  return { managed, external: noAddress, include: [], exclude: [], byIdentity: true };
}

function addressed(managed: Bitset, external: AddressSet): Term {
  return { managed, external, include: [], exclude: [], byIdentity: false };
}

function rowOfWorkload(universe: Universe, name: string): Bitset {
  const number = universe.workloads.findIndex((workload) => workload.name === name);
  return number < 0 ? universe.none : endpointsOf(universe, [number]);
}

/** Makes `TermContext.share`: rows of equal content become one object. */
export function rowSharing(first: readonly Bitset[]): (row: Bitset) => Bitset {
  const byHash = new Map<number, Bitset[]>();
  const share = (row: Bitset): Bitset => {
    const hash = hashOf(row);
    const bucket = byHash.get(hash);
    if (bucket === undefined) {
      byHash.set(hash, [row]);
      return row;
    }
    const same = bucket.find((other) => other === row || equalBitsets(other, row));
    if (same === undefined) bucket.push(row);
    return same ?? row;
  };
  for (const row of first) share(row);
  return share;
}

/** FNV-1a over places and words. */
function hashOf({ places, words }: Bitset): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < words.length; index++) {
    hash = Math.imul(hash ^ (places[index] as number), 0x01000193);
    hash = Math.imul(hash ^ (words[index] as number), 0x01000193);
  }
  return hash;
}

/** The endpoints of the workloads of each platform that occurs. */
export function platformRows(universe: Universe): ReadonlyMap<Platform, Bitset> {
  const numbers = new Map<Platform, number[]>();
  for (const [number, { platform }] of universe.workloads.entries()) {
    const list = numbers.get(platform);
    if (list === undefined) numbers.set(platform, [number]);
    else list.push(number);
  }
  return new Map([...numbers].map(([platform, list]) => [platform, endpointsOf(universe, list)]));
}
