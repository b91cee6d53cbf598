// The pages of docs/diagnostics as data: what every test of them reads.
import { readdirSync, readFileSync } from "node:fs";
import type { Message } from "../../diagnostics/message.ts";
import { registry } from "../../diagnostics/registry.ts";
import { type LiterateCase, literateCases } from "../literate/markdown.ts";

export const pageFolder = "docs/diagnostics";

export interface DiagnosticPage {
  readonly code: string;
  readonly path: string;
  readonly text: string;
  readonly fails: LiterateCase | undefined;
  readonly passes: LiterateCase | undefined;
}

/** Every page, sorted by code. */
export function diagnosticPages(): readonly DiagnosticPage[] {
  return readdirSync(pageFolder)
    .filter((file) => /^SEG\d{3}\.md$/.test(file))
    .sort()
    .map((file) => {
      const path = `${pageFolder}/${file}`;
      const text = readFileSync(path, "utf8");
      const cases = literateCases(text);
      const named = (heading: string) => cases.find((each) => each.heading === heading);
      return { code: file.slice(0, 6), path, text, fails: named("Fails"), passes: named("Passes") };
    });
}

/** A title of the message table as a heading: capital first letter, no final stop. */
export function headingOf(title: string): string {
  return `${title.slice(0, 1).toUpperCase()}${title.slice(1)}`.replace(/\.$/, "");
}

/** The text that docs/diagnostics/README.md must have. */
export function indexText(): string {
  const rows = Object.entries(registry)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { name, severity, title }]) => {
      const kind = eitherWay.has(code) ? "error or warning" : severity;
      return `| [${code}](${code}.md) | \`${name}\` | ${kind} | ${headingOf(title)} |`;
    });
  return [
    "# Diagnostics",
    "",
    "Every message has a code and a page: what it means, a project that gives it, and the same",
    "project put right. `segc explain SEG304` prints a page. Codes are never reused. This table is",
    "made from the message table; the projects on the pages are run by tests.",
    "",
    "| Code | Name | Severity | About |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

/** Codes that are an error or a warning by circumstance; the project on the page has the error. */
export const eitherWay: ReadonlySet<string> = new Set(
  Object.entries<Message<never>>(registry).flatMap(([code, { either }]) =>
    either === true ? [code] : [],
  ),
);
