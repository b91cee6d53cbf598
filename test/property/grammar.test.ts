// The grammar over random texts: what is well formed parses; formatting keeps the tree and every
// comment and is done after once; whatever the bytes, there is a tree and an ordered answer.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFlow, parseModule } from "../../grammar/parse.ts";
import { formatModule } from "../../grammar/print.ts";
import { moduleText, moduleTokens, plainModuleText } from "../grammar/arbitrary.ts";
import { isWellFormed, kindsIn, withoutPlaces } from "../grammar/tree.ts";

const runs = process.env.SEGC_FULL === undefined ? 300 : 5000;
const source = (text: string) => ({ path: "m.seg", text });
const codes = (text: string) => parseModule(source(text)).diagnostics.map(({ code }) => code);

describe("random modules", () => {
  it("parse without a diagnostic", () => {
    fc.assert(
      fc.property(moduleText, (text) => {
        expect(codes(text)).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it("hold every construct", () => {
    const seen = new Set<string>();
    for (const text of fc.sample(plainModuleText, { numRuns: 400, seed: 1 })) {
      for (const kind of kindsIn(parseModule(source(text)).tree)) seen.add(kind);
    }
    const wanted = [
      ...["import", "label", "require", "team", "delegate", "observe", "guard", "test", "segment"],
      ...["service", "program", "template", "use", "rule", "name", "parameter", "string", "union"],
      ...["intersection", "difference", "program-at", "parenthesised", "workloads", "outside"],
      ...["internet", "anywhere", "networks", "fqdn", "value", "and", "or", "not", "has-label"],
      ...["parenthesised-predicate", "is", "is-not", "in", "not-in", "has-value", "any-service"],
      ...["ports", "icmp-echo", "icmp", "protocol", "because", "ticket", "until", "log", "family"],
      ...["fallback-network", "fallback-cidr"],
    ];
    expect(wanted.filter((kind) => !seen.has(kind))).toEqual([]);
  });
});

describe("formatting", () => {
  it("keeps the tree", () => {
    fc.assert(
      fc.property(moduleText, (text) => {
        const formatted = formatModule(source(text));
        expect(formatted.diagnostics).toEqual([]);
        const after = parseModule(source(formatted.text));
        expect(after.diagnostics).toEqual([]);
        expect(withoutPlaces(after.tree)).toEqual(withoutPlaces(parseModule(source(text)).tree));
      }),
      { numRuns: runs },
    );
  });

  it("is done after once", () => {
    fc.assert(
      fc.property(moduleText, (text) => {
        const once = formatModule(source(text)).text;
        expect(formatModule(source(once)).text).toBe(once);
      }),
      { numRuns: runs },
    );
  });

  it("keeps every comment", () => {
    fc.assert(
      fc.property(moduleText, (text) => {
        const comments = (of: string) =>
          parseModule(source(of))
            .tree.comments.map((comment) => comment.text.trim())
            .sort();
        expect(comments(formatModule(source(text)).text)).toEqual(comments(text));
      }),
      { numRuns: runs },
    );
  });

  it("ends lines within 100 columns where it may break them", () => {
    fc.assert(
      fc.property(plainModuleText, (text) => {
        const { text: formatted } = formatModule(source(text));
        expect(formatted.endsWith("\n")).toBe(true);
        expect(formatted).not.toMatch(/[ \t]\n|\n\n\n|\t/);
      }),
      { numRuns: runs },
    );
  });
});

describe("any text", () => {
  /** Everything that must hold of an answer, however broken the text. */
  const answers = (text: string) => {
    const { tree, diagnostics } = parseModule(source(text));
    expect(isWellFormed(tree)).toBe(true);
    let last = 0;
    for (const { span } of diagnostics) {
      if (span === undefined) throw new Error("a syntax problem has a place");
      expect(span.start).toBeGreaterThanOrEqual(last);
      expect(span.end).toBeGreaterThanOrEqual(span.start);
      expect(span.end).toBeLessThanOrEqual(text.length);
      last = span.start;
    }
    const formatted = formatModule(source(text));
    if (diagnostics.length > 0) expect(formatted.text).toBe(text);
    parseFlow(source(text));
    return diagnostics;
  };

  it("gives an answer: random characters", () => {
    const characters = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.string({ unit: "binary", maxLength: 100 }),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes)),
    );
    fc.assert(
      fc.property(characters, (text) => void answers(text)),
      { numRuns: runs },
    );
  });

  const pieces = fc.constantFrom(
    ...'allow deny staged never only always segment service program template use export { } ( ) , : = -> @ & except and or not in is has where workloads outside networks fqdn any $ . / * tcp 443 80-90 10.0.0.0/8 :: 2026-01-01 "x" " # \n module label enum test workload allowed observe until delegate of with to team owns A_b - \u202e \r \0 é'.split(
      " ",
    ),
  );

  it("gives an answer: random tokens", () => {
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 60 }),
        fc.constantFrom("", " ", "\n"),
        (all, by) => {
          answers(all.join(by));
        },
      ),
      { numRuns: runs * 2 },
    );
  });

  it("gives an answer: tokens deleted, doubled, exchanged, put in", () => {
    const mutation = fc.record({
      at: fc.nat(),
      how: fc.constantFrom("delete", "double", "exchange", "insert" as const),
      piece: pieces,
    });
    const mutated = fc
      .tuple(moduleTokens, fc.array(mutation, { minLength: 1, maxLength: 3 }))
      .map(([statements, mutations]) => {
        const tokens = statements.flatMap((statement) => [...statement, "\n"]);
        for (const { at, how, piece } of mutations) {
          const index = at % tokens.length;
          if (how === "delete") tokens.splice(index, 1);
          else if (how === "double") tokens.splice(index, 0, tokens[index] ?? "");
          else if (how === "exchange") tokens[index] = piece;
          else tokens.splice(index, 0, piece);
        }
        return tokens.join(" ");
      });
    fc.assert(
      fc.property(mutated, (text) => void answers(text)),
      { numRuns: runs * 2 },
    );
  });

  it("reports one broken statement once and reads the others", () => {
    fc.assert(
      fc.property(moduleTokens, fc.nat(), ([header = [], ...statements], at) => {
        const lines = statements.map((tokens) => tokens.join(" "));
        const index = at % (lines.length + 1);
        const text = [header.join(" "), ...lines.toSpliced(index, 0, "segment ( ) = =")].join("\n");
        const { tree, diagnostics } = parseModule(source(text));
        expect(diagnostics.map(({ code }) => code)).toEqual(["SEG100"]);
        expect(tree.declarations).toHaveLength(statements.length);
      }),
      { numRuns: runs },
    );
  });
});
