// A realm of several networks: groups are of one, and name groups of their own. Who is in another is named by
// address.
import { describe, expect, it } from "vitest";
import { compile } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
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
) {
  const files = new Map([
    ["segc.yaml", "edition: 1\nmodules: { shop: shop.seg }\ninventory: hosts.json\n"],
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
