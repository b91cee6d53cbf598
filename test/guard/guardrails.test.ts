import { describe, expect, test } from "vitest";
import { checked, machine, machines, told } from "./checked.ts";

const allowWeb =
  "allow web-db = workloads where role is web -> workloads where role is db : tcp/5432";
const web = "workloads where role is web";
const db = "workloads where role is db";

describe("never", () => {
  test("names the rule, a flow and the number of flows", () => {
    expect(told(checked(`${allowWeb}\nnever n = workloads -> ${db} : tcp/5432`))).toEqual([
      "error SEG601 `never n` is violated by rule `lab.web-db`: web-1 -> db-1 : tcp/5432 (2 flows in all)",
    ]);
  });

  test("holds where a deny takes the flow out of the allow", () => {
    const deny = `deny no-web = ${web} -> ${db} : tcp/5000-6000`;
    expect(told(checked(`${allowWeb}\n${deny}\nnever n = workloads -> ${db} : tcp/5432`))).toEqual(
      [],
    );
  });

  test("an exception excuses until its last day, and then is told itself", () => {
    const text = `${allowWeb}\nnever n = workloads -> ${db} : tcp/5432 {\n  except x = ${web} -> ${db} : tcp/5432 { until 2026-11-23 }\n}`;
    expect(told(checked(text, { now: "2026-11-23" }))).toEqual([]);
    expect(told(checked(text, { now: "2026-11-24" }))).toEqual([
      "error SEG606 exception `x` of `never n` ended on 2026-11-23; 2 flows it excused are violations again",
    ]);
  });

  test("different env compares leaves, so flows within one env are no violation", () => {
    const guard = "never n = workloads -> workloads : any-service when different env";
    const within = `allow a = workloads where env is prod -> ${db} and env is prod : tcp/1`;
    expect(told(checked(`${within}\n${guard}`))).toEqual([]);
    expect(told(checked(`${allowWeb}\n${guard}`))).toEqual([
      "error SEG601 `never n` is violated by rule `lab.web-db`: web-2 -> db-1 : tcp/5432 (1 flow in all)",
    ]);
  });

  test("holds in the policy but nobody enforces it: an error", () => {
    const bare = { ...machine("bare-1", "db", "prod", 9), enforcers: [] };
    const result = checked("never n = outside -> workloads : tcp/22", {
      workloads: [...machines, bare],
    });
    expect(told(result)).toEqual([
      expect.stringMatching(
        /^error SEG603 `never n` holds in the policy but nothing enforces it: .* -> bare-1 : tcp\/22/,
      ),
    ]);
  });

  test("holds in the policy but is only observed: a warning with the day", () => {
    const observe = `observe ingress of (${db}) until 2026-12-31`;
    const result = checked(`${observe}\nnever n = outside -> workloads : tcp/22`);
    expect(told(result)).toEqual([
      expect.stringMatching(
        /^warning SEG603 `never n` holds in the policy but not in effect until 2026-12-31: .* -> db-1 : tcp\/22/,
      ),
    ]);
  });

  test("sees the one address outside of a network whose others are all managed", () => {
    const found =
      checked(`allow lan-in = networks { 10.0.0.0/30 } -> workloads where role is batch : tcp/22
never ssh = outside -> workloads where role is batch : tcp/22`);
    expect(told(found)).toEqual([expect.stringContaining("10.0.0.0 -> batch-1 : tcp/22")]);
  });
});

describe("only", () => {
  const only = `only o = { ${web}, report@workloads where role is batch } -> ${db} : tcp/5432`;

  test("lets the named process and nobody else of the same machine", () => {
    const rule = `report@workloads where role is batch -> ${db} : tcp/5432`;
    expect(told(checked(`${allowWeb}\nallow r = ${rule}\n${only}`))).toEqual([]);
    const opened = `allow r = workloads where role is batch -> ${db} : tcp/5432`;
    expect(told(checked(`${allowWeb}\n${opened}\n${only}`))).toEqual([
      "error SEG601 `only o` is violated by rule `lab.r`: batch-1 -> db-1 : tcp/5432 (1 flow in all)",
    ]);
  });
});

describe("always", () => {
  const always = `always a = ${web} -> ${db} : tcp/5432`;

  test("fails where one flow is not allowed", () => {
    const half = `allow h = ${web} -> ${db} : tcp/5432 when same env`;
    expect(told(checked(`${half}\n${always}`))).toEqual([
      "error SEG601 `always a` fails: web-2 -> db-1 : tcp/5432 is not allowed (1 flow in all)",
    ]);
  });

  test("fails from the day after the rule it needs ends", () => {
    expect(told(checked(`${allowWeb} { until 2026-12-15 }\n${always}`))).toEqual([
      "error SEG604 `always a` fails from 2026-12-16, when `lab.web-db` ends: web-1 -> db-1 : tcp/5432 is not allowed",
    ]);
  });

  test("does not fail later when another rule says the same", () => {
    const second = `allow second = workloads -> ${db} : tcp/5432`;
    expect(told(checked(`${allowWeb} { until 2026-12-15 }\n${second}\n${always}`))).toEqual([]);
  });

  test("promises nothing without a flow, or with every flow excepted", () => {
    const none = "always a = workloads where role is db and env is staging -> workloads : tcp/1";
    expect(told(checked(none))).toEqual([
      "error SEG605 `always a` matches no possible flow, so it promises nothing",
    ]);
    const all = `${allowWeb}\n${always} {\n  except e = workloads -> ${db} : tcp/1-9999\n}`;
    expect(told(checked(all))).toEqual([
      "error SEG605 every flow of `always a` is excepted, so it promises nothing",
    ]);
  });
});

describe("an observed workload on a staged allow", () => {
  const policy = `staged allow s = ${web} -> ${db} : tcp/5432\nobserve ingress of (${db}) until 2026-12-07`;

  test("is a warning from 30 days before the window's last day, an error from 14", () => {
    expect(told(checked(policy, { now: "2026-11-06" }))).toEqual([]);
    for (const [now, days] of [
      ["2026-11-07", 30],
      ["2026-11-22", 15],
    ] as const) {
      expect(told(checked(policy, { now }))).toEqual([
        `warning SEG718 observed \`db-1\` depends on staged \`lab.s\` and its window ends in ${days} days: web-1 -> db-1 : tcp/5432 will be refused`,
      ]);
    }
    expect(told(checked(policy, { now: "2026-11-23" }))).toEqual([
      "error SEG718 observed `db-1` depends on staged `lab.s` and its window ends in 14 days: web-1 -> db-1 : tcp/5432 will be refused",
    ]);
    expect(told(checked(policy, { now: "2026-12-08" }))).toEqual([]);
  });

  test("is an error too where another window ends later", () => {
    const both = (days: string) => `${policy}\nobserve egress of (${web}) until ${days}`;
    for (const later of ["2026-12-20", "2027-05-01"]) {
      expect(told(checked(both(later), { now: "2026-11-23" }))).toEqual([
        expect.stringContaining("error SEG718 observed `db-1`"),
      ]);
    }
  });

  test("is fine once the rule is promoted", () => {
    expect(told(checked(policy.replace("staged ", "")))).toEqual([]);
  });
});
