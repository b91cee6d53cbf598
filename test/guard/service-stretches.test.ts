// Where the meaning changes within a service that nobody names there: each of these would be missed by a
// check that looks at the first port of a stretch and takes it for all.
import { expect, test } from "vitest";
import { check, explain } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const host = (
  name: string,
  role: string,
  kind: string,
  addresses: readonly string[],
  platform = "linux",
) => ({
  name,
  platform,
  labels: { role },
  addresses,
  enforcers: [{ kind, id: `eni-${name}`, directions: ["ingress", "egress"] }],
});

const hosts = [
  host("web-1", "web", "nftables", ["10.0.0.1", "fe80::1"]),
  host("db-1", "db", "nftables", ["10.0.0.2", "fe80::2"]),
  host("cloud-1", "cloud", "aws-sg", ["10.0.1.1"]),
];

const root = `module core root
label role: enum { web, db, cloud }
team core owns workloads where role is cloud writes { app }
`;

const checked = (core: string, app = "") =>
  check(
    memoryFiles(
      new Map([
        [
          "segc.yaml",
          "edition: 1\nmodules: { core: core.seg, app: app.seg }\ninventory: hosts.json\n",
        ],
        ["core.seg", `${root}${core}\n`],
        ["app.seg", `module app by core\n${app}\n`],
        ["hosts.json", JSON.stringify(hosts)],
      ]),
    ),
    { now: "2026-11-23" },
  );

const findings = (core: string, app?: string) =>
  checked(core, app).diagnostics.flatMap(({ code, message, severity }) =>
    severity === "error" ? [`${code} ${message}`] : [],
  );

const delegated = `delegate ingress of (workloads where role is db) : tcp/443 to { app }
delegate ingress of (workloads where role is db) with outside : any-service to { app }
delegate egress of workloads : any-service to { app }
delegate egress of workloads with outside : any-service to { app }
test "t" { denied workloads where role is web -> workloads where role is db : tcp/1-1000 }`;
const byNetwork = "allow r = workloads where role is web -> networks { 10.0.0.0/24 } : tcp/1-1000";

test("what a module may write by delegation for one port of many", () => {
  expect(findings(delegated, byNetwork)).toEqual([
    'SEG611 test "t": expected denied, but allowed by `app.r`: web-1 -> db-1 : tcp/443',
  ]);
});

test("what an enforcer never filters at one port of many", () => {
  const question = "cloud-1 -> 169.254.169.253 : udp/50-60";
  const cases = explain(checked(""), question).explanation?.cases ?? [];
  expect(cases.map(({ witness, passes }) => [witness, passes])).toEqual([
    ["cloud-1 -> 169.254.169.253 : udp/50", false],
    ["cloud-1 -> 169.254.169.253 : udp/53", true],
  ]);
});

test("what is exempt from every rule between neighbours, and the types after it", () => {
  const neighbours =
    "networks { fe80::1/128 } -> networks { fe80::2/128 } : { icmp6/143, icmp6/144 }";
  expect(findings(`test "t" { allowed ${neighbours} }`)).toEqual([
    expect.stringMatching(/SEG611.*expected allowed.*icmp6\/144/),
  ]);
});
