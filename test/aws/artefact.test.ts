// One small fleet: what its artefact says, keeps to, and survives.
import { describe, expect, test } from "vitest";
import { compile, expire, verify } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { type GroupsDocument, quotasOf } from "./evaluator.ts";
import { awsText, documentOf } from "./projects.ts";

const now = "2026-11-24";

interface Host {
  readonly name: string;
  readonly role: string;
  readonly addresses: readonly string[];
  readonly directions?: readonly string[];
  readonly id?: string;
}

const hosts: readonly Host[] = [
  { name: "web-1", role: "web", addresses: ["10.0.0.1", "fd00::1"] },
  { name: "web-2", role: "web", addresses: ["10.0.0.2", "fd00::2"] },
  { name: "api-1", role: "api", addresses: ["10.0.1.1", "fd00::1:1"] },
  { name: "db-1", role: "db", addresses: ["10.0.2.1"] },
];

const policy = `module shop root
label role: enum { web, api, db }
segment web = workloads where role is web
segment api = workloads where role is api
segment db = workloads where role is db
allow public = anywhere -> web : tcp/443
allow web-to-api = web -> api : tcp/8443
allow api-to-db = api -> db : tcp/5432
`;

const record = ({ name, role, addresses, directions = ["ingress", "egress"], id }: Host) => ({
  name,
  platform: "linux",
  labels: { role },
  addresses,
  enforcers: [{ kind: "aws-sg", id: id ?? `eni-${name}`, directions }],
});

const filesOf = (list: readonly Host[], text = policy, settings = "") =>
  memoryFiles(
    new Map([
      ["segc.yaml", `edition: 1\nmodules: { shop: shop.seg }\ninventory: hosts.json\n${settings}`],
      ["shop.seg", text],
      ["hosts.json", JSON.stringify(list.map(record))],
    ]),
  );

function compiled(list = hosts, text = policy, settings = "") {
  const { compiled: found, diagnostics } = compile(filesOf(list, text, settings), { now });
  const artefact = awsText(found?.artefacts ?? []);
  if (found === undefined || artefact === undefined) throw new Error(JSON.stringify(diagnostics));
  return { ...found, text: artefact, document: documentOf(artefact) };
}

const codesOf = (list: readonly Host[], text: string, settings = "") =>
  compile(filesOf(list, text, settings), { now }).diagnostics.flatMap(
    ({ code, severity, message }) => (severity === "error" ? [`${code} ${message}`] : []),
  );

const groupsOf = ({ attachments }: GroupsDocument, workload: string) =>
  attachments.find((one) => one.workload === workload)?.groups;

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

  test("gives no group to whom nothing may reach and who may reach nothing", () => {
    const lonely = { name: "lonely", role: "db", addresses: ["10.0.9.9"] };
    const text = policy.replace("segment db = workloads where role is db", "segment db = { db-1 }");
    const alone = text.replace("{ db-1 }", "workload db-1");
    const { diagnostics } = compile(filesOf([...hosts, lonely], alone), { now });
    const { document } = compiled([...hosts, lonely], diagnostics.length > 0 ? policy : alone);
    expect(document.attachments.map(({ workload }) => workload)).toContain("lonely");
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

describe("an artefact on disk", () => {
  function verified(text: string, at = now, list = hosts, source = policy, settings = "") {
    const { checked } = compile(filesOf(list, source, settings), { now: at });
    const { manifest, artefacts } = compiled(list, source, settings);
    const texts = new Map(
      artefacts.flatMap(({ files }) => files.map(({ path }) => [path, text] as const)),
    );
    return verify(checked, manifest, texts, { now: at }).findings.map(({ problem }) => problem);
  }

  test("is proved as it was written", () => {
    expect(verified(compiled().text)).toEqual([]);
  });

  test("opened by hand is found, with a packet", () => {
    const { text } = compiled();
    const opened = text.replace('"from":5432,"to":5432', '"from":22,"to":5432');
    expect(opened).not.toBe(text);
    expect(verified(opened).join("\n")).toMatch(
      /db-1 : tcp\/22 is refused by the policy and accepted by the artefact|api-1 -> db-1 : tcp\/22/,
    );
  });

  test.each<readonly [string, (text: string) => string, RegExp]>([
    ["no JSON", (text) => text.slice(0, 300), /groups\.json:\d+: is no JSON/],
    [
      "another key",
      (text) => text.replace('"cidr"', '"cider"'),
      /:\d+: there is no key `cider` here/,
    ],
    [
      "a group that is not there",
      (text) => text.replace(/"group":"[^"]+"/, '"group":"sg-1"'),
      /there is no group `sg-1`/,
    ],
    [
      "host bits",
      (text) => text.replace(/"cidr":"[^"]+"/, '"cidr":"10.0.0.1/8"'),
      /no prefix in its one form/,
    ],
    [
      "no length",
      (text) => text.replace(/"cidr":"[^"]+"/, '"cidr":"10.0.0.1"'),
      /no prefix in its one form/,
    ],
    [
      "ports upside down",
      (text) => text.replace('"from":8443', '"from":8444'),
      /no permission that EC2 takes/,
    ],
    [
      "another interface",
      (text) => text.replace("eni-db-1", "eni-0"),
      /says nothing of interface `eni-db-1`/,
    ],
    [
      "nobody's",
      (text) => text.replace('"workload":"db-1"', '"workload":"db-9"'),
      /`db-9` has no interface/,
    ],
    [
      "a key twice",
      (text) => text.replace('"from":8443', '"from":1,"from":8443'),
      /says something twice/,
    ],
    [
      "a number written otherwise",
      (text) => text.replace('"from":8443', '"from":8443.0'),
      /says something twice/,
    ],
    [
      "a name that AWS reads otherwise",
      (text) => text.replaceAll(/segc-in-shop.api-to-db-[0-9a-f]+/g, "db "),
      /is no name of a group/,
    ],
    [
      "an interface twice",
      (text) => text.replace('"interface":"eni-web-2"', '"interface":"eni-web-1"'),
      /`eni-web-1` stands twice/,
    ],
    [
      "groups taken away",
      (text) => text.replace(/("workload":"db-1".*"groups":)\[.*\]/, "$1null"),
      /leaves `db-1` as it is/,
    ],
  ])("with %s is a fault", (_, bend, wanted) => {
    const { text } = compiled();
    const bent = bend(text);
    expect(bent).not.toBe(text);
    expect(verified(bent).join("\n")).toMatch(wanted);
  });

  test("loses what has ended, and nothing else", () => {
    const settings = "expiry: { schedule: daily }\n";
    const source = policy.replace("db : tcp/5432", "db : tcp/5432 {\n  until 2026-12-31\n}");
    const { manifest, artefacts, document } = compiled(hosts, source, settings);
    expect(manifest.artefacts[0]?.expires).toEqual([
      { rule: "shop.api-to-db", until: "2026-12-31" },
    ]);
    const texts = new Map(
      artefacts.flatMap(({ files }) => files.map(({ path, text }) => [path, text] as const)),
    );
    const result = expire(manifest, texts, { now: "2027-01-01" });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const later = awsText(result.expired.artefacts) ?? "";
    expect(result.expired.removed).toEqual(["shop.api-to-db"]);
    expect(quotasOf(documentOf(later)).rules).toBe(quotasOf(document).rules - 2);
    expect(verified(later, "2027-01-01", hosts, source, settings)).toEqual([]);
    const prolonged = (awsText(artefacts) ?? "").replaceAll("2026-12-31", "2099-12-31");
    expect(verified(prolonged, now, hosts, source, settings)).not.toEqual([]);
    expect(verified(awsText(artefacts) ?? "", "2027-01-01", hosts, source, settings)).not.toEqual(
      [],
    );
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
