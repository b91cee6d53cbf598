// Every example of every rule: the invalid ones are reported where they say, the valid ones are not;
// none of them has an error.
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderText } from "../../diagnostics/render-text.ts";
import { positionAt } from "../../diagnostics/source.ts";
import { lint } from "../../index.ts";
import { exampleTexts } from "../../lint/example-project.ts";
import { lintRules } from "../../lint/index.ts";
import type { Example, InvalidExample, LintRule } from "../../lint/rule.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const now = "2026-11-23";
const staged = "2026-08-21";

function found(rule: LintRule, example: Example) {
  const history = { since: () => staged, fileDay: () => staged };
  const { diagnostics } = lint(memoryFiles(exampleTexts(example)), { now, ...history });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  expect(errors.map((each) => renderText(each)).join("\n")).toBe("");
  return diagnostics.filter(({ code }) => code === rule.code);
}

function placesOf(rule: LintRule, example: InvalidExample) {
  return found(rule, example).map(({ span }) => {
    if (span === undefined) return "nowhere";
    const { line } = positionAt(span.source, span.start);
    return typeof example.policy === "string" && span.source.path === "policy.seg"
      ? line
      : `${span.source.path}:${line}`;
  });
}

describe("the list of rules", () => {
  it("is in the order of codes, each once, with a file named after each", () => {
    const codes = lintRules.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].sort());
    for (const { name } of lintRules) expect(existsSync(`lint/rules/${name}.ts`), name).toBe(true);
  });
});

describe.each(lintRules.map((rule) => [rule.name, rule] as const))("%s", (_, rule) => {
  it.each(rule.invalid.map((example, index) => [index + 1, example] as const))(
    "reports invalid example %i",
    (_number, example) => {
      expect(placesOf(rule, example)).toEqual(example.reports);
    },
  );

  it.each(rule.valid.map((example, index) => [index + 1, example] as const))(
    "says nothing of valid example %i",
    (_number, example) => {
      expect(found(rule, example).map((each) => renderText(each))).toEqual([]);
    },
  );

  it("claims a fix where an example has one, and only there", () => {
    const fixes = rule.invalid.flatMap((example) =>
      found(rule, example).flatMap(({ fix }) => fix ?? []),
    );
    expect(fixes.length > 0).toBe(rule.fix !== undefined);
  });
});
