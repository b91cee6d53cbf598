// Every code has a page, every page's failing project fails with that code and no other, and its
// corrected project has no error. A project "fails" with a warning where the code is one.
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { registry } from "../../diagnostics/registry.ts";
import { renderText } from "../../diagnostics/render-text.ts";
import { check, compile, lint } from "../../index.ts";
import { examine } from "../../library/check.ts";
import type { LiterateCase } from "../literate/markdown.ts";
import { projectOf } from "../literate/project.ts";
import {
  diagnosticPages,
  eitherWay,
  headingOf,
  indexText,
  pageFolder,
} from "./diagnostic-pages.ts";
import { rulesWithPage } from "./lint-pages.ts";

const pages = diagnosticPages();
/** Their failing projects are too large to show; `generated-failures.test.ts` makes them. */
const generated = ["SEG119", "SEG120", "SEG905"];
const now = "2026-11-23";

/** What lint rules say is for lint alone; staged rules are as old as can be. */
const linted = new Set(rulesWithPage.map(({ code }): string => code));
const lintIt: typeof lint = (files, options) =>
  lint(files, { since: () => "2026-01-01", fileDay: () => "2026-01-01", ...options });

/** Errors; for a code that is a warning, every diagnostic of the compiler or its own. */
function errorsOf(project: LiterateCase | undefined, code: string): readonly Diagnostic[] {
  const files = projectOf(project?.fences ?? []);
  if (linted.has(code)) {
    const { diagnostics } = lintIt(files, { now });
    return diagnostics.filter((each) => each.code === code || each.severity === "error");
  }
  const { diagnostics } = compiled.has(code) ? compile(files, { now }) : examine(files, { now });
  const isWarning = warnings.has(code);
  return diagnostics.filter((each) => isWarning || each.severity === "error");
}

const warnings = new Set(
  Object.entries(registry).flatMap(([code, { severity }]) =>
    severity === "warning" && !eitherWay.has(code) ? [code] : [],
  ),
);

/** Codes that only a compile can find. */
const compiled = new Set(
  Object.entries(registry).flatMap(([code, { verb }]) => (verb === "compile" ? [code] : [])),
);

const shown = (errors: readonly Diagnostic[]) => errors.map((each) => renderText(each)).join("\n");

describe("diagnostic pages", () => {
  it("exist for every code, and for nothing else", () => {
    expect(pages.map((page) => page.code)).toEqual(Object.keys(registry).sort());
  });

  it("have names that are unique and in kebab case", () => {
    const names = Object.values(registry).map((entry) => entry.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  it("stand in the index (UPDATE=1 rewrites it)", () => {
    const path = `${pageFolder}/README.md`;
    if (process.env.UPDATE !== undefined) writeFileSync(path, indexText());
    expect(readFileSync(path, "utf8")).toBe(indexText());
  });
});

describe.each(pages)("$code", ({ code, text, fails, passes }) => {
  it("has the skeleton of a page", () => {
    const entry = Object.entries(registry).find(([each]) => each === code)?.[1];
    expect(text.split("\n")[0]).toBe(`# ${code}: ${headingOf(entry?.title ?? "")}`);
    const wanted = [...(generated.includes(code) ? [] : ["Fails"]), "Passes", "See also"];
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(wanted);
  });

  if (!generated.includes(code)) {
    it("fails with this code and no other error", () => {
      const errors = errorsOf(fails, code);
      expect([...new Set(errors.map((each) => each.code))], shown(errors)).toEqual([code]);
    });
  }

  if (warnings.has(code)) {
    it("is reported by one verb", () => {
      const files = projectOf(fails?.fences ?? []);
      const verbs = Object.entries({ check, lint: lintIt }).flatMap(([verb, run]) =>
        run(files, { now }).diagnostics.some((each) => each.code === code) ? [verb] : [],
      );
      const isChecked = ["SEG407", "SEG602", "SEG603", "SEG604"].includes(code);
      expect(verbs).toEqual([isChecked ? "check" : "lint"]);
    });
  }

  it("passes when corrected", () => {
    const errors = errorsOf(passes, code);
    expect(passes?.fences.length).toBeGreaterThan(0);
    expect(errors, shown(errors)).toEqual([]);
  });
});
