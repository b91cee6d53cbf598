// Values of nft's JSON, checked on the way in: numbers and the words that stand for them, ranges,
// prefixes and sets of either.

import { RulesetFault } from "../../compiler/plan/ruleset-fault.ts";
import { type Family, type IpAddress, isFault, parseAddress } from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressSet,
  addressSetOf,
  addressSetOfRanges,
  unionAddresses,
} from "../../compiler/sets/address-set.ts";
import type { NumberRange, NumberRanges } from "../../compiler/sets/service-parts.ts";

export type JsonObject = ReadonlyMap<string, unknown>;

/** How deep the cgroups of each identity set lie, by the name of the set. */
export type Levels = ReadonlyMap<string, number>;

export function objectOf(value: unknown): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RulesetFault(1, "expected an object");
  }
  return new Map(Object.entries(value));
}

export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  throw new RulesetFault(1, "expected a text");
}

export function numberOf(value: unknown, words: Readonly<Record<string, number>> = {}): number {
  const number = typeof value === "string" ? words[value] : value;
  if (typeof number === "number") return number;
  throw new RulesetFault(1, `unknown value ${JSON.stringify(value)}`);
}

/** One value, a range, or a set of both. */
export function rangesOf(value: unknown, words?: Readonly<Record<string, number>>): NumberRanges {
  return itemsOf(value).map((item): NumberRange => {
    const ends =
      typeof item === "object" && item !== null ? objectOf(item).get("range") : undefined;
    if (!Array.isArray(ends)) {
      const only = numberOf(item, words);
      return { first: only, last: only };
    }
    return { first: numberOf(ends[0], words), last: numberOf(ends[1], words) };
  });
}

/** Addresses, prefixes and ranges as one set. */
export function addressesOfJson(value: unknown, family: Family): AddressSet {
  return unionAddresses(...itemsOf(value).map((item) => addressesOfItem(item, family)));
}

const itemsOf = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  const set = typeof value === "object" && value !== null ? objectOf(value).get("set") : undefined;
  return Array.isArray(set) ? set : [value];
};

function addressesOfItem(item: unknown, family: Family): AddressSet {
  if (typeof item === "string") return addressSetOf([addressOf(item, family)]);
  const body = objectOf(item);
  const range = body.get("range");
  if (Array.isArray(range)) {
    const [first, last] = [addressOf(range[0], family), addressOf(range[1], family)];
    return addressSetOfRanges([{ first, last }]);
  }
  const prefix = objectOf(body.get("prefix"));
  const address = addressOf(prefix.get("addr"), family);
  return addressSet([{ address, length: numberOf(prefix.get("len")) }]);
}

function addressOf(value: unknown, family: Family): IpAddress {
  const address = parseAddress(textOf(value));
  if (isFault(address) || address.family !== family) {
    throw new RulesetFault(1, `expected an IPv${family} address`);
  }
  return address;
}
