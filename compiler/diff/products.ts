// Differing cells of one kind in one group -> maximal products of sources, destinations and services that
// together are exactly those cells. Pairs between which there can be no flow count as either.
//
// Rows and columns that are alike are taken together first; what is left is small even where a policy is
// large, and a greedy cover of it is what a reader would draw.
import type { Cell } from "./cells.ts";
import type { PointSpace } from "./points.ts";
import { nothing, type ServiceTable } from "./service-table.ts";

export interface PointProduct {
  /** Points, ascending. */
  readonly sources: readonly number[];
  readonly destinations: readonly number[];
  /** Number in the service table. */
  readonly service: number;
}

export interface ProductFrame {
  readonly space: PointSpace;
  readonly services: ServiceTable;
}

/** Products that together are the cells; each is as large as the cells let it be, less what those before it say. */
export function productsIn(frame: ProductFrame, cells: readonly Cell[]): readonly PointProduct[] {
  const table = condense(frame.space, cells);
  const full = table.values;
  const open = full.map((row) => row.slice());
  const products: PointProduct[] = [];
  for (const [row, values] of open.entries()) {
    for (const column of values.keys()) {
      while ((values[column] ?? nothing) !== nothing) {
        const box = fresh(
          frame,
          table,
          open,
          grow(frame, table, row, column, values[column] ?? nothing),
        );
        products.push(box.product);
        for (const r of box.rows) {
          for (const c of box.columns) {
            const left = open[r];
            if (left !== undefined) {
              left[c] = frame.services.subtract(left[c] ?? nothing, box.product.service);
            }
          }
        }
      }
    }
  }
  return products;
}

/** Of a box, what no earlier product has said: rows, columns and services that are all told already drop out. */
function fresh(
  { services }: ProductFrame,
  table: Table,
  open: readonly Int32Array[],
  box: Box,
): Box {
  const left = (r: number, c: number) => services.meet(open[r]?.[c] ?? nothing, box.service);
  const rows = box.rows.filter((r) => box.columns.some((c) => left(r, c) !== nothing));
  const columns = box.columns.filter((c) => rows.some((r) => left(r, c) !== nothing));
  const service = rows
    .flatMap((r) => columns.map((c) => left(r, c)))
    .reduce(services.union, nothing);
  return boxOf(table, rows, columns, service);
}

/** Cells as a table of rows and columns that are all different. */
interface Table {
  /** Points of each row. */
  readonly rows: readonly (readonly number[])[];
  readonly columns: readonly (readonly number[])[];
  readonly values: readonly Int32Array[];
  /** The one workload that a row or column speaks of: it has no flow to itself. */
  readonly rowOnly: readonly (string | undefined)[];
  readonly columnOnly: readonly (string | undefined)[];
}

function condense(space: PointSpace, cells: readonly Cell[]): Table {
  const rows = alike(cells, "source", "destination");
  const rowOf = new Map(rows.flatMap((points, row) => points.map((point) => [point, row])));
  const columns = alike(cells, "destination", "source");
  const columnOf = new Map(columns.flatMap((points, at) => points.map((point) => [point, at])));
  const values = rows.map(() => new Int32Array(columns.length));
  for (const { source, destination, service } of cells) {
    const row = values[rowOf.get(source) ?? -1];
    if (row !== undefined) row[columnOf.get(destination) ?? -1] = service;
  }
  const only = (points: readonly number[]) => onlyWorkload(space, points);
  return { rows, columns, values, rowOnly: rows.map(only), columnOnly: columns.map(only) };
}

function onlyWorkload(space: PointSpace, points: readonly number[]): string | undefined {
  const names = new Set(points.map((point) => space.classes[space.points[point]?.of ?? -1]?.only));
  const [name] = names;
  return names.size === 1 ? name : undefined;
}

type Side = "source" | "destination";

/** Points of one side that have the same cells, in the order of their first points. */
function alike(cells: readonly Cell[], own: Side, other: Side): readonly (readonly number[])[] {
  const seen = new Map<number, [number, number][]>();
  for (const cell of cells) {
    const list = seen.get(cell[own]) ?? [];
    list.push([cell[other], cell.service]);
    seen.set(cell[own], list);
  }
  const groups = new Map<string, number[]>();
  for (const [point, list] of [...seen].sort(([a], [b]) => a - b)) {
    const key = list
      .sort(([a], [b]) => a - b)
      .map((one) => one.join(":"))
      .join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [point]);
    else group.push(point);
  }
  return [...groups.values()];
}

interface Box {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly service: number;
  readonly product: PointProduct;
}

/** The larger of the two boxes around a cell that take in rows first or columns first. */
function grow(
  frame: ProductFrame,
  table: Table,
  row: number,
  column: number,
  service: number,
): Box {
  const has = (r: number, c: number) => holds(frame, table, r, c, service);
  const all = { rows: [...table.rows.keys()], columns: [...table.columns.keys()] };
  const wide = all.columns.filter((c) => has(row, c));
  const ofWide = all.rows.filter((r) => wide.every((c) => has(r, c)));
  const tall = all.rows.filter((r) => has(r, column));
  const ofTall = all.columns.filter((c) => tall.every((r) => has(r, c)));
  const isWide = wide.length * ofWide.length >= tall.length * ofTall.length;
  const [inRows, inColumns] = isWide ? [ofWide, wide] : [tall, ofTall];
  // Who has no flow at all in the box is no part of it.
  const isFlow = (r: number, c: number) => (table.values[r]?.[c] ?? nothing) !== nothing;
  const rows = inRows.filter((r) => inColumns.some((c) => isFlow(r, c)));
  const columns = inColumns.filter((c) => rows.some((r) => isFlow(r, c)));
  return boxOf(table, rows, columns, commonService(frame, table, rows, columns));
}

function holds(
  { services }: ProductFrame,
  { values, rowOnly, columnOnly }: Table,
  row: number,
  column: number,
  service: number,
): boolean {
  const value = values[row]?.[column] ?? nothing;
  if (value === nothing) return rowOnly[row] !== undefined && rowOnly[row] === columnOnly[column];
  return value === service || services.subtract(service, value) === nothing;
}

/** All services that the cells of a box have in common. */
function commonService(
  { services }: ProductFrame,
  table: Table,
  rows: readonly number[],
  columns: readonly number[],
): number {
  let service: number | undefined;
  for (const row of rows) {
    for (const column of columns) {
      const value = table.values[row]?.[column] ?? nothing;
      if (value === nothing) continue; // no flow
      service = service === undefined ? value : services.meet(service, value);
    }
  }
  return service ?? nothing;
}

function boxOf(
  table: Table,
  rows: readonly number[],
  columns: readonly number[],
  service: number,
): Box {
  const points = (lists: readonly (readonly number[])[], places: readonly number[]) =>
    places.flatMap((place) => lists[place] ?? []).sort((a, b) => a - b);
  const sources = points(table.rows, rows);
  const destinations = points(table.columns, columns);
  return { rows, columns, service, product: { sources, destinations, service } };
}
