// What a review of the first version broke.
import { describe, expect, test } from "vitest";
import { compile } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { awsText, documentOf } from "./projects.ts";
import { compiled, groupsOf, hosts, now, policy, record } from "./shop.ts";

describe("what reviewers have broken before", () => {
  const project = (records: readonly object[], text = policy) =>
    compile(
      memoryFiles(
        new Map([
          ["segc.yaml", "edition: 1\nmodules: { shop: shop.seg }\ninventory: hosts.json\n"],
          ["shop.seg", text],
          ["hosts.json", JSON.stringify(records)],
        ]),
      ),
      { now },
    );
  const errorsOf = (records: readonly object[]) =>
    project(records).diagnostics.flatMap(({ code, severity, message }) =>
      severity === "error" ? [`${code} ${message}`] : [],
    );
  const madeOf = (records: readonly object[], text = policy) =>
    documentOf(awsText(project(records, text).compiled?.artefacts ?? []) ?? "{}");

  test("one interface of two workloads is an error", () => {
    const twice = hosts.map((host) => record({ ...host, id: "eni-1" })).slice(0, 2);
    expect(errorsOf(twice)).toEqual([
      "SEG906 aws: `web-2` and `web-1` name one interface, `eni-1`, which carries one list of groups",
    ]);
  });

  test("without an address an interface is where all others are, or nobody knows", () => {
    const inRealm = (name: string, realm: string, ip: string) => ({
      ...record({ name, role: "web", addresses: [] }),
      addresses: [{ ip, realm }],
    });
    const one = [
      inRealm("web-1", "a", "10.0.0.1"),
      record({ name: "web-9", role: "web", addresses: [] }),
    ];
    expect(madeOf(one).attachments.map(({ network }) => network)).toEqual(["a", "a"]);
    expect(errorsOf([...one, inRealm("web-2", "b", "10.0.0.2")])).toEqual([
      "SEG906 aws: `web-9` has no address, so that nothing says which of several realms its interface is in",
    ]);
  });

  test("an observed interface may carry older groups: none of those is named", () => {
    const old = new Set(compiled().document.groups.map(({ name }) => name));
    const text = `${policy}observe ingress, egress of web until 2026-12-20\n`;
    const { groups } = compiled(hosts, text).document;
    expect(groups.filter(({ name }) => old.has(name))).toEqual([]);
  });

  test("nobody is let in by a prefix for another family's sake", () => {
    const text = `module shop root
label role: enum { web, api }
label app: name optional
segment all = workloads where role is web
allow r1 = { workloads where not (has app), networks { 2001:db8:a:1::/64 } } -> all : icmp/echo
allow r2 = all -> all : udp/*
`;
    const host = (
      at: number,
      labels: object,
      more: readonly string[],
      directions: readonly string[],
    ) => ({
      ...record({
        name: `web-${at}`,
        role: "web",
        addresses: [`10.9.0.${at}`, ...more],
        directions,
      }),
      labels: { role: "web", ...labels },
    });
    const both = ["ingress", "egress"];
    const records = [
      host(1, { app: "crm" }, [], both),
      host(2, {}, [], ["ingress"]),
      host(3, { app: "crm" }, ["fd09::3"], both),
    ];
    const settings = "quotas: { aws: { groupsPerInterface: 1, reserveSlots: 0 } }\n";
    const { compiled: found } = compile(
      memoryFiles(
        new Map([
          [
            "segc.yaml",
            `edition: 1\nmodules: { shop: shop.seg }\ninventory: hosts.json\n${settings}`,
          ],
          ["shop.seg", text],
          ["hosts.json", JSON.stringify(records)],
        ]),
      ),
      { now },
    );
    // Before, the proof refused what was planned, as a bug.
    expect(found?.artefacts.map(({ entry }) => entry.target)).toEqual(["aws"]);
  });

  test("an observed direction passes all but what is refused, exactly", () => {
    const closed = policy.replace(/allow public.*\n/, "");
    const text = `${closed}deny no-api = api -> web : tcp/443\nobserve ingress of web until 2026-12-20\n`;
    const settings = "quotas: { aws: { rulesPerGroup: 500, groupsPerInterface: 2 } }";
    const rules = compiled(hosts, text, settings).document.groups.flatMap(({ ingress }) => ingress);
    // What the API may not send is not leant on here: its addresses are left out of that port.
    const cidrs = rules
      .filter(({ from, to }) => from === 443 && to === 443)
      .map(({ cidr }) => cidr);
    expect(cidrs).not.toContain("0.0.0.0/0");
  });

  test("a translated address is named as it is", () => {
    const list = [...hosts, { name: "db-2", role: "db", addresses: ["10.0.2.2", "52.1.2.9"] }];
    const rules = compiled(list).document.groups.flatMap(({ egress }) => egress);
    expect(rules.filter(({ from }) => from === 5432)).toMatchObject([
      { cidr: "52.1.2.9/32" },
      { group: expect.stringContaining("segc-") },
    ]);
  });

  test("everything between hosts of one family is one rule", () => {
    const four = hosts.map((host) => ({ ...host, addresses: host.addresses.slice(0, 1) }));
    const text = policy.replace("api -> db : tcp/5432", "api -> db : any-service");
    const rules = compiled(four, text).document.groups.flatMap(({ egress }) => egress);
    expect(rules.filter(({ protocol }) => protocol === "-1").length).toBe(1);
    expect(rules.length).toBeLessThan(10);
  });

  test("ports of SCTP are left to an enforcer that knows them", () => {
    const [web, , api, db] = hosts.map(record);
    const nft = { ...db, enforcers: [{ kind: "nftables", id: "h", directions: ["ingress"] }] };
    const records = [web, api, nft].flatMap((one) => one ?? []);
    const { groups } = madeOf(records, policy.replace("tcp/5432", "sctp/5000"));
    const rules = groups.flatMap(({ egress }) => egress);
    expect(rules.map(({ protocol }) => protocol)).toContain("132");
  });

  test("the first hosts of another environment rename no group of this one", () => {
    const [head = ""] = policy.split("allow public");
    const text = `${head.replace("label role", "label env: enum { prod, staging }\nlabel role")}
allow web-to-api = web -> api : tcp/8443 when same env\n`;
    const inEnv = (env: string, second: number) =>
      hosts.map((host) => ({
        ...record({ ...host, name: `${env}-${host.name}` }),
        addresses: [`10.${second}.${host.addresses[0]?.slice(5)}`],
        labels: { role: host.role, env },
      }));
    const carried = (records: readonly object[]) =>
      groupsOf(madeOf(records, text), "prod-web-1") ?? [];
    const before = carried(inEnv("prod", 1)).filter((name) => name.includes("web-to-api"));
    expect(before.length).toBeGreaterThan(0);
    const after = carried([...inEnv("prod", 1), ...inEnv("staging", 2)]);
    expect(after).toEqual(expect.arrayContaining(before));
  });
});
