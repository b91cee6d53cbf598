// Quotas of segc.yaml are held against what the manifest says, and name what costs most.
import { describe, expect, test } from "vitest";
import { compile } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const host = (name: string, tier: string, last: number, kind: string) => `- name: ${name}
  platform: linux
  labels: { tier: ${tier} }
  addresses: [10.0.0.${last}]
  enforcers: [{ kind: ${kind}, id: host, directions: [ingress] }]
`;
const policy = `module app root
label tier: enum { web, db, old }
segment db = workloads where tier is db
allow one = workloads where tier is web -> db : tcp/5432
allow many = networks { 192.0.2.1/32, 192.0.2.9/32, 192.0.2.17/32, 198.51.100.0/24 } -> db : { tcp/22, udp/500 }
allow two = networks { 203.0.113.1/32, 203.0.113.3/32 } -> db : tcp/8080
`;

function compiled(quotas: string, minimise = true) {
  const files = new Map([
    ["segc.yaml", `edition: 1\nmodules: { app: app.seg }\ninventory: hosts.yaml\n${quotas}\n`],
    ["app.seg", policy],
    [
      "hosts.yaml",
      host("web-1", "web", 1, "nftables") +
        ["a", "b"].map((name, at) => host(`db-${name}`, "db", 2 + at, "nftables")).join("") +
        host("db-c", "db", 4, "iptables"),
    ],
  ]);
  return compile(memoryFiles(files), { now: "2026-11-23", minimise });
}

const entries = compiled("").compiled?.manifest.artefacts ?? [];
const ofDb = (target: string) =>
  entries.find((entry) => entry.target === target && entry.workloads[0]?.startsWith("db"));

describe("quotas", () => {
  test.each([
    ["nftables", "rules"],
    ["nftables", "elements"],
    ["iptables", "bytes"],
  ] as const)("%s: as many %s as the limit pass, one more does not", (target, of) => {
    const count = ofDb(target)?.[of] ?? 0;
    expect(count).toBeGreaterThan(0);
    expect(compiled(`quotas: { ${target}: { ${of}: ${count} } }`).diagnostics).toEqual([]);
    const { diagnostics, compiled: nothing } = compiled(
      `quotas: { ${target}: { ${of}: ${count - 1} } }`,
    );
    expect(nothing).toBeUndefined();
    const [first, ...rest] = diagnostics;
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ code: "SEG901", severity: "error" });
    expect(first?.message).toContain(`${count} ${of} after minimising, quota ${count - 1};`);
    const { span } = first ?? {};
    expect(span?.source.text.slice(span.start, span.end)).toBe(String(count - 1));
  });

  test("the workloads and the dearest rules are named, most first", () => {
    const { diagnostics } = compiled("quotas: { nftables: { elements: 3 } }");
    expect(diagnostics.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^nftables for `db-a` and 1 more: \d+ elements .* most: `app\.many` \(\d+\), `app\.two` \(\d+\), `app\.one` \(\d+\)$/,
      ),
    ]);
  });

  test("nothing is said of minimising where it is off", () => {
    const { diagnostics } = compiled("quotas: { iptables: { rules: 1 } }", false);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]?.message).not.toContain("minimising");
    expect(diagnostics[0]?.help).toContain("--minimise on");
  });
});
