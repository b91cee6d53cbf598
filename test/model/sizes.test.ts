// Lists longer than a call has arguments, and words longer than a pattern can match: a sound policy
// is read, a faulty one gets its diagnostics.
import { describe, expect, test } from "vitest";
import { check } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const head = `module app root
label tier: enum { web, db } optional
template t(e: tier) { segment x = workloads where tier is $e }
`;

function codes(statement: string): readonly string[] {
  const files = new Map([
    ["segc.yaml", "edition: 1\nmodules: { app: app.seg }\n"],
    ["app.seg", `${head}${statement}\n`],
  ]);
  const { diagnostics } = check(memoryFiles(files), { now: "2026-11-23" });
  return [...new Set(diagnostics.map(({ code }) => code))];
}

const many = (count: number, one: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => one(index)).join(", ");

describe("as many as the user likes", () => {
  test.each<readonly [string, string, readonly string[]]>([
    [
      "services",
      `allow a = outside -> workloads : { ${many(200_000, (at) => `tcp/${(at % 65535) + 1}`)} }`,
      [],
    ],
    [
      "host names",
      `allow a = workloads -> { ${many(200_000, (at) => `fqdn { "a${at}.example" }`)} } : tcp/1 { fallback cidr { 192.0.2.0/24 } }`,
      [],
    ],
    ["arguments", `use a = t(${many(200_000, () => "e: web")})`, ["SEG309"]],
    ["unknown names", `segment a = { ${many(200_000, (at) => `x${at}`)} }`, ["SEG201"]],
    ["letters in an unknown name", `segment a = x${"-x".repeat(4_000_000)}`, ["SEG201"]],
    [
      "letters in a rule without a name",
      `allow ${"a.".repeat(1_000_000)}b -> workloads : tcp/1`,
      ["SEG201"],
    ],
  ])("%s", (_, statement, expected) => {
    expect(codes(statement)).toEqual(expected);
  });
});
