// Saved answers of EC2 as an inventory.
import { describe, expect, test } from "vitest";
import { check, compile } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const now = "2026-11-24";
const tags = (pairs: Readonly<Record<string, string>>) =>
  Object.entries(pairs).map(([Key, Value]) => ({ Key, Value }));

/** As `aws ec2 describe-network-interfaces` prints them, what segc does not read included. */
const interfaces = {
  NetworkInterfaces: [
    {
      NetworkInterfaceId: "eni-1",
      InterfaceType: "interface",
      VpcId: "vpc-1",
      SubnetId: "subnet-1",
      Status: "in-use",
      SourceDestCheck: true,
      Attachment: { InstanceId: "i-web", DeviceIndex: 0, NetworkCardIndex: 0, Status: "attached" },
      PrivateIpAddress: "10.0.0.1",
      PrivateIpAddresses: [
        { Primary: true, PrivateIpAddress: "10.0.0.1", Association: { PublicIp: "52.1.2.3" } },
        { Primary: false, PrivateIpAddress: "10.0.0.2" },
      ],
      Ipv6Addresses: [{ Ipv6Address: "2600:1f18::1", IsPrimaryIpv6: false }],
      Groups: [{ GroupId: "sg-1", GroupName: "old" }],
      TagSet: tags({ Role: "web" }),
    },
    {
      NetworkInterfaceId: "eni-2",
      VpcId: "vpc-1",
      Attachment: { InstanceId: "i-web", DeviceIndex: 1 },
      PrivateIpAddresses: [{ PrivateIpAddress: "10.0.9.1" }],
      Ipv6Addresses: [],
      Groups: [{ GroupId: "sg-1", GroupName: "old" }],
      TagSet: [],
    },
    {
      NetworkInterfaceId: "eni-3",
      InterfaceType: "nat_gateway",
      VpcId: "vpc-1",
      RequesterManaged: true,
      PrivateIpAddresses: [{ PrivateIpAddress: "10.0.8.1" }],
      Groups: [],
      TagSet: tags({ Role: "nat" }),
    },
  ],
};

const instances = {
  Reservations: [
    {
      Instances: [
        {
          InstanceId: "i-web",
          PlatformDetails: "Windows with SQL Server",
          Platform: "windows",
          Tags: tags({ Role: "other", Name: "the web" }),
        },
      ],
    },
  ],
};

const project = (first: unknown, second?: unknown, more = "") => {
  const entry = [
    "file: eni.json",
    "reader: ec2",
    ...(second === undefined ? [] : ["instances: i.json"]),
  ];
  return memoryFiles(
    new Map([
      [
        "segc.yaml",
        `edition: 1\nmodules: { shop: shop.seg }\ninventory: { ${entry.join(", ")}, tags: { Role: role }${more} }\n`,
      ],
      [
        "shop.seg",
        "module shop root\nlabel role: enum { web, nat, other }\nallow r = anywhere -> workloads where role is web : tcp/443\n",
      ],
      ["eni.json", typeof first === "string" ? first : JSON.stringify(first)],
      ["i.json", JSON.stringify(second ?? {})],
    ]),
  );
};

const faults = (first: unknown, second?: unknown, more = "") =>
  check(project(first, second, more), { now }).diagnostics.map(
    ({ code, message, span }) => `${code} ${span?.source.path}: ${message}`,
  );

describe("interfaces of EC2", () => {
  test("of Elastic Load Balancing are balancers", () => {
    const lb = (id: string, fields: object) => ({
      NetworkInterfaceId: id,
      VpcId: "vpc-1",
      PrivateIpAddresses: [{ PrivateIpAddress: `10.0.7.${id.length}` }],
      Groups: [{ GroupId: "sg-1" }],
      TagSet: tags({ Role: "other" }),
      ...fields,
    });
    const list = [
      lb("eni-n", { InterfaceType: "network_load_balancer" }),
      lb("eni-al", { InterfaceType: "interface", RequesterId: "amazon-elb", Description: "x" }),
      lb("eni-old", { Description: "ELB app/shop/50dc6c495c0c9188" }),
      lb("eni-rds1", { Description: "RDSNetworkInterface", RequesterId: "amazon-rds" }),
    ];
    const { inventory } = check(project({ NetworkInterfaces: list }), { now });
    expect(inventory.workloads.map(({ name, balancer }) => [name, balancer])).toEqual([
      ["eni-al", true],
      ["eni-n", true],
      ["eni-old", true],
      ["eni-rds1", false],
    ]);
  });

  test("are in one realm where the source says so, and keep their networks", () => {
    const other = {
      ...interfaces.NetworkInterfaces[0],
      NetworkInterfaceId: "eni-9",
      VpcId: "vpc-2",
    };
    const second = {
      ...other,
      Attachment: undefined,
      PrivateIpAddresses: [{ PrivateIpAddress: "10.2.0.1" }],
      Ipv6Addresses: [],
    };
    const both = { NetworkInterfaces: [...interfaces.NetworkInterfaces, second] };
    const told = (more: string) =>
      check(project(both, instances, more), { now })
        .inventory.workloads.filter(({ name }) => name === "eni-9" || name === "i-web")
        .map(({ addresses, enforcers }) => [addresses[0]?.realm, enforcers[0]?.network]);
    expect(told(", realm: corp")).toEqual([
      ["corp", "vpc-2"],
      ["corp", "vpc-1"],
    ]);
    expect(told("")).toEqual([
      ["vpc-2", undefined],
      ["vpc-1", undefined],
    ]);
  });

  test("are workloads of their machines, in their networks", () => {
    const {
      inventory,
      project: read,
      diagnostics,
    } = check(project(interfaces, instances), { now });
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(read.inputs.map(({ path }) => path)).toContain("i.json");
    expect(
      inventory.workloads.map(({ name, platform, labels, addresses, enforcers }) => [
        name,
        platform,
        labels.get("role"),
        addresses.map(({ ip, realm }) => `${realm} ${ip.family}`),
        enforcers.map(({ kind, id, directions }) => `${kind} ${id} ${directions.join()}`),
      ]),
    ).toEqual([
      ["eni-2", "windows", "other", ["vpc-1 4"], ["aws-sg eni-2 egress,ingress"]],
      ["eni-3", "other", "nat", ["vpc-1 4"], []],
      [
        "i-web",
        "windows",
        "web",
        ["vpc-1 4", "vpc-1 4", "vpc-1 6"],
        ["aws-sg eni-1 egress,ingress"],
      ],
    ]);
  });

  test("are given groups", () => {
    const { compiled } = compile(project(interfaces, instances), { now });
    expect(compiled?.artefacts.map(({ entry }) => [entry.target, entry.workloads])).toEqual([
      ["aws", ["eni-2", "i-web"]],
    ]);
  });

  test("without a label that is required are named, not guessed", () => {
    const [web] = interfaces.NetworkInterfaces;
    const bare = { NetworkInterfaces: [{ ...web, TagSet: [] }] };
    expect(faults(bare, { Reservations: [] })).toEqual(
      expect.arrayContaining([expect.stringMatching(/^SEG80[49] eni\.json: .*`i-web`/)]),
    );
  });

  test("of a machine that is not in the other file have no platform", () => {
    const [web] = interfaces.NetworkInterfaces;
    expect(faults({ NetworkInterfaces: [web] })).toEqual([
      "SEG809 eni.json: no source gives a `platform` for `i-web`",
    ]);
  });
});

describe("what is no such answer is a fault", () => {
  test.each<readonly [string, unknown, unknown, string]>([
    [
      "a list of workloads",
      [],
      instances,
      "SEG809 eni.json: `eni.json` is no answer of `describe-network-interfaces`",
    ],
    [
      "the other answer",
      instances,
      undefined,
      "SEG809 eni.json: `eni.json` is no answer of `describe-network-interfaces`",
    ],
    [
      "texts in the list",
      { NetworkInterfaces: ["eni-1"] },
      undefined,
      "it has no list `NetworkInterfaces` of such things",
    ],
    ["one page of several", { ...interfaces, NextToken: "x" }, instances, "is one page of several"],
    ["no machines", interfaces, interfaces, "`i.json` is no answer of `describe-instances`"],
    ["no JSON", "{", instances, "SEG809 eni.json"],
    [
      "an address that is none",
      {
        NetworkInterfaces: [
          {
            ...interfaces.NetworkInterfaces[2],
            PrivateIpAddresses: [{ PrivateIpAddress: "10.0.0" }],
          },
        ],
      },
      instances,
      "SEG809 eni.json",
    ],
    [
      "an id that is no text",
      { NetworkInterfaces: [{ NetworkInterfaceId: 5, VpcId: "v" }] },
      instances,
      "SEG809 eni.json",
    ],
  ])("%s", (_, first, second, wanted) => {
    expect(faults(first, second).join("\n")).toContain(wanted);
  });

  test("settings that do not go together", () => {
    const bad = (entry: string) =>
      check(
        memoryFiles(
          new Map([
            ["segc.yaml", `edition: 1\nmodules: { shop: shop.seg }\ninventory: ${entry}\n`],
            ["shop.seg", "module shop root\n"],
            ["a.json", "[]"],
          ]),
        ),
        { now },
      ).diagnostics.map(({ code, message }) => `${code} ${message}`);
    expect(bad("{ file: a.json, instances: b.json }")).toContain(
      "SEG810 `instances` says nothing without a `reader`",
    );
    expect(bad("{ file: a.yaml, reader: ec2 }").join()).toContain(
      "is to be read as an answer of EC2",
    );
    expect(bad("{ file: a.json, reader: ec2, instances: a.json }").join()).toContain(
      "is listed twice",
    );
    expect(bad("{ file: a.json, reader: ec2, instances: ../b.json }").join()).toContain(
      "is not a path inside",
    );
  });
});
