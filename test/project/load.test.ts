// segc.yaml and the files it names: what is accepted, and where a fault is shown.
import { describe, expect, it } from "vitest";
import { loadProject } from "../../project/load.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { load, shown } from "../inventory/load-inventory.ts";

const faultsIn = (files: Readonly<Record<string, string | Uint8Array>>) =>
  load(files).diagnostics.map(shown);
const config = (...lines: readonly string[]) => ({ "segc.yaml": `${lines.join("\n")}\n` });
const modules = "modules: { org: org.seg }";

describe("a project", () => {
  it("is its configuration, sources, inventory and inputs", () => {
    const { project, diagnostics } = load({
      ...config(
        "edition: 1",
        "root: org",
        "modules: { org: org.seg, web: policies/web.seg }",
        "inventory: hosts.yaml",
        "targets: { nftables: {} }",
        "quotas: { nftables: { rules: 60 } }",
        "expiry: { schedule: daily }",
        "environments: { prod: {} }",
      ),
      "policies/web.seg": "module web by web\n",
      "hosts.yaml": "- { name: a, platform: linux }\n",
    });
    expect(diagnostics).toEqual([]);
    expect(project.root).toBe("org");
    expect([...project.modules]).toEqual([
      ["org", "org.seg"],
      ["web", "policies/web.seg"],
    ]);
    expect(project.sources.map(({ path }) => path)).toEqual(["org.seg", "policies/web.seg"]);
    expect(project.inventory.sources.map(({ path }) => path)).toEqual(["hosts.yaml"]);
    expect(project.inputs.map(({ path }) => path)).toEqual([
      "hosts.yaml",
      "org.seg",
      "policies/web.seg",
      "segc.yaml",
    ]);
    expect(project.inputs.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256))).toBe(true);
    expect(project.config.expirySchedule).toBe("daily");
  });

  it("needs a segc.yaml", () => {
    const { diagnostics } = loadProject(memoryFiles(new Map()));
    expect(diagnostics.map(shown)).toEqual(["SEG810 there is no `segc.yaml` in this folder"]);
  });

  it("keeps a byte order mark for the lexer only", () => {
    const { project, diagnostics } = load({
      "org.seg": "\uFEFFmodule org root\n",
      "segc.yaml": `\uFEFFedition: 1\n${modules}\ninventory: h.json\n`,
      "h.json": '\uFEFF[{"name":"a","platform":"linux"}]',
    });
    expect(diagnostics).toEqual([]);
    expect(project.sources[0]?.text.startsWith("\uFEFFmodule")).toBe(true);
  });
});

describe("segc.yaml", () => {
  it.each([
    [`edition: 2\n${modules}`, 'segc.yaml:1:10 "2" `edition` cannot be `2`'],
    [`edition: '1'\n${modules}`, 'segc.yaml:1:10 "\'1\'" `edition` cannot be `"1"`'],
    ["{}", 'segc.yaml:1:1 "{}" this segc.yaml has no `edition`'],
    ["", 'segc.yaml:1:1 "" `segc.yaml` must be a mapping, not empty'],
    ["[1]", 'segc.yaml:1:1 "[1]" `segc.yaml` must be a mapping, not a list'],
    ["a: [1", 'segc.yaml:1:6 "" flow sequence'],
    ["a: *b", 'segc.yaml:1:1 "" unresolved alias'],
    ["a: !!js/regexp x", 'segc.yaml:1:4 "!!js/regexp" unresolved tag'],
    ["---\na: 1\n---\nb: 2", "segc.yaml:3:1"],
  ])("%j", (text, expected) => {
    const [fault] = faultsIn({ "segc.yaml": text });
    expect(fault).toMatch(/^SEG810 /);
    expect(fault).toContain(expected);
  });

  it.each([
    [
      "inventry: hosts.yaml",
      '3:1 "inventry" `inventry` is unknown here; did you mean `inventory`?',
    ],
    ["inventory: 5", '3:12 "5" `inventory` must be text or a mapping or a list, not `5`'],
    ["inventory: [{ file: a.yaml, set: [env] }]", '3:29 "set" `set` is unknown here; did you'],
    ["inventory: { realm: x }", '3:12 "{ realm: x }" this inventory source has no `file`'],
    ["inventory: a.txt", '3:12 "a.txt" `a.txt` is no inventory'],
    ["inventory: ../a.yaml", '3:12 "../a.yaml" `../a.yaml` is not a path inside'],
    ["inventory: [/etc/passwd.csv]", '3:13 "/etc/passwd.csv" `/etc/passwd.csv` is not a path'],
    ["inventory: [a.json, a.json]", '3:21 "a.json" `a.json` is listed twice'],
    ["targets: { nftable: {} }", '3:12 "nftable" `nftable` is unknown here; did you mean `nftab'],
    ["expiry: daily", '3:9 "daily" `expiry` must be a mapping, not text'],
    ["quotas: { nftables: 1 }", '3:21 "1" `nftables` must be a mapping, not `1`'],
    ["quotas: { iptables: { rules: -1 } }", '3:30 "-1" `rules` must be 0 or more, not -1'],
    [
      "quotas: { nftables: { rule: 1 } }",
      '3:23 "rule" `rule` is unknown here; did you mean `rules`',
    ],
    ["quotas: { aws: { rules: 60 } }", '3:18 "rules" `rules` is unknown here'],
    [
      "quotas: { aws: { rulesPerGroup: 0 } }",
      '3:33 "0" `rulesPerGroup` must be from 1 to 1000, not 0',
    ],
    [
      "quotas: { aws: { rulesPerGroup: 300 } }",
      '3:16 "{ rulesPerGroup: 300 }" 300 rules of a group times 5 groups of an interface are 1500',
    ],
    [
      "quotas: { aws: { groupsPerInterface: 2, reserveSlots: 2 } }",
      '3:16 "{ groupsPerInterface: 2, reserveSlots: 2 }" 2 of 2 groups of an interface are to be left',
    ],
    ["targets: { aws: { exclusive: true } }", '3:19 "exclusive" `exclusive` is unknown here'],
    ["targets: { nftables: { chain: x } }", '3:24 "chain" `chain` is unknown here'],
    [modules, '3:1 "modules" `modules` is given twice'],
  ])("%s", (line, expected) => {
    const [fault] = faultsIn({
      ...config("edition: 1", modules, line),
      "a.json": "[]",
    });
    expect(fault).toContain(`SEG810 segc.yaml:${expected}`);
  });

  it.each([
    ["{ Org: org.seg }", '2:12 "Org" `Org` is not a name'],
    ["{ org: ../org.seg }", '2:17 "../org.seg" `../org.seg` is not a path inside'],
    ["{ org: a/../org.seg }", '2:17 "a/../org.seg"'],
    ["{ org: 'C:\\org.seg' }", "2:17 \"'C:"],
    ["{ org: org.seg, two: org.seg }", '2:31 "org.seg" `org.seg` is listed twice'],
    ["{}", '2:10 "{}" `modules` has no'],
    ["[org.seg]", '2:10 "[org.seg]" `modules` must be a mapping, not a list'],
  ])("modules: %s", (text, expected) => {
    const [fault] = faultsIn(config("edition: 1", `modules: ${text}`));
    expect(fault).toContain(`SEG810 segc.yaml:${expected}`);
  });

  it("that names a module twice is SEG210", () => {
    const [fault] = faultsIn({
      ...config("edition: 1", "modules:", "  org: org.seg", "  org: other.seg"),
      "other.seg": "module org\n",
    });
    expect(fault).toBe(
      'SEG210 segc.yaml:4:3 "org" module `org` is declared twice: here and in `org.seg`',
    );
  });

  it("reports every fault, in source order", () => {
    const faults = faultsIn(config("editio: 1", "modules: { org: 1 }", "root: [x]"));
    expect(faults.map((fault) => fault.slice(0, 20))).toEqual([
      "SEG810 segc.yaml:1:1",
      "SEG810 segc.yaml:2:1",
      "SEG810 segc.yaml:3:7",
    ]);
  });

  it("may be deep, or full of aliases, without harm", () => {
    for (const text of ["[".repeat(20_000), "- ".repeat(20_000), bomb()]) {
      const [fault] = faultsIn({ "segc.yaml": text });
      expect(fault).toContain("SEG810 segc.yaml:");
    }
  });
});

/** The usual billion laughs. */
function bomb(): string {
  const names = [..."abcdefghij"];
  const lines = names.map((name, index) => {
    const before = names[index - 1];
    const item = before === undefined ? "x" : `*${before}`;
    return `${name}: &${name} [${Array<string>(10).fill(item).join(", ")}]`;
  });
  return lines.join("\n");
}

describe("a file that cannot be had", () => {
  const listed = config(
    "edition: 1",
    "modules: { org: org.seg, web: web.seg }",
    "inventory: h.yaml",
  );

  it("is shown where segc.yaml names it, and hides nothing else", () => {
    const { project, diagnostics } = load(listed);
    expect(diagnostics.map(shown)).toEqual([
      'SEG811 segc.yaml:2:31 "web.seg" there is no file `web.seg`',
      'SEG811 segc.yaml:3:12 "h.yaml" there is no file `h.yaml`',
    ]);
    expect(project.sources.map(({ path }) => path)).toEqual(["org.seg"]);
  });

  it("may be a folder or not UTF-8", () => {
    const faults = faultsIn({
      ...listed,
      "web.seg/x": "",
      "h.yaml": Uint8Array.of(0x2d, 0x20, 0xc3, 0xa9, 0xff, 0x0a),
    });
    expect(faults).toEqual([
      'SEG811 segc.yaml:2:31 "web.seg" `web.seg` is a folder, not a file',
      'SEG811 segc.yaml:3:12 "h.yaml" `h.yaml` is not UTF-8 text: byte 5 begins no character',
    ]);
  });

  it("may be too large, and YAML sooner than the rest", () => {
    const limits = new Map<string, number>();
    const files = memoryFiles(
      new Map([
        [
          "segc.yaml",
          "edition: 1\nmodules: { org: org.seg }\ninventory: [h.yaml, h.json, h.csv]\n",
        ],
        ["org.seg", "module org root\n"],
      ]),
    );
    const { diagnostics } = loadProject({
      ...files,
      read: (path, bytesMax) => {
        limits.set(path, bytesMax / 1024 / 1024);
        return path === "h.yaml"
          ? { ok: false, fault: "too-large", detail: "" }
          : files.read(path, bytesMax);
      },
    });
    expect([...limits]).toEqual([
      ["segc.yaml", 32],
      ["org.seg", 64],
      ["h.yaml", 32],
      ["h.json", 512],
      ["h.csv", 512],
    ]);
    const [first] = diagnostics;
    expect(first && shown(first)).toContain("SEG120 segc.yaml:3:13");
    expect(first?.help).toContain("JSON");
  });
});

describe("policy files that segc.yaml does not list (SEG210)", () => {
  it("are shown at their header", () => {
    const faults = faultsIn({ "web.seg": "# a\nmodule web\n", "old/x.seg": "segment a" });
    expect(faults).toEqual([
      'SEG210 old/x.seg:1:1 "" `old/x.seg` (module `x`) is not listed in segc.yaml',
      'SEG210 web.seg:2:8 "web" `web.seg` (module `web`) is not listed in segc.yaml',
    ]);
  });

  it("may lie in a project of their own, or in installed packages", () => {
    const files = {
      ...config("edition: 1", modules),
      "sub/segc.yaml": "",
      "sub/a.seg": "module a",
      "node_modules/p/b.seg": "module b",
      ".old/c.seg": "module c",
    };
    expect(faultsIn(files)).toEqual([]);
  });
});
