// An `always` of which something is excepted until some day: what fails then is told from what promises nothing.
import { expect, test } from "vitest";
import { check } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const host = (name: string, role: string, addresses: readonly string[]) => ({
  name,
  platform: "linux",
  labels: { role },
  addresses,
  enforcers: [{ kind: "nftables", id: name, directions: ["ingress"] }],
});

const findings = (guardrail: string) =>
  check(
    memoryFiles(
      new Map([
        ["segc.yaml", "edition: 1\nmodules: { lab: lab.seg }\ninventory: hosts.json\n"],
        [
          "lab.seg",
          `module lab root\nlabel role: enum { web, db }\nallow r = internet -> networks { 10.0.0.0/30 } : tcp/5432\n${guardrail}\n`,
        ],
        [
          "hosts.json",
          JSON.stringify([
            host("db-1", "db", ["10.0.0.1"]),
            host("web-1", "web", ["10.0.0.2", "2001:db8::2"]),
          ]),
        ],
      ]),
    ),
    { now: "2026-11-23" },
  ).diagnostics.flatMap(({ code, message }) =>
    code.startsWith("SEG60") ? [`${code} ${message}`] : [],
  );

const web = "outside -> workloads where role is web : any-service { until 2026-12-01 }";

test("what is excepted until then fails then", () => {
  const found = findings(`always g = internet -> workloads : tcp/5432 { except e = ${web} }`);
  expect(found).toEqual([
    "SEG604 `always g` fails from 2026-12-02, when `except` ends: ::2 -> web-1 : tcp/5432 is not allowed",
  ]);
});

test("what is excepted as a whole promises nothing", () => {
  const only = `always g = internet -> workloads where role is web : tcp/5432 { except e = ${web} }`;
  expect(findings(only)).toEqual([expect.stringContaining("SEG605 every flow of `always g`")]);
});
