// Canonical layout (language.md section 8), rule by rule.
import { describe, expect, it } from "vitest";
import { formatModule } from "../../grammar/print.ts";

/** Formats the body of a module; checks that formatting again changes nothing. */
function format(body: string): string {
  const once = formatModule({ path: "m.seg", text: `module m root\n${body}` });
  expect(once.diagnostics).toEqual([]);
  expect(formatModule({ path: "m.seg", text: once.text }).text).toBe(once.text);
  return once.text.replace("module m root\n", "");
}
const lines = (...all: readonly string[]) => `${all.join("\n")}\n`;

describe("spacing", () => {
  it.each([
    ["allow  x=a->b:tcp/443", "allow x = a -> b : tcp/443"],
    ["segment x = {a,b}&c", "segment x = { a, b } & c"],
    ["allow p @ a -> (b except c) : { d, }", "allow p@a -> (b except c) : { d }"],
    ["service s = tcp / 443", "service s = tcp/443"],
    ['use x = t ( a : b , c : "d" )', 'use x = t(a: b, c: "d")'],
    ["template t ( e : env ) {}", "template t(e: env) {}"],
    ["segment x = workloads where not(a is b)", "segment x = workloads where not (a is b)"],
    ["label l:enum{a,b{c}}optional", "label l: enum { a, b { c } } optional"],
    ["allow a -> b : c {\n\n log new\n}", "allow a -> b : c { log new }"],
    [
      "observe egress ,ingress of a until 2027-01-01",
      "observe egress, ingress of a until 2027-01-01",
    ],
    ['program p { unit "a"\n user "b" }', 'program p { unit "a" user "b" }'],
    ['test "t" { allowed a->b:c }', 'test "t" {\n  allowed a -> b : c\n}'],
  ])("%s", (before, after) => {
    expect(format(before)).toBe(`${after}\n`);
  });
});

const a40 = "a".repeat(40);
const b40 = "b".repeat(40);

describe("lists", () => {
  it("stand on one line if they fit in 100 columns", () => {
    const fits = `segment x = { ${a40}, ${b40} }`; // 98 columns
    expect(format(fits)).toBe(lines(fits));
    expect(format(`segment xxx = { ${a40}, ${b40} }`).split("\n")[0]).toHaveLength(100);
    expect(format(`segment xxxx = { ${a40}, ${b40} }`)).toBe(
      lines("segment xxxx = {", `  ${a40},`, `  ${b40},`, "}"),
    );
  });

  it("of service literals are filled", () => {
    const ports = Array.from({ length: 12 }, (_, index) => `tcp/${10_000 + index}`);
    expect(format(`service s = { ${ports.join(", ")} }`)).toBe(
      lines(
        "service s = {",
        `  ${ports.slice(0, 9).join(", ")},`,
        `  ${ports.slice(9).join(", ")},`,
        "}",
      ),
    );
  });

  it("of services with names among them are not", () => {
    const names = Array.from({ length: 12 }, (_, index) => `service-${index}`);
    expect(format(`service s = { ${names.join(", ")} }`)).toBe(
      lines("service s = {", ...names.map((name) => `  ${name},`), "}"),
    );
  });
});

describe("flows", () => {
  it("break before the colon when they are too long", () => {
    expect(format(`allow ${a40} -> ${b40} : core.a-service-with-a-name`)).toBe(
      lines(`allow ${a40} -> ${b40}`, "  : core.a-service-with-a-name"),
    );
  });
  it("break lists only where that is not enough", () => {
    expect(format(`allow { ${a40}, ${b40}, c } -> destination : https`)).toBe(
      lines("allow {", `  ${a40},`, `  ${b40},`, "  c,", "} -> destination : https"),
    );
  });
});

describe("items in braces", () => {
  it("stand one a line from two on, in one order", () => {
    expect(
      format('allow a -> b : c { family v4 log new until 2027-01-01 ticket "t" because "b" }'),
    ).toBe(
      lines(
        ...["allow a -> b : c {", '  because "b"', '  ticket "t"', "  until 2027-01-01"],
        ...["  log new", "  family v4", "}"],
      ),
    );
  });
  it("exceptions come first", () => {
    expect(format('never a -> b : c { because "x" except e = a -> b : d }')).toBe(
      lines("never a -> b : c {", "  except e = a -> b : d", '  because "x"', "}"),
    );
  });
});

describe("comments", () => {
  it("keep two spaces before them behind code", () => {
    expect(format("segment x = a # why")).toBe(lines("segment x = a  # why"));
  });
  it("stay with the next item, or behind theirs", () => {
    expect(format("segment x = { # all\n a, # first\n # second\n b\n # none\n}")).toBe(
      lines(...["segment x = {  # all", "  a,  # first", "  # second", "  b,", "  # none", "}"]),
    );
  });
  it("inside a statement stand before it", () => {
    expect(format("allow a -> # why\n b : c")).toBe(lines("# why", "allow a -> b : c"));
  });
  it("move with what they belong to", () => {
    expect(
      format("import { z } from y\n# of b\nimport { b, # ay\n a } from x # end\nsegment s = a"),
    ).toBe(
      lines(
        ...["# of b", "import {", "  a,", "  b,  # ay", "} from x  # end"],
        ...["import { z } from y", "segment s = a"],
      ),
    );
  });
  it("never count as width", () => {
    const long = `segment x = { a, b }  # ${"c".repeat(120)}`;
    expect(format(long)).toBe(lines(long));
  });
});

describe("empty lines", () => {
  it("are kept, one at most", () => {
    expect(format("\n\n\nsegment x = a\n\n\n# c\n\n\nsegment y = a\nsegment z = a\n\n\n")).toBe(
      lines("", "segment x = a", "", "# c", "", "segment y = a", "segment z = a"),
    );
  });
});

describe("a file with errors", () => {
  it("is left as it is", () => {
    const source = { path: "m.seg", text: "module  m root\nsegment x =  {}" };
    const { text, diagnostics } = formatModule(source);
    expect(text).toBe(source.text);
    expect(diagnostics.map(({ code }) => code)).toEqual(["SEG102"]);
  });
  it("line ends become LF, a byte order mark goes", () => {
    const source = { path: "m.seg", text: "\uFEFFmodule m root\r\n# c\r\nsegment x = a\r\n" };
    expect(formatModule(source).text).toBe("module m root\n# c\nsegment x = a\n");
  });
});
