// What a project for the Windows Firewall compiles to: how many rules, of which action, and what is
// refused with which words.
import { describe, expect, test } from "vitest";
import { type CompileResult, compile, type Files, lint } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import type { FirewallPolicy, Rule } from "./witness/policy.ts";
import { readAll } from "./witness/read.ts";

const now = "2026-11-28";
const both = ["ingress", "egress"];
const users = { svc: "S-1-5-21-1-2-3-1001", same: "S-1-5-21-1-2-3-1001", number: 1001 };

interface Host {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly directions?: readonly string[];
}

const desk: Host = { name: "desk", addresses: ["10.0.0.1", "fd00::1"] };
const db: Host = { name: "db", addresses: ["10.0.0.2", "fd00::2"] };

type Setting = readonly [policy: string, hosts?: readonly Host[], options?: string];

const compiled = (...setting: Setting): CompileResult => compile(projectOf(...setting), { now });

function projectOf(...[policy, hosts = [desk, db], options = ""]: Setting): Files {
  const inventory = hosts.map(({ name, addresses, directions = both }) => ({
    name,
    platform: "windows",
    labels: { role: name.replace(/-\d+$/, "") },
    addresses,
    users,
    enforcers: [{ kind: "windows-firewall", id: "host", directions }],
  }));
  const roles = [...new Set(inventory.map(({ labels }) => labels.role))];
  const segments = roles.map((role) => `segment ${role} = workloads where role is ${role}`);
  return memoryFiles(
    new Map([
      [
        "segc.yaml",
        `edition: 1\nmodules: { lab: lab.seg }\ninventory: hosts.json\nexpiry: { schedule: daily }\n${options}`,
      ],
      ["hosts.json", JSON.stringify(inventory)],
      [
        "lab.seg",
        `module lab root\nlabel role: enum { ${roles.join(", ")} }\n${segments.join("\n")}\n${policy}\n`,
      ],
    ]),
  );
}

function policyOf(result: CompileResult, name: string): FirewallPolicy {
  const artefact = result.compiled?.artefacts.find(({ entry }) => entry.workloads.includes(name));
  if (artefact === undefined) {
    throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  }
  const texts = artefact.files.map(
    ({ path, text }) => [path.split("/").slice(2).join("/"), text] as const,
  );
  const script = readAll(new Map(texts)).get("script");
  if (script === undefined) throw new Error("there is a script");
  return script;
}

const own = ({ rules }: FirewallPolicy, direction: Rule["direction"]): readonly Rule[] =>
  rules.filter((rule) => rule.direction === direction && !rule.name.startsWith("segc-base-"));

describe("rules", () => {
  const many = (role: string, net: number, count: number): readonly Host[] =>
    Array.from({ length: count }, (_, at) => ({
      name: `${role}-${at}`,
      addresses: [`10.${net}.${(2 * at) >> 8}.${(2 * at) & 255}`, `fd00:${net}::${2 * at}`],
    }));

  test("of 300 hosts to 300 hosts are one, whatever the families", () => {
    const result = compiled("allow x = a -> b : tcp/443", [
      ...many("a", 1, 300),
      ...many("b", 2, 300),
    ]);
    expect(own(policyOf(result, "a-0"), "out")).toHaveLength(1);
    expect(own(policyOf(result, "b-0"), "in")).toHaveLength(1);
    for (const { entry } of result.compiled?.artefacts ?? []) {
      expect(entry.minimised).toEqual({ before: 1, after: 1, lowerBound: 1, optimal: true });
    }
  });

  test("of 100,000 hosts next to each other are one with one range", () => {
    const [rule, ...more] = own(
      policyOf(
        compiled(
          "allow x = networks { 10.16.0.0/16, 10.17.0.0/17, 10.17.128.0/21 } -> db : tcp/443",
        ),
        "db",
      ),
      "in",
    );
    expect([more.length, rule?.remoteAddresses?.length]).toEqual([0, 1]);
  });

  test("split longer lists, as many as there must be", () => {
    const result = compiled(
      "allow x = a -> b : tcp/443",
      [...many("a", 1, 30), ...many("b", 2, 1)],
      "targets: { windows: { addressesPerRule: 7 } }\n",
    );
    const entry = result.compiled?.artefacts.find((one) =>
      one.entry.workloads.includes("b-0"),
    )?.entry;
    expect(entry?.minimised).toEqual({ before: 9, after: 9, lowerBound: 9, optimal: true });
    expect(own(policyOf(result, "b-0"), "in").map((rule) => rule.remoteAddresses?.length)).toEqual(
      expect.arrayContaining([7, 4]),
    );
  });

  test("merge families, ports and policies", () => {
    const result = compiled(
      "allow a = desk -> db : tcp/1\nallow b = desk -> db : { tcp/3, udp/3 }",
    );
    expect(own(policyOf(result, "db"), "in").map(({ protocol }) => protocol)).toEqual([6, 17]);
    expect(result.compiled?.artefacts[0]?.entry.minimised).toEqual({
      before: 3,
      after: 2,
      lowerBound: 2,
      optimal: true,
    });
  });

  test("for every service are one, and a deny is taken out of it protocol by protocol", () => {
    const all = compiled("allow all = desk -> db : any-service");
    expect(own(policyOf(all, "db"), "in")).toMatchObject([
      { protocol: undefined, action: "allow" },
    ]);
    const policy = "allow all = desk -> db : any-service\ndeny some = desk -> db : tcp/445";
    const cut = own(policyOf(compiled(policy), "db"), "in");
    expect(new Set(cut.map(({ action }) => action))).toEqual(new Set(["allow"]));
    expect(cut).toHaveLength(256);
    const blocked = compiled(policy, [desk, db], "targets: { windows: { blockRules: true } }\n");
    expect(
      own(policyOf(blocked, "db"), "in")
        .map(({ action }) => action)
        .sort(),
    ).toEqual(["allow", "block"]);
  });

  test("of what ends are left out of a script once it has ended, and know the day", () => {
    const result = compiled("allow soon = desk -> db : tcp/1 { until 2026-12-24 }");
    expect(own(policyOf(result, "db"), "in")).toMatchObject([{ until: "2026-12-24" }]);
    expect(result.compiled?.artefacts[0]?.entry.expires).toEqual([
      { rule: "lab.soon", until: "2026-12-24" },
    ]);
  });
});

describe("default actions", () => {
  test("block, and what is observed allows all but what is denied", () => {
    const observed = compiled(
      "observe ingress of (workloads where role is db) until 2027-01-01\nallow a = desk -> db : tcp/1\ndeny d = desk -> db : tcp/2",
    );
    const { profiles } = policyOf(observed, "db");
    for (const profile of Object.values(profiles)) {
      expect(profile).toMatchObject({ inbound: "block", outbound: "block", localMerge: false });
    }
    expect(own(policyOf(observed, "db"), "in")).toMatchObject([
      { action: "block", localPorts: [{ first: 2, last: 2 }] },
      { action: "allow", protocol: undefined, remoteAddresses: undefined },
    ]);
    expect(Object.values(policyOf(observed, "desk").profiles)[0]).toMatchObject({
      inbound: "block",
      outbound: "block",
      enabled: true,
      shielded: false,
    });
  });

  test("are of both directions or of none", () => {
    const { diagnostics, compiled: made } = compiled("allow a = desk -> db : tcp/1", [
      desk,
      { ...db, directions: ["ingress"] },
    ]);
    expect(made).toBeUndefined();
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      [
        "SEG907",
        "the Windows Firewall of `db` is to be enforced in one direction only, and cannot be: rules of others are put out of force in both",
      ],
    ]);
  });
});

describe("programs", () => {
  const report = 'program p { windows { path "C:\\\\p.exe" } }\n';
  const faultsOf = (policy: string, options?: string) =>
    compiled(policy, [desk, db], options)
      .diagnostics.filter(({ severity }) => severity === "error")
      .map(({ code, message }) => `${code} ${message}`);

  test("that are refused need rules that block, which are made where they are asked for", () => {
    const policy = `${report}allow q = desk -> db : tcp/1\ndeny d = p@desk -> db : tcp/1`;
    expect(faultsOf(policy)).toEqual([
      "SEG907 `lab.d` refuses a program what others may do, and rules of the Windows Firewall of `desk` only say whom they allow",
    ]);
    const result = compiled(policy, [desk, db], "targets: { windows: { blockRules: true } }\n");
    expect(own(policyOf(result, "desk"), "out")).toMatchObject([
      { action: "block", program: "C:\\p.exe" },
      { action: "allow", program: undefined },
    ]);
  });

  test("that are refused whole are left out, without a rule that blocks", () => {
    const policy = `${report}allow q = p@desk -> db : { tcp/1, tcp/2 }\ndeny d = p@desk -> db : tcp/1`;
    expect(own(policyOf(compiled(policy), "desk"), "out")).toMatchObject([
      { action: "allow", program: "C:\\p.exe", remotePorts: [{ first: 2, last: 2 }] },
    ]);
  });

  test("of which a block would take another's right are refused", () => {
    const policy = `${report}program s { windows { path "C:\\\\p.exe" user "svc" } }
allow q = desk -> db : tcp/1
allow r = s@desk -> db : tcp/1
deny d = p@desk except s@desk -> db : tcp/1`;
    expect(faultsOf(policy, "targets: { windows: { blockRules: true } }\n").join()).toMatch(
      /SEG907/,
    );
  });

  test.each([
    ['user "nobody"', "has no security identifier"],
    ['user "number"', "has no security identifier"],
    ['user "svc" service "x"', "by a service and a user at once"],
    ['path "C:\\\\a\\\\\\\\b.exe"', "is no path of an executable"],
    ['path "C:\\\\a\\\\..\\\\b.exe"', "is no path of an executable"],
    ['path "C:\\\\*.exe"', "is no path of an executable"],
    ['path "b.exe"', "is no path of an executable"],
    ['service "*"', "is no name of a service"],
  ])("told by %s are refused", (fields, words) => {
    const [fault = "", ...more] = faultsOf(
      `program p { windows { ${fields} } }\nallow q = p@desk -> db : tcp/1`,
    );
    expect(more).toEqual([]);
    expect(fault).toContain("SEG907");
    expect(fault).toContain(words);
  });

  test.each([
    ['service "Spooler"', 'service "spooler"'],
    ['path "C:\\\\P.exe"', 'path "c:\\\\p.EXE"'],
    ['user "svc"', 'user "same"'],
  ])("told by %s are those told by %s", (one, other) => {
    const result = compiled(
      `program a { windows { ${one} } }\nprogram b { windows { ${other} } }\nallow q = a@desk -> db : tcp/1\ndeny d = b@desk -> db : tcp/1`,
    );
    expect(own(policyOf(result, "desk"), "out")).toEqual([]);
  });

  test.each(["NT AUTHORITY\\\\NETWORK SERVICE", "networkservice", "S-1-5-20"])(
    "of the account %s need no word of the inventory",
    (account) => {
      const result = compiled(
        `program a { windows { user "${account}" } }\nallow q = a@desk -> db : tcp/1`,
      );
      expect(own(policyOf(result, "desk"), "out")).toMatchObject([{ users: ["S-1-5-20"] }]);
    },
  );

  test("of services that are reported not to match are warned of", () => {
    const policy = `program u { windows { service "BITS" } }\nallow q = u@desk -> db : tcp/1`;
    const { diagnostics } = lint(projectOf(policy), { now });
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      [
        "SEG505",
        "service `BITS` is reported not to match what it sends: it shares its host process or connects in the name of another",
      ],
    ]);
  });
});
