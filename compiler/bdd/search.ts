// Several conditions -> values of the variables under which all of them hold, without working out what
// they are together: that can be far larger than its parts. Variables are decided in their order; what
// has been found impossible, as what is left of each condition, is not tried again.
import { both, never, variablesIn } from "./conditions.ts";
import type { Diagram, Diagrams } from "./diagrams.ts";

/** Which variables are 1; "none": there is no such way; "undecided": it took too many steps. */
export type Way = ReadonlySet<number> | "none" | "undecided";

/** How much work is left, in conditions looked at and nodes made; several searches may share it. */
export interface Work {
  left: number;
}

/** Some way in which all of the conditions hold. */
export function wayOf(diagrams: Diagrams, conditions: readonly Diagram[], work: Work): Way {
  const quick = { left: Math.min(work.left, quickWork) };
  work.left -= quick.left;
  const found = search(diagrams, conditions, quick);
  if (found !== "undecided") {
    work.left += quick.left;
    return found;
  }
  return search(diagrams, absorbed(diagrams, conditions, work), work);
}

const quickWork = 40_000;

/**
 * Conditions joined to the first where they share variables and as long as that is cheap: what
 * contradicts it, or leaves it little choice, then shows at once.
 */
function absorbed(
  diagrams: Diagrams,
  [first, ...others]: readonly Diagram[],
  work: Work,
): readonly Diagram[] {
  if (first === undefined) return [];
  let whole = first;
  let apart = others;
  const dear: Diagram[] = [];
  for (let before = -1; before !== apart.length && work.left > 0; ) {
    before = apart.length;
    const known = variablesIn(diagrams, whole);
    apart = apart.filter((condition) => {
      const variables = [...variablesIn(diagrams, condition)];
      if (!variables.some((variable) => known.has(variable))) return true;
      const size = diagrams.size;
      const joined = diagrams.attempt(cheapNodes, () => both(diagrams, whole, condition));
      work.left -= diagrams.size - size;
      if (joined === undefined) dear.push(condition);
      whole = joined ?? whole;
      return false;
    });
  }
  return [whole, ...apart, ...dear];
}

const cheapNodes = 500;

function search(diagrams: Diagrams, conditions: readonly Diagram[], work: Work): Way {
  const ones = new Set<number>();
  const impossible = new Set<string>();
  const isPossible = (left: readonly Diagram[]): boolean => {
    const level = firstLevel(diagrams, left);
    if (level === undefined) return true;
    const key = impossible.size === 0 ? "" : left.join();
    if (impossible.has(key)) return false;
    for (const bit of [0, 1] as const) {
      work.left -= left.length;
      if (work.left <= 0) return false;
      const next = decided(diagrams, left, level, bit);
      if (next === undefined) continue;
      if (bit === 1) ones.add(level);
      if (isPossible(next)) return true;
      ones.delete(level);
    }
    if (work.left > 0) impossible.add(left.join());
    return false;
  };
  if (conditions.includes(never)) return "none";
  if (isPossible(conditions)) return ones;
  return work.left <= 0 ? "undecided" : "none";
}

/** The one condition without variables that is not `never`. */
const always: Diagram = 1;

/** The first variable that any of them depends on; undefined where none does. */
function firstLevel(diagrams: Diagrams, conditions: readonly Diagram[]): number | undefined {
  let first: number | undefined;
  for (let at = 0; at < conditions.length; at++) {
    const condition = conditions[at] as Diagram; // in range
    if (condition === always) continue;
    const level = diagrams.levelOf(condition);
    if (first === undefined || level < first) first = level;
  }
  return first;
}

/** What is left of them, those that hold anyway aside; undefined where one cannot hold. */
function decided(
  diagrams: Diagrams,
  conditions: readonly Diagram[],
  level: number,
  bit: 0 | 1,
): readonly Diagram[] | undefined {
  const next: Diagram[] = [];
  for (let at = 0; at < conditions.length; at++) {
    const condition = conditions[at] as Diagram; // in range
    const left = bit === 0 ? diagrams.lowOf(condition, level) : diagrams.highOf(condition, level);
    if (left === never) return undefined;
    if (left !== always) next.push(left);
  }
  return next;
}
