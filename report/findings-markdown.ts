// Findings, and results of the policy's tests -> Markdown for a comment at a pull request. Words of the
// user are shown, never obeyed: no link, image, mention or markup comes of them.
import type { TestResult } from "../compiler/guard/policy-tests.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { escapeText } from "../diagnostics/render-display.ts";
import { positionAt } from "../diagnostics/source.ts";
import { counted, listed } from "./counted.ts";
import type { FindingsReport } from "./findings.ts";
import { codeText, entities } from "./markdown-text.ts";

/** Shown in a table: more than that nobody reads, and comments have a length. */
const rowsMax = 200;

/** A heading with the numbers, and a table of what was found. */
export function findingsMarkdown(
  report: FindingsReport,
  tests: readonly TestResult[] = [],
): string {
  const { diagnostics, suppressed, verb } = report;
  const shown = diagnostics.slice(0, rowsMax);
  const more = diagnostics.length - shown.length;
  return [
    `### segc ${verb}: ${headline(diagnostics)}`,
    ...(tests.length === 0 ? [] : ["", ...testTable(tests)]),
    ...(shown.length === 0 ? [] : ["", ...findingTable(report, shown)]),
    ...(more === 0 ? [] : ["", `${counted(more, "more finding")}.`]),
    ...(suppressed.length === 0
      ? []
      : ["", `${counted(suppressed.length, "finding")} suppressed with a reason.`]),
    "",
  ].join("\n");
}

function headline(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors > 0 ? [counted(errors, "error")] : []),
    ...(warnings > 0 ? [counted(warnings, "warning")] : []),
  ];
  return parts.length === 0 ? "nothing found" : listed(parts);
}

function testTable(tests: readonly TestResult[]): readonly string[] {
  return [
    "| | Test | Module |",
    "|---|---|---|",
    ...tests.map(
      ({ passed, title, module }) =>
        `| ${passed ? "passed" : "**failed**"} | ${inline(title)} | ${inline(module)} |`,
    ),
  ];
}

function findingTable(
  { pathOf, tool }: FindingsReport,
  diagnostics: readonly Diagnostic[],
): readonly string[] {
  return [
    "| | Place | Finding |",
    "|---|---|---|",
    ...diagnostics.map(({ severity, code, name, span, message, help }) => {
      const { line = 0 } = span === undefined ? {} : positionAt(span.source, span.start);
      const place = span === undefined ? "" : codeText(`${pathOf(span.source.path)}:${line}`);
      const page = `[${code}](${tool.pageOf(code)} "${name}")`;
      const advice = help === undefined ? "" : `<br>${inline(help)}`;
      const weight = severity === "error" ? "**error**" : severity;
      return `| ${weight} ${page} | ${place} | ${inline(message)}${advice} |`;
    }),
  ];
}

/** Words of a message: what stands in backticks is code, everything else is text and nothing more. */
function inline(text: string): string {
  const parts = text.split("`");
  const isCode = (index: number) => index % 2 === 1 && index < parts.length - 1;
  return parts
    .map((part, index) => {
      // In text, a forge would look for names and numbers behind the entities.
      if (isCode(index) || /[@#]/.test(part)) return part === "" ? "" : codeText(part);
      return entities(escapeText(part));
    })
    .join("");
}
