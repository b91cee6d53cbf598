// Load balancers: two flows for one connection, and rules past them.
import { describe, expect, it } from "vitest";
import { explain, lint } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const host = (name: string, role: string, ip: string, more = {}) => ({
  name,
  platform: "linux",
  labels: { role },
  addresses: [ip],
  enforcers: [{ kind: "aws-sg", id: `eni-${name}`, directions: ["ingress", "egress"] }],
  ...more,
});

const hosts = [
  host("lb-1", "lb", "10.0.0.1", { balancer: true }),
  host("lb-2", "lb", "10.0.0.2", { balancer: true }),
  host("inner-1", "inner", "10.0.0.3", { balancer: true }),
  host("web-1", "web", "10.0.1.1"),
  host("web-2", "web", "10.0.1.2"),
  host("db-1", "db", "10.0.2.1"),
];

const policy = `module shop root
label role: enum { lb, inner, web, db }
segment lb = workloads where role is lb
segment inner = workloads where role is inner
segment web = workloads where role is web
segment db = workloads where role is db
allow public = outside -> lb : tcp/443
allow onward = lb -> web : tcp/8080
allow to-inner = web -> inner : tcp/5432
allow from-inner = inner -> db : tcp/5432
`;

const checked = (...rules: readonly string[]) =>
  lint(
    memoryFiles(
      new Map([
        ["segc.yaml", "edition: 1\nmodules: { shop: shop.seg }\ninventory: hosts.json\n"],
        ["shop.seg", `${policy}${rules.join("\n")}\n`],
        ["hosts.json", JSON.stringify(hosts)],
      ]),
    ),
    { now: "2026-11-28" },
  );

const throughOf = (question: string, ...rules: readonly string[]) =>
  explain(checked(...rules), question).explanation?.through.map(
    ({ balancers, inbound, onward }) => [
      balancers,
      inbound.map(({ witness }) => witness),
      onward.map(({ witness }) => witness),
    ],
  );

describe("explain", () => {
  it("shows client, balancer and server, once for balancers of which the same holds", () => {
    expect(throughOf("198.51.100.7 -> web-1 : tcp/443")).toEqual([
      [["lb-1", "lb-2"], ["198.51.100.7 -> lb-1 : tcp/443"], ["lb-1 -> web-1 : tcp/8080"]],
    ]);
  });

  it("shows nothing where one of the two flows is refused", () => {
    expect(throughOf("198.51.100.7 -> web-1 : tcp/80")).toEqual([]);
    expect(throughOf("198.51.100.7 -> db-1 : tcp/443")).toEqual([]);
    expect(throughOf("web-1 -> db-1 : tcp/5432")?.map(([balancers]) => balancers)).toEqual([
      ["inner-1"],
    ]);
    const refused = "deny no = networks { 198.51.100.0/24 } -> lb : tcp/443";
    expect(throughOf("198.51.100.7 -> web-1 : tcp/443", refused)).toEqual([]);
  });

  it("does not call the flow itself allowed", () => {
    const found = explain(checked(), "198.51.100.7 -> web-1 : tcp/443").explanation;
    expect(found?.verdict).toBe("denied");
  });
});

describe("a rule past a balancer", () => {
  const warned = (...rules: readonly string[]) =>
    checked(...rules)
      .diagnostics.filter(({ code }) => code === "SEG720")
      .map(({ message }) => message);

  it("is a warning where it uses a port of the balancer's", () => {
    expect(warned("allow past = outside -> web : tcp/8000-8999")).toEqual([
      "`shop.past` lets clients outside reach `web-1` and `web-2` past the load balancer `lb-1` and `lb-2`, at a port that it uses itself",
    ]);
    expect(warned("allow any = anywhere -> web : any-service")).toHaveLength(1);
  });

  it.each([
    ["another port", "allow past = outside -> web : tcp/22"],
    ["clients inside", "allow past = db -> web : tcp/8080"],
    [
      "a server behind a balancer that nobody outside may reach",
      "allow past = outside -> db : tcp/5432",
    ],
    ["the balancer itself", "allow past = outside -> lb : tcp/8080"],
    ["a staged rule", "staged allow past = outside -> web : tcp/8080"],
    ["a rule that is over", "allow past = outside -> web : tcp/8080 { until 2026-11-01 }"],
  ])("is none: %s", (_, rule) => {
    expect(warned(rule)).toEqual([]);
  });
});
