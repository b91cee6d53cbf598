// The comment on a pull request: inert whatever names and texts are, and never too long for a forge.
import fc from "fast-check";
import { marked } from "marked";
import { describe, expect, test } from "vitest";
import type { Change, PolicyDiff } from "../../compiler/diff/changes.ts";
import { anyService } from "../../compiler/sets/service-set.ts";
import { escapeText } from "../../diagnostics/render-display.ts";
import { diffHtml } from "../../report/diff-html.ts";
import { commentMax, diffMarkdown } from "../../report/diff-markdown.ts";
import { codeText } from "../../report/markdown-text.ts";

const hostile = [
  "</code><script>alert(1)</script>",
  "@everyone please #1 look at GH-2 :boom:",
  "[x](https://evil.example) ![y](//evil.example/z.png)",
  "www.evil.example https://evil.example a@evil.example",
  "`` ` | || \\` \\| *bold* _it_ ~~no~~",
  "a\n\n# heading\n| b | c |\n|---|---|\n<!-- ",
  "&lt;img src=x onerror=alert(1)&gt; &#60;b&#62;",
  "\u202edesrever \u0000 \u001b[2J",
  "$$x^2$$ ```mermaid\ngraph\n```",
];

function change(text: string, more: Partial<Change> = {}): Change {
  const end = {
    text,
    workloads: [text],
    outside: false,
    of: { managed: undefined, out: undefined },
  };
  const span = { source: { path: text, text: "x" }, start: 0, end: 1 };
  return {
    change: "gained",
    layer: "both",
    causes: ["policy"],
    source: end,
    destination: end,
    service: anyService,
    serviceText: text,
    family: undefined,
    pairs: 1,
    example: text,
    rules: [{ id: text, text, effect: "allow", status: "added", of: "new", span, use: undefined }],
    dangers: ["administration"],
    notes: [text],
    ...more,
  };
}

function diffOf(changes: readonly Change[], names: readonly string[] = []): PolicyDiff {
  const total = { changes: changes.length, pairs: changes.length };
  const none = { changes: 0, pairs: 0 };
  const changed = names.map((name) => ({ name, what: [name] }));
  return {
    changes,
    totals: { allowed: total, open: none, refused: none, stopped: none },
    workloads: { added: names, removed: names, changed },
  };
}

/** What a renderer of Markdown makes of it, without the tags that we write. */
function rendered(markdown: string): string {
  const html = marked.parse(markdown, { async: false, gfm: true });
  return html.replace(
    /<\/?(code|details|summary|table|thead|tbody|tr|th|td|ul|li|p|h3|strong)( align="[a-z]+")?>/g,
    "",
  );
}

describe("hostile text", () => {
  test.each(hostile)("%j stands there as text", (text) => {
    const markdown = diffMarkdown(diffOf([change(text)], [text]));
    const plain = rendered(markdown);
    expect(plain).not.toMatch(/<|javascript:/);
    const html = diffHtml(diffOf([change(text)], [text]));
    expect(html).not.toMatch(/<(script|img|a|b)\b/);
    expect(html).not.toContain("\u001b");
  });

  test("any text at all is one run of code that says it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
        const html = marked.parse(`- a ${codeText(text)} b`, { async: false, gfm: true });
        const [, inner = "missing"] =
          /^<ul>\n<li>a <code>(.*)<\/code> b<\/li>\n<\/ul>\n$/s.exec(html) ?? [];
        expect(inner).not.toMatch(/[<>]/);
        expect(decoded(inner)).toBe(escapeText(text));
      }),
      { numRuns: 2000 },
    );
  });

  test("a table keeps its columns", () => {
    const markdown = diffMarkdown(diffOf(hostile.map((text) => change(text))));
    const html = marked.parse(markdown, { async: false, gfm: true });
    expect(html.match(/<tr>/g)).toHaveLength(hostile.length + 1);
    expect(html.match(/<td/g)).toHaveLength(4 * hostile.length);
  });
});

describe("length", () => {
  test.each([1, 25, 26, 400, 20_000])("%i changes fit, and what does not is counted", (count) => {
    const long = "segment-with-a-long-name".repeat(6);
    const changes = Array.from({ length: count }, (_, index) => change(`${long}-${index}`));
    const markdown = diffMarkdown(diffOf(changes));
    expect(markdown.length).toBeLessThanOrEqual(commentMax);
    expect(Buffer.byteLength(markdown)).toBeLessThan(65_536);
    const shown = markdown.match(/^- newly allowed/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(0);
    if (shown < count) expect(markdown).toContain(`${count - shown} more change`);
    if (count > 25) expect(markdown).toContain(`…and ${count - 25} more change`);
  });

  test("texts without end are cut", () => {
    const endless = "<".repeat(1_000_000);
    const markdown = diffMarkdown(diffOf([change(endless)], [endless]));
    expect(markdown.length).toBeLessThanOrEqual(commentMax);
  });
});

function decoded(html: string): string {
  const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };
  return html.replace(/&(?:#(\d+)|([a-z]+));/g, (whole, number, name) =>
    number === undefined ? (named[name] ?? whole) : String.fromCodePoint(Number(number)),
  );
}
