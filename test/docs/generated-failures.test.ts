// The codes whose failing project is too large for a page.
import { describe, expect, it } from "vitest";
import { check, compile } from "../../index.ts";
import type { FileRead, Files } from "../../project/files.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const now = "2026-11-23";
const configuration = "edition: 1\nmodules: { app: policy.seg }\ninventory: inventory.yaml\n";
const policy = "module app root\nlabel tier: enum { web, db }\n";

function project(texts: Readonly<Record<string, string>>): Files {
  const base = { "segc.yaml": configuration, "policy.seg": policy, "inventory.yaml": "[]\n" };
  return memoryFiles(new Map(Object.entries({ ...base, ...texts })));
}

const errorCodes = (files: Files) =>
  check(files, { now })
    .diagnostics.filter((each) => each.severity === "error")
    .map((each) => each.code);

describe("SEG119", () => {
  const nested = (depth: number) =>
    `${policy}segment web = ${"(".repeat(depth)}workloads${")".repeat(depth)}\n`;

  it("refuses nesting above 100", () => {
    expect(errorCodes(project({ "policy.seg": nested(101) }))).toEqual(["SEG119"]);
    expect(errorCodes(project({ "policy.seg": nested(100) }))).toEqual([]);
  });

  it("refuses it at any depth, with a diagnostic and not an exhausted stack", () => {
    expect(errorCodes(project({ "policy.seg": nested(200_000) }))).toEqual(["SEG119"]);
  });
});

describe("SEG120", () => {
  /** A file that says it is larger than it may be, without the bytes. */
  function oversized(path: string, bytes: number): Files {
    const files = project({});
    const read = (asked: string, bytesMax: number): FileRead =>
      asked === path && bytes > bytesMax
        ? { ok: false, fault: "too-large", detail: path }
        : files.read(asked, bytesMax);
    return { ...files, read };
  }
  const megabyte = 1_000_000;

  it("refuses a policy module above 64 MB", () => {
    expect(errorCodes(oversized("policy.seg", 70 * megabyte))).toContain("SEG120");
    expect(errorCodes(oversized("policy.seg", 60 * megabyte))).toEqual([]);
  });

  it("refuses an inventory in YAML above 32 MB and advises JSON", () => {
    const { diagnostics } = check(oversized("inventory.yaml", 40 * megabyte), { now });
    const [first] = diagnostics.filter((each) => each.code === "SEG120");
    expect(`${first?.message} ${first?.help}`).toContain("JSON");
    expect(errorCodes(oversized("inventory.yaml", 30 * megabyte))).toEqual([]);
  });
});

describe("SEG905", () => {
  const inventory = (kind: string) => `- name: batch-1
  platform: linux
  launcher: segc
  labels: { tier: web }
  addresses: [10.0.0.1]
  enforcers: [{ kind: ${kind}, id: host, directions: [ingress, egress] }]
`;
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const hex = (index: number) => index.toString(16).padStart(64, "0");
  /** A program for each value of each of three fields, with or without a path of its own besides. */
  function files(kind: string, each: number, path: string) {
    const named = (field: string, value: string, index: number) =>
      `program p-${field}-${index} { linux { ${field} "${value}" ${path === "" || field === "path" ? "" : `path "${path}/${field}/${index}"`} } }`;
    const fields = ["path", "sha256", "signer"];
    const programs = fields.flatMap((field) =>
      numbers(each).map((index) =>
        named(field, field === "sha256" ? hex(index) : `/${field}/${index}`, index),
      ),
    );
    const names = fields.flatMap((field) => numbers(each).map((index) => `p-${field}-${index}`));
    const rules = names.map((name) => `allow a-${name} = ${name}@workloads -> outside : tcp/443`);
    return project({
      "policy.seg": [policy, ...programs, ...rules, ""].join("\n"),
      "inventory.yaml": inventory(kind),
    });
  }

  it.each(["nftables", "iptables"])("is an error of compile for %s, and no crash", (kind) => {
    const { compiled, diagnostics } = compile(files(kind, 16, ""), { now });
    expect(compiled).toBeUndefined();
    expect(diagnostics.filter(({ severity }) => severity === "error")).toMatchObject([
      {
        code: "SEG905",
        message: `${kind} for \`batch-1\`: a process can be several of the programs named there at once, in more ways than can be told apart`,
      },
    ]);
    expect(diagnostics.find(({ code }) => code === "SEG905")?.related).toHaveLength(47);
    expect(diagnostics.find(({ code }) => code === "SEG905")?.span?.source.path).toBe("policy.seg");
  });

  it.each(["nftables", "iptables"])(
    "is not one where all name one field, as advised: %s",
    (kind) => {
      const { compiled, diagnostics } = compile(files(kind, 16, "/opt"), { now });
      expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(compiled?.artefacts).toHaveLength(1);
    },
  );

  it.each(["nftables", "iptables"])(
    "is an error too where only the proof is too large: %s",
    (kind) => {
      const of = ["unit", "user", "group"].flatMap((field) =>
        numbers(41).map((index) => ({
          field,
          name: `${field}-${index}`,
          value: `${field}${index}`,
        })),
      );
      const accounts = (field: string) =>
        numbers(41).map((index) => `${field}${index}: ${1000 + index}`);
      const { compiled, diagnostics } = compile(
        project({
          "policy.seg": [
            policy,
            ...of.map(
              ({ field, name, value }) => `program p-${name} { linux { ${field} "${value}" } }`,
            ),
            ...of.map(({ field, name }) => {
              const effect = field === "group" ? "deny" : "allow";
              return `${effect} r-${name} = p-${name}@workloads -> outside : tcp/443`;
            }),
            "",
          ].join("\n"),
          "inventory.yaml": `${inventory(kind)}  users: { ${accounts("user").join(", ")} }
  groups: { ${accounts("group").join(", ")} }
`,
        }),
        { now },
      );
      expect(compiled).toBeUndefined();
      expect(diagnostics.flatMap((each) => (each.severity === "error" ? [each.code] : []))).toEqual(
        ["SEG905"],
      );
    },
  );
});
