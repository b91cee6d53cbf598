// Many of some things of which no two go together: greedily in the order given, then by local search.

import { setBit, wordsFor } from "../../../compiler/minimise/dense-bits.ts";
import type { KernelGraph } from "../../../compiler/minimise/kernel-graph.ts";
import { meterOf } from "../../../compiler/minimise/meter.ts";
import { moreApart } from "../../../compiler/minimise/more-apart.ts";

/** Of so many the search is worth its price; of more the greedy answer stays. */
const searchedMax = 800;
const patience = 5_000;

/** @param together symmetric */
export function apartFrom<One>(
  all: readonly One[],
  together: (a: One, b: One) => boolean,
): readonly One[] {
  return all.length > searchedMax ? greedy(all, together) : searched(all, together);
}

function greedy<One>(all: readonly One[], together: (a: One, b: One) => boolean): readonly One[] {
  const kept: One[] = [];
  for (const one of all) if (!kept.some((other) => together(one, other))) kept.push(one);
  return kept;
}

function searched<One>(all: readonly One[], together: (a: One, b: One) => boolean): readonly One[] {
  const size = all.length;
  const words = wordsFor(size);
  const near = new Int32Array(size * words);
  const start: number[] = [];
  for (const [place, one] of all.entries()) {
    const found = all
      .slice(0, place)
      .flatMap((other, before) => (together(other, one) ? before : []));
    for (const before of found) {
      setBit(near, before * words, place);
      setBit(near, place * words, before);
    }
    setBit(near, place * words, place);
    if (!found.some((before) => start.includes(before))) start.push(place);
  }
  const graph: KernelGraph = { size, words, near };
  const best = moreApart(graph, start, { enough: size, patience, meter: meterOf(50, undefined) });
  return best.flatMap((place) => all.slice(place, place + 1));
}
