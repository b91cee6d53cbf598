// The documentation of lint rules is what their fields say. UPDATE=1 rewrites it.
import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generatedParts, pageText, rulesWithPage } from "./lint-pages.ts";

function keep(path: string, wanted: string): void {
  if (process.env.UPDATE !== undefined) writeFileSync(path, wanted);
  expect(readFileSync(path, "utf8")).toBe(wanted);
}

it.each(rulesWithPage.map((rule) => [rule.code, rule] as const))(
  "%s has its page",
  (code, rule) => {
    keep(`docs/diagnostics/${code}.md`, pageText(rule));
  },
);

it("docs/lint.md has its tables", () => {
  const path = "docs/lint.md";
  const written = readFileSync(path, "utf8");
  const wanted = [...generatedParts()].reduce((text, [name, part]) => {
    const [open, close] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
    const [before = "", ...rest] = text.split(open);
    const after = rest.join(open).split(close).slice(1).join(close);
    expect(after, `${path} has no place for ${name}`).not.toBe("");
    return `${before}${open}\n${part}\n${close}${after}`;
  }, written);
  keep(path, wanted);
});
