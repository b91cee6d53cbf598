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
    expect(madeOf(one).attachments.map(({ realm }) => realm)).toEqual(["a", "a"]);
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
    const list = [
      { name: "web-1", role: "web", addresses: ["10.9.0.1"] },
      { name: "web-2", role: "web", addresses: ["10.9.0.3", "fd09::3"] },
      { name: "api-1", role: "api", addresses: ["10.9.0.2"] },
    ];
    const text = policy.replace(
      "allow public = anywhere -> web : tcp/443",
      "allow public = { api, networks { 2001:db8:a::/64 } } -> web : tcp/443",
    );
    // One group an interface, so that peers are named by address.
    const settings = "quotas: { aws: { groupsPerInterface: 1, reserveSlots: 0 } }";
    const rules = compiled(list, text, settings).document.groups.flatMap(({ ingress }) => ingress);
    const cidrs = rules.filter(({ from }) => from === 443).flatMap(({ cidr }) => cidr ?? []);
    expect(cidrs).not.toContain("10.9.0.2/31");
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
