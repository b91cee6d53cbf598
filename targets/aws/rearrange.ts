// The same meaning with other terms: those that take the fewest rules and groups, as far as a search finds them
// that goes by small steps. What two terms have in common is put together, or they are told apart where they
// overlap (axes.ts); or a term is said to more members, where others say that anyhow.

import { meterOf } from "../../compiler/minimise/meter.ts";
import type { Fleet } from "../../compiler/plan/fleet.ts";
import { type PeerProduct, subtractAll } from "../../compiler/plan/subtract.ts";
import {
  addressesOfFamily,
  addressSharing,
  isAddressSubset,
  isNoAddress,
  subtractAddresses,
  unionAddresses,
} from "../../compiler/sets/address-set.ts";
import {
  intersectServices,
  servicesOfFamily,
  subtractServices,
  unionServices,
} from "../../compiler/sets/service-set.ts";
import { otherwise, without } from "./axes.ts";
import { compareEnds, inOrder } from "./fewer-terms.ts";
import { serviceText } from "./needs.ts";
import type { Box, Term } from "./term.ts";
import { peerFinder } from "./terms.ts";

/** Of more terms the search would take longer than it is worth. */
const termsMax = 60;
const membersMax = 500;
/** What takes more is far from the fewest, or it takes long to know how far. */
const boundedMax = 350;
/** In milliseconds or so, on a machine of its time: counted, so that equal policies give equal groups. */
const effortMs = 300;
/** What it takes to price a choice, for each member and term, and to see what others say. */
const stepsPerMember = 1_000;
const stepsPerTerm = 5_000;
const stepsPerSaid = 2_000;
/** What takes more than the best by more than that is not gone on from. */
const uphill = 2;

interface Pricing {
  /** Rules and groups that some terms take. */
  readonly priceOf: (terms: readonly Term[]) => number;
  /** None take fewer. Asked for where that is soon known. */
  readonly least: () => number;
}

/** In order. As they are, where they are many or nothing better is found. */
export function rearranged(
  { terms, fleet }: { readonly terms: readonly Term[]; readonly fleet: Fleet },
  pricing: Pricing,
): readonly Term[] {
  if (terms.length > termsMax || fleet.members.length > membersMax) return terms;
  const price = pricing.priceOf(terms);
  return new Search({ terms, price }, fleet, pricing).fewest().terms;
}

interface State {
  readonly terms: readonly Term[];
  readonly price: number;
}

/** A state of which not all that is near has been looked at. */
interface Open {
  readonly nearby: Generator<readonly Term[]>;
  readonly price: number;
}

class Search {
  #best: State;
  readonly #fleet: Fleet;
  readonly #meter = meterOf(effortMs, undefined);
  readonly #seen = new Set<string>();
  readonly #known = new Map<string, Term>();
  readonly #numbers = new Map<Term, number>();
  readonly #sets = new Map<string, number>();
  readonly #steps = new Map<string, readonly (readonly Term[])[]>();
  readonly #share = addressSharing();
  readonly #places = new Map<Term["remote"], number>();
  readonly #peersOf: ReturnType<typeof peerFinder>;
  readonly #pricing: Pricing;
  /** Of each member: equal for those that stand in the same terms. */
  readonly #kindOf: readonly string[];

  constructor(first: State, fleet: Fleet, pricing: Pricing) {
    const { terms } = first;
    this.#fleet = fleet;
    this.#kindOf = kindsOf(terms, fleet);
    this.#peersOf = peerFinder(fleet);
    this.#pricing = pricing;
    for (const term of terms) this.#known.set(this.#textOf(term), term);
    this.#best = first;
    this.#isNew(terms);
  }

  /** Goes on from the cheapest that is open; of several from the one that was found first. */
  fewest(): State {
    const { priceOf } = this.#pricing;
    const least = this.#best.price > boundedMax ? 0 : this.#pricing.least();
    const open = new Map<number, Open[]>([[this.#best.price, [this.#opened(this.#best)]]]);
    for (;;) {
      const price = Math.min(...open.keys());
      const [current] = open.get(price) ?? [];
      if (current === undefined || price > this.#best.price + uphill) return this.#best;
      const found = current.nearby.next();
      if (found.done === true) {
        const left = open.get(price)?.slice(1) ?? [];
        if (left.length > 0) open.set(price, left);
        else open.delete(price);
        continue;
      }
      if (this.#meter.isSpent() || this.#best.price <= least) return this.#best;
      const terms = found.value;
      if (!this.#isNew(terms)) continue;
      this.#meter.spend(
        stepsPerMember * this.#fleet.members.length + stepsPerTerm * (terms.length + current.price),
      );
      const next = { terms, price: priceOf(terms) };
      if (next.price < this.#best.price) this.#best = next;
      open.set(next.price, [...(open.get(next.price) ?? []), this.#opened(next)]);
    }
  }

  #opened(state: State): Open {
    return { nearby: this.#nearby(state), price: state.price };
  }

  *#nearby({ terms }: State): Generator<readonly Term[]> {
    for (const a of terms) {
      const others = terms.filter((one) => one !== a);
      for (const wider of this.#widerOf(a, others)) {
        yield inOrder([...others, this.#termOf(wider)]);
      }
    }
    for (const [place, a] of terms.entries()) {
      for (const b of terms.slice(place + 1)) {
        for (const found of this.#stepsOf(a, b)) {
          const kept = terms.filter((one) => one !== a && one !== b && !found.includes(one));
          yield inOrder([...kept, ...found]);
        }
      }
    }
  }

  /** A box with more holders or more peers, as many as another one has, where others say that anyhow. */
  *#widerOf(box: Box, others: readonly Box[]): Generator<Box> {
    const near = others.filter(
      (one) => one.direction === box.direction && one.network === box.network,
    );
    const lasting = near.filter((one) => compareEnds(box, one) <= 0);
    const isSaid = (holders: readonly number[], product: PeerProduct) =>
      this.#alike(holders).every((holder) => {
        const own = lasting.filter((one) => one.holders.includes(holder));
        this.#meter.spend(stepsPerSaid * (1 + own.length));
        return !this.#meter.isSpent() && subtractAll(product, own).length === 0;
      });
    // A term of one family never has holders with addresses of the other.
    const alike = near.filter(({ families }) => families.join() === box.families.join());
    for (const { holders } of alike) {
      const more = holders.filter((one) => !box.holders.includes(one));
      if (more.length === 0 || more.length + box.holders.length > holders.length) continue;
      if (isSaid(more, box)) yield { ...box, holders };
    }
    for (const { remote } of near) {
      const more = subtractAddresses(remote, box.remote);
      if (isNoAddress(more) || !isAddressSubset(box.remote, remote)) continue;
      if (isSaid(box.holders, { ...box, remote: more })) yield { ...box, remote };
    }
  }

  /** One of each kind of holders: those of a slice in one network stand in the same terms. */
  #alike(holders: readonly number[]): readonly number[] {
    const kinds = new Map(holders.map((one) => [this.#kindOf[one], one] as const));
    return [...kinds.values()];
  }

  /** What may stand in place of two terms. Remembers its answers. */
  #stepsOf(a: Term, b: Term): readonly (readonly Term[])[] {
    if (a.direction !== b.direction || a.network !== b.network || a.realm !== b.realm) return [];
    const key = `${this.#numberOf(a)} ${this.#numberOf(b)}`;
    const steps =
      this.#steps.get(key) ??
      waysOf(a, b).map((boxes) => [...new Set(boxes.map((box) => this.#termOf(box)))]);
    this.#steps.set(key, steps);
    return steps;
  }

  #termOf(box: Box): Term {
    const shared = { ...box, remote: this.#share(box.remote) };
    const text = this.#textOf(shared);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const term = { ...shared, ...this.#peersOf(shared) };
    this.#known.set(text, term);
    return term;
  }

  #textOf({ direction, realm, network, families, ...box }: Box): string {
    const remote = this.#share(box.remote);
    const place = this.#places.get(remote) ?? this.#places.size;
    this.#places.set(remote, place);
    const { holders, service, until, rules } = box;
    const sides = [this.#numberOfSet(holders), place, serviceText(service)];
    return JSON.stringify([direction, realm, network, families, sides, until ?? null, rules]);
  }

  #numberOfSet(holders: readonly number[]): number {
    const text = holders.join();
    const number = this.#sets.get(text) ?? this.#sets.size;
    this.#sets.set(text, number);
    return number;
  }

  #numberOf(term: Term): number {
    const number = this.#numbers.get(term) ?? this.#numbers.size;
    this.#numbers.set(term, number);
    return number;
  }

  #isNew(terms: readonly Term[]): boolean {
    const key = terms
      .map((term) => this.#numberOf(term))
      .sort((a, b) => a - b)
      .join();
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}

function waysOf(a: Box, b: Box): readonly (readonly Box[])[] {
  const [one, other] = [inFamiliesOf(a, b), inFamiliesOf(b, a)];
  if (one.families.join() !== other.families.join()) return [];
  return [
    // What has an end keeps its own rule's name.
    ...(a.until === undefined && b.until === undefined ? otherwise(one, other) : []),
    ...(compareEnds(a, b) <= 0 ? without(one, other).map((rest) => [...rest, b]) : []),
    ...(compareEnds(b, a) <= 0 ? without(other, one).map((rest) => [...rest, a]) : []),
  ];
}

/** A box of one family as one of both, where the other one is: what it says there is nothing to its holders. */
function inFamiliesOf(box: Box, { families, remote, service }: Box): Box {
  const [family = 4, ...more] = box.families;
  if (more.length > 0 || families.length < 2) return box;
  const other = family === 4 ? 6 : 4;
  const own = servicesOfFamily(family);
  return {
    ...box,
    families,
    remote: unionAddresses(addressesOfFamily(box.remote, family), addressesOfFamily(remote, other)),
    service: unionServices(intersectServices(box.service, own), subtractServices(service, own)),
  };
}

function kindsOf(terms: readonly Term[], { members }: Fleet): readonly string[] {
  const held = members.map((): number[] => []);
  for (const [place, { holders }] of terms.entries()) {
    for (const holder of holders) held[holder]?.push(place);
  }
  return held.map((places) => places.join());
}
