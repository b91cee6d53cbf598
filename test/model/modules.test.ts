// Modules, roots, imports and exports: language.md 6.1 and 11, "Names and modules".
import { describe, expect, test } from "vitest";
import { build, codes, fixed, onlyDiagnostic, problems } from "./project.ts";

const root = "module org root\nlabel env: enum { prod }\nexport segment all = workloads\n";

describe("SEG210", () => {
  test("a project whose files are where segc.yaml says has none", () => {
    expect(codes({ "org.seg": root })).toEqual([]);
  });
  test("a file that is not listed, and nothing that depends on it", () => {
    const files = {
      "org.seg": `${root}import { web } from x`,
      "x.seg": "module x by nobody\nexport segment web = workloads where nothing is here",
    };
    expect(codes(files, { modules: { org: "org.seg" }, root: "org" })).toEqual(["SEG210 x"]);
  });
  test("a listed path that declares another name, and nothing that depends on it", () => {
    const files = {
      "org.seg": `${root}import { web } from crm\nallow web -> all : tcp/1`,
      "crm.seg": "module cmr by crm\nexport segment web = workloads",
    };
    const listing = { root: "org", modules: { org: "org.seg", crm: "crm.seg" } };
    expect(codes(files, listing)).toEqual(["SEG210 cmr"]);
  });
  test("a root that is not where it should be does not make every label unknown", () => {
    const files = {
      "org.seg":
        "module other root\nlabel env: enum { prod }\nteam crm owns workloads writes { crm }",
      "crm.seg": "module crm by crm\nsegment web = workloads where env is prod",
    };
    const listing = { root: "org", modules: { org: "org.seg", crm: "crm.seg" } };
    expect(codes(files, listing)).toEqual(["SEG210 other"]);
  });
  test("one module in two files", () => {
    const files = { "org.seg": root, "b.seg": "module org root" };
    const listing = { root: "org", modules: { org: "org.seg" } };
    expect(problems(files, listing)).toEqual([
      "SEG210 b.seg:1:8 module `org` is declared twice: here and in `org.seg`",
    ]);
  });
  test("one path listed for two modules", () => {
    const listing = { root: "org", modules: { org: "org.seg", core: "org.seg" } };
    expect(codes({ "org.seg": root }, listing)).toEqual(["SEG210 org"]);
  });
  test("a second root", () => {
    const files = { "a.seg": root, "b.seg": "module second root\nlabel role: enum { x }" };
    expect(codes(files, { root: "org" })).toEqual(["SEG210 second"]);
  });
  test("the root of segc.yaml that does not say so", () => {
    const files = {
      "org.seg": "module org by t\nlabel env: enum { prod }\nteam t owns workloads writes { org }",
    };
    expect(problems(files, { root: "org" })).toEqual([
      "SEG210 org.seg:1:8 segc.yaml names `org` as the root, but its header does not say `root`",
    ]);
  });
  test("no root at all", () => {
    expect(codes({ "a.seg": "module a by t\nallow workloads -> workloads : tcp/1" })).toEqual([
      "SEG210 a",
    ]);
  });
  test("a root that segc.yaml does not list", () => {
    expect(codes({ "org.seg": root.replace(" root", " by t") }, { root: "nowhere" })).toEqual([
      "SEG210 ",
    ]);
  });
  test("no module at all is no crash", () => {
    expect(build({}).model.root.isRoot).toBe(true);
  });
});

describe("by and writes", () => {
  const org = (writes: string) =>
    `module org root by sec\nteam sec owns workloads writes { org }\nteam crm owns workloads ${writes}\n`;
  test("a team that writes the module", () => {
    expect(codes({ "org.seg": org("writes { crm }"), "crm.seg": "module crm by crm" })).toEqual([]);
  });
  test("the root may leave out `by`, and then needs no team", () => {
    expect(codes({ "org.seg": "module org root" })).toEqual([]);
  });
  test("SEG209: a team without `writes` writes nothing", () => {
    expect(codes({ "org.seg": org(""), "crm.seg": "module crm by crm" })).toEqual(["SEG209 crm"]);
  });
  test("SEG209: `writes` lists another module; the root's own `by` counts too", () => {
    const files = {
      "org.seg": "module org root by sec\nteam sec owns workloads writes { crm }",
      "crm.seg": "module crm by sec",
    };
    expect(problems(files)).toEqual(["SEG209 org.seg:1:20 team `sec` does not write module `org`"]);
  });
  test("SEG201: undeclared team, unknown module in writes, to and from", () => {
    const files = {
      "org.seg": `${org("writes { cmr, crm }")}delegate egress of workloads : tcp/1 to { corr }`,
      "crm.seg": "module crm by crn\nimport { x } from cor",
    };
    expect(codes(files)).toEqual(["SEG201 crn", "SEG201 cor", "SEG201 cmr", "SEG201 corr"]);
    expect(build(files).diagnostics[0]?.message).toContain("did you mean `crm`?");
  });
});

describe("SEG208", () => {
  test("only the root declares labels, teams, requirements and observe windows", () => {
    const files = {
      "org.seg":
        "module org root\nlabel env: enum { prod }\nteam crm owns workloads writes { crm }",
      "crm.seg": `module crm by crm
label tier: enum { gold }
team other owns workloads
require r = workloads have env is prod
observe ingress of workloads until 2027-01-01
segment gold = workloads where tier is gold
delegate egress of workloads : tcp/1 to { crm }`,
    };
    expect(codes(files)).toEqual([
      "SEG208 label",
      "SEG208 team",
      "SEG208 require",
      "SEG208 observe",
    ]);
  });
});

describe("imports", () => {
  const org = (text: string) => `module org root
team core owns workloads writes { core }
team crm owns workloads writes { crm }
${text}`;
  const core = "module core by core\nexport service dns = udp/53\nsegment hidden = workloads\n";
  const crm = (text: string) => ({
    "org.seg": org(""),
    "core.seg": core,
    "crm.seg": `module crm by crm\n${text}`,
  });

  test("what is exported may be imported", () => {
    const text = "import { dns } from core\nallow workloads -> workloads : dns";
    expect(codes(crm(text))).toEqual([]);
  });
  test("SEG203 for what is not exported, and silence for its uses", () => {
    const files = crm("import { hidden } from core\nallow hidden -> hidden : tcp/1");
    const diagnostic = onlyDiagnostic(files);
    expect(diagnostic).toMatchObject({ code: "SEG203", help: expect.stringContaining("`core`") });
  });
  test("SEG203 for what the other module only imports", () => {
    const files = {
      "org.seg": org("export segment all = workloads"),
      "core.seg": "module core by core\nimport { all } from org",
      "crm.seg": "module crm by crm\nimport { all } from core",
    };
    expect(codes(files)).toEqual(["SEG203 all"]);
  });
  test("SEG201 for what does not exist, with the nearest export", () => {
    expect(onlyDiagnostic(crm("import { dsn } from core")).message).toBe(
      "nothing is called `dsn` in module `core`; did you mean `dns`?",
    );
  });
  test("SEG201 offers the import that is missing, as a fix", () => {
    const diagnostic = onlyDiagnostic(crm("allow workloads -> workloads : dns"));
    expect(diagnostic.help).toBe("import it: `import { dns } from core`");
    expect(fixed(diagnostic)).toBe(
      "module crm by crm\nimport { dns } from core\nallow workloads -> workloads : dns",
    );
  });
  test("the fix extends an import that is there", () => {
    const files = {
      ...crm("import { dns } from core\nallow all -> all : dns"),
      "core.seg": `${core}export segment all = workloads`,
    };
    const { diagnostics } = build(files);
    expect(diagnostics.map(({ code }) => code)).toEqual(["SEG201", "SEG201"]);
    expect(diagnostics[0] && fixed(diagnostics[0])).toContain("import { dns, all } from core");
  });
  test("a module's name is no way to its names", () => {
    expect(onlyDiagnostic(crm("allow workloads -> workloads : core.dns")).help).toBe(
      "import it: `import { dns } from core`",
    );
  });
  test("SEG202: an import may not repeat a name, whichever comes first", () => {
    expect(codes(crm("import { dns } from core\nservice dns = tcp/53"))).toEqual(["SEG202 dns"]);
    expect(codes(crm("import { dns, dns } from core"))).toEqual(["SEG202 dns"]);
  });
  test("SEG204 at the first member in module and line order", () => {
    const files = {
      "org.seg": org(""),
      "crm.seg": "module crm by crm\nimport { y } from core\nexport segment x = y",
      "core.seg": "module core by core\nimport { x } from crm\nexport segment y = x",
    };
    expect(problems(files)).toEqual([
      "SEG204 core.seg:2:1 modules `core → crm → core` import each other",
    ]);
  });
  test("SEG204: a module that imports from itself", () => {
    expect(codes(crm("export segment a = workloads\nimport { a } from crm"))).toContain(
      "SEG204 import { a } from crm",
    );
  });
});
