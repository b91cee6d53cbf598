// What reviewers have broken before.
import { describe, expect, test } from "vitest";
import { runnerOf } from "../../compiler/artefact.ts";
import { type CompileResult, compile, expire, verify } from "../../index.ts";
import { windows } from "../../targets/windows/index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { directionSlice, entry, slice, tcp } from "../nftables/slices.ts";
import { decide } from "./witness/evaluate.ts";
import { readAll } from "./witness/read.ts";

const now = "2026-11-28";

function compiled(policy: string, options = "", kind = "windows-firewall"): CompileResult {
  const host = (name: string, ip: string, enforcer: string) => ({
    name,
    platform: enforcer === "nftables" ? "linux" : "windows",
    labels: { role: name },
    addresses: [`10.0.0.${ip}`, `fd00::${ip}`],
    users: { jobs: "S-1-5-21-7-8-9-1001", sys: "S-1-5-18" },
    enforcers: [{ kind: enforcer, id: "host", directions: ["ingress", "egress"] }],
  });
  return compile(
    memoryFiles(
      new Map([
        [
          "segc.yaml",
          `edition: 1\nmodules: { lab: lab.seg }\ninventory: hosts.json\nexpiry: { schedule: daily }\n${options}`,
        ],
        [
          "hosts.json",
          JSON.stringify([host("web", "1", "windows-firewall"), host("db", "2", kind)]),
        ],
        [
          "lab.seg",
          `module lab root\nlabel role: enum { web, db }\nsegment web = workloads where role is web\nsegment db = workloads where role is db\n${policy}\n`,
        ],
      ]),
    ),
    { now },
  );
}

function artefactOf(result: CompileResult, name: string) {
  const found = result.compiled?.artefacts.find(({ entry: of }) => of.workloads.includes(name));
  if (found === undefined) throw new Error(result.diagnostics.map(({ message }) => message).join());
  return found;
}

const policiesOf = (result: CompileResult, name: string) =>
  readAll(
    new Map(
      artefactOf(result, name).files.map(({ path, text }) => [
        path.split("/").slice(2).join("/"),
        text,
      ]),
    ),
  );

const codesOf = ({ diagnostics }: CompileResult) =>
  diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);

const solicitation = {
  family: 6,
  local: "fe80::1",
  remote: "ff02::1:ff00:2",
  protocol: 58,
  icmp: { type: 135, code: 0 },
} as const;
const lease = { family: 4, local: "10.0.0.2", remote: "10.0.0.9", protocol: 17 } as const;

describe("rules that block leave the baseline alone", () => {
  test.each([
    [
      "while observed",
      "deny no = db -> outside : any-service\nobserve egress of db until 2027-01-31",
      "",
    ],
    ["by UDP", "deny no = db -> outside : udp/*\nobserve egress of db until 2027-01-31", ""],
    [
      "where they are asked for",
      "allow z = db -> outside : any-service\ndeny no = db -> outside : { udp/*, icmp6/143, tcp/1 }",
      "targets: { windows: { blockRules: true } }\n",
    ],
  ])("%s", (_, policy, options) => {
    const result = compiled(`allow q = web -> db : tcp/443\n${policy}`, options);
    for (const of of policiesOf(result, "db").values()) {
      expect(decide(of, { ...solicitation, direction: "out" }, "Domain")).toBe("allow");
      expect(
        decide(of, { ...lease, direction: "out", localPort: 68, remotePort: 67 }, "Domain"),
      ).toBe("allow");
      expect(
        decide(of, { ...lease, direction: "out", localPort: 50_000, remotePort: 67 }, "Domain"),
      ).toBe("block");
    }
  });

  test("and one put in by hand that does not is seen", () => {
    const of = slice(
      directionSlice("ingress", { allows: [entry("r", ["10.0.0.1"], tcp(443))] }),
      directionSlice("egress"),
    );
    const made = runnerOf(windows).produce(of, { minimise: true });
    if ("why" in made) throw new Error("a plain rule is beyond nobody");
    const plan = windows.plan(windows.prepare?.(of) ?? of);
    const [rule] = plan.rules;
    if (rule === undefined) throw new Error("there are rules");
    const block = {
      ...rule,
      id: "segc-x",
      action: "block" as const,
      localPorts: undefined,
      remotePorts: undefined,
      remote: undefined,
    };
    const odd = [
      { ...block, protocol: undefined },
      { ...block, protocol: 58, icmp: [{ type: 135, code: undefined }] },
      { ...block, protocol: 58, icmp: [{ type: 143, code: undefined }] },
      { ...block, protocol: 1, icmp: [{ type: 3, code: 4 }] },
      { ...block, protocol: 17, localPorts: [{ first: 60, last: 70 }] },
    ];
    for (const one of odd) {
      const files = windows.render({ ...plan, rules: [...plan.rules, one] });
      const changed = {
        ...made,
        files: files.map((file) => ({ ...file, path: `windows/${of.id}/${file.path}` })),
      };
      expect(runnerOf(windows).verify(of, changed, now)).toContainEqual({
        kind: "fault",
        message: "rule `segc-x` blocks what must pass whatever the policy says",
      });
    }
  });
});

describe("accounts", () => {
  test.each([
    "S-1-1-0",
    "S-1-5-11",
    "S-1-5-32-544",
    "S-1-5-21-7-8-9-513",
    "S-1-5-21-7-8-9-498",
    "S-1-5-80-0",
    "S-1-5-90-0",
    "S-1-12-2-1-2-3-4",
    "S-1-5-21-7-8-9-01001",
    "S-1-5-21-7-8-9-4294967296",
    "s-1-5-18",
  ])("%s is no user", (sid) => {
    const result = compiled(
      `program p { windows { user "${sid}" } }\nallow q = p@web -> db : tcp/1`,
    );
    expect(codesOf(result)).toEqual(["SEG907"]);
  });

  test.each([
    ["S-1-5-21-7-8-9-1001", "jobs"],
    ["S-1-5-17", "S-1-5-17"],
    ["S-1-12-1-1-2-3-4", "S-1-12-1-1-2-3-4"],
    ["S-1-5-80-1-2-3-4-5", "S-1-5-80-1-2-3-4-5"],
    ["NT AUTHORITY\\\\SYSTEM", "SYSTEM"],
    ["sys", "SYSTEM"],
    ["system", "SYSTEM"],
  ])("%s is %s", (one, other) => {
    const result = compiled(
      `program p { windows { user "${one}" } }\nprogram r { windows { user "${other}" } }\nallow q = p@web -> db : tcp/1\ndeny d = r@web -> db : tcp/1`,
    );
    const rules = policiesOf(result, "web").get("script")?.rules ?? [];
    expect(rules.filter(({ users }) => users !== undefined)).toEqual([]);
  });
});

test.each(["Any", "any", "*"])("service %s is every process", (service) => {
  const result = compiled(
    `program p { windows { service "${service}" } }\nallow q = p@web -> db : tcp/1`,
  );
  expect(codesOf(result)).toEqual(["SEG907"]);
});

test.each([
  "%USERPROFILE%\\\\x.exe",
  "C:\\\\a%PATH%\\\\x.exe",
  "%SystemRoot%\\\\%USERNAME%\\\\x.exe",
  "C:\\\\\ufffe.exe",
])("the path %s is nobody's", (path) => {
  const result = compiled(
    `program p { windows { path "${path}" } }\nallow q = p@web -> db : tcp/1`,
  );
  expect(codesOf(result)).toEqual(["SEG907"]);
});

describe("ports of SCTP are the other end's to see", () => {
  test.each([
    ["an allow", "allow x = web -> db : { tcp/443, sctp/80 }", 132],
    ["a deny", "allow x = web -> db : any-service\ndeny y = web -> db : sctp/80", undefined],
  ])("of %s", (_, policy, protocol) => {
    const result = compiled(policy, "", "nftables");
    expect(codesOf(result)).toEqual([]);
    const out =
      policiesOf(result, "web")
        .get("script")
        ?.rules.filter(
          ({ direction, name }) => direction === "out" && !name.startsWith("segc-base"),
        ) ?? [];
    expect(out.map((rule) => rule.protocol)).toContain(protocol);
  });
});

test("what ends is known by its rules, whatever their reasons say", () => {
  const result = compiled(
    `allow one = web -> db : tcp/1 { until 2026-12-01 because "a; b: c, d" }\nallow two = web -> db : tcp/1 { until 2026-12-01 because "${"x".repeat(200)}" }`,
  );
  const { entry: of } = artefactOf(result, "db");
  expect(of.expires.map(({ rule }) => rule)).toEqual(["lab.one", "lab.two"]);
  const { manifest, artefacts } = result.compiled ?? {};
  if (manifest === undefined || artefacts === undefined) throw new Error("not compiled");
  const texts = new Map(
    artefacts.flatMap(({ files }) => files.map(({ path, text }) => [path, text])),
  );
  const ended = expire(manifest, texts, { now: "2026-12-02" });
  expect(ended.ok && ended.expired.removed).toEqual(["lab.one", "lab.two"]);
});

describe("edited files that say the same to us and not to Windows", () => {
  const result = compiled(
    'program p { windows { path "C:\\\\x.exe" } }\nallow q = p@web -> db : tcp/443',
  );
  const { entry: of, files } = artefactOf(result, "web");
  const edited = (ending: string, change: (text: string) => string) => {
    const { compiled: made, checked } = result;
    if (made === undefined) throw new Error("not compiled");
    const texts = new Map(
      files.map(({ path, text }) => [path, path.endsWith(ending) ? change(text) : text]),
    );
    expect(texts).not.toEqual(new Map(files.map(({ path, text }) => [path, text])));
    const { findings } = verify(checked, { ...made.manifest, artefacts: [of] }, texts, { now });
    return findings.filter(({ id }) => id === of.id).map(({ problem }) => problem);
  };

  test.each<[string, string, string, string]>([
    ["a flat key", ".json", '"Action":{"Type":1}', '"Action/Type":1'],
    ["a flat program", ".json", '"App":{"FilePath":"C:\\\\x.exe"}', '"App/FilePath":"C:\\\\x.exe"'],
    ["an empty object", ".json", '"Enabled":true', '"EdgeTraversal":{},"Enabled":true'],
    ["a mark before it", "rules.reg", "Windows Registry", "\ufeffWindows Registry"],
    [
      "another key",
      "rules.reg",
      "\r\n\r\n[HKEY",
      "\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Evil]\r\n\r\n[HKEY",
    ],
    ["a bar in a description", "apply.ps1", "Description='lab.q'", "Description='lab|q'"],
    ["`::` in a list", "apply.ps1", "RemoteAddress=@('::2-ffff", "RemoteAddress=@('::-ffff"],
  ])("%s", (_, ending, from, to) => {
    expect(edited(ending, (text) => text.replace(from, () => to)).length).toBeGreaterThan(0);
  });
});
