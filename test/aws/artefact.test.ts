// What the artefact of a fleet says and keeps to.
import { describe, expect, test } from "vitest";
import { compile, verify } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { quotasOf } from "./evaluator.ts";
import { awsText, documentOf } from "./projects.ts";
import {
  codesOf,
  compiled,
  filesOf,
  groupsOf,
  type Host,
  hosts,
  now,
  policy,
  record,
} from "./shop.ts";

describe("an artefact", () => {
  test("names peers by group, and has a rule of the policy as one rule at each end", () => {
    const { document } = compiled();
    const [apiGroup = ""] = (groupsOf(document, "api-1") ?? []).filter((name) =>
      name.startsWith("segc-in-"),
    );
    const api = document.groups.find(({ name }) => name === apiGroup);
    expect(api?.ingress).toMatchObject([{ protocol: "tcp", from: 8443, to: 8443 }]);
    expect(api?.ingress[0]?.cidr).toBeUndefined();
    expect(groupsOf(document, "web-1")).toContain(api?.ingress[0]?.group);
    expect(groupsOf(document, "web-1")).toEqual(groupsOf(document, "web-2"));
  });

  test("is the same bytes whatever the order of statements and records", () => {
    const [head = "", ...rest] = policy.split("\n");
    const turned = [head, ...rest.filter((line) => line !== "").reverse()].join("\n");
    expect(compiled([...hosts].reverse(), turned).text).toBe(compiled().text);
  });

  test("keeps its groups and rules when workloads come and go", () => {
    const more = { name: "web-3", role: "web", addresses: ["10.0.0.3", "fd00::3"] };
    const before = compiled().document;
    const after = compiled([...hosts, more]).document;
    expect(after.groups).toEqual(before.groups);
    expect(after.attachments.length).toBe(before.attachments.length + 1);
    expect(groupsOf(after, "web-3")).toEqual(groupsOf(before, "web-1"));
  });

  test("opens the direction that nothing enforces", () => {
    const [web1, ...others] = hosts;
    const inbound = {
      ...web1,
      name: "web-1",
      role: "web",
      addresses: ["10.0.0.1"],
      directions: ["ingress"],
    };
    const { document } = compiled([inbound, ...others]);
    const carried = groupsOf(document, "web-1") ?? [];
    const outbound = document.groups
      .filter(({ name }) => carried.includes(name))
      .flatMap(({ egress }) => egress);
    const everything = ["0.0.0.0/0", "::/0"].map((cidr) => ({ protocol: "-1", cidr }));
    expect(outbound).toMatchObject(everything);
  });

  test("leaves an observed workload as it is, and names it by address", () => {
    const { document, manifest } = compiled(
      hosts,
      `${policy}observe ingress, egress of web until 2027-01-31\n`,
    );
    expect(groupsOf(document, "web-1")).toBeNull();
    const rules = document.groups.flatMap(({ ingress }) => ingress);
    expect(rules.filter(({ from }) => from === 8443).map(({ cidr }) => cidr)).toEqual([
      "10.0.0.1/32",
      "10.0.0.2/32",
      "fd00::1/128",
      "fd00::2/128",
    ]);
    expect(manifest.artefacts[0]).toMatchObject({ target: "aws", id: "fleet" });
  });

  test("closes whom nothing may reach and who may reach nothing", () => {
    const text = policy.replace(/allow (?:public|api-to-db).*\n/g, "");
    const { document } = compiled(hosts, text);
    expect(groupsOf(document, "db-1")).toEqual(["segc-closed"]);
    const closed = { name: "segc-closed", network: "default", ingress: [], egress: [] };
    expect(document.groups).toContainEqual(closed);
    expect(groupsOf(document, "api-1")?.length).toBe(1);
  });
});

describe("`outside` as a source", () => {
  const outside = policy.replace("anywhere -> web", "outside -> web");
  const publicRules = (list: readonly Host[], text = outside, minimise = true) => {
    const { compiled: found } = compile(filesOf(list, text), { now, minimise });
    const document = documentOf(awsText(found?.artefacts ?? []) ?? '{"groups":[]}');
    return document.groups
      .flatMap(({ ingress }) => ingress)
      .filter(({ from }) => from === 443)
      .map(({ cidr }) => cidr);
  };

  test("is one prefix of each family where every managed address is held back at its own end", () => {
    expect(publicRules(hosts)).toEqual(["0.0.0.0/0", "::/0"]);
  });

  test("leaves out, as it says, whom nothing holds back", () => {
    const [web1, web2, api, ...others] = hosts;
    const free = {
      ...api,
      name: "api-1",
      role: "api",
      addresses: ["10.0.1.1"],
      directions: ["ingress"],
    };
    const list = [web1, web2, free, ...others].flatMap((host) => host ?? []);
    const cidrs = publicRules(list).filter((cidr) => cidr?.includes(".") === true);
    expect(cidrs.length).toBe(32);
    expect(cidrs).not.toContain("10.0.1.1/32");
    expect(cidrs).toContain("10.0.1.0/32");
  });

  test("is exact without minimising", () => {
    expect(publicRules(hosts, outside, false).length).toBeGreaterThan(32);
  });

  test("leans on groups that hold back: whoever opens those opens this, and `verify` says so", () => {
    const { checked, compiled: found } = compile(filesOf(hosts, outside), { now });
    if (found === undefined) throw new Error("it compiles");
    const text = awsText(found.artefacts) ?? "";
    const opened = text.replace(
      '"egress": []',
      '"egress": [{"protocol":"tcp","from":443,"to":443,"cidr":"10.0.0.0/24","description":"","rules":[]}]',
    );
    expect(opened).not.toBe(text);
    const problems = (edited: string) => {
      const texts = new Map(
        found.artefacts.flatMap(({ files }) => files.map(({ path }) => [path, edited] as const)),
      );
      return verify(checked, found.manifest, texts, { now }).findings.map(({ problem }) => problem);
    };
    expect(problems(text)).toEqual([]);
    expect(problems(opened).join("\n")).toMatch(
      /db-1 -> web-1 : tcp\/443 is refused by the policy and accepted/,
    );
  });
});

describe("quotas", () => {
  const ranges = Array.from({ length: 9 }, (_, at) => `192.0.2.${at * 16}/32`).join(", ");
  const wide = `${policy}allow ops = networks { ${ranges} } -> db : tcp/22\n`;

  test("a group above one is split where interfaces have slots left", () => {
    const { document } = compiled(hosts, wide, "quotas: { aws: { rulesPerGroup: 5 } }");
    expect(quotasOf(document)).toMatchObject({ rulesPerGroup: 5 });
    expect(groupsOf(document, "db-1")?.length).toBeLessThanOrEqual(4);
  });

  test("and is SEG901 with what costs most where they have none", () => {
    const settings = "quotas: { aws: { rulesPerGroup: 5, groupsPerInterface: 2 } }";
    expect(codesOf(hosts, wide, settings)).toEqual([
      "SEG901 aws for `db-1`: 10 inbound IPv4 rules of one security group after minimising, quota 5; what costs most: `shop.ops` (9), `shop.api-to-db` (1)",
    ]);
  });

  test.each([1, 2, 3, 4])("an interface carries at most %i groups", (slots) => {
    const settings = `quotas: { aws: { groupsPerInterface: ${slots}, reserveSlots: 0 } }`;
    const { document } = compiled(hosts, wide, settings);
    expect(quotasOf(document).groupsPerInterface).toBeLessThanOrEqual(slots);
    const joint = document.groups.filter(({ name }) => name.includes("-joint-"));
    expect(joint.length > 0).toBe(slots === 1);
  });
});

describe("addresses of one interface", () => {
  test("in two realms are SEG906", () => {
    const files = new Map([
      ["segc.yaml", "edition: 1\nmodules: { shop: shop.seg }\ninventory: hosts.json\n"],
      ["shop.seg", policy],
      [
        "hosts.json",
        JSON.stringify([
          ...hosts.slice(1).map(record),
          {
            ...record({ name: "web-1", role: "web", addresses: [] }),
            addresses: ["10.0.0.1", { ip: "10.0.0.1", realm: "other" }],
          },
        ]),
      ],
    ]);
    const { diagnostics } = compile(memoryFiles(files), { now });
    expect(diagnostics.filter(({ severity }) => severity === "error")).toMatchObject([
      { code: "SEG906", span: { source: { path: "hosts.json" } } },
    ]);
  });
});

test("hostile text stays data, and descriptions are of signs that AWS takes", () => {
  const id = `eni"},{"interface":"x\\`;
  const list = hosts.map((host, at) => (at === 0 ? { ...host, id } : host));
  const source = policy.replace("tcp/5432", 'tcp/5432 {\n  because "</script>$(id)`&quot; é"\n}');
  const { document, text } = compiled(list, source);
  expect(document.attachments.map((one) => one.interface)).toContain(id);
  expect(text.split("\n").length).toBe(compiled().text.split("\n").length);
  for (const { ingress, egress } of document.groups) {
    for (const rule of [...ingress, ...egress]) {
      const { description } = rule as unknown as { description: string }; // for people only
      expect(description).toMatch(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=;{}!$*]{1,255}$/);
    }
  }
});
