// Relations taken apart: what is too large for dense tables is covered all the same.
import { expect, it } from "vitest";
import { partsOf } from "../../compiler/minimise/relation.ts";
import { inputOf, shapeWhere } from "./relations.ts";

it("joins equal rows and columns, and separates what is not connected", () => {
  const { parts, oversized } = partsOf(
    inputOf(shapeWhere(4, 4, (row, column) => row % 2 === column % 2)),
  );
  expect(oversized).toEqual([]);
  expect(parts.map(({ rowMembers, columnMembers }) => ({ rowMembers, columnMembers }))).toEqual([
    { rowMembers: [[0, 2]], columnMembers: [[0, 2]] },
    { rowMembers: [[1, 3]], columnMembers: [[1, 3]] },
  ]);
});

it("covers a part above the limit column by column, or row by row", () => {
  const wide = shapeWhere(2, 3, (row, column) => row >= column - 1);
  expect(partsOf(inputOf(wide), 0)).toEqual({
    parts: [],
    oversized: [
      [
        { rows: [0], columns: [0, 1] },
        { rows: [1], columns: [0, 1, 2] },
      ],
    ],
  });
  const high = shapeWhere(3, 2, (row, column) => row === 2 || row === column);
  expect(partsOf(inputOf(high), 0).oversized).toEqual([
    [
      { rows: [0, 2], columns: [0] },
      { rows: [1, 2], columns: [1] },
    ],
  ]);
});
