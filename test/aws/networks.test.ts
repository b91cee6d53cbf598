// A realm of several networks: groups are of one, and name groups of their own. Who is in another is named by
// address.
import { describe, expect, it } from "vitest";
import { compile, verify } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { quotasOf } from "./evaluator.ts";
import { awsText, documentOf } from "./projects.ts";

const now = "2026-11-24";

interface Host {
  readonly name: string;
  readonly role: string;
  readonly ip: string;
  readonly networks: readonly (string | undefined)[];
}

const record = ({ name, role, ip, networks }: Host) => ({
  name,
  platform: "linux",
  labels: { role },
  addresses: [ip],
  enforcers: networks.map((network, at) => ({
    kind: "aws-sg",
    id: `eni-${name}-${at}`,
    directions: ["egress", "ingress"],
    ...(network === undefined ? {} : { network }),
  })),
});

const policy = `module shop root
label role: enum { web, api, db }
allow to-db = workloads where role is web or role is api -> workloads where role is db : tcp/5432
`;

type Recorded = ReturnType<typeof record>;

function compiled(
  list: readonly Host[],
  change: (host: Recorded) => object = (host) => host,
  more = "",
  settings = "",
) {
  const files = new Map([
    ["segc.yaml", `edition: 1\nmodules: { shop: shop.seg }\ninventory: hosts.json\n${settings}`],
    ["shop.seg", `${policy}${more}`],
    ["hosts.json", JSON.stringify(list.map((host) => change(record(host))))],
  ]);
  const { compiled: found, diagnostics } = compile(memoryFiles(files), { now, targets: ["aws"] });
  const text = awsText(found?.artefacts ?? []);
  return { diagnostics, document: text === undefined ? undefined : documentOf(text) };
}

const one = (name: string, role: string, ip: string, ...networks: readonly string[]): Host => ({
  name,
  role,
  ip,
  networks,
});

describe("a realm of two networks", () => {
  const { document } = compiled([
    one("web-1", "web", "10.0.0.1", "vpc-a"),
    one("api-1", "api", "10.1.0.1", "vpc-b"),
    one("db-1", "db", "10.1.0.9", "vpc-b"),
  ]);
  const carriedBy = (workload: string) => {
    const { network, groups } = document?.attachments.find((a) => a.workload === workload) ?? {};
    return document?.groups.filter((g) => g.network === network && groups?.includes(g.name)) ?? [];
  };

  it("has groups in each, which name each other there", () => {
    expect(document?.attachments.map(({ workload, network }) => [workload, network])).toEqual([
      ["api-1", "vpc-b"],
      ["db-1", "vpc-b"],
      ["web-1", "vpc-a"],
    ]);
    const [api] = carriedBy("api-1").flatMap(({ egress }) => egress);
    expect(carriedBy("db-1").map(({ name }) => name)).toContain(api?.group);
  });

  it("names who is in the other by address", () => {
    const [web] = carriedBy("web-1").flatMap(({ egress }) => egress);
    expect(web).toMatchObject({ cidr: "10.1.0.9/32", from: 5432, to: 5432 });
    const peers = carriedBy("db-1").flatMap(({ ingress }) => ingress);
    expect(peers).toContainEqual(expect.objectContaining({ cidr: "10.0.0.1/32" }));
    expect(peers).toContainEqual(expect.objectContaining({ group: expect.any(String) }));
  });
});

describe("networks that are joined", () => {
  const list = [
    one("web-1", "web", "10.0.0.1", "vpc-a"),
    one("web-2", "web", "10.0.0.2", "vpc-a"),
    one("api-1", "api", "10.2.0.1", "vpc-c"),
    one("db-1", "db", "10.1.0.9", "vpc-b"),
  ];
  const rulesOf = (aws: string) => {
    const { document } = compiled(list, (host) => host, "", `targets: { aws: { ${aws} } }\n`);
    const held = document?.groups.flatMap(({ network, ingress, egress }) => [
      ...ingress.map((rule) => [network, "in", rule.cidr ?? rule.network] as const),
      ...egress.map((rule) => [network, "out", rule.cidr ?? rule.network] as const),
    ]);
    return held?.map((each) => each.join(" ")).sort();
  };

  it("by a peering name each other's groups, in both directions", () => {
    expect(rulesOf("peerings: [[vpc-b, vpc-a]]")).toEqual([
      "vpc-a out vpc-b",
      "vpc-b in 10.2.0.1/32",
      "vpc-b in vpc-a",
      "vpc-c out 10.1.0.9/32",
    ]);
  });

  it("by a transit gateway do that for what comes in only", () => {
    expect(rulesOf("transitGateways: [[vpc-a, vpc-b, vpc-c]]")).toEqual([
      "vpc-a out 10.1.0.9/32",
      "vpc-b in vpc-a",
      "vpc-b in vpc-c",
      "vpc-c out 10.1.0.9/32",
    ]);
  });

  it("by both: each where it reaches", () => {
    const both = "peerings: [[vpc-b, vpc-c]], transitGateways: [[vpc-a, vpc-b]]";
    expect(rulesOf(both)).toEqual([
      "vpc-a out 10.1.0.9/32",
      "vpc-b in vpc-a",
      "vpc-b in vpc-c",
      "vpc-c out vpc-b",
    ]);
  });

  it.each([
    ["peerings: [[vpc-a]]", "must be two networks"],
    ["peerings: [[vpc-a, vpc-a]]", "must be two networks"],
    ["peerings: [[vpc-a, vpc-b, vpc-c]]", "must be two networks"],
    ["transitGateways: [[vpc-a]]", "must be networks of one transit gateway"],
    ['peerings: [["", vpc-a]]', "must be the name of a network"],
    ["peerings: vpc-a", "must be a list"],
  ])("%s is SEG810", (aws, message) => {
    const { diagnostics } = compiled(list, (host) => host, "", `targets: { aws: { ${aws} } }\n`);
    const [first] = diagnostics;
    expect(`${first?.code} ${first?.message}`).toContain("SEG810");
    expect(first?.message).toContain(message);
  });
});

describe("networks of two realms", () => {
  const list = [
    one("web-1", "web", "10.0.0.1", "vpc-a"),
    one("db-1", "db", "10.0.0.9", "vpc-a"),
    one("api-1", "api", "10.0.0.1", "vpc-b"),
  ];
  const inRealms = (host: Recorded) => ({
    ...host,
    addresses: host.addresses.map((ip) => ({ ip, realm: host.name === "api-1" ? "b" : "a" })),
  });

  it("are not joined: SEG906", () => {
    for (const aws of ["peerings: [[vpc-b, vpc-a]]", "transitGateways: [[vpc-x, vpc-a, vpc-b]]"]) {
      const settings = `targets: { aws: { ${aws} } }\n`;
      const { diagnostics } = compiled(list, inRealms, "", settings);
      const [first] = diagnostics.filter(({ code }) => code === "SEG906");
      expect(first?.message).toMatch(/networks `vpc-.` and `vpc-.` are joined by `targets: aws:`/);
    }
  });

  it("do not stand for each other in an artefact: the same address is another host's", () => {
    const files = (settings: string) =>
      memoryFiles(
        new Map([
          [
            "segc.yaml",
            `edition: 1\nmodules: { shop: shop.seg }\ninventory: hosts.json\n${settings}`,
          ],
          ["shop.seg", policy],
          ["hosts.json", JSON.stringify(list.map(record).map(inRealms))],
        ]),
      );
    const { compiled: made } = compile(files(""), { now, targets: ["aws"] });
    if (made === undefined) throw new Error("nothing compiled");
    const [artefact] = made.artefacts;
    const [file] = artefact?.files ?? [];
    const text = file?.text ?? "";
    const strange = '"group":"segc-closed","network":"vpc-b"';
    // The rule of the database, not the one of whom it lets in.
    const edited = text.replace(/"group":"segc-out-[^"]+"/, strange);
    expect(edited).not.toBe(text);
    const joined = files("targets: { aws: { peerings: [[vpc-a, vpc-b]] } }\n");
    const { checked } = compile(joined, { now, targets: ["aws"] });
    const texts = new Map([[file?.path ?? "", edited]]);
    const { findings } = verify(checked, made.manifest, texts, { now });
    expect(findings.map(({ problem }) => problem).join("\n")).toContain(
      "which is not joined to it",
    );
  });
});

describe("very many networks with a host each", () => {
  const list = [
    ...Array.from({ length: 32 }, (_, at) => one(`web-${at}`, "web", `10.0.0.${at}`, `vpc-${at}`)),
    one("db-1", "db", "10.1.0.9", "vpc-db"),
  ];
  const networks = [...Array.from({ length: 32 }, (_, at) => `vpc-${at}`), "vpc-db"].join(", ");
  const sizeFor = (settings: string) => {
    const { document } = compiled(list, (host) => host, "", settings);
    if (document === undefined) throw new Error("nothing compiled");
    return quotasOf(document).rules + document.groups.length;
  };

  it("take no more for being joined", () => {
    const joined = `targets: { aws: { transitGateways: [[${networks}]] } }\n`;
    expect(sizeFor(joined)).toBe(sizeFor(""));
  });
});

it("an artefact that names groups of a network that is not joined is wrong", () => {
  const list = [one("web-1", "web", "10.0.0.1", "vpc-a"), one("db-1", "db", "10.1.0.9", "vpc-b")];
  const files = (settings: string) =>
    memoryFiles(
      new Map([
        [
          "segc.yaml",
          `edition: 1\nmodules: { shop: shop.seg }\ninventory: hosts.json\n${settings}`,
        ],
        ["shop.seg", policy],
        ["hosts.json", JSON.stringify(list.map(record))],
      ]),
    );
  const peered = "targets: { aws: { peerings: [[vpc-a, vpc-b]] } }\n";
  const { compiled: made } = compile(files(peered), { now, targets: ["aws"] });
  const texts = new Map(
    (made?.artefacts ?? []).flatMap(({ files: own }) => own.map(({ path, text }) => [path, text])),
  );
  const problems = (settings: string) => {
    const { checked } = compile(files(settings), { now, targets: ["aws"] });
    if (made === undefined) throw new Error("nothing compiled");
    return verify(checked, made.manifest, texts, { now }).findings.map(({ problem }) => problem);
  };
  expect(problems(peered)).toEqual([]);
  const routed = problems("targets: { aws: { transitGateways: [[vpc-a, vpc-b]] } }\n");
  expect(routed).toEqual([
    expect.stringMatching(/^`segc-.*` of network `vpc-a` names `segc-.*` of `vpc-b`, which is not/),
  ]);
  expect(problems("")).toHaveLength(2);
});

it("an interface is in the network that is its realm, where nothing else is said", () => {
  const { document } = compiled([
    { ...one("web-1", "web", "10.0.0.1"), networks: [undefined] },
    one("db-1", "db", "10.0.0.9", "vpc-b"),
  ]);
  expect(document?.attachments.map(({ network }) => network)).toEqual(["vpc-b", "default"]);
});

it("a network of two realms is SEG906: a prefix would let in hosts of both", () => {
  const list = [
    one("web-1", "web", "10.0.0.1", "vpc-a"),
    one("db-1", "db", "10.0.0.9", "vpc-a"),
    one("web-2", "web", "10.0.0.2", "vpc-a"),
    one("db-2", "db", "10.0.0.8", "vpc-b"),
  ];
  const { diagnostics } = compiled(list, (host) => ({
    ...host,
    addresses: host.addresses.map((ip) => ({ ip, realm: host.name.endsWith("2") ? "b" : "a" })),
  }));
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toContain(
    "SEG906 aws: network `vpc-a` has interfaces of realms `a` and `b` (`web-2` among them), whose addresses its groups would not tell apart",
  );
});

it("an interface without a network beside one with another is SEG906, observed or not", () => {
  const list = [{ ...one("web-1", "web", "10.0.0.1"), networks: ["vpc-a", undefined] }];
  const observe = "observe ingress, egress of (workloads where role is web) until 2026-12-31\n";
  for (const more of ["", observe]) {
    const { diagnostics } = compiled(list, (host) => host, more);
    expect(diagnostics.map(({ code }) => code)).toContain("SEG906");
  }
});

it("interfaces of one workload in two networks are SEG906", () => {
  const { diagnostics } = compiled([one("web-1", "web", "10.0.0.1", "vpc-a", "vpc-b")]);
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toContain(
    "SEG906 aws: interfaces of `web-1` are in several networks, and a security group is of one",
  );
});
