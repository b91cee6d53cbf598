// Messages as people and machines see them. The text form is asserted whole where wording is the
// point, and by column arithmetic where alignment is.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { displayWidth, escapeText } from "../../diagnostics/render-display.ts";
import { renderGithub } from "../../diagnostics/render-github.ts";
import { diagnosticJson, printJson } from "../../diagnostics/render-json.ts";
import { renderText } from "../../diagnostics/render-text.ts";
import { positionAt, type Span } from "../../diagnostics/source.ts";

/** The text with `«` and `»` removed, and the span between them. */
function marked(text: string, path = "crm.seg"): Span {
  const start = text.indexOf("«");
  const end = text.indexOf("»") - 1;
  return { source: { path, text: text.replace(/[«»]/g, "") }, start, end };
}

function problem(span: Span | undefined, more: Partial<Diagnostic> = {}): Diagnostic {
  return {
    code: "SEG304",
    name: "label-kind-mismatch",
    severity: "error",
    message: "`handles` is a set; use `handles has payment`",
    ...(span === undefined ? {} : { span }),
    ...more,
  };
}

describe("text", () => {
  test("says severity, code, place and cause on the first line, then shows the place", () => {
    const span = marked("\n\nsegment cards = workloads where «handles is payment»\n");
    const edit = { span: { ...span, start: span.start + 8, end: span.start + 10 }, text: "has" };
    const shown = renderText(
      problem(span, { label: "not a test for sets", help: "write `has`", fix: [edit] }),
    );
    expect(shown).toBe(
      `error SEG304 at crm.seg:3:33: \`handles\` is a set; use \`handles has payment\`
  |
3 | segment cards = workloads where handles is payment
  |                                 ^^^^^^^^^^^^^^^^^^ not a test for sets
help: write \`has\`
3 + segment cards = workloads where handles has payment
page: docs/diagnostics/SEG304.md (label-kind-mismatch)
`,
    );
  });

  test("without a place there is no excerpt", () => {
    expect(renderText(problem(undefined))).toBe(
      "error SEG304: `handles` is a set; use `handles has payment`\n" +
        "page: docs/diagnostics/SEG304.md (label-kind-mismatch)\n",
    );
  });

  test("related places share one gutter, and only a few are shown", () => {
    const text = `${"\n".repeat(8)}segment a = b\n${"segment b = a\n".repeat(8)}`;
    const source = { path: "x.seg", text };
    const related = Array.from({ length: 8 }, (_, index) => ({
      message: "also here",
      span: { source, start: 22 + index * 14, end: 29 + index * 14 },
    }));
    const shown = renderText(problem({ source, start: 8, end: 15 }, { related }));
    expect(shown).toContain(
      "   |\n 9 | segment a = b\n   | ^^^^^^^\nnote at x.seg:10:1: also here\n",
    );
    expect(shown).toContain("10 | segment b = a\n");
    expect(shown.match(/also here/g)).toHaveLength(5);
    expect(shown).toContain("note: and 3 more places\n");
  });

  test("a span over several lines shows its first and last", () => {
    const shown = renderText(
      problem(marked("allow «a ->\n  b\n\n\n  : tcp/80» {}\n"), { label: "here" }),
    );
    expect(shown).toContain(
      "  |\n1 | allow a ->\n  |       ^^^^\n… |\n5 |   : tcp/80 {}\n  |   ^^^^^^^^ here\n",
    );
  });

  test.each([
    ["end of a line", "allow a«»\nb\n", "1 | allow a\n  |        ^\n"],
    ["end of the file", "allow a\n«»", "2 |\n  | ^\n"],
    ["a line break", "allow a«\n»b", "1 | allow a\n  |        ^\n"],
    ["before CRLF", "allow «a»\r\nb", "1 | allow a\n  |       ^\n"],
    ["a lone CR", "allow a «\r» b", "1 | allow a \\u000d b\n  |         ^^^^^^\n"],
    ["after tabs", "\t«a»\tb", "1 |     a   b\n  |     ^\n"],
    ["after CJK", '"防火墙" «a»', '1 | "防火墙" a\n  |          ^\n'],
    ["on CJK", '"«防火»墙" a', '1 | "防火墙" a\n  |  ^^^^\n'],
    ["after emoji", '"👩‍👩‍👧🇩🇪❤️" «a»', '1 | "👩‍👩‍👧🇩🇪❤️" a\n  |          ^\n'],
    ["after combining", '"e\u0301\u0323" «a»', '1 | "e\u0301\u0323" a\n  |     ^\n'],
    ["after ESC", '"\u001b[2J" «a»', '1 | "\\u001b[2J" a\n  |             ^\n'],
    ["after bidi", '"\u202e" «a»', '1 | "\\u202e" a\n  |          ^\n'],
    ["on a lone surrogate", "«\ud800» a", "1 | \\ud800 a\n  | ^^^^^^\n"],
  ])("the caret stands right at %s", (_, text, expected) => {
    expect(renderText(problem(marked(text)))).toContain(expected);
  });

  test("a very long line is cut around the caret, quickly", () => {
    const text = `${"x".repeat(5_000_000)}«wrong»${"y".repeat(5_000_000)}`;
    const started = performance.now();
    const [, , line = "", carets = ""] = renderText(problem(marked(text))).split("\n");
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(displayWidth(line)).toBeLessThan(115);
    expect(line.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("wrong");
    expect(line).toMatch(/^1 \| …x+wrongy+…$/);
  });

  test("nothing a user writes reaches the terminal as a command", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(40), fc.nat(9), (text, start, length) => {
        const span = { source: { path: text, text }, start, end: start + length };
        const fix = [{ span: { ...span, start: 0, end: 0 }, text }];
        const all = { message: text, help: text, label: text, notes: [text], fix };
        const related = [{ message: text, span }];
        const shown = [
          renderText(problem(span, { ...all, related })),
          renderGithub(problem(span, { ...all, related }), (path) => path),
          printJson(diagnosticJson(problem(span, { ...all, related }))),
        ].join("");
        expect(shown.replaceAll("\n", "")).not.toMatch(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });

  test("the carets stand under the marked text, whatever stands before it", () => {
    const unit = fc.constantFrom("a", " ", "\t", "界", "e\u0301", "🙂", "\u001b", "ﬀ", "ｶ");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 60 }), (before) => {
        const [, , line = "", carets = ""] = renderText(
          problem(marked(`${before.join("")}«MARK» z`)),
        ).split("\n");
        const until = line.slice(0, line.indexOf("MARK"));
        expect(carets.indexOf("^")).toBe(displayWidth(until));
        expect(carets.trimEnd().length - carets.indexOf("^")).toBe(4);
      }),
    );
  });
});

describe("fixes", () => {
  const shownFix = (text: string, replacement: string) => {
    const span = marked(text);
    const fix = [{ span, text: replacement }];
    return renderText(problem(span, { fix })).split("help: ")[1];
  };

  test("a line that vanishes is shown with a minus", () => {
    expect(shownFix("a\n«import { x } from y»\nb", "")).toMatch(
      /^change it like this\n2 - import \{ x \} from y\n/,
    );
  });

  test("a line that goes with its end leaves the next alone", () => {
    expect(shownFix("a\n«import { x } from y\n»zzz", "")).toMatch(
      /^change it like this\n2 - import \{ x \} from y\n(?!.*zzz)/,
    );
  });

  test("several new lines are all shown", () => {
    expect(shownFix("allow «x»", "{\n  a,\n}")).toMatch(
      /\n1 \+ allow \{\n {2}\+ {3}a,\n {2}\+ \}\n/,
    );
  });

  test("edits over each other are not shown", () => {
    const span = marked("allow «abc»");
    const fix = [
      { span, text: "x" },
      { span, text: "y" },
    ];
    expect(renderText(problem(span, { fix }))).not.toContain("help:");
  });
});

describe("github", () => {
  test("is one line with everything escaped", () => {
    const span = marked("a\nb «c»", "a,b:c.seg");
    const shown = renderGithub(
      problem(span, { message: "100% `x`\n::set-output::", help: "do", severity: "warning" }),
      (path) => `policy/${path}`,
    );
    expect(shown).toBe(
      "::warning file=policy/a%2Cb%3Ac.seg,line=2,endLine=2,col=3,endColumn=4," +
        "title=SEG304 label-kind-mismatch::100%25 `x`\\u000a::set-output::%0Ahelp: do" +
        "%0Apage: docs/diagnostics/SEG304.md\n",
    );
  });

  test("gives no columns for a span over several lines", () => {
    expect(renderGithub(problem(marked("«a\nb»")), (path) => path)).not.toContain("col=");
  });
});

describe("json", () => {
  test("keeps the user's text as it is, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(JSON.parse(printJson({ text }))).toEqual({ text });
      }),
    );
  });

  test("works places out", () => {
    const span = marked("a\n«界🙂»");
    const json = diagnosticJson(problem(span));
    expect(json.place?.start).toEqual({ ...positionAt(span.source, span.start), offset: 2 });
    expect(json.place?.end).toEqual({ line: 2, column: 4, offset: 5 });
  });
});

test("escaping is idempotent", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(escapeText(escapeText(text))).toBe(escapeText(text));
    }),
  );
});
