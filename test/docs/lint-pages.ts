// The documentation of lint rules, made of their fields: a page for each, and the tables of docs/lint.md.
import { readFileSync } from "node:fs";
import type { Message } from "../../diagnostics/message.ts";
import { registry } from "../../diagnostics/registry.ts";
import { exampleInventory, exampleTexts } from "../../lint/example-project.ts";
import { fixClaim } from "../../lint/fix-claims.ts";
import { lintRules } from "../../lint/index.ts";
import type { Example, LintRule } from "../../lint/rule.ts";
import { headingOf } from "./diagnostic-pages.ts";

/** Rules whose page is made here: those of codes that are errors as well have one written by hand. */
export const rulesWithPage: readonly LintRule[] = lintRules.filter(
  ({ code }) => registry[code].severity === "warning",
);

/** The text of docs/diagnostics/SEGnnn.md. */
export function pageText(rule: LintRule): string {
  const { code, rationale, fix, invalid, valid, seeAlso } = rule;
  const [[fails], [passes]] = [invalid, valid];
  const isShared = [fails, passes].some(({ inventory }) => inventory === undefined);
  const shared = `Both projects below share this:\n\n${fence("yaml", "inventory.yaml", exampleInventory)}`;
  return [
    `# ${code}: ${headingOf(registry[code].title)}`,
    rationale,
    ...(fix === undefined ? [] : [`\`segc lint --fix\` puts it right, and ${fix}.`]),
    ...(isShared ? [shared] : []),
    "## Fails",
    ...fences(fails),
    "## Passes",
    ...fences(passes),
    "## See also",
    `${[...seeAlso, "[What lint says](../lint.md)"].map((link) => `- ${link}`).join("\n")}\n`,
  ].join("\n\n");
}

function fences(example: Example): readonly string[] {
  return [...exampleTexts(example)].flatMap(([path, text]) => {
    if (path === "segc.yaml")
      return example.settings === undefined ? [] : [fence("yaml", path, text)];
    if (path === "inventory.yaml") {
      return example.inventory === undefined ? [] : [fence("yaml", path, text)];
    }
    return [fence("seg", path === "policy.seg" ? "" : path, text)];
  });
}

const fence = (language: string, path: string, text: string) =>
  `\`\`\`${path === "" ? language : `${language} ${path}`}\n${text}\`\`\``;

/** Parts of docs/lint.md between `<!-- name -->` and `<!-- /name -->`, as they must be. */
export function generatedParts(): ReadonlyMap<string, string> {
  return new Map([
    ["findings", findingsTable()],
    ["settings", settingsTable()],
  ]);
}

/** Everything that \`lint\` may report as a warning, by code. */
function findingsTable(): string {
  const rows = Object.entries<Message<never>>(registry)
    .filter(([, { severity, verb, either }]) =>
      either === true ? verb !== "compile" : severity === "warning" && verb === "lint",
    )
    .filter(([code]) => !checked.has(code))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { name, title }]) => {
      const fix = fixClaim(code) ?? "";
      return `| [${code}](diagnostics/${code}.md) | \`${name}\` | ${headingOf(title)} | ${fix} |`;
    });
  return ["| Code | Name | About | Fix |", "|---|---|---|---|", ...rows].join("\n");
}

/** Warnings of \`check\`. */
const checked = new Set(
  Object.entries<Message<never>>(registry).flatMap(([code, { verb, severity }]) =>
    verb === "check" && severity === "warning" ? [code] : [],
  ),
);

function settingsTable(): string {
  const schema = JSON.parse(readFileSync("schemas/project.schema.json", "utf8"));
  const settings: Readonly<Record<string, { readonly description: string }>> =
    schema.definitions.lint.properties;
  const readBy = (key: string) =>
    lintRules
      .filter((rule) => rule.settings?.some((setting) => setting === key) === true)
      .map(({ code }) => `[${code}](diagnostics/${code}.md)`)
      .join(", ");
  const rows = Object.entries(settings).map(
    ([key, { description }]) => `| \`${key}\` | ${description} | ${readBy(key)} |`,
  );
  return ["| Key | Meaning | Read by |", "|---|---|---|", ...rows].join("\n");
}
