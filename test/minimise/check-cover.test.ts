// The checker refuses what is not so: correct results, each changed in one place.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CoverResult, checkCover, productCover } from "../../index.ts";
import { inputOf, type Shape, shapes, shapeWhere } from "./relations.ts";

const runs = process.env.SEGC_FULL === "1" ? 3_000 : 300;

function solved(shape: Shape) {
  const input = inputOf(shape);
  return { input, result: productCover(input) };
}

const someShapes = shapes(6).filter(({ pairs }) => pairs.length > 0);

/** Refuses each of the changed results; nothing else may pass for it. */
function refuses(change: (result: CoverResult, shape: Shape) => readonly CoverResult[]) {
  fc.assert(
    fc.property(someShapes, (shape) => {
      const { input, result } = solved(shape);
      expect(checkCover(input, result).ok).toBe(true);
      for (const changed of change(result, shape)) {
        expect(checkCover(input, changed), JSON.stringify(changed)).toMatchObject({ ok: false });
      }
    }),
    { numRuns: runs },
  );
}

const withProducts = (result: CoverResult, products: CoverResult["products"]) => ({
  ...result,
  products,
  optimal: products.length === result.lowerBound,
});

describe("checking a cover", () => {
  it("refuses a product that is wider than the relation", () => {
    refuses((result, { rows, pairs }) => {
      const related = new Set(pairs.map(String));
      return result.products.flatMap((product, at) =>
        Array.from({ length: rows }, (_, row) => row).flatMap((row) => {
          const isOutside = product.columns.some((column) => !related.has(`${row},${column}`));
          if (!isOutside) return [];
          const wider = { ...product, rows: [...product.rows, row].sort((a, b) => a - b) };
          return [withProducts(result, result.products.with(at, wider))];
        }),
      );
    });
  });

  it("refuses a row or column that is not there", () => {
    refuses((result, { rows, columns }) =>
      [rows, -1, 0.5, Number.NaN].flatMap((row) => {
        const outside = { rows: [row], columns: [0] };
        const beside = { rows: [0], columns: [row === rows ? columns : row] };
        return [outside, beside].map((product) =>
          withProducts(result, [...result.products, product]),
        );
      }),
    );
  });

  it("refuses a cover without one of its products, where there are none to spare", () => {
    refuses((result) =>
      result.optimal
        ? result.products.map((_, at) => withProducts(result, result.products.toSpliced(at, 1)))
        : [],
    );
  });

  it("refuses a bound that the certificate does not show", () => {
    refuses((result) =>
      [-1, 1].map((more) => {
        const lowerBound = result.lowerBound + more;
        return { ...result, lowerBound, optimal: lowerBound === result.products.length };
      }),
    );
  });

  it("refuses to call optimal what is not, and the other way round", () => {
    refuses((result) => [{ ...result, optimal: !result.optimal }]);
  });

  it("refuses a fooling set with one of its edges twice", () => {
    refuses((result) => {
      const { certificate, products, lowerBound } = result;
      if (certificate.kind !== "fooling-set") return [];
      return certificate.edges.map((edge) => ({
        ...result,
        lowerBound: lowerBound + 1,
        optimal: lowerBound + 1 === products.length,
        certificate: { ...certificate, edges: [...certificate.edges, edge] },
      }));
    });
  });

  it("refuses a fooling set with an edge swapped for one that is compatible or none", () => {
    refuses((result, { rows, columns, pairs }) => {
      const { certificate } = result;
      if (certificate.kind !== "fooling-set") return [];
      const related = new Set(pairs.map(String));
      const isEdge = (row: number, column: number) => related.has(`${row},${column}`);
      return certificate.edges.flatMap((_, at) =>
        shapeWhere(rows, columns, (row, column) => {
          const others = certificate.edges.toSpliced(at, 1);
          return (
            !isEdge(row, column) || others.some(([r, c]) => isEdge(row, c) && isEdge(r, column))
          );
        }).pairs.map((pair) => ({
          ...result,
          certificate: { ...certificate, edges: certificate.edges.with(at, pair) },
        })),
      );
    });
  });
});
