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
  const { services } = frame;
  const table = condense(frame.space, cells);
  const open = table.values.map((row) => new Map(row));
  const products: PointProduct[] = [];
  for (const [row, left] of open.entries()) {
    for (const column of table.values[row]?.keys() ?? []) {
      for (let at = left.get(column); at !== undefined; at = left.get(column)) {
        const box = fresh(frame, table, open, grow(frame, table, { row, column, service: at }));
        products.push(box.product);
        for (const r of box.rows) {
          const others = open[r];
          for (const c of box.columns) {
            const rest = services.subtract(others?.get(c) ?? nothing, box.service);
            if (rest === nothing) others?.delete(c);
            else others?.set(c, rest);
          }
        }
      }
    }
  }
  return products;
}

/** Services by column; a column that a row does not have has none. */
type Row = Map<number, number>;

/** Of a box, what no earlier product has said: rows, columns and services that are all told already drop out. */
function fresh({ services }: ProductFrame, table: Table, open: readonly Row[], box: Box): Box {
  const left = (r: number, c: number) => services.meet(open[r]?.get(c) ?? nothing, box.service);
  const rows = box.rows.filter((r) => box.columns.some((c) => left(r, c) !== nothing));
  const columns = box.columns.filter((c) => rows.some((r) => left(r, c) !== nothing));
  let service = nothing;
  for (const r of rows) for (const c of columns) service = services.union(service, left(r, c));
  return boxOf(table, rows, columns, service);
}

/** Cells as a table of rows and columns that are all different, most of it empty. */
interface Table {
  /** Points of each row. */
  readonly rows: readonly (readonly number[])[];
  readonly columns: readonly (readonly number[])[];
  /** By row. */
  readonly values: readonly Row[];
  /** Of each column, the rows that have it, ascending. */
  readonly having: readonly (readonly number[])[];
  /** The one workload that a row or column speaks of: it has no flow to itself. */
  readonly rowOnly: readonly (string | undefined)[];
  readonly columnOnly: readonly (string | undefined)[];
  /** Rows and columns that speak of one workload. */
  readonly rowsOf: ReadonlyMap<string, readonly number[]>;
  readonly columnsOf: ReadonlyMap<string, readonly number[]>;
}

function condense(space: PointSpace, cells: readonly Cell[]): Table {
  const rows = alike(cells, "source", "destination");
  const rowOf = new Map(rows.flatMap((points, row) => points.map((point) => [point, row])));
  const columns = alike(cells, "destination", "source");
  const columnOf = new Map(columns.flatMap((points, at) => points.map((point) => [point, at])));
  const values = rows.map((): Row => new Map());
  for (const { source, destination, service } of cells) {
    values[rowOf.get(source) ?? -1]?.set(columnOf.get(destination) ?? -1, service);
  }
  const having: number[][] = columns.map(() => []);
  for (const [row, held] of values.entries()) for (const c of held.keys()) having[c]?.push(row);
  const only = (points: readonly number[]) => onlyWorkload(space, points);
  const [rowOnly, columnOnly] = [rows.map(only), columns.map(only)];
  return {
    rows,
    columns,
    values,
    having,
    rowOnly,
    columnOnly,
    rowsOf: placesByName(rowOnly),
    columnsOf: placesByName(columnOnly),
  };
}

function placesByName(names: readonly (string | undefined)[]): ReadonlyMap<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [place, name] of names.entries()) {
    if (name !== undefined) places.set(name, [...(places.get(name) ?? []), place]);
  }
  return places;
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
    const list = seen.get(cell[own]);
    if (list === undefined) seen.set(cell[own], [[cell[other], cell.service]]);
    else list.push([cell[other], cell.service]);
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
  /** Ascending. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly service: number;
  readonly product: PointProduct;
}

interface Seed {
  readonly row: number;
  readonly column: number;
  readonly service: number;
}

/** The larger of the two boxes around a cell that take in rows first or columns first. */
function grow(frame: ProductFrame, table: Table, { row, column, service }: Seed): Box {
  const has = (r: number, c: number) => holds(frame, table, r, c, service);
  const columnsFor = (r: number) => [
    ...new Set([
      ...(table.values[r]?.keys() ?? []),
      ...(table.columnsOf.get(table.rowOnly[r] ?? "") ?? []),
    ]),
  ];
  const rowsFor = (c: number) => [
    ...new Set([
      ...(table.having[c] ?? []),
      ...(table.rowsOf.get(table.columnOnly[c] ?? "") ?? []),
    ]),
  ];
  const wide = columnsFor(row).filter((c) => has(row, c));
  const tall = rowsFor(column).filter((r) => has(r, column));
  // Whoever has all of the others has the one that is had least.
  const rare = least(wide, (c) => table.having[c]?.length ?? 0) ?? column;
  const ofWide = rowsFor(rare).filter((r) => wide.every((c) => has(r, c)));
  const short = least(tall, (r) => table.values[r]?.size ?? 0) ?? row;
  const ofTall = columnsFor(short).filter((c) => tall.every((r) => has(r, c)));
  const isWide = wide.length * ofWide.length >= tall.length * ofTall.length;
  const [inRows, inColumns] = isWide ? [ofWide, wide] : [tall, ofTall];
  // Who has no flow at all in the box is no part of it.
  const isFlow = (r: number, c: number) => table.values[r]?.has(c) === true;
  const rows = inRows.filter((r) => inColumns.some((c) => isFlow(r, c)));
  const columns = inColumns.filter((c) => rows.some((r) => isFlow(r, c)));
  return boxOf(table, rows, columns, commonService(frame, table, rows, columns));
}

/** The first of those for which the measure is least. */
function least(places: readonly number[], measure: (place: number) => number): number | undefined {
  let best: number | undefined;
  for (const place of places) {
    if (best === undefined || measure(place) < measure(best)) best = place;
  }
  return best;
}

function holds(
  { services }: ProductFrame,
  { values, rowOnly, columnOnly }: Table,
  row: number,
  column: number,
  service: number,
): boolean {
  const value = values[row]?.get(column);
  if (value === undefined) return rowOnly[row] !== undefined && rowOnly[row] === columnOnly[column];
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
      const value = table.values[row]?.get(column);
      if (value === undefined) continue; // no flow
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
