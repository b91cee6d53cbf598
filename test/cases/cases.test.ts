// The literate cases: every Markdown file here is a suite, every heading with fences a test. An
// `errors` fence lists what must be reported, a line each (`SEG202 app.seg:4`, the place may be left
// out); without one there must be no error. A `warnings` fence does the same for warnings, which
// are not looked at without one. What a policy means is said by the tests inside it.
import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { positionAt } from "../../diagnostics/source.ts";
import { examine } from "../../library/check.ts";
import { literateCases } from "../literate/markdown.ts";
import { projectOf } from "../literate/project.ts";

const now = "2026-11-23";
const files = globSync("test/cases/**/*.md").sort();

function placed({ code, span }: Diagnostic, wanted: readonly string[]): string {
  if (span === undefined || wanted.includes(code)) return code;
  return `${code} ${span.source.path}:${positionAt(span.source, span.start).line}`;
}

describe.each(files)("%s", (file) => {
  const cases = literateCases(readFileSync(file, "utf8"));

  it.each(cases.map((each) => [each.name, each] as const))("%s", (_, { fences }) => {
    const { diagnostics } = examine(projectOf(fences), { now });
    for (const severity of ["error", "warning"] as const) {
      const wanted = fences.filter((fence) => fence.language === `${severity}s`);
      if (severity === "warning" && wanted.length === 0) continue;
      const expected = wanted.flatMap((fence) => fence.text.trim().split("\n"));
      const reported = diagnostics.filter((each) => each.severity === severity);
      const found = reported.map((each) => placed(each, expected));
      expect(found, reported.map((each) => each.message).join("\n")).toEqual(expected);
    }
  });
});

describe("literate cases", () => {
  it("are there", () => {
    expect(files.length).toBeGreaterThan(2);
  });
});
