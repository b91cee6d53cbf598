// Certificates: what each kind looks like, and that none can show a bound that is not true.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { provedBound } from "../../compiler/minimise/check-certificate.ts";
import type { Edge, Refutation } from "../../compiler/minimise/cover-types.ts";
import { edgeIndex } from "../../compiler/minimise/edge-index.ts";
import { type CoverCertificate, checkCover, productCover } from "../../index.ts";
import { change, mutated } from "./mutated.ts";
import { coveredBy, inputOf, leastProducts, type Shape, shapes, shapeWhere } from "./relations.ts";

const runs = process.env.SEGC_FULL === "1" ? 50_000 : 500;

/** Lines of text; x is a pair. */
function drawn(...lines: readonly string[]): Shape {
  return shapeWhere(lines.length, lines[0]?.length ?? 0, (row, column) => {
    return lines[row]?.[column] === "x";
  });
}

const crown = (values: number) => shapeWhere(values, values, (row, column) => row !== column);

/** One for each form of argument, found by trying relations at random. */
const weighed = drawn("xxxx.x", "x..x..", ".xxxx.", "xxx.x.", "x..x.x");
const searched = drawn("xxxx..", ".xxx.x", ".x.xxx", "x.xxxx", "xxx.x.");
const searchedDeeply = drawn(".x.x.x", "xxx.xx", ".xxxxx", "x..xxx", "xxxx..");

const certificateOf = (shape: Shape) => productCover(inputOf(shape)).certificate;

const bound = (shape: Shape, certificate: CoverCertificate) =>
  provedBound(edgeIndex(inputOf(shape)), certificate);

describe("certificates", () => {
  it("are fooling sets where those are large enough", () => {
    const certificate = certificateOf(shapeWhere(3, 3, (row, column) => row === column));
    expect(certificate).toEqual({
      kind: "fooling-set",
      edges: [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    });
  });

  it("name the rows and columns of a crown", () => {
    const values = [0, 1, 2, 3, 4];
    expect(certificateOf(crown(5))).toEqual({
      kind: "sum",
      fooling: [],
      crowns: [{ rows: values, columns: values }],
      kernels: [],
    });
  });

  it("weigh the edges of a kernel", () => {
    const certificate = certificateOf(weighed);
    expect(certificate).toMatchObject({
      kind: "sum",
      fooling: [[4, 5]],
      kernels: [{ bound: 4, refutation: { kind: "heavy", capacity: 2 } }],
    });
  });

  it.each([searched, searchedDeeply])(
    "record a search, with choices and what refutes them",
    (shape) => {
      const certificate = certificateOf(shape);
      const text = JSON.stringify(certificate);
      for (const kind of ["choices", "heavy", "apart"]) expect(text).toContain(`"kind":"${kind}"`);
      expect(bound(shape, certificate)).toBe(leastProducts(shape));
    },
  );

  it("of a crown with exchanged columns show nothing", () => {
    const certificate = {
      kind: "sum" as const,
      fooling: [],
      crowns: [{ rows: [0, 1, 2, 3], columns: [0, 2, 1, 3] }],
      kernels: [],
    };
    expect(bound(crown(4), certificate)).toContain("does not belong into a crown");
  });

  it("do not count a part twice", () => {
    for (const shape of [crown(5), weighed, searched]) {
      const certificate = certificateOf(shape);
      if (certificate.kind !== "sum") throw new Error("not the certificate this is about");
      const { crowns, kernels } = certificate;
      expect(bound(shape, certificate)).toBeTypeOf("number");
      const doubled = {
        ...certificate,
        crowns: [...crowns, ...crowns],
        kernels: [...kernels, ...kernels],
      };
      expect(bound(shape, doubled)).toContain("one product can hold");
    }
  });

  it("of a search without one of its choices show nothing", () => {
    const certificate = certificateOf(searched);
    const [kernel] = certificate.kind === "sum" ? certificate.kernels : [];
    if (kernel?.refutation.kind !== "choices") throw new Error("not the record this is about");
    const { refutation } = kernel;
    for (const at of refutation.choices.keys()) {
      const fewer = { ...refutation, choices: refutation.choices.toSpliced(at, 1) };
      const changed = { ...kernel, refutation: fewer };
      const claim = { kind: "sum" as const, fooling: [], crowns: [], kernels: [changed] };
      expect(bound(searched, claim)).toContain("is not considered");
    }
  });

  describe("with one step that does not follow show nothing", () => {
    const identity = shapeWhere(2, 2, (row, column) => row === column);
    const apart: readonly Edge[] = [
      [0, 0],
      [1, 1],
    ];
    const together: readonly Edge[] = [
      [0, 0],
      [0, 1],
    ];
    const full = shapeWhere(1, 2, () => true);
    const claim = (edges: readonly Edge[], refutation: Refutation) => ({
      kind: "sum" as const,
      fooling: [],
      crowns: [],
      kernels: [{ edges, bound: 2, refutation }],
    });
    const heavy = (weights: readonly number[], capacity: number, edges = [0, 1]) =>
      ({ kind: "heavy", edges, weights, capacity }) as const;
    const first = (rest: Refutation, dropped: readonly number[] = []) =>
      ({ kind: "choices", dropped, edge: 0, choices: [{ covers: [0], rest }] }) as const;

    it.each<[string, Refutation, string]>([
      ["weights that fit", heavy([1, 1], 2), "fits into 1 products"],
      ["an edge with two weights", heavy([1, 1], 1, [0, 0]), "not one whole number"],
      ["no weight for an edge", heavy([2], 1), "not one whole number"],
      ["a negative capacity", heavy([1, 1], -1), "not one whole number"],
      ["too few edges apart", { kind: "apart", edges: [0] }, "fit into 1 products"],
      ["an edge apart from itself", { kind: "apart", edges: [0, 0] }, "are not"],
      ["an edge that the kernel has not", { kind: "apart", edges: [0, 7] }, "are not"],
      ["an edge apart that is covered", first({ kind: "apart", edges: [0] }), "are not"],
      ["an edge apart that was dropped", first({ kind: "apart", edges: [1] }, [1]), "are not"],
      ["a weight of what is covered", first(heavy([1], 1, [0])), "already covered"],
      ["a choice where no product is left", first(first(heavy([1], 1, [1]))), "no product is left"],
      ["a choice for what was dropped", first(heavy([1], 1, [1]), [0]), "already covered"],
    ])("%s", (_, refutation, problem) => {
      expect(bound(identity, claim(apart, refutation))).toContain(problem);
    });

    it.each<[string, Refutation, string]>([
      ["a product that is too heavy", heavy([1, 1], 1), "more than a weight of 1"],
      ["edges that are compatible", { kind: "apart", edges: [0, 1] }, "are not"],
      ["a product not considered", first({ kind: "apart", edges: [1] }), "is not considered"],
    ])("%s", (_, refutation, problem) => {
      expect(bound(full, claim(together, refutation))).toContain(problem);
    });

    it("and the same with steps that do", () => {
      for (const sound of [heavy([1, 1], 1), first({ kind: "apart", edges: [1] })]) {
        expect(bound(identity, claim(apart, sound))).toBe(2);
      }
    });
  });

  const hard = fc.constantFrom(weighed, searched, searchedDeeply, crown(4), crown(5));
  const changes = fc.array(change, { minLength: 1, maxLength: 3 });

  // Any cover is as good a witness against a bound as the best one.
  it("never show more products than a cover has, however they are changed", () => {
    fc.assert(
      fc.property(fc.oneof(hard, shapes(5)), changes, (shape, list) => {
        const { certificate, products } = productCover(inputOf(shape));
        const shown = bound(shape, list.reduce(mutated, certificate));
        if (typeof shown === "number") expect(shown).toBeLessThanOrEqual(products.length);
      }),
      { numRuns: runs },
    );
  });

  it("make a changed result pass only where what it says is true", () => {
    fc.assert(
      fc.property(fc.oneof(hard, shapes(5)), changes, (shape, list) => {
        const input = inputOf(shape);
        const result = productCover(input);
        const changed = list.reduce(mutated, result);
        if (!checkCover(input, changed).ok) return;
        expect(changed.lowerBound).toBeLessThanOrEqual(result.products.length);
        expect(coveredBy(changed)).toEqual(coveredBy(result));
      }),
      { numRuns: runs },
    );
  });
});
