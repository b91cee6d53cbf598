// A compile after another: which artefacts can be reached by changing members alone, and from which.
import { describe, expect, test } from "vitest";
import type { Compiled } from "../../compiler/compile.ts";
import { sha256 } from "../../compiler/model/sha256.ts";
import { compile, expire, type Since } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const host = (name: string, role: string, last: number, kind = "nftables") => ({
  name,
  platform: "linux",
  labels: { role },
  addresses: [`10.0.0.${last}`],
  enforcers: [{ kind, id: name, directions: ["ingress", "egress"] }],
});
type Host = ReturnType<typeof host>;

const hosts = [
  ...[host("web-1", "web", 1), host("web-2", "web", 3)],
  ...[host("db-1", "db", 11), host("db-2", "db", 13)],
];
const withWeb = [...hosts, host("web-3", "web", 5)];

const policy = (port: number) => `module lab root
label role: enum { web, db }
allow read = workloads where role is web -> workloads where role is db : tcp/${port}
allow ending = workloads where role is web -> workloads where role is db : tcp/22 { until 2026-12-15 }
`;

function compiled(
  records: readonly Host[],
  { port = 5432, since = undefined as Since | undefined } = {},
) {
  const files = new Map([
    ["segc.yaml", "edition: 1\nmodules: { lab: lab.seg }\ninventory: [inventory.json]\n"],
    ["lab.seg", policy(port)],
    ["inventory.json", JSON.stringify(records)],
  ]);
  const result = compile(memoryFiles(files), {
    now: "2026-11-23",
    ...(since === undefined ? {} : { since }),
  });
  if (result.compiled === undefined) throw new Error(JSON.stringify(result.diagnostics));
  return result.compiled;
}

const sinceOf = ({ manifest, artefacts }: Compiled): Since => ({
  manifest,
  texts: new Map(artefacts.flatMap(({ files }) => files.map(({ path, text }) => [path, text]))),
});

const idOf = ({ manifest }: Compiled, workload: string) =>
  manifest.artefacts.find(({ workloads }) => workloads.includes(workload))?.id;

const updateOf = ({ manifest }: Compiled, workload: string) =>
  manifest.artefacts.find(({ workloads }) => workloads.includes(workload))?.update;

describe("a compile since an earlier one", () => {
  const earlier = compiled(hosts);

  test("has an update where only members changed, beside the whole table", () => {
    const later = compiled(withWeb, { since: sinceOf(earlier) });
    expect(updateOf(later, "db-1")).toEqual({ from: idOf(earlier, "db-1"), added: 2, removed: 0 });
    const plain = compiled(withWeb);
    for (const { entry, files } of later.artefacts) {
      const update = files.filter(({ path }) => path.endsWith("/update.nft"));
      expect(update).toHaveLength(entry.update === null ? 0 : 1);
      expect(entry.bytes).toBe(entry.files.reduce((sum, { bytes }) => sum + bytes, 0));
      expect(entry.files.map(({ path }) => path)).toEqual(files.map(({ path }) => path));
      const whole = plain.artefacts.find((one) => one.entry.id === entry.id);
      expect(files.filter((file) => !update.includes(file))).toEqual(whole?.files);
    }
    expect(later.notes).toEqual([]);
  });

  test("has none where the artefact's workloads had different ones, or one had none", () => {
    // web-3 had no artefact.
    expect(updateOf(compiled(withWeb, { since: sinceOf(earlier) }), "web-3")).toBeNull();
    const moved = hosts.map((one) => (one.name === "db-2" ? host("db-2", "web", 13) : one));
    expect(updateOf(compiled(moved, { since: sinceOf(earlier) }), "db-2")).toBeNull();
  });

  test("has none where rules changed", () => {
    const later = compiled(hosts, { port: 5433, since: sinceOf(earlier) });
    expect(later.artefacts.map(({ entry }) => entry.update)).toEqual([null, null]);
    expect(later.notes).toEqual([]);
  });

  test("has one without changes for what is as it was", () => {
    const later = compiled(hosts, { since: sinceOf(earlier) });
    for (const { entry } of later.artefacts) {
      expect(entry.update).toEqual({ from: entry.id, added: 0, removed: 0 });
    }
  });

  test("has none for iptables", () => {
    const iptables = hosts.map((one) => ({
      ...one,
      enforcers: one.enforcers.map((enforcer) => ({ ...enforcer, kind: "iptables" })),
    }));
    const since = sinceOf(compiled(iptables));
    for (const { entry } of compiled(iptables, { since }).artefacts)
      expect(entry.update).toBeNull();
  });

  test.each<readonly [string, (text: string) => string | undefined, string]>([
    ["is missing", () => undefined, "segc.nft cannot be read"],
    ["was edited", (text) => text.replace("10.0.0.1", "10.0.0.2"), "segc.nft was changed by hand"],
  ])("has none and says so where an earlier file %s", (_, change, problem) => {
    const { manifest, texts } = sinceOf(earlier);
    const id = idOf(earlier, "db-1");
    const path = `nftables/${id}/segc.nft`;
    const changed = new Map(texts);
    const text = change(texts.get(path) ?? "");
    if (text === undefined) changed.delete(path);
    else changed.set(path, text);
    const later = compiled(withWeb, { since: { manifest, texts: changed } });
    expect(updateOf(later, "db-1")).toBeNull();
    expect(later.notes).toEqual([
      { target: "nftables", id, problem: expect.stringContaining(problem) },
    ]);
  });

  test("has none and says so where an earlier file is none that segc reads", () => {
    const { manifest, texts } = sinceOf(earlier);
    const text = "table inet segc {\n}\n";
    const artefacts = manifest.artefacts.map((entry) => ({
      ...entry,
      files: entry.files.map((file) =>
        file.path.endsWith("segc.nft") ? { ...file, sha256: sha256(text) } : file,
      ),
    }));
    const odd = new Map(
      [...texts].map(([path, own]) => [path, path.endsWith("segc.nft") ? text : own]),
    );
    const later = compiled(withWeb, {
      since: { manifest: { ...manifest, artefacts }, texts: odd },
    });
    expect(updateOf(later, "db-1")).toBeNull();
    expect(later.notes).toContainEqual({
      target: "nftables",
      id: idOf(earlier, "db-1"),
      problem: expect.stringMatching(/^segc\.nft:1: expected/),
    });
  });

  test("expiring takes an update away: the table it led to is no longer the one to have", () => {
    const later = compiled(withWeb, { since: sinceOf(earlier) });
    const { manifest, texts } = sinceOf(later);
    const result = expire(manifest, texts, { now: "2026-12-16" });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    for (const { entry, files } of result.expired.artefacts) {
      expect(entry.update).toBeNull();
      expect(files.some(({ path }) => path.endsWith("update.nft"))).toBe(false);
    }
    // And an update from what was expired fits the table that was loaded from it.
    const expired = { ...result.expired, notes: [], diagnostics: [] };
    const next = compiled(withWeb, { since: sinceOf(expired) });
    expect(next.notes).toEqual([]);
    expect(updateOf(next, "db-1")).toBeNull(); // the rule that ended is there again
  });
});
