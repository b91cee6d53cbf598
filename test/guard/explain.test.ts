import { describe, expect, test } from "vitest";
import { explain } from "../../index.ts";
import { checked } from "./checked.ts";

const policy = checked(`service pg = tcp/5432
segment dbs = workloads where role is db
allow web-db = workloads where role is web and env is prod -> dbs : pg
staged deny later = workloads -> dbs : pg
allow front = networks { 198.51.100.0/24 } -> workloads where role is web : tcp/443
observe ingress of (workloads where role is batch) until 2026-12-31`);

const verdict = (question: string) => explain(policy, question).explanation?.verdict;

describe("explain", () => {
  test("speaks of workloads, segments, services and addresses", () => {
    expect(verdict("web-1 -> dbs : pg")).toBe("allowed");
    expect(verdict("web-1 -> lab.dbs : lab.pg")).toBe("allowed");
    expect(verdict("web-2 -> db-1 : tcp/5432")).toBe("denied");
    expect(verdict("workloads where role is web -> dbs : pg")).toBe("partly");
    expect(verdict("198.51.100.7 -> web-1 : tcp/443")).toBe("allowed");
    expect(verdict("198.51.101.7 -> web-1 : tcp/443")).toBe("denied");
    expect(verdict("198.51.100.0/23 -> web-1 : tcp/443")).toBe("partly");
  });

  test("tells two peers on one machine from two that cannot meet", () => {
    expect(verdict("web-1 -> web-1 : tcp/1")).toBe("same-host");
    expect(verdict("dbs -> db-1 : tcp/1")).toBe("same-host");
    expect(verdict("dbs -> dbs : any-service")).toBe("same-host");
    expect(verdict("10.0.0.2 -> workloads where role is db : tcp/1")).toBe("same-host");
    expect(verdict("workloads -> db-1 : icmp4/0")).toBe("no-flow");
    expect(verdict("2001:db8::1 -> web-1 : tcp/1")).toBe("no-flow");
  });

  test("names rules, staged ones too, and what each enforcer does", () => {
    const [only] = explain(policy, "web-1 -> db-1 : pg").explanation?.cases ?? [];
    expect(only?.rules.map(({ id, staged }) => [id, staged])).toEqual([
      ["lab.later", true],
      ["lab.web-db", false],
    ]);
    expect(only?.path.map(({ workload, direction, does }) => [workload, direction, does])).toEqual([
      ["web-1", "egress", "passes"],
      ["db-1", "ingress", "passes"],
    ]);
  });

  test("an observed end passes what the policy refuses", () => {
    const [only] = explain(policy, "198.51.100.7 -> batch-1 : tcp/22").explanation?.cases ?? [];
    expect([only?.allowed, only?.passes, only?.path[0]?.does]).toEqual([false, true, "observes"]);
  });

  test("an unknown name is a diagnostic", () => {
    expect(explain(policy, "wbe -> dbs : pg").diagnostics.map(({ code }) => code)).toEqual([
      "SEG201",
    ]);
    expect(explain(policy, "web-1 -> dbs").diagnostics.map(({ code }) => code)).toEqual(["SEG106"]);
    expect(explain(policy, "").diagnostics.length).toBe(1);
  });
});
