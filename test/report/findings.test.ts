// Reports of findings, with text that wants to be more than text: each format is read by somebody else's
// reader, and says the same.
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { marked } from "marked";
import type { Log } from "sarif";
import { SaxesParser, type SaxesTagPlain } from "saxes";
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { renderCompact } from "../../diagnostics/render-compact.ts";
import type { SourceFile } from "../../diagnostics/source.ts";
import { check, lint } from "../../index.ts";
import type { FindingsReport } from "../../report/findings.ts";
import { findingsMarkdown } from "../../report/findings-markdown.ts";
import { junitOfFindings, junitOfTests } from "../../report/junit.ts";
import { sarifOf } from "../../report/sarif.ts";
import { exampleFiles } from "../docs/example-files.ts";

const now = "2026-11-23";
const hostile =
  "x`]]> & <script>alert('\"')</script> @admin #12 [a](http://evil.example) | ![i](x) \u0000\u001b[31m\u202e\ud800\uffff\r\n::error::";

function reportOf(
  diagnostics: readonly Diagnostic[],
  more: Partial<FindingsReport> = {},
): FindingsReport {
  return {
    verb: "lint",
    diagnostics,
    suppressed: [],
    pathOf: (path) => `policy/${path}`,
    tool: { name: "segc", version: "1.2.3", pageOf: (code) => `https://segc.example/${code}` },
    fails: ({ severity }) => severity === "error",
    ...more,
  };
}

const source: SourceFile = { path: "a b/x?#%.seg", text: `first\n  ${hostile}\n` };
const evil: Diagnostic = {
  code: "SEG701",
  name: "redundant-rule",
  severity: "error",
  message: `rule \`${hostile}\` is ${hostile}`,
  span: { source, start: 8, end: 12 },
  related: [{ message: hostile, span: { source, start: 0, end: 5 } }],
  notes: [hostile],
  help: hostile,
  fix: [{ span: { source, start: 8, end: 12 }, text: hostile }],
};
const placeless: Diagnostic = {
  code: "SEG810",
  name: "malformed-project",
  severity: "warning",
  message: "there is no `segc.yaml` in this folder",
};
const showcase = () =>
  lint(exampleFiles("lint-showcase"), { now, since: () => "2026-08-01" }).diagnostics;

describe("sarif", () => {
  const valid = new Ajv({ allErrors: true }).compile<Log>(
    JSON.parse(readFileSync("test/report/sarif.schema.json", "utf8")),
  );
  const read = (report: FindingsReport): Log => {
    const log: unknown = JSON.parse(sarifOf(report));
    if (!valid(log)) throw new Error(JSON.stringify(valid.errors));
    return log;
  };

  it("keeps to its schema, whatever is found", () => {
    const found = [...showcase(), evil, placeless];
    const [run] = read(reportOf(found)).runs;
    expect(run?.results?.length).toBe(found.length);
    for (const { ruleId, ruleIndex = -1 } of run?.results ?? []) {
      expect(run?.tool.driver.rules?.[ruleIndex]?.id).toBe(ruleId);
    }
    expect(read(reportOf([])).runs[0]?.results).toEqual([]);
    expect(() =>
      read({ ...reportOf([evil]), tool: { name: "", version: "1", pageOf: () => "" } }),
    ).toThrow();
  });

  it("says where, and shows nothing as a link", () => {
    const [one, other] = read(reportOf([evil, placeless])).runs[0]?.results ?? [];
    expect(one?.locations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: "policy/a%20b/x%3F%23%25.seg", uriBaseId: "%SRCROOT%" },
      region: { startLine: 2, startColumn: 3, endLine: 2, endColumn: 7 },
    });
    expect(one?.message.text).not.toMatch(/(?<!\\)\[a(?<!\\)\]/);
    expect(other?.locations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe("policy/segc.yaml");
  });

  it("lists what is suppressed, with the reason", () => {
    const suppression = {
      code: "SEG701",
      reason: "why, OPS-1",
      span: { source, start: 0, end: 1 },
      covers: undefined,
      fault: undefined,
    };
    const report = reportOf([], { suppressed: [{ diagnostic: evil, suppression }] });
    expect(read(report).runs[0]?.results?.[0]?.suppressions).toEqual([
      { kind: "inSource", status: "accepted", justification: "why, OPS-1" },
    ]);
  });

  it("tells findings apart, and knows them again when lines move", () => {
    const prints = (text: string, at: readonly number[]) => {
      const moved: SourceFile = { path: "x.seg", text };
      const all = at.map((start) => ({ ...placeless, span: { source: moved, start, end: start } }));
      return read(reportOf(all)).runs[0]?.results?.map((one) => one.partialFingerprints);
    };
    const before = prints("one\ntwo\none\n", [0, 4, 8]);
    expect(new Set(before?.map((one) => one?.primaryLocationLineHash)).size).toBe(3);
    expect(prints("zero\n\n  one\ntwo\none\n", [8, 12, 16])).toEqual(before);
    expect(prints("uno\ntwo\none\n", [0, 4, 8])?.[0]).not.toEqual(before?.[0]);
  });
});

describe("junit", () => {
  interface Element {
    readonly name: string;
    readonly attributes: SaxesTagPlain["attributes"];
    text: string;
  }
  /** The elements, in order; throws for what is not well-formed. */
  function read(xml: string): readonly Element[] {
    const parser = new SaxesParser();
    const elements: Element[] = [];
    const open: Element[] = [];
    parser.on("error", (error) => {
      throw error;
    });
    parser.on("opentag", ({ name, attributes }) => {
      const element = { name, attributes, text: "" };
      elements.push(element);
      open.push(element);
    });
    parser.on("text", (text) => {
      const last = open.at(-1);
      if (last !== undefined) last.text += text;
    });
    parser.on("closetag", () => {
      open.pop();
    });
    parser.write(xml).close();
    return elements;
  }

  it("is well-formed whatever is found, and counts it", () => {
    expect(() => read("<a>\u0001</a>")).toThrow();
    const elements = read(junitOfFindings(reportOf([evil, placeless])));
    expect(elements.map(({ name }) => name)).toEqual([
      ...["testsuites", "testsuite", "testcase", "failure", "testcase", "system-out"],
    ]);
    expect(elements[1]?.attributes).toMatchObject({ tests: "2", failures: "1" });
    expect(elements[3]?.attributes.message).toContain("x`]]> & <script>alert('\"')</script>");
    expect(elements[3]?.attributes.message).toContain("\\u0000\\u001b[31m\\u202e\\ud800\\uffff");
    expect(elements[3]?.text).toContain("error SEG701 at");
    expect(elements[5]?.text).toContain("warning SEG810");
  });

  it("has a case that passes where nothing is found", () => {
    const names = read(junitOfFindings(reportOf([]))).map(({ name, attributes }) => [
      name,
      attributes.name,
    ]);
    expect(names.at(-1)).toEqual(["testcase", "nothing found"]);
  });

  it("has a case for each test of the policy", () => {
    const failing = { path: "crm.seg", from: "report-job@batch -> db", to: "batch -> db" };
    const { tests, diagnostics } = check(exampleFiles("crm", [failing]), { now });
    const elements = read(junitOfTests(reportOf(diagnostics), tests));
    const cases = elements.filter(({ name }) => name === "testcase");
    // SEG601 is no test's, and a case of its own.
    expect(cases.map(({ attributes }) => attributes.classname)).toEqual([
      ...tests.map(({ module }) => module),
      ...diagnostics
        .filter(({ code }) => code !== "SEG611")
        .map(({ span }) => `policy/${span?.source.path}`),
    ]);
    expect(elements.filter(({ name }) => name === "failure").length).toBe(2);
  });
});

describe("markdown", () => {
  it("shows what the user wrote and obeys none of it", () => {
    const text = findingsMarkdown(reportOf([evil]));
    expect(text.split("\n").length).toBe(6);
    const html = marked.parse(text, { async: false, gfm: true });
    const tags = [...html.matchAll(/<(\w+)/g)].map(([, tag]) => tag);
    expect(new Set(tags)).toEqual(
      new Set(["h3", "table", "thead", "tbody", "tr", "th", "td", "strong", "a", "code", "br"]),
    );
    expect(tags.filter((tag) => tag === "td").length).toBe(3);
    expect([...html.matchAll(/href="([^"]*)"/g)].map(([, to]) => to)).toEqual([
      "https://segc.example/SEG701",
    ]);
    // Names and numbers count as mentions in text, not in code.
    expect(html.replace(/<code>.*?<\/code>/g, "")).not.toMatch(/&#64;|@|&#35;|#\d/);
    expect(html).toMatch(/<code>[^<]*&#64;admin/);
  });

  it("has a row for each finding, and a heading that counts them", () => {
    const found = showcase();
    const text = findingsMarkdown(reportOf(found));
    expect(text).toMatch(new RegExp(`^### segc lint: ${found.length} warnings\\n`));
    expect(text.match(/^\| warning /gm)?.length).toBe(found.length);
    expect(findingsMarkdown(reportOf([]))).toBe("### segc lint: nothing found\n");
  });
});

describe("compact", () => {
  it("is one line, whatever is in it", () => {
    const lines = [evil, placeless].map(renderCompact);
    expect(lines.map((line) => line.split("\n").length)).toEqual([2, 2]);
    expect(lines[0]).toMatch(/^a b\/x\?#%\.seg:2:3: error SEG701 redundant-rule: /);
    expect(lines[0]?.trimEnd()).not.toMatch(/[\u0000-\u001f\u202e\ud800]/);
  });
});
