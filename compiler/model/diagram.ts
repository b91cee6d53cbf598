// A small reduced ordered binary decision diagram: two formulas are equivalent exactly when they
// are the same node. Used for one predicate at a time, so it is built afresh and thrown away.

/** Index of a node: 0 is false, 1 is true. */
type Node = number;

const stepsMax = 200_000;
const depthMax = 2_000;

export interface Diagram {
  readonly variable: (index: number) => Node;
  readonly not: (a: Node) => Node;
  readonly and: (a: Node, b: Node) => Node;
  readonly or: (a: Node, b: Node) => Node;
  /** True once a formula was too large: results are then meaningless. */
  readonly isExhausted: () => boolean;
}

/** An empty diagram; lower variables are decided first. */
export function diagram(): Diagram {
  const level = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const low = [0, 1];
  const high = [0, 1];
  const unique = new Map<string, Node>();
  const known = new Map<string, Node>();
  let steps = 0;

  const make = (variable: number, whenFalse: Node, whenTrue: Node): Node => {
    if (whenFalse === whenTrue) return whenFalse;
    const key = `${variable} ${whenFalse} ${whenTrue}`;
    const found = unique.get(key);
    if (found !== undefined) return found;
    const node = level.length;
    level.push(variable);
    low.push(whenFalse);
    high.push(whenTrue);
    unique.set(key, node);
    return node;
  };
  /** If a then b else c: every connective is a case of it. */
  const choose = (a: Node, b: Node, c: Node, depth: number): Node => {
    if (a === 1 || b === c) return b;
    if (a === 0) return c;
    if (b === 1 && c === 0) return a;
    const key = `${a} ${b} ${c}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    if (++steps > stepsMax || depth > depthMax) {
      steps = stepsMax + 1;
      return 0;
    }
    // Nodes are indices into these arrays.
    const top = Math.min(level[a] as number, level[b] as number, level[c] as number);
    // Every node has an entry in each array.
    const side = (node: Node, branch: readonly Node[]) =>
      level[node] === top ? (branch[node] as Node) : node;
    const whenFalse = choose(side(a, low), side(b, low), side(c, low), depth + 1);
    const whenTrue = choose(side(a, high), side(b, high), side(c, high), depth + 1);
    const result = make(top, whenFalse, whenTrue);
    known.set(key, result);
    return result;
  };
  return {
    variable: (index) => make(index, 0, 1),
    not: (a) => choose(a, 0, 1, 0),
    and: (a, b) => choose(a, b, 0, 0),
    or: (a, b) => choose(a, 1, b, 0),
    isExhausted: () => steps > stepsMax,
  };
}
