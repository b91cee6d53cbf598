// Every block of docs/language.md is real: the unnamed ones are one policy, the named ones a second.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderText } from "../../diagnostics/render-text.ts";
import { formatModule } from "../../grammar/print.ts";
import { check } from "../../index.ts";
import { literateCases } from "../literate/markdown.ts";
import { projectOf } from "../literate/project.ts";

const now = "2026-11-23";

/** Every fence once, whatever heading hands it down. */
function fencesOfPage() {
  const markdown = readFileSync("docs/language.md", "utf8").replace(/^#+ .*$/gm, "");
  const [page] = literateCases(`# all\n${markdown}`.replaceAll(/^```seg\n/gm, "```seg @\n"));
  return page?.fences ?? [];
}

/** Enough machines that every statement has something to speak of. */
const machine = (name: string, labels: string, address: string) =>
  `- { name: ${name}, platform: linux, labels: { ${labels} }, addresses: [${address}], ` +
  "users: { report: 2001 }, enforcers: [{ kind: nftables, id: host, directions: [ingress, egress] }] }\n";
const inventory = {
  language: "yaml",
  info: "inventory.yaml",
  line: 0,
  text: ["web", "api", "batch", "db", "cache", "admin"]
    .map((role, at) => machine(`${role}-1`, `env: prod, role: ${role}`, `10.0.0.${at + 1}`))
    .join(""),
};

describe("docs/language.md", () => {
  const fences = fencesOfPage();
  const unnamed = fences.filter((fence) => fence.info === "@");
  const text = unnamed.map((fence) => fence.text).join("\n");

  function errorsOf(project: Parameters<typeof projectOf>[0]) {
    const { diagnostics, tests } = check(projectOf(project), { now });
    const errors = diagnostics.filter((each) => each.severity === "error");
    return { errors, tests, shown: errors.map((each) => renderText(each)).join("\n") };
  }

  it("is one policy without errors", () => {
    expect(unnamed.length).toBeGreaterThan(12);
    const policy = { language: "seg", info: "", line: 0, text };
    const { errors, shown, tests } = errorsOf([policy, inventory]);
    expect(errors, shown).toEqual([]);
    expect(tests).toHaveLength(1);
  });

  it("has an example of several modules without errors", () => {
    const named = fences.filter((fence) => fence.info !== "@");
    const { errors, shown } = errorsOf(named);
    expect(named.map((fence) => fence.info)).toEqual(["org.seg", "shop.seg"]);
    expect(errors, shown).toEqual([]);
  });

  it("is formatted, so that nobody learns another style", () => {
    for (const block of unnamed) {
      const source = block.text.startsWith("#") ? block.text : `module shop root\n\n${block.text}`;
      expect(formatModule({ path: "page.seg", text: source }).text).toBe(source);
    }
  });
});
