// The examples of docs/inventory.md and docs/project-file.md load without a fault.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildInventory } from "../../compiler/inventory/build.ts";
import { buildModel } from "../../compiler/model/build.ts";
import { parseModule } from "../../grammar/parse.ts";
import { loadProject } from "../../project/load.ts";
import { shown } from "../inventory/load-inventory.ts";
import { literateCases } from "../literate/markdown.ts";
import { projectOf } from "../literate/project.ts";

const hasData = /^(yaml|json|csv)$/;

describe.each(["docs/inventory.md", "docs/project-file.md"])("%s", (page) => {
  const cases = literateCases(readFileSync(page, "utf8")).filter(({ heading, fences }) => {
    const own = fences.filter(({ language }) => hasData.test(language));
    return own.length > 0 && heading !== "";
  });

  it("has examples", () => {
    expect(cases.length).toBeGreaterThan(2);
  });

  it.each(cases.map((each) => [each.heading, each] as const))("%s", (_, { fences }) => {
    const { project, diagnostics } = loadProject(projectOf(fences));
    const parsed = project.sources.map((source) => parseModule(source));
    const built = buildModel(
      parsed.map(({ tree }) => tree),
      project,
    );
    const inventory = buildInventory(project.inventory, built.model);
    const faults = [diagnostics, built.diagnostics, inventory.diagnostics].flat();
    expect(faults.map(shown)).toEqual([]);
    expect(inventory.inventory.workloads.length).toBeGreaterThan(0);
  });
});
