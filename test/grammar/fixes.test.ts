// Fixes: applied as they stand, the text has no problem left, or the one named.
import { describe, expect, it } from "vitest";
import { parseModule } from "../../grammar/parse.ts";

const head = "module m root\n";
const parse = (text: string) => parseModule({ path: "m.seg", text: head + text }).diagnostics;

/** The text after the fixes of its first problem. */
function fixed(text: string): string {
  const [problem] = parse(text);
  const edits = [...(problem?.fix ?? [])].sort((a, b) => b.span.start - a.span.start);
  const result = edits.reduce(
    (before, { span, text: by }) => before.slice(0, span.start) + by + before.slice(span.end),
    head + text,
  );
  return result.slice(head.length);
}

describe("applied", () => {
  it.each([
    ["service x = 443", "service x = tcp/443"],
    ["service x = { tcp/1, 80-90 }", "service x = { tcp/1, tcp/80-90 }"],
    [
      "segment x = workloads where a is b and c is d or e is f",
      "segment x = workloads where (a is b and c is d) or e is f",
    ],
    ["segment x = a & b except c", "segment x = (a & b) except c"],
    ["segment x = a except b & c", "segment x = a except (b & c)"],
    ["segment x = a except b except c", "segment x = (a except b) except c"],
    ["segment x = workloads where not a is b", "segment x = workloads where not (a is b)"],
    ["segment x = workloads where not has a", "segment x = workloads where not (has a)"],
    ["segment Web_Tier = workloads", "segment web-tier = workloads"],
    ["service x = tcp/9000-8000", "service x = tcp/8000-9000"],
    ["segment x = networks { 10.1.2.3/16 }", "segment x = networks { 10.1.0.0/16 }"],
    ["segment x = networks { 2001:db8::1:2/64 }", "segment x = networks { 2001:db8::/64 }"],
    ["segment x = networks { ::ffff:10.0.0.1 }", "segment x = networks { 10.0.0.1 }"],
    ["segment x = networks { ::ffff:10.0.0.0/104 }", "segment x = networks { 10.0.0.0/8 }"],
    ['allow a -> b : c { because "\u202e" }', 'allow a -> b : c { because "" }'],
    ["allow a -> b : c at source", "allow a -> b : c "],
    ["allow a -> b : c {}", "allow a -> b : c "],
    ['allow a -> b : c { ticket "a" ticket "b" }', 'allow a -> b : c { ticket "a"  }'],
    ['program p { unit "a" unit "b" }', 'program p { unit "a"  }'],
    ["allow 10.0.0.0/8 -> b : c", "allow networks { 10.0.0.0/8 } -> b : c"],
    ["allow a → b : c", "allow a -> b : c"],
    ["allow a to b : c", "allow a -> b : c"],
    ["allow a -> b tcp/443", "allow a -> b : tcp/443"],
    ["allow a -> b : c;", "allow a -> b : c"],
    ["Segment x = workloads", "segment x = workloads"],
    ["team t own workloads", "team t owns workloads"],
  ])("%s", (before, after) => {
    expect(fixed(before)).toBe(after);
    expect(parse(after)).toEqual([]);
  });
});

describe("both readings of a mixture are named", () => {
  it.each([
    [
      "segment x = workloads where a is b or c is d and e is f",
      "write `a is b or (c is d and e is f)` or `(a is b or c is d) and e is f`",
    ],
    ["segment x = a & b except c", "write `(a & b) except c` or `a & (b except c)`"],
    ["segment x = a except b except c", "write `(a except b) except c` or `a except (b except c)`"],
    ["segment x = workloads where not a is b", "write `not (a is b)` or `a is not b`"],
    ["segment x = networks { 10.1.2.3/16 }", "write `10.1.0.0/16` or `10.1.2.3/32`"],
    ["service x = 443", "write `tcp/443` or `udp/443`"],
  ])("%s", (text, help) => {
    expect(parse(text)[0]?.help).toBe(help);
  });
});

describe("a learning window without its end", () => {
  const observe = (text: string) =>
    parseModule({ path: "m.seg", text: head + text }, { today: "2026-12-15" }).diagnostics;
  it.each([
    ["observe ingress of a", " until 2027-01-14"],
    ["observe ingress of a until", " 2027-01-14"],
    ['observe ingress of a { ticket "x" }', " until 2027-01-14"],
  ])("%s gets 30 days", (text, added) => {
    const [problem, ...others] = observe(text);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: "SEG109", fix: [{ text: added }] });
  });
  it("has no fix where today is unknown", () => {
    expect(parse("observe ingress of a")[0]?.fix).toBeUndefined();
  });
});
