// The two codes whose failing project is too large for a page.
import { describe, expect, it } from "vitest";
import { check } from "../../index.ts";
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
