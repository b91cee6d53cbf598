// How many kinds of workloads a policy knows: those that stand at the same ends of the same rules are
// of one.

import { type Bitset, members } from "../compiler/sets/bitset.ts";
import type { CheckResult } from "../index.ts";

export function identityClasses({ model, expansion }: CheckResult): number {
  const { workloads, endpoints } = expansion.universe;
  const kindOf = new Int32Array(endpoints.length);
  let kinds = 1;
  const seen = new Set<Bitset>();
  const split = (row: Bitset) => {
    if (seen.has(row)) return;
    seen.add(row);
    const within = new Map<number, number>();
    for (const endpoint of members(row)) {
      const before = kindOf[endpoint] ?? 0;
      const after = within.get(before) ?? kinds++;
      within.set(before, after);
      kindOf[endpoint] = after;
    }
  };
  for (const rule of model.rules) {
    for (const { source, destination } of expansion.flowsOf(rule).products) {
      split(source.managed);
      split(destination.managed);
    }
  }
  const ofWorkload = workloads.map((): number[] => []);
  for (const [endpoint, { workload }] of endpoints.entries()) {
    ofWorkload[workload]?.push(kindOf[endpoint] ?? 0);
  }
  return new Set(ofWorkload.map((list) => list.join())).size;
}
