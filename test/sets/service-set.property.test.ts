// Service sets against membership of single points, and the constants against language.md 6.2.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  anyService,
  equalServices,
  hasService,
  icmpInterval,
  intersectServices,
  isNoService,
  isServiceSubset,
  noService,
  portInterval,
  protocolInterval,
  serviceSet,
  servicesOfFamily,
  subtractServices,
  unionServices,
} from "../../compiler/sets/service-set.ts";

/** A short line, so that intervals meet, touch and contain each other. */
const intervals = fc.array(
  fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 6 })).map(([first, more]) => ({
    first,
    last: first + more,
  })),
  { maxLength: 5 },
);
const line = Array.from({ length: 30 }, (_, point) => point);

test("the algebra is that of membership, and equal sets have equal intervals", () => {
  fc.assert(
    fc.property(intervals, intervals, (a, b) => {
      const [left, right] = [serviceSet(a), serviceSet(b)];
      const [joined, met] = [unionServices(left, right), intersectServices(left, right)];
      const rest = subtractServices(left, right);
      for (const point of line) {
        const inLeft = a.some(({ first, last }) => first <= point && point <= last);
        const inRight = b.some(({ first, last }) => first <= point && point <= last);
        expect(hasService(joined, point)).toBe(inLeft || inRight);
        expect(hasService(met, point)).toBe(inLeft && inRight);
        expect(hasService(rest, point)).toBe(inLeft && !inRight);
      }
      expect(unionServices(rest, met)).toEqual(left);
      expect(equalServices(unionServices(right, left), joined)).toBe(true);
      expect(isServiceSubset(left, right)).toBe(isNoService(rest));
      expect(equalServices(left, noService)).toBe(a.length === 0);
    }),
  );
});

test("replies, errors and neighbour discovery are in no service", () => {
  const never = [
    ...[0, 3, 11, 12, 14].map((type) => icmpInterval(4, type, undefined)),
    ...[1, 2, 3, 4, 129, 133, 134, 135, 136].map((type) => icmpInterval(6, type, undefined)),
  ];
  for (const { first, last } of never) {
    expect(hasService(anyService, first)).toBe(false);
    expect(hasService(anyService, last)).toBe(false);
  }
  for (const type of [8, 5, 13]) expect(hasService(anyService, 65536 + type * 256)).toBe(true);
  for (const type of [128, 130, 143]) {
    expect(hasService(anyService, 58 * 65536 + type * 256)).toBe(true);
  }
});

test("each family lacks the other's ICMP and nothing else", () => {
  const missing = (family: 4 | 6) => subtractServices(anyService, servicesOfFamily(family));
  expect(isServiceSubset(missing(4), serviceSet([protocolInterval(58)]))).toBe(true);
  expect(isServiceSubset(missing(6), serviceSet([protocolInterval(1)]))).toBe(true);
  expect(hasService(servicesOfFamily(4), 65536 + 8 * 256)).toBe(true);
  expect(hasService(servicesOfFamily(6), 58 * 65536 + 128 * 256)).toBe(true);
  expect(isServiceSubset(serviceSet([portInterval(6, 1, 65535)]), servicesOfFamily(6))).toBe(true);
});
