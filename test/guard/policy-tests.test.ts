import { describe, expect, test } from "vitest";
import { checked, told } from "./checked.ts";

const rule =
  "allow r = report@workloads where role is batch -> workloads where role is db : tcp/5432";

describe("tests written in the policy", () => {
  test("fixtures are part of every set, and speak of all processes not named", () => {
    const result = checked(`${rule}
test "t" {
  workload batch-9 { role batch, env prod }
  workload db-9 { role db, env prod }
  allowed report@batch-9 -> db-9 : tcp/5432
  denied program { unit "other.service" }@batch-9 -> db-9 : tcp/5432
  denied batch-9 -> db-9 : tcp/5433
}`);
    expect(told(result)).toEqual([]);
    expect(result.tests.map(({ passed, assertions }) => [passed, assertions.length])).toEqual([
      [true, 3],
    ]);
  });

  test("a machine without its program named is every process on it", () => {
    const result = checked(`${rule}
test "t" {
  denied workloads where role is batch -> workloads where role is db : tcp/5432
}`);
    expect(told(result)).toEqual([
      'error SEG611 test "t": expected denied, but allowed by `lab.r`: batch-1 (unit "report.service") -> db-1 : tcp/5432',
    ]);
  });

  test("allowed needs every flow", () => {
    const result =
      checked(`allow a = workloads where role is web -> workloads where role is db : tcp/80-89
deny d = workloads where env is staging -> workloads : tcp/85
test "t" {
  allowed workloads where role is web -> workloads where role is db : tcp/80-84
  allowed workloads where role is web -> workloads where role is db : tcp/80-89
  allowed workloads where role is web -> workloads where role is db : tcp/80-90
}`);
    expect(told(result)).toEqual([
      'error SEG611 test "t": expected allowed, but denied by `lab.d`: web-2 -> db-1 : tcp/85',
      expect.stringContaining('test "t": expected allowed, but'),
    ]);
  });

  test("a test without an assertion is an error, not a success", () => {
    const result = checked('test "t" {\n}\ntest "u" {\n  workload w { role db, env prod }\n}');
    expect(told(result)).toEqual([
      'error SEG612 test "t" asserts nothing',
      'error SEG612 test "u" asserts nothing',
    ]);
    expect(result.tests.map(({ passed }) => passed)).toEqual([false, false]);
  });

  test("an assertion without a flow is an error, not a success", () => {
    const nobody = "workloads where role is db and env is staging";
    const result = checked(`test "t" {\n  denied ${nobody} -> workloads : tcp/1\n}`);
    expect(told(result)).toEqual(['error SEG612 test "t": this `denied` checks no flow at all']);
  });
});
