// One artefact may let more through than a rule says only where the manifest names those that hold
// it back, and where they are compiled with it.
import { describe, expect, test } from "vitest";
import { compile, expire, targetNames } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const host = (name: string, role: string, last: number, kind: string, platform = "linux") => ({
  name,
  platform,
  labels: { role },
  addresses: [`10.0.0.${last}`],
  enforcers: [{ kind, id: name, directions: ["ingress", "egress"] }],
});
const policy = (effect: string) => `module lab root
label role: enum { batch, db, web }
program report { linux { unit "report.service" } windows { path "C:\\\\report.exe" } }
segment batch = workloads where role is batch
segment db = workloads where role is db
segment web = workloads where role is web
allow plain = web -> db : tcp/5432
${effect} query = report@batch -> db : tcp/5432${effect === "deny" ? "\nallow rest = batch -> db : tcp/5432" : ""}
`;
const hosts = [
  host("batch-1", "batch", 1, "nftables"),
  host("batch-2", "batch", 2, "nftables"),
  host("db-1", "db", 3, "iptables"),
  host("web-1", "web", 4, "nftables"),
];

function compiled(
  records: readonly object[] = hosts,
  { targets = targetNames, text = policy("allow") } = {},
) {
  const files = new Map([
    ["segc.yaml", "edition: 1\nmodules: { lab: lab.seg }\ninventory: hosts.json\n"],
    ["lab.seg", text],
    ["hosts.json", JSON.stringify(records)],
  ]);
  return compile(memoryFiles(files), { now: "2026-11-23", targets });
}

function folders(result: ReturnType<typeof compiled>, ...names: readonly string[]) {
  const artefacts = result.compiled?.manifest.artefacts ?? [];
  return artefacts
    .filter(({ workloads }) => names.some((name) => workloads.includes(name)))
    .map(({ target, id }) => `${target}/${id}`)
    .sort();
}

describe("reliance between artefacts", () => {
  test.each(["allow", "deny"])("an %s at the far end relies on the program's own end", (effect) => {
    const result = compiled(hosts, { text: policy(effect) });
    expect(result.diagnostics).toEqual([]);
    const on = folders(result, "batch-1", "batch-2");
    expect(on.length).toBeGreaterThan(0);
    expect(result.compiled?.manifest.relies).toEqual([
      {
        rule: "lab.query",
        end: "source",
        programs: ["report"],
        artefacts: folders(result, "db-1"),
        on,
        notCompiled: [],
      },
    ]);
  });

  test("without the target that sees the program nothing is compiled", () => {
    const { diagnostics, compiled: nothing } = compiled(hosts, { targets: ["iptables"] });
    expect(nothing).toBeUndefined();
    const [first, ...rest] = diagnostics;
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ code: "SEG501", severity: "error" });
    expect(first?.message).toMatch(
      /^only nftables of `batch-1` and `batch-2` can tell `report` apart, .*: iptables\/\w+ would let/,
    );
    const { span } = first ?? {};
    expect(span?.source.text.slice(span.start, span.end)).toBe("report@batch");
  });

  test("the target that sees it may be compiled alone", () => {
    expect(compiled(hosts, { targets: ["nftables"] }).compiled?.manifest.relies).toEqual([]);
  });

  test("a second enforcer at the same end that sees the program is enough", () => {
    const both = hosts.map((one) =>
      one.labels.role === "batch"
        ? {
            ...one,
            enforcers: ["nftables", "iptables"].map((kind) => ({
              kind,
              id: kind,
              directions: ["egress"],
            })),
          }
        : one,
    );
    expect(compiled(both, { targets: ["iptables"] }).diagnostics).toEqual([]);
  });

  test("an enforcer of another kind holds its own end", () => {
    const windows = host("batch-3", "batch", 5, "windows-firewall", "windows");
    const result = compiled([...hosts, windows]);
    expect(result.diagnostics).toEqual([]);
    expect(result.compiled?.manifest.relies).toMatchObject([
      { on: [...folders(result, "batch-1"), ...folders(result, "batch-3")], notCompiled: [] },
    ]);
  });

  test("expire forgets it with the rule", () => {
    const text = policy("allow").replace(
      "query = report@batch -> db : tcp/5432",
      "$& { until 2026-12-01 }",
    );
    const { artefacts, manifest } = compiled(hosts, { text }).compiled ?? {};
    if (artefacts === undefined || manifest === undefined) throw new Error("not compiled");
    expect(manifest.relies).toHaveLength(1);
    const texts = new Map(
      artefacts.flatMap(({ files }) => files.map((file) => [file.path, file.text] as const)),
    );
    const result = expire(manifest, texts, { now: "2026-12-02" });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.expired.removed).toEqual(["lab.query"]);
    expect(result.expired.manifest.relies).toEqual([]);
  });

  test("where no rule names a program nothing relies on anything", () => {
    const text = policy("allow").replace("report@batch", "batch");
    expect(compiled(hosts, { text }).compiled?.manifest.relies).toEqual([]);
  });
});
