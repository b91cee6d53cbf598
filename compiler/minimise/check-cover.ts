// Whether a cover is what it claims to be. Written against the definitions and sharing nothing with
// the solver but types: whoever believes this file need not believe the other.
import { provedBound } from "./check-certificate.ts";
import type { CoverInput, CoverResult } from "./cover-types.ts";
import { type EdgeIndex, edgeIndex } from "./edge-index.ts";

export type CoverCheck = { readonly ok: true } | { readonly ok: false; readonly problem: string };

/**
 * Verifies that every product lies in the relation, that every edge is covered, that the
 * certificate shows the lower bound, and that `optimal` is said exactly when it is met. In time
 * about linear in edges, cover and record, and quadratic in a fooling set.
 */
export function checkCover(input: CoverInput, result: CoverResult): CoverCheck {
  const index = edgeIndex(input);
  const problem = coverProblem(index, result) ?? boundProblem(index, result);
  return problem === undefined ? { ok: true } : { ok: false, problem };
}

function coverProblem(index: EdgeIndex, { products }: CoverResult): string | undefined {
  const isCovered = new Uint8Array(index.size);
  for (const [at, { rows, columns }] of products.entries()) {
    if (rows.length === 0 || columns.length === 0) return `product ${at} is empty`;
    if (!isAscending(rows) || !isAscending(columns)) return `product ${at} is not sorted`;
    for (const row of rows) {
      for (const column of columns) {
        const edge = index.find(row, column);
        if (edge === -1) return `product ${at} holds (${row}, ${column}), which is no edge`;
        isCovered[edge] = 1;
      }
    }
  }
  const missed = isCovered.indexOf(0);
  return missed === -1 ? undefined : `an edge of row ${index.rowOf(missed)} is in no product`;
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, at) => at === 0 || (values[at - 1] ?? value) < value);
}

function boundProblem(index: EdgeIndex, result: CoverResult): string | undefined {
  const proved = provedBound(index, result.certificate);
  if (typeof proved === "string") return proved;
  const { lowerBound, optimal, products } = result;
  if (lowerBound !== proved) return `the certificate shows ${proved}, not ${lowerBound}`;
  if (optimal !== (lowerBound === products.length)) {
    const said = optimal ? "said" : "not said";
    return `${products.length} products with bound ${lowerBound} are ${said} to be optimal`;
  }
  return undefined;
}
