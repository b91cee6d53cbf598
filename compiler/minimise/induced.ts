// Edges that are left, on a small relation of their own: their rows, their columns and all edges
// between those. Which of them are compatible depends on nothing else.
import { testBit } from "./dense-bits.ts";
import { emptyRelation, type Relation, relate } from "./relation.ts";

export interface Induced {
  readonly relation: Relation;
  /** The edges to cover, as edges of `relation`, in the order they were given. */
  readonly edges: readonly number[];
  /** Row and column of the larger relation, for each of the smaller. */
  readonly rowOf: readonly number[];
  readonly columnOf: readonly number[];
}

export function inducedBy(relation: Relation, edges: readonly number[]): Induced {
  const rowAt = (edge: number) => Math.floor(edge / relation.columns);
  const rowOf = ascending(edges.map(rowAt));
  const columnOf = ascending(edges.map((edge) => edge % relation.columns));
  const small = emptyRelation(rowOf.length, columnOf.length);
  rowOf.forEach((row, place) => {
    columnOf.forEach((column, other) => {
      if (testBit(relation.byRow, row * relation.rowWords, column)) relate(small, place, other);
    });
  });
  const rowPlace = new Map(rowOf.map((row, place) => [row, place]));
  const columnPlace = new Map(columnOf.map((column, place) => [column, place]));
  const place = (edge: number) =>
    (rowPlace.get(rowAt(edge)) ?? 0) * small.columns +
    (columnPlace.get(edge % relation.columns) ?? 0);
  return { relation: small, edges: edges.map(place), rowOf, columnOf };
}

/** An edge of the smaller relation in the larger one. */
export function outerEdge(induced: Induced, outer: Relation, edge: number): number {
  const row = Math.floor(edge / induced.relation.columns);
  const column = edge % induced.relation.columns;
  return (induced.rowOf[row] ?? 0) * outer.columns + (induced.columnOf[column] ?? 0);
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
