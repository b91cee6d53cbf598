// One space of names per module, no shadowing, no cycles: language.md 6.1 and 11.
import { describe, expect, test } from "vitest";
import { build, codes, modelOf, onlyDiagnostic, problems, rooted } from "./project.ts";

describe("SEG201", () => {
  test("declaration order is free", () => {
    expect(codes(rooted("segment a = b\nsegment b = workloads"))).toEqual([]);
  });
  test("an unknown name, with the nearest one", () => {
    const { message } = onlyDiagnostic(
      rooted("segment databse = workloads\nallow database -> databse : tcp/1"),
    );
    expect(message).toBe("nothing is called `database` in module `org`; did you mean `databse`?");
  });
  test("every unknown place is reported, in every module part", () => {
    expect(codes(rooted("allow x -> y : z"))).toEqual(["SEG201 x", "SEG201 y", "SEG201 z"]);
  });
  test("an unknown label in a predicate and after `when`", () => {
    const text =
      "segment a = workloads where evn is prod\nallow workloads -> workloads : tcp/1 when same evn";
    expect(codes(rooted(text))).toEqual(["SEG201 evn", "SEG201 evn"]);
  });
  test("a name of another kind", () => {
    const text = "service s = tcp/1\nsegment a = workloads\nallow s -> a : a";
    expect(codes(rooted(text))).toEqual(["SEG201 s", "SEG201 a"]);
    expect(build(rooted(text)).diagnostics[0]?.message).toBe("`s` is a service, not a segment");
  });
  test("more parts than anything has", () => {
    expect(codes(rooted("segment a = workloads\nallow a.b -> a : tcp/1"))).toEqual(["SEG201 a.b"]);
  });
});

describe("SEG202", () => {
  test("one space for segments, services, programs, templates and uses", () => {
    const declarations = [
      "segment x = workloads",
      "service x = tcp/1",
      'program x { unit "a.service" }',
      "template x(e: env) { segment m = workloads where env is $e }",
    ];
    for (const one of declarations) {
      for (const other of declarations) {
        const files = rooted(`${one}\n${other}\nallow x -> x : x`);
        expect(problems(files), `${one} / ${other}`).toHaveLength(1);
        expect(build(files).diagnostics[0]?.code).toBe("SEG202");
      }
    }
  });
  test("stands at the later declaration and points to the first", () => {
    const { span, related } = onlyDiagnostic(
      rooted("segment db = workloads\nsegment db = workloads"),
    );
    expect(related?.[0]?.span?.start).toBeLessThan(span?.start ?? 0);
  });
  test("rules have a space of their own, shared with guardrails", () => {
    expect(
      codes(rooted("service ntp = udp/123\nallow ntp = workloads -> workloads : ntp")),
    ).toEqual([]);
    expect(
      codes(
        rooted(
          "allow x = workloads -> workloads : tcp/1\nallow x = workloads -> workloads : tcp/1",
        ),
      ),
    ).toEqual(["SEG202 x"]);
    expect(
      codes(
        rooted("allow x = workloads -> workloads : tcp/1\nnever x = outside -> workloads : tcp/2"),
      ),
    ).toEqual(["SEG202 x"]);
  });
  test("labels, their nodes, teams, requirements, exceptions", () => {
    expect(
      codes({
        "a.seg":
          "module a root\nlabel x: name\nlabel x: string\nsegment s = workloads where x is y",
      }),
    ).toEqual(["SEG202 x"]);
    expect(codes({ "a.seg": "module a root\nlabel x: enum { p { q }, q }" })).toEqual(["SEG202 q"]);
    expect(
      codes({ "a.seg": "module a root\nteam t owns workloads\nteam t owns workloads" }),
    ).toEqual(["SEG202 t"]);
    const twice = "require r = workloads have env is prod\nrequire r = workloads have env is prod";
    expect(codes(rooted(twice))).toEqual(["SEG202 r"]);
    const guard =
      "never g = outside -> workloads : tcp/1 { except e = outside -> workloads : tcp/1 except e = outside -> workloads : tcp/2 }";
    expect(codes(rooted(guard))).toEqual(["SEG202 e"]);
  });
  test("two labels may share values, two tests a title", () => {
    expect(codes({ "a.seg": "module a root\nlabel x: enum { p }\nlabel y: enum { p }" })).toEqual(
      [],
    );
  });
  test("the definitions of both are still checked", () => {
    const text =
      "segment db = workloads where env is prdo\nsegment db = workloads where env is stagin";
    expect(codes(rooted(text))).toEqual(["SEG301 prdo", "SEG202 db", "SEG301 stagin"]);
  });
});

describe("a team declared twice", () => {
  test("is no team, and nothing that names it is reported", () => {
    const text = "module a root by t\nteam t owns workloads\nteam t owns workloads writes { a }";
    expect(codes({ "a.seg": text })).toEqual(["SEG202 t"]);
    expect([...build({ "a.seg": text }).model.teams]).toEqual([]);
  });
});

describe("SEG205", () => {
  test("at the first member in line order, once", () => {
    expect(
      problems(rooted("segment x = y\nsegment y = x & workloads\nallow x -> y : tcp/1")),
    ).toEqual(["SEG205 org.seg:10:9 segments `x → y → x` are defined through each other"]);
  });
  test("a segment of itself, a service of itself", () => {
    expect(codes(rooted("segment x = { x, workloads }"))).toEqual(["SEG205 x"]);
    expect(codes(rooted("service s = { t, tcp/1 }\nservice t = s"))).toEqual(["SEG205 s"]);
  });
  test("what leads into a cycle stays silent", () => {
    expect(codes(rooted("segment a = x\nsegment x = y\nsegment y = x"))).toEqual(["SEG205 x"]);
  });
  test("two cycles are two causes", () => {
    expect(codes(rooted("segment a = a\nsegment b = b"))).toEqual(["SEG205 a", "SEG205 b"]);
  });
  test("a long chain is no cycle", () => {
    const chain = (length: number) =>
      Array.from(
        { length },
        (_, i) => `segment s${i} = { s${i + 1}, workloads where app is a${i} }`,
      ).join("\n");
    const names =
      'fqdn { "a.example" }\nallow workloads -> s0 : tcp/1 { fallback cidr { 192.0.2.0/24 } }';
    const { rules } = modelOf(rooted(`${chain(400)}\nsegment s400 = ${names}`));
    expect(rules).toHaveLength(1);
    // Nothing overflows, here or later: the first segment that is too deep is refused.
    expect(codes(rooted(`${chain(10_000)}\nsegment s10000 = ${names}`))).toEqual(["SEG119 s9500"]);
  });
  test("through a template instance and its argument", () => {
    const text =
      "template t(s: segment) { export segment m = $s & workloads }\nuse u = t(s: a)\nsegment a = u.m";
    expect(codes(rooted(text))).toEqual(["SEG205 m"]);
  });
  test("templates that use each other's instances", () => {
    const text = `template t(e: env) { export segment m = workloads where env is $e
  segment n = v.m }
template w(e: env) { export segment m = u.m }
use u = t(e: prod)
use v = w(e: prod)
allow u.m -> v.m : tcp/1`;
    expect(codes(rooted(text))).toEqual(["SEG205 t"]);
  });
});

describe("one cause, one diagnostic", () => {
  test("what depends on a wrong declaration is silent, the rest is not", () => {
    const text = `segment a = workloads where env is stagin
segment b = a & workloads
allow r = b -> a : tcp/1
allow b -> workloads : nothing`;
    expect(codes(rooted(text))).toEqual(["SEG301 stagin", "SEG201 nothing"]);
  });
  test("the model keeps everything that is right", () => {
    const { model } = build(
      rooted(
        "segment a = nope\nsegment b = workloads\nallow r = b -> b : tcp/1\nallow s = a -> b : tcp/1",
      ),
    );
    expect(model.segments.map(({ qualified }) => qualified)).toEqual(["org.b"]);
    expect(model.rules.map(({ id }) => id)).toEqual(["org.r"]);
  });
});
