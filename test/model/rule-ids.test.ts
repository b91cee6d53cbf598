// Rule ids: language.md 6.1. Named by place and name, unnamed by content with names resolved.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { modelOf, rooted } from "./project.ts";

const ids = (text: string) => modelOf(rooted(text)).rules.map(({ id }) => id);

describe("ids", () => {
  test("named, in a module and in an instance", () => {
    const text =
      "template t(e: env) { allow r = workloads -> workloads where env is $e : tcp/1 }\nuse u = t(e: prod)\nallow s = workloads -> workloads : tcp/1";
    expect(ids(text)).toEqual(["org.s", "org.u.r"]);
  });
  test("unnamed: r- and ten hexadecimal digits; a guardrail g-", () => {
    expect(ids("allow workloads -> workloads : tcp/1")[0]).toMatch(/^r-[0-9a-f]{10}$/);
    const { guardrails } = modelOf(
      rooted("never outside -> workloads : tcp/1\nnever x = outside -> workloads : tcp/2"),
    );
    expect(guardrails.map(({ id }) => id)).toEqual([
      expect.stringMatching(/^g-[0-9a-f]{10}$/),
      "org.x",
    ]);
  });
  test("equal unnamed rules are one rule", () => {
    const { rules } = modelOf(
      rooted(
        "allow workloads -> workloads : tcp/1\nallow   workloads -> workloads : { tcp/1 }\nallow workloads -> workloads : tcp/2",
      ),
    );
    expect(rules).toHaveLength(2);
    expect(rules.flatMap(({ duplicates }) => duplicates)).toHaveLength(1);
  });
  test("the effect, staging, meta, condition and family are part of the content", () => {
    const flow = "workloads -> workloads : tcp/1";
    const texts = [
      `allow ${flow}`,
      `deny ${flow}`,
      `allow ${flow} when same env`,
      `allow ${flow} { family v4 }`,
      `allow ${flow} { log all }`,
      `allow ${flow} { until 2027-01-01 }`,
      `staged deny ${flow}`,
      `allow ${flow} { ticket "A" }`,
    ];
    expect(new Set(texts.flatMap(ids)).size).toBe(texts.length);
  });
  test("so are the module and the use", () => {
    const text =
      "template t(s: segment) { allow $s -> $s : tcp/1 }\nuse a = t(s: workloads)\nuse b = t(s: workloads)\nallow workloads -> workloads : tcp/1";
    expect(new Set(ids(text)).size).toBe(3);
  });
  test("deep definitions do not explode", () => {
    const text = Array.from(
      { length: 60 },
      (_, i) =>
        `segment s${i + 1} = { s${i} & workloads where app is a${i}, s${i} except workloads where app is b${i} }`,
    ).join("\n");
    expect(ids(`segment s0 = workloads\n${text}\nallow s60 -> s60 : tcp/1`)).toHaveLength(1);
  });
});

describe("canonical content", () => {
  const same = (one: string, other: string) => expect(ids(one)).toEqual(ids(other));
  test("a name is what it stands for", () => {
    same(
      "segment a = workloads where role is db\nservice s = tcp/1\nallow a -> a : s",
      "allow workloads where role is db -> workloads where role is db : tcp/1",
    );
    same(
      'program p { unit "a" }\nallow p@workloads -> workloads : tcp/1',
      'allow program { linux { unit "a" } }@workloads -> workloads : tcp/1',
    );
  });
  test("order, repetition and braces of one say nothing", () => {
    same(
      "allow { outside, workloads } -> workloads : { tcp/1, udp/2 }",
      "allow { workloads, outside, workloads } -> { workloads } : { udp/2, tcp/1, tcp/1 }",
    );
    same(
      "allow networks { 10.0.0.0/8, 192.168.0.0/16 } -> workloads : tcp/1",
      "allow networks { 192.168.0.0/16, 10.0.0.0/8 } -> workloads : tcp/1",
    );
    same(
      "allow workloads where env is prod and role is db -> workloads : tcp/1",
      "allow workloads where role in { db } and (env is prod) -> workloads : tcp/1",
    );
  });
  test("sides of `except` and the arrow are not exchanged", () => {
    expect(ids("allow outside -> workloads : tcp/1")).not.toEqual(
      ids("allow workloads -> outside : tcp/1"),
    );
    expect(
      ids("segment a = workloads where env is prod\nallow workloads except a -> a : tcp/1"),
    ).not.toEqual(
      ids("segment a = workloads where env is prod\nallow a except workloads -> a : tcp/1"),
    );
  });
});

const declarations = (name: (base: string) => string) => [
  `segment ${name("web")} = workloads where role is web`,
  `segment ${name("db")} = workloads where role in { db, cache } and env is prod`,
  `segment ${name("both")} = { ${name("web")}, ${name("db")} except ${name("web")} }`,
  `service ${name("sql")} = { tcp/5432, tcp/5433-5440 }`,
  `program ${name("job")} { linux { unit "job.service" user "job" } }`,
  `template ${name("tpl")}(s: segment) { segment ${name("inner")} = $s & ${name("db")}\n allow ${name("inner")} -> ${name("web")} : ${name("sql")} }`,
  `use instance = ${name("tpl")}(s: ${name("both")})`,
  `allow ${name("both")} -> ${name("db")} : ${name("sql")} { log new }`,
  `deny ${name("job")}@${name("db")} -> ${name("web")} : { ${name("sql")}, icmp/echo }`,
  `allow ${name("web")} -> ${name("db")} : tcp/1 when same env`,
];

test("stable under reordering, renaming and reformatting", () => {
  const expected = ids(declarations((base) => base).join("\n"));
  expect(expected).toHaveLength(4);
  fc.assert(
    fc.property(
      fc.shuffledSubarray(
        declarations((base) => base).map((_, index) => index),
        { minLength: 10 },
      ),
      fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/),
      fc.constantFrom("\n", "\n\n  # a comment, with web -> db : any-service\n", "\r\n\t"),
      (order, prefix, between) => {
        const texts = declarations((base) => `${prefix}-${base}`);
        const text = order
          .map((index) => texts[index]?.replaceAll(" -> ", `${between}->${between}`))
          .join(between);
        expect(ids(text)).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});
