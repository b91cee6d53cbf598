// What goes into a cover by products and what comes out, with the certificate that shows how few
// products there can be. Solver and checker share these types and nothing else.

/** A relation between rows and columns, and how long to think about it. */
export interface CoverInput {
  /** Rows are 0 .. rows-1. */
  readonly rows: number;
  /** Columns are 0 .. columns-1. */
  readonly columns: number;
  /** Row, column, row, column, ...: the pairs that are related, in any order, repeats allowed. */
  readonly edges: Uint32Array;
  /** After about so many milliseconds the best cover found is returned, with a true bound. */
  readonly budgetMs: number;
  /** Milliseconds from any origin. Default: `performance.now` where there is one. */
  readonly now?: () => number;
}

/** All pairs of one of the rows with one of the columns; both ascending. */
export interface ProductOf {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

export interface CoverResult {
  /** Together exactly the relation; sorted by rows, then by columns. */
  readonly products: readonly ProductOf[];
  /** No cover has fewer products than this. INVARIANT: it is what `certificate` shows. */
  readonly lowerBound: number;
  /** There are `lowerBound` products. */
  readonly optimal: boolean;
  readonly certificate: CoverCertificate;
}

/** A related pair: row, column. */
export type Edge = readonly [row: number, column: number];

/**
 * Two edges (u, p) and (v, q) are compatible when (u, q) and (v, p) are edges as well: exactly then
 * a product inside the relation can hold both. Edges that are pairwise incompatible need a product
 * each.
 */
export type CoverCertificate = FoolingSet | SumOfParts;

/** Pairwise incompatible edges, as many as the lower bound. */
export interface FoolingSet {
  readonly kind: "fooling-set";
  readonly edges: readonly Edge[];
}

/**
 * Parts of the relation such that no edge of one is compatible with an edge of another: no product
 * serves two parts, so their bounds add up. Each edge of `fooling` is a part with bound 1.
 */
export interface SumOfParts {
  readonly kind: "sum";
  readonly fooling: readonly Edge[];
  readonly crowns: readonly Crown[];
  readonly kernels: readonly Kernel[];
}

/**
 * Rows r1 .. rn and columns c1 .. cn where (ri, cj) is an edge exactly when i and j differ. The sets
 * of products that hold r1, .., rn form an antichain: the product for (ri, cj) does not hold rj,
 * because (rj, cj) is no edge. So k products need C(k, floor(k/2)) >= n (Sperner 1928; for this
 * graph: de Caen, Gregory, Pullman, "The Boolean rank of zero-one matrices", 1981).
 */
export interface Crown {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/** Edges that `bound` - 1 products do not cover, by exhaustion of cases. */
export interface Kernel {
  readonly edges: readonly Edge[];
  readonly bound: number;
  readonly refutation: Refutation;
}

/** Why the edges still to cover, places in `Kernel.edges`, need more products than are left. */
export type Refutation = TooManyApart | TooHeavy | EveryProductFails;

/** Pairwise incompatible edges still to cover, more than products are left. */
export interface TooManyApart {
  readonly kind: "apart";
  readonly edges: readonly number[];
}

/**
 * Weights, whole numbers, for edges still to cover: no product holds more than `capacity`, and all
 * together are more than the products that are left can hold.
 */
export interface TooHeavy {
  readonly kind: "heavy";
  readonly edges: readonly number[];
  readonly weights: readonly number[];
  readonly capacity: number;
}

/**
 * Some product must hold `edge`. Even without the edges of `dropped`, whichever edges still to
 * cover it holds beside, one of the `choices` has all of them, and the rest fails.
 */
export interface EveryProductFails {
  readonly kind: "choices";
  readonly dropped: readonly number[];
  readonly edge: number;
  readonly choices: readonly Choice[];
}

export interface Choice {
  readonly covers: readonly number[];
  readonly rest: Refutation;
}
