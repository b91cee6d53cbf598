// Decision diagrams against truth tables: functions of a few variables to values or to nothing.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Diagram, Diagrams, open } from "../../compiler/bdd/diagrams.ts";
import { digitsOf, restrict } from "../../compiler/bdd/ranges.ts";
import { atomSet } from "../../compiler/verify/atoms.ts";

const numRuns = process.env.SEGC_FULL === "1" ? 20_000 : 1_000;
const variables = 5;
const values = 3;

/** The value for each assignment, the first variable being the most significant bit. */
type Table = readonly (number | undefined)[];

const tables: fc.Arbitrary<Table> = fc.array(
  fc.option(fc.nat({ max: values - 1 }), { nil: undefined }),
  {
    minLength: 2 ** variables,
    maxLength: 2 ** variables,
  },
);

/** Tables that depend on few variables, and so have small diagrams. */
const plainTables = fc
  .tuple(tables, fc.nat({ max: 2 ** variables - 1 }))
  .map(([table, kept]) => table.map((_, row) => table[row & kept]));

function draw(diagrams: Diagrams, table: Table, level = 0): Diagram {
  const [only] = table;
  if (table.length === 1) return only === undefined ? open : diagrams.constant(only);
  const half = table.length / 2;
  return diagrams.node(
    level,
    draw(diagrams, table.slice(0, half), level + 1),
    draw(diagrams, table.slice(half), level + 1),
  );
}

function tableOf(diagrams: Diagrams, diagram: Diagram, level = 0, end = variables): Table {
  if (level === end) return [diagrams.valueOf(diagram)];
  return [
    ...tableOf(diagrams, diagrams.lowOf(diagram, level), level + 1, end),
    ...tableOf(diagrams, diagrams.highOf(diagram, level), level + 1, end),
  ];
}

describe("diagrams", () => {
  it("hold what was drawn, each function once", () => {
    fc.assert(
      fc.property(fc.oneof(tables, plainTables), fc.oneof(tables, plainTables), (a, b) => {
        const diagrams = new Diagrams(values);
        const [left, right] = [draw(diagrams, a), draw(diagrams, b)];
        expect(tableOf(diagrams, left)).toEqual(a);
        expect(tableOf(diagrams, right)).toEqual(b);
        expect(left === right).toBe(a.every((value, row) => value === b[row]));
        expect(draw(diagrams, a)).toBe(left);
      }),
      { numRuns },
    );
  });

  it("override as tables do, also when the memo and the nodes grow in between", () => {
    const rows = fc.array(fc.oneof(tables, plainTables), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(rows, (list) => {
        const diagrams = new Diagrams(values);
        const joined = list.reduceRight(
          (rest, table) => diagrams.override(draw(diagrams, table), rest),
          open,
        );
        const wanted = list[0]?.map(
          (_, row) => list.find((table) => table[row] !== undefined)?.[row],
        );
        expect(tableOf(diagrams, joined)).toEqual(wanted);
        expect(joined).toBe(draw(diagrams, wanted ?? []));
      }),
      { numRuns },
    );
  });

  it("tell where two differ, and cut one down to where another has a value", () => {
    fc.assert(
      fc.property(fc.oneof(tables, plainTables), fc.oneof(tables, plainTables), (a, b) => {
        const diagrams = new Diagrams(values);
        const [left, right] = [draw(diagrams, a), draw(diagrams, b)];
        const cut = a.map((value, row) => (b[row] === undefined ? undefined : value));
        const differing = a.map((value, row) => (value === b[row] ? undefined : 0));
        expect(diagrams.within(left, right)).toBe(draw(diagrams, cut));
        expect(diagrams.differing(left, right)).toBe(draw(diagrams, differing));
        expect(diagrams.differing(right, left)).toBe(draw(diagrams, differing));
      }),
      { numRuns },
    );
  });

  it("begin with as many leaves as asked for", () => {
    const diagrams = new Diagrams(1_000);
    const [one, other] = [diagrams.constant(998), diagrams.constant(999)];
    const node = diagrams.node(3, one, other);
    expect(diagrams.valueOf(one)).toBe(998);
    expect(diagrams.valueOf(open)).toBeUndefined();
    expect(diagrams.valueOf(node)).toBeUndefined();
    expect(diagrams.node(3, one, other)).toBe(node);
    expect(diagrams.levelOf(node)).toBe(3);
  });
});

describe("many diagrams", () => {
  it("stay right across each doubling of their tables", () => {
    const wide = 10;
    const rows = fc.array(fc.option(fc.nat({ max: values - 1 }), { nil: undefined, freq: 2 }), {
      minLength: 2 ** wide,
      maxLength: 2 ** wide,
    });
    fc.assert(
      fc.property(rows, rows, rows, (a, b, c) => {
        const diagrams = new Diagrams(values);
        const [x, y, z] = [draw(diagrams, a), draw(diagrams, b), draw(diagrams, c)];
        const joined = diagrams.override(diagrams.override(x, y), z);
        const wanted = a.map((value, row) => value ?? b[row] ?? c[row]);
        expect(diagrams.size).toBeGreaterThan(1_000);
        expect(tableOf(diagrams, joined, 0, wide)).toEqual(wanted);
        expect(joined).toBe(draw(diagrams, wanted));
        expect(joined).toBe(diagrams.override(x, diagrams.override(y, z)));
      }),
      { numRuns: Math.ceil(numRuns / 50) },
    );
  });
});

describe("sets of numbers", () => {
  const cases = fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.nat({ max: 3 }))
    .chain(([count, level]) =>
      fc.record({
        count: fc.constant(count),
        level: fc.constant(level),
        members: fc.array(fc.nat({ max: count - 1 })),
      }),
    );

  it("are the diagrams of their members, codes past the end standing for the last number", () => {
    fc.assert(
      fc.property(cases, ({ count, level, members }) => {
        const diagrams = new Diagrams(values);
        const digits = digitsOf(level, count);
        const inside = diagrams.constant(1);
        const runs = atomSet(members.map((at) => [at, at]));
        const found = tableOf(
          diagrams,
          restrict(diagrams, digits, runs, inside),
          level,
          level + digits.bits,
        );
        expect(found.length).toBeGreaterThanOrEqual(count);
        for (const [code, value] of found.entries()) {
          const isIn = members.includes(Math.min(code, count - 1));
          expect(value).toBe(isIn ? 1 : undefined);
        }
      }),
      { numRuns },
    );
  });
});
