// Characters and sizes: what separates, what is hidden, what is too long or too deep.
import { describe, expect, it } from "vitest";
import { parseModule } from "../../grammar/parse.ts";
import { formatModule } from "../../grammar/print.ts";
import { nestingMax } from "../../grammar/scan.ts";

const parse = (text: string) => parseModule({ path: "m.seg", text });
const codes = (text: string) => parse(text).diagnostics.map(({ code }) => code);
const head = "module m root\n";

describe("blanks", () => {
  it.each([
    ["CRLF", "module m root\r\nsegment x = workloads\r\n# c\r\n"],
    ["tabs", "module\tm\troot\nsegment\tx\t=\tworkloads"],
    ["a byte order mark at the start", "\uFEFFmodule m root"],
    ["no line break at the end", "module m root\nsegment x = workloads # c"],
  ])("%s", (_, text) => {
    expect(codes(text)).toEqual([]);
  });
});

describe("hidden characters are SEG115 and nothing else", () => {
  it.each([
    ["a lone CR", "module m root\rsegment x = workloads\r"],
    ["NUL", `${head}segment x\0 = workloads`],
    ["a second byte order mark", "\uFEFF\uFEFFmodule m root"],
    ["a byte order mark inside", `${head}segment x = \uFEFFworkloads`],
    ["in a comment", `${head}# \u202e`],
    ["in a string", `${head}allow a -> b : c { because "\u2066" }`],
    ["in a name", `${head}segment a\u200eb = workloads`],
    ["U+061C", `${head}\u061c`],
  ])("%s", (_, text) => {
    expect(codes(text)).toEqual(["SEG115"]);
  });

  it("each direction change counts, a wrong encoding once", () => {
    expect(codes(`${head}# \u202e\n# \u202c`)).toEqual(["SEG115", "SEG115"]);
    const wide = `${head}segment x = workloads`.split("").join("\0");
    expect(codes(wide)).toEqual(["SEG115"]);
  });

  it("says the column", () => {
    expect(parse(`${head}ab\u202e`).diagnostics[0]?.message).toBe(
      "hidden direction-changing character at column 3",
    );
  });

  it("an escape in a string hides nothing, and stays an escape", () => {
    const text = `${head}allow a -> b : c { because "\\u202e" }\n`;
    expect(codes(text)).toEqual([]);
    expect(formatModule({ path: "m.seg", text }).text).toBe(text);
  });
});

describe("other characters", () => {
  it.each([
    ["a no-break space", `${head}segment\u00a0x = workloads`],
    ["a form feed", `${head}\f`],
    ["an emoji", `${head}segment x = 😀`],
    ["a lone surrogate", `${head}segment x = \ud800`],
    ["a tab in a string", `${head}allow a -> b : c { because "\t" }`],
    ["a line break in a string", `${head}allow a -> b : c { because "x\n" }`],
  ])("%s", (_, text) => {
    expect(codes(text)).toEqual(["SEG100"]);
  });
});

describe("size", () => {
  it("a line of 10 MB parses", () => {
    const names = Array.from({ length: 1_000_000 }, (_, index) => `s${index}`);
    const text = `${head}segment all = { ${names.join(", ")} }`;
    expect(text.length).toBeGreaterThan(8_000_000);
    expect(codes(text)).toEqual([]);
  });

  const allow = (service: string) => `${head}allow a = workloads -> workloads : ${service}`;
  it.each<readonly [string, string, readonly string[]]>([
    ["a string", allow(`tcp/1 { because "${"x".repeat(10_000_000)}" }`), []],
    ["a string of escapes", allow(`tcp/1 { because "${'\\"'.repeat(4_000_000)}" }`), []],
    ["a string without an end", allow(`tcp/1 { because "${"\\".repeat(5_000_000)}`), ["SEG100"]],
    ["a name of other letters", `${head}segment ${"é".repeat(10_000_000)} = workloads`, ["SEG108"]],
    ["a sound name of hyphens", `${head}segment a${"-a".repeat(5_000_000)} = workloads`, []],
    ["a name of hyphens", `${head}segment ${"-a".repeat(5_000_000)} = workloads`, ["SEG108"]],
    [
      "an address",
      allow("tcp/1").replace("workloads", `networks { ${"1.".repeat(5_000_000)}1 }`),
      ["SEG100"],
    ],
    [
      "an address of IPv6",
      allow("tcp/1").replace("workloads", `networks { ${"1:".repeat(5_000_000)}1 }`),
      ["SEG100"],
    ],
    ["a number", allow(`tcp/${"1".repeat(10_000_000)}`), ["SEG111"]],
  ])("%s of 10 MB is read", (_, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  const many = (count: number, one: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => one(index)).join(" ");
  it("a program of 200,000 fields is read", () => {
    const text = `${head}program p { linux { ${many(200_000, (at) => `unit "u${at}"`)} } }`;
    expect(new Set(codes(text))).toEqual(new Set(["SEG117"]));
  });

  const nested = (depth: number) =>
    `${head}segment x = ${"(".repeat(depth)}workloads${")".repeat(depth)}`;
  it(`${nestingMax} brackets are read, one more is SEG119`, () => {
    expect(codes(nested(nestingMax))).toEqual([]);
    expect(codes(nested(nestingMax + 1))).toEqual(["SEG119"]);
    expect(codes(nested(1_000_000))).toEqual(["SEG119"]);
    expect(codes(`${head}label e: enum ${"{ a ".repeat(200_000)}`)).toEqual(["SEG119"]);
  });

  it.each([
    ["not", `segment x = workloads where ${"not ".repeat(200_000)}a is b`],
    ["names", "x ".repeat(200_000)],
    ["keywords", "allow ".repeat(200_000)],
    ["quotes", '"'.repeat(200_000)],
    ["colons", ":".repeat(200_000)],
    ["hyphens", "-".repeat(200_000)],
    ["chains", `segment x = a${" & a".repeat(200_000)} except b`],
    ["items", `allow a -> b : c { ${'ticket "x" '.repeat(100_000)} }`],
  ])("200,000 %s end in time", (_, body) => {
    const started = performance.now();
    expect(codes(head + body).length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
