import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runnerOf } from "../../compiler/artefact.ts";
import { check, compile, expire, verify } from "../../index.ts";
import { nftables } from "../../targets/nftables/index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { generatedProject } from "../generated/project.ts";
import { soundProject } from "../generated/sound.ts";

const header = "module lab root\nlabel role: enum { web, db }\n";
const host = (name: string, role: string, last: number) => ({
  name,
  platform: "linux",
  labels: { role },
  addresses: [`10.0.0.${last}`, `fd00::${last}`],
  enforcers: [{ kind: "nftables", id: name, directions: ["ingress", "egress"] }],
});
const hosts = [host("web-1", "web", 1), host("web-2", "web", 2), host("db-1", "db", 3)];

function compiled(
  statements: readonly string[],
  { now = "2026-11-23", records = hosts as readonly object[] } = {},
) {
  return compile(memoryFiles(filesOf(statements, records)), { now });
}

const filesOf = (statements: readonly string[], records: readonly object[]) =>
  new Map([
    ["segc.yaml", "edition: 1\nmodules: { lab: lab.seg }\ninventory: [inventory.json]\n"],
    ["lab.seg", `${header}${statements.join("\n")}\n`],
    ["inventory.json", JSON.stringify(records)],
  ]);

const web = "workloads where role is web";
const db = "workloads where role is db";
const lasting = `allow lasting = ${web} -> ${db} : tcp/5432`;
const ending = `allow ending = ${web} -> ${db} : tcp/22 { until 2026-12-15 }`;

describe("compile", () => {
  test("workloads that must enforce the same share one artefact", () => {
    const { manifest } = compiled([lasting]).compiled ?? {};
    expect(manifest?.artefacts.map(({ workloads }) => workloads).sort()).toEqual([
      ["db-1"],
      ["web-1", "web-2"],
    ]);
    expect(manifest?.now).toBe("2026-11-23");
    expect(manifest?.inputs.map(({ path }) => path)).toEqual([
      "inventory.json",
      "lab.seg",
      "segc.yaml",
    ]);
    for (const { files, bytes } of manifest?.artefacts ?? []) {
      expect(files.reduce((sum, file) => sum + file.bytes, 0)).toBe(bytes);
    }
  });

  test("lists what is still to end, and not what has ended", () => {
    const past = `allow past = ${web} -> ${db} : tcp/23 { until 2026-11-22 }`;
    expect(compiled([past, ending]).compiled?.manifest.expires).toEqual([
      { kind: "rule", name: "lab.ending", until: "2026-12-15" },
    ]);
  });

  test.each(["2038-01-18", "2038-01-19", "9999-12-31"])("access may last until %s", (day) => {
    const records: object[] = JSON.parse(JSON.stringify(hosts).replaceAll("nftables", "iptables"));
    const long = [lasting, `allow long = ${web} -> ${db} : tcp/22 { until ${day} }`];
    for (const at of [hosts, records]) {
      expect(compiled(long, { records: at }).compiled?.artefacts.length).toBe(2);
    }
  });

  test.each(["nftables", "iptables"])(
    "the last rule that asks for a process may end: %s",
    (kind) => {
      const users = { u: 1000 };
      const records: object[] = JSON.parse(
        JSON.stringify(hosts.map((one) => ({ ...one, users }))).replaceAll("nftables", kind),
      );
      const of = `program { user "u" }@${web} -> ${db} : udp/53`;
      const files = filesOf([lasting, `allow ending = ${of} { until 2026-12-15 }`], records);
      const { manifest, artefacts } =
        compile(memoryFiles(files), { now: "2026-11-23" }).compiled ?? {};
      if (manifest === undefined || artefacts === undefined) throw new Error("it compiles");
      const texts = new Map(
        artefacts.flatMap((one) => one.files.map(({ path, text }) => [path, text])),
      );
      const now = "2026-12-16";
      expect(verify(check(memoryFiles(files), { now }), manifest, texts, { now }).findings).toEqual(
        [],
      );
    },
  );

  test("what `expire` writes is proved: a target that forgets a rule is not believed", () => {
    const { artefacts } = compiled([lasting, ending]).compiled ?? {};
    const [artefact] = artefacts ?? [];
    if (artefact === undefined) throw new Error("it compiles");
    const expired = (target: typeof nftables) => () =>
      runnerOf(target).expire(artefact, "2026-12-16")?.files.length;
    expect(expired(nftables)()).toBe(artefact.files.length);
    const lacking = (names: (name: string) => boolean) => ({
      ...nftables,
      expire: (plan: Parameters<typeof nftables.expire>[0], now: string) => {
        const { chains, ...rest } = nftables.expire(plan, now);
        const cut = chains.map((chain) =>
          names(chain.name) ? { ...chain, rules: chain.rules.slice(1) } : chain,
        );
        return { ...rest, chains: cut };
      },
    });
    expect(expired(lacking(() => true))).toThrow("bug in segc");
    expect(expired(lacking((name) => name.startsWith("refused")))()).toBe(artefact.files.length);
  });

  test.each([
    `unit "${"x".repeat(240)}"`,
    `unit "${"x".repeat(241)}"`,
    'cgroup "/a b"',
    `cgroup "/${"a/".repeat(249)}"`,
    `cgroup "/${"a".repeat(254)}/${"b".repeat(244)}"`,
    `cgroup "/${"a".repeat(255)}/${"b".repeat(244)}"`,
  ])("a program can be enforced, or is an error: %s", (fields) => {
    const rules = [
      lasting,
      `allow one = program { ${fields} }@${web} -> ${db} : udp/53`,
      `deny two = program { ${fields} }@${web} -> ${db} : tcp/5432`,
    ];
    for (const kind of ["nftables", "iptables"]) {
      const records: object[] = JSON.parse(JSON.stringify(hosts).replaceAll("nftables", kind));
      const { diagnostics, compiled: artefacts } = compiled(rules, { records });
      expect(artefacts === undefined).toBe(
        diagnostics.some(({ severity }) => severity === "error"),
      );
    }
  });

  test.each(["nftables", "iptables"])("hosts may have many programs of two kinds: %s", (kind) => {
    const numbers = Array.from({ length: 70 }, (_, number) => number);
    const users = Object.fromEntries(numbers.map((number) => [`u${number}`, 1000 + number]));
    const records: object[] = JSON.parse(
      JSON.stringify(hosts.map((one) => ({ ...one, users }))).replaceAll("nftables", kind),
    );
    const rules = numbers.flatMap((number) => [
      `allow a${number} = program { unit "s${number}" }@${web} -> ${db} : tcp/${1000 + number}`,
      `allow b${number} = program { user "u${number}" }@${web} -> ${db} : tcp/${2000 + number}`,
    ]);
    const { diagnostics, compiled: artefacts } = compiled(rules, { records });
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(artefacts?.artefacts.length).toBe(2);
  });

  test("nothing is emitted when anything is wrong", () => {
    const { compiled: nothing, diagnostics } = compiled([
      lasting,
      `never n = ${web} -> ${db} : tcp/5432`,
    ]);
    expect(nothing).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toEqual(["SEG601"]);
  });

  test("the order of statements and records leaves the bytes as they are", () => {
    const [a, b] = [
      compiled([lasting, ending]),
      compiled([ending, lasting], { records: hosts.toReversed() }),
    ];
    expect(a.compiled?.artefacts).toEqual(b.compiled?.artefacts);
  });

  test("the same project gives the same bytes twice", () => {
    fc.assert(
      fc.property(generatedProject, (generated) => {
        const { project } = soundProject(generated, "2026-11-23");
        const once = compile(memoryFiles(project.files), { now: "2026-11-23" }).compiled;
        const twice = compile(memoryFiles(project.files), { now: "2026-11-23" }).compiled;
        expect(JSON.stringify(once)).toBe(JSON.stringify(twice));
        expect(once).toBeDefined();
      }),
      { numRuns: 10 },
    );
  });
});

describe("expire", () => {
  const before = compiled([lasting, ending]).compiled;
  const texts = new Map(
    before?.artefacts.flatMap(({ files }) => files.map(({ path, text }) => [path, text] as const)),
  );
  const expired = (now: string, changed: ReadonlyMap<string, string> = texts) => {
    if (before === undefined) throw new Error("the project compiles");
    return expire(before.manifest, changed, { now });
  };

  test("takes out what has ended, and only that", () => {
    const result = expired("2026-12-16");
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.expired.removed).toEqual(["lab.ending"]);
    expect(result.expired.manifest.expires).toEqual([]);
    const fresh = compiled([lasting], { now: "2026-12-16" }).compiled;
    const rules = (text: string) =>
      text
        .replaceAll(/^#.*$|comment "[^"]*"/gm, "")
        .replaceAll(/\ba([46])_[0-9a-f]{12}/g, "a$1_opaque");
    const nft = (artefacts: typeof fresh | typeof result.expired) =>
      artefacts?.artefacts
        .flatMap(({ files }) => files.filter(({ path }) => path.endsWith(".nft")))
        .map(({ text }) => rules(text))
        .sort();
    expect(nft(result.expired)).toEqual(nft(fresh));
  });

  test("leaves everything on the last day itself", () => {
    const result = expired("2026-12-15");
    expect(result.ok && result.expired.removed).toEqual([]);
    expect(result.ok && result.expired.artefacts).toEqual(before?.artefacts);
  });

  test("refuses files that are missing or were changed", () => {
    const [path = ""] = texts.keys();
    const gone = new Map(texts);
    gone.delete(path);
    expect(expired("2026-12-16", gone)).toEqual({
      ok: false,
      problems: [{ path, problem: "is missing" }],
    });
    const edited = new Map(texts).set(path, "table inet segc {}\n");
    expect(expired("2026-12-16", edited)).toEqual({
      ok: false,
      problems: [{ path, problem: "was changed by hand" }],
    });
  });
});
