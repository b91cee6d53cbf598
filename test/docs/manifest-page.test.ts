// docs/manifest.md speaks of every key of the schema, and of no other.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const schema = JSON.parse(readFileSync("schemas/manifest.schema.json", "utf8"));
const page = readFileSync("docs/manifest.md", "utf8");

/** The words in code in the first column of the section's table. */
function keysIn(heading: string): readonly string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  return [...section.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = ""]) =>
    cell.split(", ").map((word) => word.replaceAll("`", "")),
  );
}

it.each([
  ["# manifest.json", Object.keys(schema.properties)],
  ["artefacts", Object.keys(schema.definitions.artefact.properties)],
])("%s: every key has its line", (heading, keys) => {
  expect(keys.length).toBeGreaterThan(5);
  expect(keysIn(heading)).toEqual(keys);
});

it("relies: every key is spoken of", () => {
  const section = page.split(/^## /m).find((part) => part.startsWith("relies")) ?? "";
  const keys = Object.keys(schema.properties.relies.items.properties);
  expect(keys.filter((key) => !section.includes(`\`${key}\``))).toEqual([]);
});
