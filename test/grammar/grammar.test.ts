// The grammar as a whole: Chevrotain's own checks, the written grammar, and what language.md
// section 5 lists as accepted and rejected.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseFlow, parseModule } from "../../grammar/parse.ts";
import { SegParser } from "../../grammar/parser.ts";
import { formatModule } from "../../grammar/print.ts";
import { reservedWords, softWords } from "../../grammar/tokens.ts";

const file = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const parse = (body: string) => parseModule({ path: "m.seg", text: `module m root\n${body}\n` });
const codes = (body: string) => parse(body).diagnostics.map(({ code }) => code);

describe("the grammar", () => {
  it("has no ambiguity, left recursion or empty alternative", () => {
    // The self-analysis throws when it finds one.
    expect(() => new SegParser({ validate: true })).not.toThrow();
  });

  it("has the rules that grammar.ebnf names", () => {
    const written = [...file("../../grammar/grammar.ebnf").matchAll(/^([a-z]\w*) +=/gm)];
    const rules = Object.keys(new SegParser({ validate: false }).getGAstProductions());
    expect(written.map(([, name]) => name).sort()).toEqual(rules.sort());
  });

  it("has the keywords that grammar.ebnf quotes", () => {
    const quoted = [...file("../../grammar/grammar.ebnf").matchAll(/"([a-z][\w-]*)"/g)];
    const keywords = [...reservedWords, ...softWords].sort();
    expect([...new Set(quoted.map(([, word]) => word))].sort()).toEqual(keywords);
  });

  it("reserves 17 words", () => {
    expect(reservedWords).toHaveLength(17);
    for (const word of softWords) expect(codes(`segment ${word} = workloads`)).toEqual([]);
  });
});

describe("segc.tmLanguage.json", () => {
  const text = file("../../grammar/segc.tmLanguage.json");
  it("knows every keyword", () => {
    const words = new Set(text.match(/[a-z][a-z0-9]*(-[a-z0-9]+)*/g));
    expect([...reservedWords, ...softWords].filter((word) => !words.has(word))).toEqual([]);
  });
  it("refers to nothing that is not there, and its patterns are expressions", () => {
    const { repository } = JSON.parse(text) as { repository: Record<string, unknown> };
    for (const [, name = ""] of text.matchAll(/"include": "#(\w+)"/g)) {
      expect(Object.keys(repository)).toContain(name);
    }
    for (const [, literal = ""] of text.matchAll(/"match": ("(?:[^"\\]|\\.)*")/g)) {
      expect(() => new RegExp(JSON.parse(literal) as string)).not.toThrow();
    }
  });
});

describe("the sample of language.md section 4", () => {
  it.each(["org", "core", "crm"])("%s.seg parses, and formats stably", (name) => {
    const source = { path: `${name}.seg`, text: file(`sample/${name}.seg`) };
    expect(parseModule(source).diagnostics).toEqual([]);
    const { text } = formatModule(source);
    expect(formatModule({ ...source, text }).text).toBe(text);
    if (name !== "core") expect(text).toBe(source.text); // its `ad` does not fill its lines
  });
});

describe("accepted", () => {
  it.each([
    "segment x = workloads where env is test and role is log",
    "segment user = workloads",
    "service log = tcp/2026-2027",
    "allow a -> b : tcp/2026-2027 { until 2027-01-01 }",
    "allow web->api:tcp/443",
    "allow cd:ef -> x : y".replace("cd:ef -> x : y", "x -> cd:ef"),
    "team t owns workloads where writes is with",
    "team t owns workloads where writes is with writes { m }",
    "export use y = a.b(c: d)",
    "template t(g: segment, s: service) { allow $g -> $g : { $s, tcp/1 } }",
    "allow a -> b : { tcp/1, udp/2, }",
    "segment n = networks { 10.0.0.0 / 8, ::/0, 2001:db8::1, }",
    "service s = tcp / 443",
    "deny a -> b : tcp/1 { until 2027-01-01 fallback network }",
    'allow program { unit "x" }@a -> (b except c) & d : any-service when same env',
    "label any: set { any }",
    'use x = t(a: any, b: "text", c: workloads)',
    'test "nothing" {}',
    'never a -> b : c { ticket "T" except x = a -> b : d because "y" }',
  ])("%s", (body) => {
    expect(codes(body)).toEqual([]);
  });
});

describe("rejected", () => {
  it.each([
    ["service x = 443", "SEG101"],
    ["segment x = {}", "SEG102"],
    ["service x = { }", "SEG102"],
    ["segment x = networks {}", "SEG102"],
    ["segment x = workloads where a is b and c is d or e is f", "SEG103"],
    ["segment x = a except b except c", "SEG104"],
    ["segment x = a & b except c", "SEG104"],
    ["segment x = a except b & c", "SEG104"],
    ["segment x = workloads where not role is db", "SEG105"],
    ["allow a -> b", "SEG106"],
    ["allow a -> b { log new }", "SEG106"],
    ["allow a -> b when same env", "SEG106"],
    ["allow any -> b : c", "SEG107"],
    ["segment Web = workloads", "SEG108"],
    ["segment x--y = workloads", "SEG108"],
    ["segment 2x = workloads", "SEG108"],
    ["observe ingress of workloads", "SEG109"],
    ["segment outside = workloads", "SEG110"],
    ["segment x = workloads where role is where", "SEG110"],
    ["segment x = workloads where role is ->", "SEG100"],
    ["label service: name", "SEG110"],
    ["label segment: name", "SEG110"],
    ["label platform: name", "SEG110"],
    ["label e: enum { in, out }", "SEG110"],
    ["label e: enum { out, in }", "SEG110"],
    ["import { outside } from x", "SEG110"],
    ["segment x = workloads where e is outside", "SEG110"],
    ["service x = TCP/443", "SEG108"],
    ["allow Workloads -> b : c", "SEG108"],
    ["service x = 443/tcp", "SEG101"],
    ["service x = { tcp/1, 443 }", "SEG101"],
    ["service x = tcp/0", "SEG111"],
    ["service x = tcp/65536", "SEG111"],
    ["service x = tcp/9000-8000", "SEG111"],
    ["service x = proto/256", "SEG111"],
    ["service x = icmp4/256", "SEG111"],
    ["service x = icmp6/1/256", "SEG111"],
    ["segment x = networks { 10.1.2.3/16 }", "SEG112"],
    ["segment x = networks { 10.256.0.0/16 }", "SEG112"],
    ["segment x = networks { 10.0.0.0/33 }", "SEG112"],
    ["segment x = networks { 2001:db8::/129 }", "SEG112"],
    ["segment x = networks { 2001:db8::1/64 }", "SEG112"],
    ["segment x = networks { ::ffff:10.0.0.1 }", "SEG113"],
    ["segment x = networks { ::ffff:a00:1/128 }", "SEG113"],
    ["observe ingress of workloads until 2026-02-29", "SEG114"],
    ["allow a -> b : c { until 2026-13-01 }", "SEG114"],
    ["allow a -> b : c at source", "SEG116"],
    ["allow a -> b : c at destination { log new }", "SEG116"],
    ["allow a at both -> b : c", "SEG116"],
    ["allow a -> b : c {}", "SEG117"],
    ["never a -> b : c {}", "SEG117"],
    ["allow a -> b : c { log new log all }", "SEG117"],
    ['program p { unit "a" unit "b" }', "SEG117"],
    ['program p { linux { unit "a" } linux { user "b" } }', "SEG117"],
    ["never a -> b : c { log new }", "SEG118"],
    ["only a -> b : c { until 2027-01-01 }", "SEG118"],
    ["deny a -> b : c { fallback cidr { ::/0 } }", "SEG118"],
    ["never a -> b : c { except x = a -> b : c { log new } }", "SEG118"],
    ["observe ingress of workloads until 2027-01-01 { log new }", "SEG118"],
    ['program p { linux { service "a" } }', "SEG118"],
    ['program p { windows { unit "a" } }', "SEG118"],
    ['program p { unit "a" service "b" }', "SEG118"],
    ['program p { container "a" }', "SEG100"],
    ['program p { other { user "a" } }', "SEG100"],
    ["template t(e: env) { use x = y(a: b) }", "SEG100"],
    ["delegate ingress of a with : b to { c }", "SEG100"],
    ["service x = proto/6/1", "SEG100"],
    ["service x = tcp/http", "SEG100"],
    ["service x = icmp/8", "SEG100"],
    ["service x = icmp/ping", "SEG201"],
    ["use x = t(a: tcp/443)", "SEG100"],
    ["allow a -> b : { log new }", "SEG100"],
    ["segment x = 10.0.0.0/8", "SEG100"],
    ["allow a -> b : c { because 'x' }", "SEG100"],
    ['allow a -> b : c { because "x }', "SEG100"],
    ['allow a -> b : c { because "\\x" }', "SEG100"],
    ["allow a -> b : c;", "SEG100"],
    ["x", "SEG100"],
    ["}", "SEG100"],
    ["template t() { }", "SEG100"],
  ])("%s: %s", (body, code) => {
    expect(codes(body)).toEqual([code]);
  });
});

describe("a header", () => {
  const header = (text: string) =>
    parseModule({ path: "m.seg", text }).diagnostics.map(({ code }) => code);
  it.each([
    ["module m root", []],
    ["module m root by t", []],
    ["module m by t", []],
    ["module m", ["SEG100"]],
    ["", ["SEG100"]],
    ["segment x = workloads", ["SEG100"]],
    ["module m by t root", ["SEG100"]],
  ])("%j: %j", (text, expected) => {
    expect(header(text)).toEqual(expected);
  });

  it("that is missing does not hide the declarations", () => {
    const { tree } = parseModule({ path: "m.seg", text: "segment x = workloads" });
    expect(tree.declarations).toHaveLength(1);
    expect(tree.name).toBeUndefined();
  });
});

describe("a flow typed by hand", () => {
  const flow = (text: string) => parseFlow({ path: "argument", text });
  it("is read", () => {
    expect(flow("web -> api : https")).toMatchObject({ flow: { service: {} }, diagnostics: [] });
    expect(flow("report-job@batch-1 -> db-1 : postgres").flow?.source.kind).toBe("program-at");
  });
  it.each([
    ["web -> api", "SEG106"],
    ["web -> api : https extra", "SEG100"],
    ["", "SEG100"],
    ["allow web -> api : https", "SEG100"],
    ["(((", "SEG100"],
  ])("%j: %s", (text, code) => {
    expect(flow(text).flow).toBeUndefined();
    expect(flow(text).diagnostics.map((each) => each.code)).toEqual([code]);
  });
});
