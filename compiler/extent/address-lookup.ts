// Between endpoints and addresses, both ways: one list of endpoints by address for each family,
// built on first use.
import type { Family } from "../sets/address.ts";
import {
  type AddressSet,
  addressText,
  edgesIn,
  isWhole,
  rangeCount,
  widthOf,
} from "../sets/address-set.ts";
import { type Bitset, bitsetOf, forEachMember } from "../sets/bitset.ts";
import { comparePoints, type Edges, edgesOf } from "../sets/edges.ts";
import type { Endpoint, Universe } from "./types.ts";

export type AddressLookup = Pick<Universe, "within" | "addressesAt">;

/** Policies repeat their networks, so answers to short questions are kept. */
export function addressLookup(endpoints: readonly Endpoint[]): AddressLookup {
  let built: Readonly<Record<Family, AddressList>> | undefined;
  const lists = () => {
    built ??= { 4: sortedByAddress(endpoints, 4), 6: sortedByAddress(endpoints, 6) };
    return built;
  };
  const known = new Map<string, Bitset>();
  return {
    within: (addresses) => {
      const key = rangeCount(addresses) <= 64 ? addressText(addresses) : "";
      const before = known.get(key);
      if (before !== undefined) return before;
      const found = ([4, 6] as const).flatMap((family) =>
        edgesIn(addresses, family).length === 0
          ? []
          : numbersWithin(lists()[family], addresses, family),
      );
      const row = bitsetOf(endpoints.length, found);
      if (key !== "") known.set(key, row);
      return row;
    },
    addressesAt: (row) => ({
      v4: pointsAt(lists()[4], row, 4),
      v6: pointsAt(lists()[6], row, 6),
    }),
  };
}

interface AddressList {
  /** Endpoint numbers by ascending address. */
  readonly numbers: Uint32Array;
  /** Their addresses, `widthOf(family)` words each. */
  readonly points: Float64Array;
  /** Place in `numbers` by endpoint number; `nowhere` for those of the other family. */
  readonly placeOf: Uint32Array;
  readonly symbolic: readonly number[];
}

const nowhere = 0xffffffff;

function sortedByAddress(endpoints: readonly Endpoint[], family: Family): AddressList {
  const width = widthOf(family);
  const found: number[] = [];
  const symbolic: number[] = [];
  const words = new Float64Array(endpoints.length * width);
  for (const [index, endpoint] of endpoints.entries()) {
    if (endpoint.family !== family) continue;
    if (endpoint.address === undefined) symbolic.push(index);
    else {
      found.push(index);
      words.set(endpoint.address.words, index * width);
    }
  }
  const numbers = Uint32Array.from(found).sort((a, b) =>
    comparePoints(words, a * width, words, b * width, width),
  );
  const points = new Float64Array(numbers.length * width);
  const placeOf = new Uint32Array(endpoints.length).fill(nowhere);
  numbers.forEach((number, place) => {
    points.set(words.subarray(number * width, (number + 1) * width), place * width);
    placeOf[number] = place;
  });
  return { numbers, points, placeOf, symbolic };
}

function numbersWithin(
  { numbers, points, symbolic }: AddressList,
  addresses: AddressSet,
  family: Family,
): readonly number[] {
  const width = widthOf(family);
  const edges = edgesIn(addresses, family);
  const found: number[] = [];
  for (let at = 0; at < edges.length; at += 2 * width) {
    const end = countBelow(points, edges, at + width, width);
    for (let place = countBelow(points, edges, at, width); place < end; place++) {
      found.push(numbers[place] as number); // the place is in range
    }
  }
  return isWhole(addresses, family) ? [...found, ...symbolic] : found;
}

/** How many of the ascending points are below the edge. */
function countBelow(points: Float64Array, edges: Edges, at: number, width: number): number {
  let low = 0;
  let high = points.length / width;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comparePoints(points, middle * width, edges, at, width) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The addresses of a row's endpoints of one family. */
function pointsAt({ points, placeOf }: AddressList, row: Bitset, family: Family): Edges {
  const width = widthOf(family);
  const found: number[] = [];
  forEachMember(row, (number) => {
    const place = placeOf[number] as number;
    if (place !== nowhere) found.push(place);
  });
  const places = Uint32Array.from(found).sort();
  const stretches = new Float64Array(places.length * 2 * width);
  places.forEach((place, index) => {
    const at = index * 2 * width;
    for (let word = 0; word < width; word++) {
      stretches[at + word] = points[place * width + word] as number; // the place is in range
    }
    writeNext(stretches, at, width);
  });
  return edgesOf(stretches, width);
}

/** Behind the point at `at`, the point after it. */
function writeNext(stretches: Float64Array, at: number, width: number): void {
  let carry = 1;
  for (let word = width - 1; word >= 0; word--) {
    const sum = (stretches[at + word] as number) + carry;
    carry = sum === 2 ** 32 && word > 0 ? 1 : 0;
    stretches[at + width + word] = carry === 1 ? 0 : sum;
  }
}
