// Findings, or the policy's own tests -> JUnit XML, as CI servers read it. A finding that makes the verb
// fail is a failed case; one that does not is a case that passes and says something.
import type { TestResult } from "../compiler/guard/policy-tests.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { escapeText } from "../diagnostics/render-display.ts";
import { renderText } from "../diagnostics/render-text.ts";
import { positionAt } from "../diagnostics/source.ts";
import type { FindingsReport } from "./findings.ts";

interface Case {
  readonly name: string;
  /** What CI servers group by. */
  readonly classname: string;
  readonly failures: readonly Diagnostic[];
  readonly remarks: readonly Diagnostic[];
}

/** A case for each finding; one that passes where there is none. */
export function junitOfFindings(report: FindingsReport): string {
  const { diagnostics, verb } = report;
  const cases = diagnostics.map((diagnostic) => caseOf(report, diagnostic));
  const none = { name: "nothing found", classname: verb, failures: [], remarks: [] };
  return suite(`segc ${verb}`, cases.length === 0 ? [none] : cases);
}

/** A case for each test of the policy, and for each finding that is not of one. */
export function junitOfTests(report: FindingsReport, tests: readonly TestResult[]): string {
  const ofTests = new Set(
    tests.flatMap((test) => [test, ...test.assertions].flatMap(({ failure }) => failure ?? [])),
  );
  const others = report.diagnostics.filter((diagnostic) => !ofTests.has(diagnostic));
  const cases = tests.map(
    (test): Case => ({
      name: test.title,
      classname: test.module,
      failures: [test, ...test.assertions].flatMap(({ failure }) => failure ?? []),
      remarks: [],
    }),
  );
  return suite("segc test", [...cases, ...others.map((other) => caseOf(report, other))]);
}

function caseOf({ fails, pathOf }: FindingsReport, diagnostic: Diagnostic): Case {
  const { code, name, span } = diagnostic;
  const place = span && positionAt(span.source, span.start);
  const at = place === undefined ? "" : ` at ${place.line}:${place.column}`;
  const isFailure = fails(diagnostic);
  return {
    name: `${code} ${name}${at}`,
    classname: span === undefined ? "segc.yaml" : pathOf(span.source.path),
    failures: isFailure ? [diagnostic] : [],
    remarks: isFailure ? [] : [diagnostic],
  };
}

function suite(name: string, cases: readonly Case[]): string {
  const failed = cases.filter(({ failures }) => failures.length > 0).length;
  const counts = `tests="${cases.length}" failures="${failed}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(name)}" ${counts}>`,
    `  <testsuite name="${escapeXml(name)}" ${counts} skipped="0">`,
    ...cases.flatMap(caseLines),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function caseLines({ name, classname, failures, remarks }: Case): readonly string[] {
  const head = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(classname)}"`;
  if (failures.length + remarks.length === 0) return [`${head}/>`];
  return [
    `${head}>`,
    ...failures.map(
      (each) =>
        `      <failure type="${each.code}" message="${escapeXml(each.message)}">${textOf(each)}</failure>`,
    ),
    ...(remarks.length === 0
      ? []
      : [`      <system-out>${remarks.map(textOf).join("")}</system-out>`]),
    "    </testcase>",
  ];
}

const textOf = (diagnostic: Diagnostic) =>
  renderText(diagnostic).split("\n").map(escapeXml).join("\n");

/** Text on one line, without what XML 1.0 cannot hold at all (section 2.2, "Char"). */
function escapeXml(text: string): string {
  return escapeText(text)
    .replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
