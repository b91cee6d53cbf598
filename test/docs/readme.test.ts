// The first screen must be true: its policy compiles, and to the lines it shows.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { verbs } from "../../cli/verbs.ts";
import { renderText } from "../../diagnostics/render-text.ts";
import { compile } from "../../index.ts";
import { literateCases } from "../literate/markdown.ts";
import { projectOf } from "../literate/project.ts";

const markdown = readFileSync("README.md", "utf8");
const [first] = literateCases(markdown.replace(/^## [\s\S]*/m, ""));
const fences = first?.fences ?? [];

const inventory = ["web", "db", "batch"].map((tier, at) => ({
  name: `${tier}-1`,
  platform: "linux",
  labels: { tier },
  addresses: [`10.0.0.${at + 1}`],
  enforcers: [{ kind: "nftables", id: "host", directions: ["ingress", "egress"] }],
}));

describe("README.md", () => {
  it("shows a policy that compiles to the lines it shows", () => {
    const policy = fences.filter((fence) => fence.language === "seg");
    const machines = { language: "json", info: "", text: JSON.stringify(inventory), line: 0 };
    const { diagnostics, compiled } = compile(projectOf([...policy, machines]), {
      now: "2026-11-23",
    });
    expect(diagnostics.map((each) => renderText(each))).toEqual([]);
    const batch = compiled?.artefacts.find(({ entry }) => entry.workloads.includes("batch-1"));
    const table = batch?.files.find((file) => file.path.endsWith(".nft"))?.text ?? "";
    const shown = fences.find((fence) => fence.language === "nft")?.text ?? "";
    const trimmed = table.split("\n").map((line) => line.trim());
    expect(shown.trim().split("\n").length).toBe(2);
    expect(trimmed.join("\n")).toContain(shown.trim());
  });

  it("names only verbs that exist", () => {
    const named = [...markdown.matchAll(/(?:npx |`)segc ([a-z]+)/g)].map(([, verb]) => verb);
    const known: readonly string[] = verbs.map((verb) => verb.name);
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((verb) => !known.includes(verb ?? ""))).toEqual([]);
  });
});
