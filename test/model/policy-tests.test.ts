// Fixtures and assertions of the policy's own tests: language.md 6.1, 7 "Tests" and 11.
import { describe, expect, test } from "vitest";
import { codes, modelOf, onlyDiagnostic, rooted } from "./project.ts";

const fixture = (items: string) =>
  codes(rooted(`test "t" { workload w { ${items} } denied outside -> w : tcp/1 }`));

describe("fixtures", () => {
  test("labels, sets and platform are values of the model", () => {
    const text =
      'test "t" { workload w { env prod, role db, app "My app", handles { pii, payment }, platform windows } denied outside -> w : tcp/1 }';
    const [first] = modelOf(rooted(text)).tests;
    expect(first).toMatchObject({ title: "t", module: { name: "org" } });
    expect(first?.fixtures[0]).toMatchObject({ name: "w", platform: "windows" });
    expect([...(first?.fixtures[0]?.labels ?? [])]).toEqual([
      ["app", "My app"],
      ["env", "prod"],
      ["handles", ["payment", "pii"]],
      ["role", "db"],
    ]);
  });
  test("the platform is linux where nothing is said", () => {
    const [first] = modelOf(
      rooted('test "t" { workload w { env prod, role db } denied outside -> w : tcp/1 }'),
    ).tests;
    expect(first?.fixtures[0]?.platform).toBe("linux");
  });
  test("SEG801: a group of values", () => {
    expect(fixture("env prod, role data")).toEqual(["SEG801 data"]);
  });
  test("SEG802: unknown label, unknown value, unknown platform, empty name", () => {
    expect(fixture("env prod, role db, enviroment prod")).toEqual(["SEG802 enviroment"]);
    expect(fixture("env prdo, role db")).toEqual(["SEG802 prdo"]);
    expect(fixture("env prod, role db, platform lunix")).toEqual(["SEG802 lunix"]);
    expect(fixture('env prod, role db, app ""')).toEqual(['SEG802 ""']);
    expect(fixture("env { prod, staging }, role db")).toEqual(["SEG802 env { prod, staging }"]);
  });
  test("SEG804: a required label is missing, an optional one need not be there", () => {
    expect(fixture("env prod")).toEqual(["SEG804 w"]);
    expect(fixture("env prod, role db")).toEqual([]);
  });
  test("SEG202: a name of the module, of another fixture, a label twice", () => {
    const named = (name: string) => `workload ${name} { env prod, role db }`;
    expect(
      codes(
        rooted(`segment w = workloads\ntest "t" { ${named("w")} denied outside -> w : tcp/1 }`),
      ),
    ).toEqual(["SEG202 w"]);
    expect(
      codes(rooted(`test "t" { ${named("w")} ${named("w")} denied outside -> w : tcp/1 }`)),
    ).toEqual(["SEG202 w"]);
    expect(fixture("env prod, env staging, role db")).toEqual(["SEG202 env"]);
  });
  test("are visible in their test only, and two tests may use one name", () => {
    const one = 'test "t" { workload w { env prod, role db } denied outside -> w : tcp/1 }';
    expect(codes(rooted(`${one}\n${one.replace('"t"', '"u"')}`))).toEqual([]);
    expect(codes(rooted(`${one}\nallow w -> w : tcp/1`))).toEqual(["SEG201 w", "SEG201 w"]);
  });
});

describe("assertions", () => {
  test("name fixtures, segments and programs", () => {
    const text = `program job { unit "a" }
segment web = workloads where role is web
test "t" {
  workload w { env prod, role web }
  allowed job@w -> { web, w } : tcp/1 when same env
}`;
    const [first] = modelOf(rooted(text)).tests;
    expect(first?.assertions[0]).toMatchObject({
      expect: "allowed",
      flow: { source: { kind: "program", of: { kind: "workload", name: "w" } } },
    });
  });
  test("a fault leaves the test out, and only it", () => {
    const text =
      'test "a" { denied nothing -> workloads : tcp/1 }\ntest "b" { denied outside -> workloads : tcp/1 }';
    expect(codes(rooted(text))).toEqual(["SEG201 nothing"]);
  });
  test("a misspelt fixture is suggested", () => {
    const text =
      'test "t" { workload batch-1 { env prod, role db } denied outside -> batch-2 : tcp/1 }';
    expect(onlyDiagnostic(rooted(text)).message).toContain("did you mean `batch-1`?");
  });
});
