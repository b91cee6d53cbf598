// Values of nft's JSON, checked on the way in: numbers and the words that stand for them, ranges,
// prefixes and sets of either.
import { type Cidr, type Family, isFault, parseAddress } from "../../compiler/sets/address.ts";
import { type AddressRange, cidrsOf } from "../../compiler/sets/address-set.ts";
import { RulesetFault } from "../linux/fault.ts";
import type { NumberRange, NumberRanges } from "../linux/service-parts.ts";

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

/** Addresses, prefixes and ranges as the fewest prefixes. */
export function cidrsOfJson(value: unknown, family: Family): readonly Cidr[] {
  const ranges = itemsOf(value).map((item) => addressRange(item, family));
  return cidrsOf(family === 4 ? { v4: ranges, v6: [] } : { v4: [], v6: ranges });
}

const itemsOf = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  const set = typeof value === "object" && value !== null ? objectOf(value).get("set") : undefined;
  return Array.isArray(set) ? set : [value];
};

function addressRange(item: unknown, family: Family): AddressRange {
  if (typeof item === "string") return { first: words(item, family), last: words(item, family) };
  const body = objectOf(item);
  const range = body.get("range");
  if (Array.isArray(range))
    return { first: words(range[0], family), last: words(range[1], family) };
  const prefix = objectOf(body.get("prefix"));
  const first = words(prefix.get("addr"), family);
  const length = numberOf(prefix.get("len"));
  const last = first.map((word, index) => {
    const kept = Math.min(32, Math.max(0, length - 32 * index));
    return kept === 32 ? word : (word | (0xffffffff >>> kept)) >>> 0;
  });
  return { first, last };
}

function words(value: unknown, family: Family): readonly number[] {
  const address = parseAddress(textOf(value));
  if (isFault(address) || address.family !== family) {
    throw new RulesetFault(1, `expected an IPv${family} address`);
  }
  return address.words;
}
