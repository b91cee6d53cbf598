// One file with several mistakes: each is reported once, in order, and what can be read is read.
import { describe, expect, it } from "vitest";
import { parseModule } from "../../grammar/parse.ts";

const parse = (body: string) => parseModule({ path: "m.seg", text: `module m root\n${body}` });

/** `SEG100@3` for a problem on line 3 of the body. */
function problems(body: string): readonly string[] {
  return parse(body).diagnostics.map(({ code, span }) => {
    const before = span?.source.text.slice(0, span.start) ?? "";
    return `${code}@${before.split("\n").length - 1}`;
  });
}
const kinds = (body: string) => parse(body).tree.declarations.map(({ kind }) => kind);
const broken = (body: string) => parse(body).tree.broken.map(({ text }) => text);

describe("several mistakes", () => {
  it("are reported in order, one each", () => {
    const body = [
      "segment a = workloads where role is db and env is prod or app is crm",
      "service b = 443",
      "allow c -> d",
      "segment e = workloads",
      "allow any -> e : https",
      "allow f -> e : tcp/0",
      "observe ingress of e",
    ].join("\n");
    expect(problems(body)).toEqual([
      "SEG103@1",
      "SEG101@2",
      "SEG106@3",
      "SEG107@5",
      "SEG111@6",
      "SEG109@7",
    ]);
    expect(kinds(body)).toEqual(["segment"]);
  });

  it("in one statement are reported together where reading can go on", () => {
    expect(problems("service a = { tcp/0, tcp/9-1, proto/300 }")).toEqual([
      "SEG111@1",
      "SEG111@1",
      "SEG111@1",
    ]);
    expect(problems("allow any -> any : tcp/1 at both { log new log all }")).toEqual([
      "SEG107@1",
      "SEG107@1",
      "SEG116@1",
      "SEG117@1",
    ]);
  });

  it("name what they would have declared", () => {
    expect(broken("segment a = {}\nexport service b = 1\ntemplate c() {}\nuse d = e")).toEqual([
      "a",
      "b",
      "c",
      "d",
    ]);
    expect(broken("import { a, b form m\nlabel env: enumm { x }\nteam t own x")).toEqual([
      "a",
      "b",
      "form",
      "m",
      "env",
      "t",
    ]);
    expect(broken("allow a = b -> c\nnever d = e")).toEqual([]);
  });
});

describe("a statement that lacks its end", () => {
  it.each([
    ["segment a =\nsegment b = workloads", ["SEG100@2"], ["segment"]],
    ["allow a -> b :\nsegment b = workloads", ["SEG106@1"], ["segment"]],
    ["allow a ->\nallow c -> d : e", ["SEG100@2"], ["rule"]],
    ["allow a -> b\nallow c -> d : e", ["SEG106@1"], ["rule"]],
    ["segment a = (workloads\nsegment b = workloads", ["SEG100@2"], ["segment"]],
    ["segment a = { x,\nservice b = tcp/1", ["SEG100@2"], ["service"]],
    ["allow a -> b : c {\n  log new\nsegment b = workloads", ["SEG100@3"], ["segment"]],
    ['test "x" {\n  allowed a -> b : c\nsegment b = workloads', ["SEG100@3"], ["segment"]],
    ['allow a -> b : c { because "x }\nsegment b = workloads', ["SEG100@1"], ["segment"]],
    ["template t(a: env) {\n  segment x = workloads", ["SEG100@2"], []],
  ])("%j", (body, expected, left) => {
    expect(problems(body)).toEqual(expected);
    expect(kinds(body)).toEqual(left);
  });
});

describe("blocks", () => {
  it("recover statement by statement in a template", () => {
    const body = [
      "template t(e: env) {",
      "  segment a = ",
      "  allow b -> c",
      "  segment d = workloads where env is $e",
      "  use x = y(z: w)",
      "  service s = 1",
      "}",
      "segment after = workloads",
    ].join("\n");
    expect(problems(body)).toEqual(["SEG100@3", "SEG106@3", "SEG100@5", "SEG101@6"]);
    expect(kinds(body)).toEqual(["segment"]);
    expect(broken(body)).toEqual(["t"]);
  });

  it("recover statement by statement in a test", () => {
    const body = [
      'test "x" {',
      "  workload w { role }",
      "  allowed a -> b",
      "  deny a -> b : c",
      "  denied a -> b : tcp/0",
      "}",
      "segment after = workloads",
    ].join("\n");
    expect(problems(body)).toEqual(["SEG100@2", "SEG106@3", "SEG111@5"]);
    expect(kinds(body)).toEqual(["segment"]);
  });

  it("do not end at keywords that are names", () => {
    expect(problems("import {\n  test,\n  allow,\n  segment\n} from core")).toEqual([]);
    expect(problems("service x = { ?,\n  test,\n  allow,\n}\nsegment y = workloads")).toEqual([
      "SEG100@1",
    ]);
  });
});

describe("text between statements", () => {
  it("is one problem for each run of it", () => {
    expect(problems("foo bar\nbaz { }\nsegment a = workloads\n} }\n)")).toEqual([
      "SEG100@1",
      "SEG100@4",
    ]);
  });
  it("that was meant as a statement is one of its own", () => {
    const body = "Allow a -> b : c\nalow d -> e : f\nsegmnet g = workloads\nallow h -> i : j";
    expect(problems(body)).toEqual(["SEG100@1", "SEG100@2", "SEG100@3"]);
    expect(parse(body).diagnostics.map(({ fix }) => fix?.[0]?.text)).toEqual([
      "allow",
      "allow",
      "segment",
    ]);
    expect(kinds(body)).toEqual(["rule"]);
  });
  it("on the line of a statement ends it", () => {
    expect(parse("allow a -> b : c d").diagnostics[0]?.message).toBe(
      "expected the end of the statement, found `d`",
    );
  });
});

describe("a misspelt name", () => {
  it("is one problem however often it is used, and the statements stay", () => {
    const body = "segment Web_Tier = workloads\nallow Web_Tier -> Web_Tier : https";
    expect(problems(body)).toEqual(["SEG108@1"]);
    expect(parse(body).diagnostics[0]?.fix?.map(({ text }) => text)).toEqual([
      "web-tier",
      "web-tier",
      "web-tier",
    ]);
    expect(kinds(body)).toEqual(["segment", "rule"]);
  });
  it.each([
    ["Web_Tier", "web-tier"],
    ["WebTier", "web-tier"],
    ["web--tier", "web-tier"],
    ["WEB", "web"],
    ["café", "cafe"],
    ["web-", "web"],
    ["2web", undefined],
    ["Outside", undefined],
  ])("%s -> %s", (text, fixed) => {
    const [problem] = parse(`segment ${text} = workloads`).diagnostics;
    expect(problem?.code).toBe("SEG108");
    expect(problem?.fix?.[0]?.text).toBe(fixed);
  });
});

describe("too many problems", () => {
  it("stop being told at a thousand", () => {
    const { diagnostics } = parse("allow a -> b\n".repeat(3000));
    expect(diagnostics).toHaveLength(1000);
    expect(diagnostics.at(-1)?.notes?.[0]).toMatch(/not shown/);
  });
});
