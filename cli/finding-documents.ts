// What a verb found -> the formats that only verbs with findings have.
import type { TestResult } from "../compiler/guard/policy-tests.ts";
import { renderCompact } from "../diagnostics/render-compact.ts";
import type { Suppressed } from "../lint/suppressions.ts";
import type { FindingsReport } from "../report/findings.ts";
import { findingsMarkdown } from "../report/findings-markdown.ts";
import { junitOfFindings, junitOfTests } from "../report/junit.ts";
import { sarifOf } from "../report/sarif.ts";
import { repositoryPath } from "./answer.ts";
import type { Call, Result } from "./call.ts";
import { packageVersion } from "./package-files.ts";
import type { VerbName } from "./verbs.ts";

/** What a verb found. */
export interface Findings extends Pick<Result, "diagnostics" | "folder"> {
  readonly verb: VerbName;
  readonly suppressed?: readonly Suppressed[];
  /** Of `segc test`. */
  readonly tests?: readonly TestResult[];
}

/** For verbs whose result is first of all what is wrong. */
export function findingDocuments(
  { options, terminal }: Call,
  { verb, diagnostics, folder, suppressed = [], tests }: Findings,
): NonNullable<Result["documents"]> {
  const inRepository = repositoryPath(folder, terminal);
  const version = packageVersion();
  const report: FindingsReport = {
    verb,
    diagnostics,
    suppressed,
    pathOf: (path) => inRepository(path).replaceAll("\\", "/"),
    tool: { name: "segc", version, pageOf: (code) => publishedPage(version, code) },
    fails: ({ severity }) => severity === "error" || options.failLevel === "warning",
  };
  return {
    compact: () => diagnostics.map(renderCompact).join(""),
    sarif: () => sarifOf(report),
    junit: () => (tests === undefined ? junitOfFindings(report) : junitOfTests(report, tests)),
    markdown: () => findingsMarkdown(report, tests),
  };
}

/** The page of a code in the published package of this version. */
const publishedPage = (version: string, code: string) =>
  `https://unpkg.com/segc@${version}/docs/diagnostics/${code}.md`;
