// `outside` as one prefix of each family, beside rules by which some of the managed may come as well: compiled,
// which is to say proved.
import { describe, expect, it } from "vitest";
import { compile, verify } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { awsText, documentOf } from "./projects.ts";
import { compiled, hosts, now, policy, record } from "./shop.ts";

const withRules = (...rules: readonly string[]) =>
  [...policy.split("\n").filter((line) => !line.startsWith("allow")), ...rules, ""].join("\n");

const settings = "expiry: { schedule: daily }\n";

const cidrsOf = (text: string, port: number) =>
  compiled(hosts, text, settings)
    .document.groups.flatMap(({ ingress }) => ingress)
    .filter(({ from }) => from === port)
    .flatMap(({ cidr }) => cidr ?? []);

describe("outside", () => {
  it("is one prefix of each family", () => {
    const found = cidrsOf(withRules("allow a = outside -> web : tcp/443"), 443);
    expect(found.sort()).toEqual(["0.0.0.0/0", "::/0"]);
  });

  it("is so beside a rule for some of the managed, who are let in anyhow", () => {
    const text = withRules(
      "allow a = outside -> { web, api } : tcp/443",
      "allow b = db -> api : tcp/443",
    );
    expect(cidrsOf(text, 443).sort()).toEqual(["0.0.0.0/0", "::/0"]);
  });

  it("is so beside a rule of one family", () => {
    const text = withRules(
      "allow a = outside -> web : tcp/443",
      "allow b = anywhere -> web : tcp/443 { family v6 }",
    );
    const found = cidrsOf(text, 443);
    expect(found).toContain("0.0.0.0/0");
    expect(found).toContain("::/0");
  });

  it("leaves out who may come until some day, and is let in until then", () => {
    const text = withRules(
      "allow a = outside -> web : tcp/443",
      "allow b = api -> web : tcp/443 { until 2026-12-31 }",
    );
    const found = cidrsOf(text, 443);
    expect(found).not.toContain("0.0.0.0/0");
    expect(found.length).toBeGreaterThan(2);
  });
});

it("is exact for a machine that is yet to start: who may send to it nobody knows", () => {
  const list = [...hosts, { name: "web-3", role: "web", addresses: [] }];
  const text = withRules("allow a = outside -> web : tcp/443");
  const made = compiled(list, text, room).document.groups.flatMap(({ ingress }) => ingress);
  expect(made.map(({ cidr }) => cidr)).not.toContain("0.0.0.0/0");
});

/** A host without groups: `enforcers` as the inventory has them. */
const beside = (enforcers: readonly unknown[]) => ({
  name: "host-9",
  platform: "linux",
  labels: { role: "ops" },
  addresses: ["10.0.9.9", "fd00::9"],
  enforcers,
});

function madeBeside(
  enforcers: readonly unknown[],
  rules = ["allow a = outside -> web : tcp/443"],
  only?: readonly ("aws" | "nftables")[],
  host: object = {},
) {
  const files = new Map([
    ["segc.yaml", `edition: 1\nmodules: { shop: shop.seg }\ninventory: hosts.json\n${room}`],
    ["shop.seg", withRules(...rules).replace("db }", "db, ops }")],
    ["hosts.json", JSON.stringify([...hosts.map(record), { ...beside(enforcers), ...host }])],
  ]);
  const {
    compiled: made,
    checked,
    diagnostics,
  } = compile(memoryFiles(files), {
    now,
    ...(only === undefined ? {} : { targets: only }),
  });
  const text = awsText(made?.artefacts ?? []);
  if (made === undefined || text === undefined) {
    throw new Error(JSON.stringify(diagnostics.map((one) => one.message)));
  }
  const ingress = documentOf(text).groups.flatMap((group) => group.ingress);
  const cidrs = ingress.filter(({ from }) => from === 443).flatMap(({ cidr }) => cidr ?? []);
  /** What `verify` says of the groups where they are otherwise. */
  const verified = (groups: string) => {
    const texts = made.artefacts.flatMap(({ files: own }) =>
      own.map((file) => [file.path, file.text === text ? groups : file.text] as const),
    );
    return verify(checked, made.manifest, new Map(texts), { now }).findings;
  };
  return { cidrs, relies: made.manifest.relies, text, verified };
}

const room =
  "expiry: { schedule: daily }\nquotas: { aws: { rulesPerGroup: 250, groupsPerInterface: 4 } }\n";
const table = (kind: string, ...directions: readonly string[]) => [
  { kind, id: "host", directions },
];

describe("a host without groups", () => {
  it.each([
    ["nftables", "nftables"],
    ["iptables", "iptables"],
    ["windows-firewall", "windows"],
  ])("that its own %s holds back is let in with outside", (kind, target) => {
    const { cidrs, relies } = madeBeside(table(kind, "ingress", "egress"));
    expect(cidrs.sort()).toEqual(["0.0.0.0/0", "::/0"]);
    const [entry, ...more] = relies;
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      rule: "shop.a",
      end: "source",
      programs: [],
      artefacts: ["aws/fleet"],
      notCompiled: [],
    });
    expect(entry?.on).toEqual([expect.stringMatching(new RegExp(`^${target}/`))]);
  });

  it("is told of where this run makes nothing for it", () => {
    const { relies } = madeBeside(table("nftables", "egress"), undefined, ["aws"]);
    expect(relies).toMatchObject([
      { rule: "shop.a", on: [], notCompiled: [{ kind: "nftables", workloads: 1 }] },
    ]);
  });

  it.each([
    ["that nothing enforces", []],
    ["that only takes in by rules", table("nftables", "ingress")],
  ])("%s is left out exactly", (_, enforcers) => {
    const { cidrs, relies } = madeBeside(enforcers);
    expect(cidrs).not.toContain("0.0.0.0/0");
    expect(cidrs).not.toContain("::/0");
    expect(relies).toEqual([]);
  });

  it.each([
    ["is only observed", "observe egress of (workloads where role is ops) until 2026-12-31"],
    [
      "may send there until some day",
      "allow b = workloads where role is ops -> web : tcp/443 { until 2026-12-31 }",
    ],
  ])("that %s is left out exactly", (_, rule) => {
    const { cidrs, relies } = madeBeside(table("nftables", "ingress", "egress"), [
      "allow a = outside -> web : tcp/443",
      rule,
    ]);
    expect(cidrs).not.toContain("0.0.0.0/0");
    expect(relies).toEqual([]);
  });

  it("whose containers send past its table is left out exactly", () => {
    const { cidrs, relies } = madeBeside(
      table("nftables", "ingress", "egress"),
      undefined,
      undefined,
      { published: ["tcp/8080"] },
    );
    expect(cidrs).not.toContain("0.0.0.0/0");
    expect(relies).toEqual([]);
  });

  it("with a rule for one of its addresses is left out exactly at all", () => {
    const host = { addresses: ["10.0.9.9", "10.0.9.10"] };
    const rules = [
      "allow a = outside -> web : tcp/443",
      "allow b = networks { 10.0.9.9/32 } -> web : tcp/443",
    ];
    const { cidrs } = madeBeside(table("nftables", "egress"), rules, undefined, host);
    expect(cidrs).not.toContain("0.0.0.0/0");
  });

  it("that a deny holds back is let in, and one whose deny is for a program only is not", () => {
    const made = (deny: string) =>
      madeBeside(table("nftables", "ingress", "egress"), [
        "allow a = outside -> web : tcp/443",
        "allow b = workloads where role is ops -> web : tcp/443",
        deny,
      ]);
    expect(made("deny c = workloads where role is ops -> web : tcp/443").cidrs.sort()).toEqual([
      "0.0.0.0/0",
      "::/0",
    ]);
    const program = 'program { unit "job.service" }@workloads where role is ops';
    const { cidrs, relies } = made(`deny c = ${program} -> web : tcp/443`);
    // It may come in here by the policy: the prefixes have it for that, and lean on nobody.
    expect(cidrs.sort()).toEqual(["0.0.0.0/0", "::/0"]);
    expect(relies.filter(({ programs }) => programs.length === 0)).toEqual([]);
  });

  it("that may send there until some day is not leant on by the proof either", () => {
    const rules = [
      "allow a = outside -> web : tcp/443",
      "allow b = workloads where role is ops -> web : tcp/443 { until 2026-12-31 }",
    ];
    const { text, verified } = madeBeside(table("nftables", "egress"), rules);
    expect(verified(text)).toEqual([]);
    const wide = JSON.parse(text);
    for (const { ingress } of wide.groups) {
      for (const rule of ingress) {
        if (rule.cidr === "128.0.0.0/1") rule.cidr = "0.0.0.0/0";
      }
    }
    const [first] = verified(JSON.stringify(wide));
    expect(first?.problem).toContain("host-9 -> web-1 : tcp/443 on 2027-01-01");
  });
});
