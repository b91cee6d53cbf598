// Conditions over a few variables, against truth tables: what holds where, whether several can hold
// together, and what a bound on nodes or on work leaves undecided.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  all,
  both,
  either,
  everywhere,
  isOneOf,
  negation,
  never,
  numberAt,
  some,
  variablesIn,
  without,
} from "../../compiler/bdd/conditions.ts";
import { type Diagram, Diagrams } from "../../compiler/bdd/diagrams.ts";
import { digitsOf } from "../../compiler/bdd/ranges.ts";
import { wayOf } from "../../compiler/bdd/search.ts";

const variables = 5;
const rows = 2 ** variables;
/** For each assignment (its bits are the variables), whether the condition holds. */
const table = fc.array(fc.boolean(), { minLength: rows, maxLength: rows });

function diagramOf(diagrams: Diagrams, holds: readonly boolean[]): Diagram {
  const build = (level: number, row: number): Diagram =>
    level === variables
      ? holds[row] === true
        ? everywhere(diagrams)
        : never
      : diagrams.node(level, build(level + 1, row), build(level + 1, row + 2 ** level));
  return build(0, 0);
}

describe("conditions", () => {
  test("words of logic are those of truth tables", () => {
    fc.assert(
      fc.property(table, table, (a, b) => {
        const diagrams = new Diagrams(1);
        const [left, right] = [diagramOf(diagrams, a), diagramOf(diagrams, b)];
        const same = (made: Diagram, wanted: (row: number) => boolean | undefined) =>
          expect(made).toBe(
            diagramOf(
              diagrams,
              a.map((_, row) => wanted(row) === true),
            ),
          );
        same(both(diagrams, left, right), (row) => a[row] && b[row]);
        same(either(diagrams, left, right), (row) => a[row] || b[row]);
        same(without(diagrams, left, right), (row) => a[row] && !b[row]);
        same(negation(diagrams, left), (row) => !a[row]);
        same(all(diagrams, [left, right, left]), (row) => a[row] && b[row]);
        same(some(diagrams, [left, right]), (row) => a[row] || b[row]);
        const matters = Array.from({ length: variables }, (_, level) => level).filter((level) =>
          a.some((value, row) => value !== a[row ^ (2 ** level)]),
        );
        expect([...variablesIn(diagrams, left)].sort()).toEqual(matters);
      }),
    );
  });

  test("numbers whose digits stand apart", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.nat(8), (count, drawn) => {
        const diagrams = new Diagrams(1);
        const number = drawn % count;
        const digits = digitsOf(1, count, 2);
        const way = wayOf(diagrams, [isOneOf(diagrams, digits, [number])], { left: 1000 });
        expect(typeof way === "string" ? way : numberAt(digits, way)).toBe(number);
      }),
    );
  });
});

describe("a way in which several conditions hold", () => {
  test("is found exactly where there is one", () => {
    const seen = { found: 0, none: 0 };
    fc.assert(
      fc.property(fc.array(table, { minLength: 1, maxLength: 6 }), (tables) => {
        const diagrams = new Diagrams(1);
        const conditions = tables.map((holds) => diagramOf(diagrams, holds));
        const way = wayOf(diagrams, conditions, { left: 1_000_000 });
        const possible = Array.from({ length: rows }, (_, row) => row).filter((row) =>
          tables.every((holds) => holds[row]),
        );
        if (typeof way === "string") {
          expect([way, possible]).toEqual(["none", []]);
          seen.none++;
        } else {
          expect(possible).toContain([...way].reduce((row, level) => row + 2 ** level, 0));
          seen.found++;
        }
      }),
    );
    expect(Math.min(seen.found, seen.none)).toBeGreaterThan(0);
  });

  test("is undecided where there is no work left, never wrong", () => {
    fc.assert(
      fc.property(fc.array(table, { minLength: 1, maxLength: 4 }), fc.nat(40), (tables, left) => {
        const diagrams = new Diagrams(1);
        const conditions = tables.map((holds) => diagramOf(diagrams, holds));
        const bounded = wayOf(diagrams, conditions, { left });
        if (bounded === "undecided") return;
        const whole = wayOf(diagrams, conditions, { left: 1_000_000 });
        expect(bounded === "none").toBe(whole === "none");
      }),
    );
  });
});

test("an attempt beyond its nodes leaves nothing behind", () => {
  fc.assert(
    fc.property(table, table, fc.nat(6), (a, b, nodesMax) => {
      const diagrams = new Diagrams(1);
      const [left, right] = [diagramOf(diagrams, a), diagramOf(diagrams, b)];
      const tried = diagrams.attempt(nodesMax, () => both(diagrams, left, right));
      expect(diagrams.isExhausted).toBe(false);
      const made = both(diagrams, left, right);
      expect(made).toBe(
        diagramOf(
          diagrams,
          a.map((value, row) => value && b[row] === true),
        ),
      );
      if (tried !== undefined) expect(tried).toBe(made);
    }),
  );
});
