// `node bench/equality.ts [rules ...]`: how long it takes to prove two classifiers equal, and to
// find a packet on which a changed one differs. Each pair is compared three times, the median of the
// processor times counts, so that other work on the machine counts less; the lists are made anew for
// each seed.

import { compareTuples, listsOfTuples, type TupleList } from "../compiler/verify/compare-tuples.ts";
import { mergePair } from "../compiler/verify/merged.ts";
import { seeded } from "./random.ts";
import { families, lines, mutant, rewritten, tupleList, verdictOn } from "./tuple-lists.ts";

const sizes = process.argv.slice(2).map(Number);
const seeds = [1, 2, 3];

console.log("family  rules  against  classes of src, dst, proto, sport, dport     equal    mutant");
for (const size of sizes.length > 0 ? sizes : [1_000, 10_000]) {
  for (const family of families) {
    for (const seed of seeds) {
      const random = seeded(seed);
      const list = tupleList(family, size, random);
      const same = rewritten(list, random);
      const other = mutant(same, random);
      const equalMs = timed(list, same, true);
      const mutantMs = timed(list, other, false);
      console.log(
        `${family.name.padEnd(6)} ${cell(list.rules.length, 6)}  ${cell(same.rules.length, 7)}  ` +
          `${classesOf(list).padEnd(40)} ${cell(equalMs.toFixed(1), 6)} ms ${cell(mutantMs.toFixed(1), 6)} ms`,
      );
    }
  }
}

function timed(a: TupleList, b: TupleList, isEqual: boolean): number {
  const times = Array.from({ length: 3 }, () => {
    const started = process.cpuUsage();
    const found = compareTuples(lines, a, b);
    const { user, system } = process.cpuUsage(started);
    const took = (user + system) / 1000;
    if (found.equal !== isEqual) throw new Error("the engine is wrong");
    if (
      !found.equal &&
      (verdictOn(a, found.tuple) !== found.a || verdictOn(b, found.tuple) !== found.b)
    ) {
      throw new Error("the counterexample is wrong");
    }
    return took;
  });
  return times.sort((x, y) => x - y)[1] ?? Number.NaN;
}

/** After merging, of one list alone. */
function classesOf(list: TupleList): string {
  const { axes, a, b } = listsOfTuples(lines, list, list);
  return mergePair(axes, a, b)
    .axes.map(({ classes }) => String(classes))
    .join(", ");
}

function cell(value: number | string, width: number): string {
  return String(value).padStart(width);
}
