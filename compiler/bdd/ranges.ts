// Numbers 0 .. count - 1 written as binary variables, and the diagrams of sets of them.
import { type Diagram, type Diagrams, open } from "./diagrams.ts";

/** INVARIANT: ascending runs, each its first member and the one after its last. */
export type Runs = Int32Array;

/** The variables that hold one number, the most significant first. */
export interface Digits {
  /** The first variable. */
  readonly level: number;
  /** How many there are: 2 ** bits >= count. */
  readonly bits: number;
  readonly count: number;
  /** From one variable to the next: more than 1 where other numbers stand between. */
  readonly step: number;
}

/** Variables for the numbers below `count`, from `level` on. */
export function digitsOf(level: number, count: number, step = 1): Digits {
  return { level, bits: count <= 1 ? 0 : 32 - Math.clz32(count - 1), count, step };
}

/**
 * `inside` where the number is in the set, else open. Codes past the last number stand for the last
 * one, so that functions which agree on every number are the same function.
 */
export function restrict(
  diagrams: Diagrams,
  { level, bits, count, step }: Digits,
  runs: Runs,
  inside: Diagram,
): Diagram {
  const build = (depth: number, first: number, run: number): Diagram => {
    const end = first + 2 ** (bits - depth);
    let at = run;
    while (at < runs.length && endOf(at) <= first) at += 2;
    if (at >= runs.length || (runs[at] as number) >= end) return open;
    if ((runs[at] as number) <= first && endOf(at) >= end) return inside;
    const low = build(depth + 1, first, at);
    const high = build(depth + 1, first + 2 ** (bits - depth - 1), at);
    return diagrams.node(level + depth * step, low, high);
  };
  const endOf = (at: number) =>
    (runs[at + 1] as number) >= count ? 2 ** bits : (runs[at + 1] as number);
  return build(0, 0, 0);
}
