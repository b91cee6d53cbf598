// What the inventory stage accepts, and where it points when it does not.
import { describe, expect, it } from "vitest";
import { buildInventory } from "../../compiler/inventory/build.ts";
import { formatAddress } from "../../compiler/sets/address.ts";
import { build, load, model, shown } from "./load-inventory.ts";

const faultsIn = (files: Readonly<Record<string, string>>) => build(files).diagnostics.map(shown);

/** One workload, `name` and `platform` given. */
const yaml = (...lines: readonly string[]) => ({
  "hosts.yaml": ["- name: db-1", "  platform: linux", ...lines.map((line) => `  ${line}`), ""].join(
    "\n",
  ),
});

describe("a sound inventory", () => {
  it("keeps every field, sorted", () => {
    const { inventory, diagnostics } = build(
      yaml(
        "labels: { role: db, env: prod, handles: [pii, payment], note: '' }",
        "addresses: [ '2001:db8::1', 10.0.0.2, { ip: 10.0.0.1, realm: aws }, 10.0.0.2 ]",
        "users: { b: 2, a: 1 }",
        "launcher: segc",
        "interfaces: [eth1, eth0]",
        "published: [udp/53, tcp/8080, udp/53]",
        "enforcers: [ { kind: nftables, id: n, directions: [ingress, egress] } ]",
      ),
    );
    expect(diagnostics).toEqual([]);
    const [db] = inventory.workloads;
    expect(db?.labels).toEqual(
      new Map<string, unknown>([
        ["env", "prod"],
        ["handles", ["payment", "pii"]],
        ["note", ""],
        ["role", "db"],
      ]),
    );
    const addresses = db?.addresses.map(({ realm, ip }) => `${realm} ${formatAddress(ip)}`);
    expect(addresses).toEqual(["aws 10.0.0.1", "default 10.0.0.2", "default 2001:db8::1"]);
    expect([...(db?.users ?? [])]).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(db?.launcher).toBe("segc");
    expect(db?.interfaces).toEqual(["eth0", "eth1"]);
    expect(db?.published).toEqual(["tcp/8080", "udp/53"]);
    expect(db?.enforcers).toEqual([
      { kind: "nftables", id: "n", directions: ["egress", "ingress"] },
    ]);
  });

  it.each(["8080", "tcp/0", "tcp/65536", "icmp/8", "tcp/08", "tcp/80-90", ""])(
    "refuses to publish %j",
    (text) => {
      const [fault, ...more] = faultsIn(
        yaml("labels: { role: db, env: prod }", `published: [tcp/65535, '${text}']`),
      );
      expect(more).toEqual([]);
      expect(fault).toContain(`${JSON.stringify(text)} is no port that can be published`);
    },
  );

  it("makes equal label sets one object", () => {
    const { inventory } = build({
      "a.json": `[{"name":"a","platform":"linux","labels":{"env":"prod","role":"db"}}]`,
      "b.yaml": "- { name: b, platform: linux, labels: { role: db, env: prod } }",
    });
    const [a, b] = inventory.workloads;
    expect(a?.labels).toBe(b?.labels);
  });
});

describe("labels", () => {
  it.each([
    ["labels: { env: prod, role: data }", 'SEG801 hosts.yaml:3:30 "data"'],
    ["labels: { env: prod, handles: [pii, pay] }", 'SEG802 hosts.yaml:3:39 "pay"'],
    ["labels: { env: prod, handles: pii }", 'SEG802 hosts.yaml:3:33 "pii"'],
    ["labels: { env: prod, role: [db] }", 'SEG802 hosts.yaml:3:30 "[db]"'],
    ['labels: { env: prod, app: "" }', 'SEG802 hosts.yaml:3:29 "\\"\\""'],
    ["labels: { env: prods }", 'SEG802 hosts.yaml:3:18 "prods"'],
    ["labels: { enviroment: prod, env: prod }", 'SEG802 hosts.yaml:3:13 "enviroment"'],
    ["labels: { role: db }", 'SEG804 hosts.yaml:1:3 "name: db-1"'],
  ])("%s", (line, expected) => {
    const faults = faultsIn(yaml(line));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(expected);
  });

  it("says which exact values there are, and the near miss", () => {
    const { diagnostics } = build(yaml("labels: { env: prdo, role: data }"));
    expect(diagnostics.map(({ code, message, help }) => `${code} ${message} | ${help}`)).toEqual([
      "SEG802 label `env` has no value `prdo`; did you mean `prod`? | use a declared value, or add `prdo` to label `env`",
      "SEG801 `db-1` has `role data`, which is a group of values | give the exact `role`: `db`, `cache`",
    ]);
  });

  it("does not call a misspelt label missing too", () => {
    expect(faultsIn(yaml("labels: { en: prod }"))).toHaveLength(1);
    expect(faultsIn(yaml("labels: { env: prdo }"))).toHaveLength(1);
    expect(faultsIn(yaml("labels: { rolle: db }"))).toHaveLength(2); // env is missing as well
  });
});

describe("labels whose declaration has an error of its own", () => {
  it("are not called unknown as well", () => {
    const { project } = load(yaml("labels: { env: prod, site: hq, sit: hq }"));
    const { diagnostics } = buildInventory(project.inventory, model, {
      unreadLabels: new Set(["site"]),
    });
    expect(diagnostics.map(shown)).toEqual(['SEG802 hosts.yaml:3:34 "sit" label `sit` is unknown']);
  });
});

describe("addresses", () => {
  const two = (a: string, b: string) =>
    faultsIn({
      "hosts.json": `[\n{"name":"a","platform":"linux","addresses":["10.0.0.1"],"labels":{"env":"prod"}${a}},\n{"name":"b","platform":"linux","addresses":["10.0.0.1"],"labels":{"env":"prod"}${b}}]`,
    });
  const enforcer = (id: string, directions: string) =>
    `,"enforcers":[{"kind":"nftables","id":"${id}","directions":[${directions}]}]`;

  it("may be shared by workloads that are alike", () => {
    expect(two("", "")).toEqual([]);
    const both = '"egress","ingress"';
    expect(two(enforcer("x", both), enforcer("y", '"ingress","egress"'))).toEqual([]);
  });

  it("may not be shared otherwise", () => {
    expect(two("", enforcer("y", '"ingress"'))[0]).toBe(
      'SEG803 hosts.json:3:45 "\\"10.0.0.1\\"" address `10.0.0.1` in realm `default` belongs to `a` and `b`, which differ in enforcers',
    );
    expect(two(enforcer("x", '"egress"'), enforcer("y", '"ingress"'))[0]).toContain("enforcers");
    expect(two(',"launcher":"segc"', "")).toEqual([]);
  });

  it("belongs to a realm", () => {
    const record = (name: string, env: string, realm: string) =>
      `- { name: ${name}, platform: linux, labels: { env: ${env} }, addresses: [{ ip: "fd00::1", realm: ${realm} }] }\n`;
    expect(faultsIn({ "h.yaml": record("a", "prod", "x") + record("b", "staging", "y") })).toEqual(
      [],
    );
    const [fault] = faultsIn({
      "h.yaml": record("a", "prod", "x") + record("b", "staging", "x"),
    });
    expect(fault).toContain("SEG803 h.yaml:2:");
    expect(fault).toContain("differ in labels");
  });

  it.each([
    ["10.0.0.256", "above 255"],
    ["10.0.0.01", "starts with 0"],
    ["10.0.0", "form of neither"],
    ["10.0.0.0/24", "it is a network"],
    ["fe80::1%eth0", "zone"],
    ["'::ffff:10.0.0.1'", "IPv4-mapped"],
    ["1::2::3", "form of neither"],
    ...["0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "239.255.255.255", "255.255.255.255"].map(
      (text) => [text, "no host's own"],
    ),
    ...["'::'", "'::1'", "ff02::1"].map((text) => [text, "no host's own"]),
  ])("%s is refused", (text = "", why = "") => {
    const [fault, ...more] = faultsIn(
      yaml("labels: { env: prod }", `addresses: [10.0.0.1, ${text}]`),
    );
    expect(more).toEqual([]);
    expect(fault).toContain("SEG809 hosts.yaml:4:25");
    expect(fault).toContain(why);
  });
});

describe("a record with a fault", () => {
  it("is one fault, whatever other sources say of its workload", () => {
    expect(
      faultsIn({
        "segc.yaml": "edition: 1\nmodules: { org: org.seg }\ninventory: [a.yaml, b.yaml]\n",
        "a.yaml": "- { name: w, addresses: [10.0.0.1] }\n",
        "b.yaml": "- { name: w, platform: window, labels: { env: prod } }\n",
      }),
    ).toEqual([expect.stringContaining("SEG809 b.yaml:1:24")]);
  });
});

describe("several sources", () => {
  const config = (entries: string) =>
    `edition: 1\nmodules: { org: org.seg }\ninventory:\n${entries}\n`;

  it("add up to one workload", () => {
    const { inventory, diagnostics } = build({
      "cloud.json": `[{"name":"w","platform":"linux","labels":{"env":"prod"},"addresses":["10.0.0.1"]}]`,
      "register.csv": "name,role\nw,db\n",
    });
    expect(diagnostics).toEqual([]);
    const [only, ...more] = inventory.workloads;
    expect(more).toEqual([]);
    expect([...(only?.labels ?? [])]).toEqual([
      ["env", "prod"],
      ["role", "db"],
    ]);
  });

  it("must agree (SEG807)", () => {
    const faults = faultsIn({
      "a.yaml": "- { name: w, platform: linux, labels: { env: prod }, users: { u: 1 } }",
      "b.yaml": "- { name: w, platform: windows, labels: { env: staging }, users: { u: 2 } }",
    });
    expect(faults).toEqual([
      'SEG807 b.yaml:1:24 "windows" `w` has two values for `platform`: `linux` and `windows`',
      'SEG807 b.yaml:1:48 "staging" `w` has two values for `env`: `prod` and `staging`',
      'SEG807 b.yaml:1:71 "2" `w` has two values for `users: u`: `1` and `2`',
    ]);
  });

  it("may say which network an enforcer is in, and must agree on it (SEG807)", () => {
    const first =
      "- { name: w, platform: linux, labels: { env: prod }, enforcers: [{ kind: aws-sg, id: eni-1, directions: [ingress], network: vpc-1 }] }";
    const without = first.replace(", network: vpc-1", "");
    const networksOf = (a: string, b: string) =>
      build({ "a.yaml": a, "b.yaml": b }).inventory.workloads[0]?.enforcers.map(
        ({ network }) => network,
      );
    expect(networksOf(first, without)).toEqual(["vpc-1"]);
    expect(networksOf(without, first)).toEqual(["vpc-1"]);
    expect(networksOf(without, without)).toEqual([undefined]);
    const [fault, ...more] = faultsIn({
      "a.yaml": first,
      "b.yaml": first.replace("vpc-1", "vpc-2"),
    });
    expect(more).toEqual([]);
    expect(fault).toBe(
      'SEG807 b.yaml:1:125 "vpc-2" `w` has two values for `network of aws-sg eni-1`: `vpc-1` and `vpc-2`',
    );
  });

  it.each([
    ["empty", '""'],
    ["with a line end", '"vpc-1\\nx"'],
  ])("may not say a network that is %s (SEG809)", (_, network) => {
    const [fault] = faultsIn({
      "a.yaml": `- { name: w, platform: linux, labels: { env: prod }, enforcers: [{ kind: aws-sg, id: eni-1, directions: [ingress], network: ${network} }] }`,
    });
    expect(fault).toMatch(/^SEG809 a.yaml:1:125 .*`network`/);
  });

  it("keep disagreeing on an enforcer's directions after they once agreed (SEG807)", () => {
    const of = (...directions: readonly string[]) =>
      `- { name: w, platform: linux, labels: { env: prod }, enforcers: [${directions
        .map((direction) => `{ kind: aws-sg, id: eni-1, directions: [${direction}] }`)
        .join(", ")}] }`;
    const [fault] = faultsIn({ "a.yaml": of("ingress"), "b.yaml": of("ingress", "egress") });
    expect(fault).toContain("`w` has two values for `directions of aws-sg eni-1`");
  });

  it("set only the labels that segc.yaml lets them set (SEG807)", () => {
    const [fault, ...more] = faultsIn({
      "segc.yaml": config("  - { file: a.yaml, sets: [env] }"),
      "a.yaml": "- { name: w, platform: linux, labels: { env: prod, role: db } }",
    });
    expect(more).toEqual([]);
    expect(fault).toBe('SEG807 a.yaml:1:52 "role" `a.yaml` may not set label `role`');
  });

  it("name known labels in segc.yaml", () => {
    const faults = faultsIn({
      "segc.yaml": config("  - { file: a.yaml, sets: [enw], tags: { T: rolle } }"),
      "a.yaml": "[]",
    });
    expect(faults).toEqual([
      'SEG802 segc.yaml:4:28 "enw" label `enw` is unknown; did you mean `env`?',
      'SEG802 segc.yaml:4:45 "rolle" label `rolle` is unknown; did you mean `role`?',
    ]);
  });

  it("may leave the platform to another, not to nobody", () => {
    expect(faultsIn({ "a.yaml": "- { name: w, labels: { env: prod } }" })[0]).toBe(
      'SEG809 a.yaml:1:11 "w" no source gives a `platform` for `w`',
    );
  });

  it("name each workload once", () => {
    const [fault] = faultsIn({
      "a.json": `[{"name":"w","platform":"linux","labels":{"env":"prod"}},\n {"name":"w","platform":"linux","labels":{"env":"prod"}}]`,
    });
    expect(fault).toBe(
      'SEG809 a.json:2:10 "\\"w\\"" workload `w` stands twice in `a.json`: here and on line 1',
    );
  });
});

describe("cloud tags", () => {
  const config = `edition: 1
modules: { org: org.seg }
inventory:
  - file: cloud.json
    tags:
      Environment: { label: env, values: { Production: prod } }
      Data: handles
`;
  const cloud = (tags: string, labels = "{}") =>
    build({
      "segc.yaml": config,
      "cloud.json": `[{"name":"w","platform":"linux","labels":${labels},"tags":${tags}}]`,
    });

  it("become labels where segc.yaml says so", () => {
    const { inventory, diagnostics } = cloud(
      `{"Environment":"Production","Data":"pii, payment","Owner":"x"}`,
    );
    expect(diagnostics).toEqual([]);
    expect([...(inventory.workloads[0]?.labels ?? [])]).toEqual([
      ["env", "prod"],
      ["handles", ["payment", "pii"]],
    ]);
  });

  it("are shown where their value is no value of the label", () => {
    const faults = cloud(`{"Environment":"Prod"}`).diagnostics.map(shown);
    expect(faults).toEqual([
      'SEG802 cloud.json:1:67 "\\"Prod\\"" label `env` has no value `Prod`; did you mean `prod`?',
    ]);
  });

  it("must agree with the labels beside them", () => {
    const [fault] = cloud(`{"Environment":"staging"}`, `{"env":"prod"}`).diagnostics.map(shown);
    expect(fault).toContain("SEG807 cloud.json");
    expect(fault).toContain("`prod` and `staging`");
  });
});

describe("hostile names", () => {
  it.each([
    ["quotes", `a"b'c\``, true],
    ["a typographic quote", "it’s", true],
    ["253 bytes", "é".repeat(126), true],
    ["nothing", "", false],
    ["254 bytes", "é".repeat(127), false],
    ["10 kB", "x".repeat(10_000), false],
    ["a newline", "a\nb", false],
    ["ESC", "a\u001b[31m", false],
    ["a direction change", "a\u202eb", false],
    ["half a surrogate pair", "a\ud800", false],
    ["NUL", "a\0", false],
  ])("%s", (_, name, isAccepted) => {
    const record = { name, platform: "linux", labels: { env: "prod" } };
    const { inventory, diagnostics } = build({ "h.json": JSON.stringify([record]) });
    expect(diagnostics.map(({ code }) => code)).toEqual(isAccepted ? [] : ["SEG809"]);
    expect(inventory.workloads).toHaveLength(isAccepted ? 1 : 0);
  });

  it.each(["__proto__", "constructor", "toString"])("%s is no known key or label", (key) => {
    const json = `[{"name":"a","platform":"linux","labels":{"env":"prod","${key}":"x"}}]`;
    expect(faultsIn({ "h.json": json })[0]).toContain(`SEG802 h.json:1:56 "\\"${key}\\""`);
    const outer = `[{"name":"a","platform":"linux","labels":{"env":"prod"},"${key}":"x"}]`;
    expect(faultsIn({ "h.json": outer })[0]).toContain("SEG809 h.json:1:57");
  });

  it("shows a hundred faults of a file, and counts the rest", () => {
    const records = Array.from({ length: 250 }, (_, index) => ({
      name: `w${index}`,
      platform: "linux",
      labels: { env: "test" },
    }));
    const faults = faultsIn({ "h.json": JSON.stringify(records) });
    expect(faults).toHaveLength(101);
    expect(faults.at(-1)).toContain("150 more faults in this file are not shown");
  });
});
