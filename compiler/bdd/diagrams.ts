// Decision diagrams: functions of binary variables to small numbers, or to nothing ("open"), each
// held once, so that two functions are equal exactly where their numbers are. Bryant, "Graph-based
// algorithms for Boolean function manipulation" (1986), with several leaves instead of two.
// Nodes, their index and the memo are typed arrays that start small and double: a set of diagrams
// costs microseconds to open, and a large one stays within few, dense arrays.

/** A function. Numbers are comparable only within the `Diagrams` that they come from. */
export type Diagram = number;

/** The function that has a value nowhere. */
export const open: Diagram = 0;

/** Below every variable. */
const leafLevel = 0x7fffffff;

/** The operations of the memo. */
const override = 1;
const differing = 2;
const within = 3;

/** Four words for a node: level, low, high, and 1 where the function has a value everywhere. */
const stride = 4;
const initialNodes = 256;

export class Diagrams {
  #nodes = new Int32Array(initialNodes * stride);
  #size: number;
  /** Open addressing over nodes; 0 is a free place, since leaves are never looked up. */
  #index = new Int32Array(initialNodes * 2);
  /** Both operands, result, operation (0: free); a newer entry takes the place of an older one. */
  #memo = new Int32Array(initialNodes * stride);
  readonly #leaves: number;
  /** No node beyond this many is made. */
  #sizeMax = Number.POSITIVE_INFINITY;
  /** A node was wanted beyond that: what is worked out from then on means nothing. */
  #isExhausted = false;

  /** Functions to the values 0 .. values - 1. */
  constructor(values: number) {
    this.#leaves = values + 1;
    while (this.#leaves * 2 >= this.#index.length) this.#grow();
    for (let leaf = 0; leaf < this.#leaves; leaf++) {
      this.#nodes[leaf * stride] = leafLevel;
      this.#nodes[leaf * stride + 3] = leaf === open ? 0 : 1;
    }
    this.#size = this.#leaves;
  }

  /** Number of nodes made so far, leaves included. */
  get size(): number {
    return this.#size;
  }

  /**
   * What `work` gives, or undefined where it takes more than `nodesMax` new nodes: it then runs to its
   * end in no time, and nothing that it worked out may be kept.
   */
  attempt<T>(nodesMax: number, work: () => T): T | undefined {
    const [sizeMax, wasExhausted] = [this.#sizeMax, this.#isExhausted];
    this.#sizeMax = Math.min(sizeMax, this.#size + nodesMax);
    const result = work();
    const isExhausted = this.#isExhausted;
    this.#isExhausted = wasExhausted || (isExhausted && this.#size >= sizeMax);
    this.#sizeMax = sizeMax;
    return isExhausted ? undefined : result;
  }

  /** True within an attempt that wanted more nodes than it may: no result is to be remembered. */
  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  /** The function that has this value everywhere. */
  constant(value: number): Diagram {
    return value + 1;
  }

  /** The value of a function without variables; undefined of `open` and of any other. */
  valueOf(diagram: Diagram): number | undefined {
    return diagram === open || diagram >= this.#leaves ? undefined : diagram - 1;
  }

  /** The first variable that the function depends on; above all of them for a leaf. */
  levelOf(diagram: Diagram): number {
    return this.#nodes[diagram * stride] as number;
  }

  /** The function where the variable `level` is 0, of one that depends on none before it. */
  lowOf(diagram: Diagram, level: number): Diagram {
    const at = diagram * stride;
    return this.#nodes[at] === level ? (this.#nodes[at + 1] as number) : diagram;
  }

  /** The same where it is 1. */
  highOf(diagram: Diagram, level: number): Diagram {
    const at = diagram * stride;
    return this.#nodes[at] === level ? (this.#nodes[at + 2] as number) : diagram;
  }

  /** `low` where the variable is 0, else `high`; both depend on later variables only. */
  node(level: number, low: Diagram, high: Diagram): Diagram {
    if (low === high) return low;
    const mask = this.#index.length - 1;
    let place = mix(low, high, level) & mask;
    for (;;) {
      const found = this.#index[place] as number;
      if (found === 0) {
        if (this.#size < this.#sizeMax) return this.#append(place, level, low, high);
        this.#isExhausted = true;
        return open;
      }
      const at = found * stride;
      if (
        this.#nodes[at + 1] === low &&
        this.#nodes[at + 2] === high &&
        this.#nodes[at] === level
      ) {
        return found;
      }
      place = (place + 1) & mask;
    }
  }

  /** `first` where it has a value, `second` elsewhere. */
  override(first: Diagram, second: Diagram): Diagram {
    return this.#combine(override, first, second);
  }

  /** The value 0 where the two differ, open elsewhere. */
  differing(first: Diagram, second: Diagram): Diagram {
    return this.#combine(differing, Math.min(first, second), Math.max(first, second));
  }

  /** `first` where `second` has a value, open elsewhere. */
  within(first: Diagram, second: Diagram): Diagram {
    return this.#combine(within, first, second);
  }

  #combine(operation: number, first: Diagram, second: Diagram): Diagram {
    const plain = this.#plain(operation, first, second);
    if (plain >= 0) return plain;
    let slot = this.#slotOf(operation, first, second);
    if (
      this.#memo[slot] === first &&
      this.#memo[slot + 1] === second &&
      this.#memo[slot + 3] === operation
    ) {
      return this.#memo[slot + 2] as number;
    }
    if (this.#isExhausted) return open;
    const nodes = this.#nodes; // replaced when it grows, but what it holds stays true
    const a = first * stride;
    const b = second * stride;
    const aLevel = nodes[a] as number;
    const bLevel = nodes[b] as number;
    const level = Math.min(aLevel, bLevel);
    const low = this.#combine(
      operation,
      aLevel === level ? (nodes[a + 1] as number) : first,
      bLevel === level ? (nodes[b + 1] as number) : second,
    );
    const high = this.#combine(
      operation,
      aLevel === level ? (nodes[a + 2] as number) : first,
      bLevel === level ? (nodes[b + 2] as number) : second,
    );
    const result = this.node(level, low, high);
    if (this.#isExhausted) return open; // and nothing is remembered
    slot = this.#slotOf(operation, first, second); // there may be more of them now
    this.#memo[slot] = first;
    this.#memo[slot + 1] = second;
    this.#memo[slot + 2] = result;
    this.#memo[slot + 3] = operation;
    return result;
  }

  /** The result where it needs no look inside; else -1. */
  #plain(operation: number, first: Diagram, second: Diagram): number {
    const nodes = this.#nodes;
    if (operation === override) {
      if (first === second || second === open || nodes[first * stride + 3] === 1) return first;
      return first === open ? second : -1;
    }
    if (operation === within) {
      if (first === second || nodes[second * stride + 3] === 1) return first;
      return first === open || second === open ? open : -1;
    }
    if (first === second) return open;
    return first < this.#leaves && second < this.#leaves ? this.constant(0) : -1;
  }

  #slotOf(operation: number, first: Diagram, second: Diagram): number {
    return (mix(first, second, operation) & (this.#memo.length / stride - 1)) * stride;
  }

  #append(place: number, level: number, low: Diagram, high: Diagram): Diagram {
    const made = this.#size++;
    this.#index[place] = made;
    const at = made * stride;
    this.#nodes[at] = level;
    this.#nodes[at + 1] = low;
    this.#nodes[at + 2] = high;
    this.#nodes[at + 3] =
      (this.#nodes[low * stride + 3] as number) & (this.#nodes[high * stride + 3] as number);
    if (this.#size * 2 === this.#index.length) this.#grow();
    return made;
  }

  #grow(): void {
    const nodes = new Int32Array(this.#nodes.length * 2);
    nodes.set(this.#nodes);
    this.#nodes = nodes;
    this.#index = new Int32Array(this.#index.length * 2);
    for (let node = this.#leaves; node < this.#size; node++) this.#place(node);
    const memo = this.#memo;
    this.#memo = new Int32Array(memo.length * 2);
    const mask = this.#memo.length / stride - 1;
    for (let from = 0; from < memo.length; from += stride) {
      const operation = memo[from + 3] as number;
      if (operation === 0) continue;
      const pair = [memo[from] as number, memo[from + 1] as number] as const;
      const to = (mix(...pair, operation) & mask) * stride;
      this.#memo.set(memo.subarray(from, from + stride), to);
    }
  }

  #place(node: number): void {
    const mask = this.#index.length - 1;
    const at = node * stride;
    const [level, low, high] = [this.#nodes[at], this.#nodes[at + 1], this.#nodes[at + 2]];
    let place = mix(low as number, high as number, level as number) & mask; // a node has all three
    while (this.#index[place] !== 0) place = (place + 1) & mask;
    this.#index[place] = node;
  }
}

/** Spreads three numbers over the low bits. */
function mix(a: number, b: number, c: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
