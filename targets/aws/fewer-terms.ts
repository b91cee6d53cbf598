// Terms put together, and those left out that others make superfluous.

import { type Fleet, familiesOf } from "../../compiler/plan/fleet.ts";
import { remembered } from "../../compiler/plan/remembered.ts";
import type { EnforcerSlice } from "../../compiler/plan/slice.ts";
import { subtractAll } from "../../compiler/plan/subtract.ts";
import {
  type AddressSet,
  addressesOfFamily,
  isNoAddress,
} from "../../compiler/sets/address-set.ts";
import {
  anyService,
  intersectServices,
  isNoService,
  isServiceSubset,
  servicesOfFamily,
  unionServices,
} from "../../compiler/sets/service-set.ts";
import { networkOf, realmOf } from "./members.ts";
import { serviceText } from "./needs.ts";
import type { Box, Term } from "./term.ts";

/** As few as are found, with the same meaning, in an order that does not depend on where things stand. */
export const fewerTerms = (terms: readonly Term[], fleet: Fleet): readonly Term[] =>
  withoutRepeats(joinServices(inOwnFamilies(terms)), fleet);

/**
 * Without what terms say of a family that nobody who holds them has an address of. What is open because nothing
 * enforces it is open in both: an address that the inventory does not know is not to be closed by that.
 */
function inOwnFamilies(terms: readonly Term[]): readonly Term[] {
  const only = {
    4: remembered((set: AddressSet) => addressesOfFamily(set, 4)),
    6: remembered((set: AddressSet) => addressesOfFamily(set, 6)),
  };
  return terms.flatMap((term): readonly Term[] => {
    const [family = 4, ...more] = term.families;
    if (more.length > 0 || term.rules.length === 0) return [term];
    const remote = only[family](term.remote);
    const flows = servicesOfFamily(family);
    const service = isServiceSubset(flows, term.service)
      ? anyService
      : intersectServices(term.service, flows);
    const outside = only[family](term.outside);
    const isNothing = isNoAddress(remote) || isNoService(service);
    return isNothing ? [] : [{ ...term, remote, outside, service }];
  });
}

/** Terms that differ in services (and the rules they come from) alone, as one. */
function joinServices(terms: readonly Term[]): readonly Term[] {
  const joined = new Map<string, Term>();
  const numbers = new Map<AddressSet, number>();
  for (const term of terms) {
    const { remote, until, direction, realm, network, holders, families } = term;
    const number = numbers.get(remote) ?? numbers.size;
    numbers.set(remote, number);
    // What has an end keeps its own rule's name.
    const origin = until === undefined ? [] : [until, ...term.rules];
    const key = JSON.stringify([realm, network, direction, number, families, holders, origin]);
    const before = joined.get(key);
    joined.set(
      key,
      before === undefined
        ? term
        : {
            ...before,
            service: unionServices(before.service, term.service),
            rules: [...new Set([...before.rules, ...term.rules])].sort(),
          },
    );
  }
  return [...joined.values()];
}

/** Without terms that all who hold them have in others; what ends sooner is looked at first. */
function withoutRepeats(terms: readonly Term[], fleet: Fleet): readonly Term[] {
  const kept = new Set(terms);
  const placeOf = placesOf(fleet);
  const held = new Map<string, Term[]>();
  const holdersOf = new Map<Term, readonly string[]>();
  for (const term of terms) {
    const places = [...new Set(term.holders.map((holder) => placeOf[holder] ?? ""))];
    holdersOf.set(term, places);
    for (const place of places) {
      const list = held.get(place);
      if (list === undefined) held.set(place, [term]);
      else list.push(term);
    }
  }
  const order = inOrder(terms).toSorted(
    (a, b) => compareEnds(a, b) || a.holders.length - b.holders.length,
  );
  for (const term of order) {
    const isRepeated = (holdersOf.get(term) ?? []).every((place) =>
      isCovered(
        term,
        (held.get(place) ?? []).filter((other) => other !== term && kept.has(other)),
      ),
    );
    if (isRepeated) kept.delete(term);
  }
  return inOrder([...kept]);
}

/** An order that does not depend on where things stand. */
export const inOrder = (terms: readonly Term[]): readonly Term[] =>
  terms
    .map((term) => ({ term, text: textOf(term) }))
    .sort((a, b) => compareTexts(a.text, b.text))
    .map(({ term }) => term);

/** Equal for members that need the same in the same network: they hold the same terms. */
function placesOf(fleet: Fleet): readonly string[] {
  const numbers = new Map<EnforcerSlice, number>();
  return fleet.members.map((member) => {
    const number = numbers.get(member.slice) ?? numbers.size;
    numbers.set(member.slice, number);
    const place = [realmOf(member, fleet), networkOf(member, fleet), familiesOf(member)];
    return JSON.stringify([number, ...place]);
  });
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** What ends sooner before what ends later, and that before what never ends. */
export const compareEnds = (a: Box, b: Box) => compareTexts(a.until ?? "~", b.until ?? "~");

function isCovered(term: Term, others: readonly Term[]): boolean {
  const longer = others.filter(
    (other) => other.direction === term.direction && compareEnds(term, other) <= 0,
  );
  return subtractAll(term, longer).length === 0;
}

const textOf = ({ realm, network, direction, families, rules, service, until, ...term }: Term) =>
  JSON.stringify([
    [realm, network, direction, families],
    [rules, serviceText(service), until ?? null],
    [term.holders, ...term.peers.map(({ network: other, members }) => [other, members])],
  ]);
