// A service as few rules: more than 15 slots take a second multiport match, and no more than must be.
import { expect, test } from "vitest";
import { portInterval, serviceSet } from "../../compiler/sets/service-set.ts";
import { serviceParts } from "../../targets/iptables/service-match.ts";

test("eight ranges before fourteen ports are two matches of fifteen slots", () => {
  const ranges = Array.from({ length: 8 }, (_, at) => portInterval(6, 10 * at + 1, 10 * at + 2));
  const single = Array.from({ length: 14 }, (_, at) => portInterval(6, 100 + 2 * at, 100 + 2 * at));
  const service = serviceSet([...ranges, ...single]);
  const parts = serviceParts(service, 4);
  expect(parts).toHaveLength(2);
  const found = parts.flatMap(({ matches }) =>
    matches.flatMap((match) => (match.kind === "ports" ? match.ranges : [])),
  );
  expect(serviceSet(found.map(({ first, last }) => portInterval(6, first, last)))).toEqual(service);
});
