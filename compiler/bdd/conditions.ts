// Conditions: functions of binary variables that hold (the value 0) or do not (open), and the words of
// logic for them. What logic needs is there in diagrams.ts under other names.
import { type Diagram, type Diagrams, open } from "./diagrams.ts";
import { type Digits, type Runs, restrict } from "./ranges.ts";

/** Holds nowhere. */
export const never: Diagram = open;

/** Holds everywhere. */
export const everywhere = (diagrams: Diagrams): Diagram => diagrams.constant(0);

/** Where both hold. */
export const both = (diagrams: Diagrams, a: Diagram, b: Diagram): Diagram => diagrams.within(a, b);

/** Where at least one holds. */
export const either = (diagrams: Diagrams, a: Diagram, b: Diagram): Diagram =>
  diagrams.override(a, b);

/** Where it does not hold. */
export const negation = (diagrams: Diagrams, a: Diagram): Diagram =>
  diagrams.differing(everywhere(diagrams), a);

/** Where the first holds and the second does not. */
export const without = (diagrams: Diagrams, a: Diagram, b: Diagram): Diagram =>
  a === never || b === never ? a : diagrams.within(a, negation(diagrams, b));

/** Where all hold. */
export function all(diagrams: Diagrams, parts: readonly Diagram[]): Diagram {
  return parts.reduce((left, part) => both(diagrams, left, part), everywhere(diagrams));
}

/** Where some holds. */
export function some(diagrams: Diagrams, parts: readonly Diagram[]): Diagram {
  return parts.reduce((left, part) => either(diagrams, left, part), never);
}

/** Where the number is one of these, ascending. */
export function isOneOf(diagrams: Diagrams, digits: Digits, numbers: readonly number[]): Diagram {
  return restrict(diagrams, digits, runsOf(numbers), everywhere(diagrams));
}

function runsOf(numbers: readonly number[]): Runs {
  const runs: number[] = [];
  for (const number of numbers) {
    if (runs.at(-1) === number) runs[runs.length - 1] = number + 1;
    else runs.push(number, number + 1);
  }
  return Int32Array.from(runs);
}

/** The variables that it depends on; remembered, since searches ask again and again. */
export function variablesIn(diagrams: Diagrams, condition: Diagram): ReadonlySet<number> {
  const known = remembered.get(diagrams) ?? new Map<Diagram, ReadonlySet<number>>();
  remembered.set(diagrams, known);
  const before = known.get(condition);
  if (before !== undefined) return before;
  const levels = levelsIn(diagrams, condition);
  known.set(condition, levels);
  return levels;
}

const remembered = new WeakMap<Diagrams, Map<Diagram, ReadonlySet<number>>>();

function levelsIn(diagrams: Diagrams, condition: Diagram): ReadonlySet<number> {
  const seen = new Set<Diagram>();
  const levels = new Set<number>();
  const left = [condition];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    if (at === never || diagrams.valueOf(at) !== undefined || seen.has(at)) continue;
    seen.add(at);
    const level = diagrams.levelOf(at);
    levels.add(level);
    left.push(diagrams.lowOf(at, level), diagrams.highOf(at, level));
  }
  return levels;
}

/** The number that the variables say. */
export function numberAt({ level, bits, count, step }: Digits, ones: ReadonlySet<number>): number {
  let number = 0;
  for (let bit = 0; bit < bits; bit++) number = number * 2 + Number(ones.has(level + bit * step));
  return Math.min(number, count - 1);
}
