// Whatever the parser makes of damaged text, the model is built, nothing is thrown, and nothing
// is left out in silence: a project without a diagnostic has all that its text declares.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Model } from "../../compiler/model/types.ts";
import { compareSpans } from "../../diagnostics/source.ts";
import type { ModuleTree } from "../../grammar/ast.ts";
import { buildTrees, type Files, modelOf, parseAll } from "./project.ts";
import { sample } from "./sample.ts";

const words = /("(?:[^"\\\n]|\\.)*"|#.*|[a-z][a-z0-9-]*|\d[\d.:/-]*|->|[^\s\w])/;
/** Words at odd places, what stands between them at even ones. */
const pieces = (text: string) => text.split(words);
const tokens = Object.values(sample).flatMap((text) =>
  pieces(text).filter((piece, index) => index % 2 === 1 && !piece.startsWith("#")),
);

interface Mutation {
  readonly file: number;
  readonly at: number;
  readonly kind: "drop" | "replace" | "insert" | "swap";
  readonly token: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  file: fc.nat(2),
  at: fc.nat(2_000),
  kind: fc.constantFrom("drop" as const, "replace" as const, "insert" as const, "swap" as const),
  token: fc.constantFrom(...new Set(tokens), "$e", "$", "@", "fqdn", "outside"),
});

function mutated(mutations: readonly Mutation[]): Files {
  const texts = Object.entries(sample).map(([path, text]) => ({ path, parts: pieces(text) }));
  for (const { file, at, kind, token } of mutations) {
    const parts = texts[file]?.parts ?? [];
    const index = ((2 * at) % (parts.length - 1)) + 1;
    const word = parts[index] ?? "";
    if (kind === "drop") parts[index] = "";
    else if (kind === "replace") parts[index] = token;
    else if (kind === "insert") parts[index] = `${token} ${word}`;
    else [parts[index], parts[index + 2]] = [parts[index + 2] ?? "", word];
  }
  return Object.fromEntries(texts.map(({ path, parts }) => [path, parts.join("")]));
}

function expectNothingLost(trees: readonly ModuleTree[], model: Model): void {
  const declared = trees.flatMap(({ declarations }) => declarations);
  const count = (kind: string) => declared.filter((one) => one.kind === kind).length;
  expect(model.tests).toHaveLength(count("test"));
  expect(model.guardrails).toHaveLength(count("guard"));
  expect(model.requirements).toHaveLength(count("require"));
  expect(model.delegations).toHaveLength(count("delegate"));
  expect(model.observations).toHaveLength(count("observe"));
  expect([...model.teams]).toHaveLength(count("team"));
  const rules = model.rules.length + model.rules.flatMap(({ duplicates }) => duplicates).length;
  const inTemplates = declared.flatMap((one) =>
    one.kind === "use"
      ? declared.flatMap((other) =>
          other.kind === "template" && other.name.text === one.template.parts[0]?.text
            ? other.body.filter(({ kind }) => kind === "rule")
            : [],
        )
      : [],
  );
  expect(rules).toBe(count("rule") + inTemplates.length);
}

test("mutated projects never throw, and lose nothing in silence", () => {
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
      const { trees, faults } = parseAll(mutated(mutations));
      const { model, diagnostics } = buildTrees(trees, { root: "org" });
      const spans = diagnostics.flatMap(({ span }) => span ?? []);
      expect(spans.toSorted(compareSpans)).toEqual(spans);
      if (faults.length === 0 && diagnostics.length === 0) expectNothingLost(trees, model);
    }),
    { numRuns: 500 },
  );
});

test("projects that lack some declarations lose no other in silence", () => {
  let sound = 0;
  const { trees } = parseAll(sample);
  fc.assert(
    fc.property(fc.array(fc.nat(100), { minLength: 1, maxLength: 3 }), (dropped) => {
      const kept = trees.map((tree, file) => ({
        ...tree,
        declarations: tree.declarations.filter((_, index) => !dropped.includes(3 * index + file)),
      }));
      const { model, diagnostics } = buildTrees(kept, { root: "org" });
      if (diagnostics.length > 0) return;
      sound++;
      expectNothingLost(kept, model);
    }),
    { numRuns: 200 },
  );
  expect(sound).toBeGreaterThan(20);
});

test("the same project in another order of files is the same model", () => {
  const ids = (files: Files) => modelOf(files).rules.map(({ id }) => id);
  expect(ids(Object.fromEntries(Object.entries(sample).reverse()))).toEqual(ids(sample));
});

test("ten thousand misspellings are reported in reasonable time", () => {
  const segments = Array.from({ length: 2_000 }, (_, i) => `segment name-${i} = workloads`);
  const rules = Array.from({ length: 10_000 }, (_, i) => `allow nmae-${i} -> workloads : tcp/1`);
  const { trees } = parseAll({
    "org.seg": `module org root\n${[...segments, ...rules].join("\n")}`,
  });
  expect(buildTrees(trees).diagnostics).toHaveLength(10_000);
});
