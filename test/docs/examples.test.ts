// The examples are what a newcomer copies: they check without error, their own tests pass, they
// are formatted, and what they claim to catch is caught.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderText } from "../../diagnostics/render-text.ts";
import { compile, formatModule, lint } from "../../index.ts";
import { examine } from "../../library/check.ts";
import { exampleFiles, exampleTexts, type Replacement } from "./example-files.ts";

const now = "2026-11-23";

function checked(name: string, replacements: readonly Replacement[] = [], day = now) {
  const result = examine(exampleFiles(name, replacements), { now: day });
  const errors = result.diagnostics.filter((each) => each.severity === "error");
  return { ...result, errors, text: errors.map((each) => renderText(each)).join("\n") };
}

describe.each(["quickstart", "crm", "aws-three-tier", "windows-domain"])("examples/%s", (name) => {
  it("checks and tests without error", () => {
    const { errors, text, tests } = checked(name);
    expect(errors, text).toEqual([]);
    expect(tests.length).toBeGreaterThan(0);
  });

  it("is formatted", () => {
    for (const [path, text] of exampleTexts(name)) {
      if (path.endsWith(".seg")) expect(formatModule({ path, text }).text, path).toBe(text);
    }
  });
});

describe("examples/lint-showcase", () => {
  const listed = [...readFileSync("docs/lint.md", "utf8").matchAll(/^\| \[(SEG\d+)\]/gm)];

  it("has every finding that docs/lint.md lists, and no error", () => {
    const history = { since: () => "2026-08-01", fileDay: () => "2026-11-01" };
    const { diagnostics } = lint(exampleFiles("lint-showcase"), { now, ...history });
    expect(listed.length).toBeGreaterThan(30);
    expect(new Set(diagnostics.map(({ code }) => code))).toEqual(
      new Set(listed.map(([, code]) => code)),
    );
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("is formatted", () => {
    for (const [path, text] of exampleTexts("lint-showcase")) {
      if (path.endsWith(".seg")) expect(formatModule({ path, text }).text, path).toBe(text);
    }
  });
});

describe("examples/quickstart", () => {
  it("fits on a screen", () => {
    const lines = exampleTexts("quickstart").get("app.seg")?.split("\n") ?? [];
    expect(lines.length).toBeLessThanOrEqual(32);
  });
});

describe("examples/aws-three-tier", () => {
  const compiled = (replacements: readonly Replacement[] = []) =>
    compile(exampleFiles("aws-three-tier", replacements), { now }).compiled;
  const textOf = (found: ReturnType<typeof compiled>) => found?.artefacts[0]?.files[0]?.text ?? "";
  const countIn = (text: string) => [
    text.match(/"name":/g)?.length,
    text.match(/"protocol":/g)?.length,
    Math.max(
      ...[...text.matchAll(/"groups":(\[.*\])\}/g)].map(
        ([, list]) => JSON.parse(list ?? "[]").length,
      ),
    ),
  ];

  it("has the groups, rules and attachments that its README counts", () => {
    expect(countIn(textOf(compiled()))).toEqual([14, 28, 4]);
    expect(compiled()?.artefacts[0]?.entry.minimised?.optimal).toBe(true);
    expect(textOf(compiled())).toMatch(/"from":443,"to":443,"cidr":"0\.0\.0\.0\/0"/);
  });

  it("changes no rule for one web server more", () => {
    const from = "- name: prod-api-1";
    const more =
      "- name: prod-web-4\n  platform: linux\n  tags: { Tier: web, Environment: production }\n" +
      "  addresses: [10.20.2.99, '2001:db8:10:2::99']\n" +
      "  enforcers: [{ kind: aws-sg, id: eni-4, directions: [ingress, egress] }]\n";
    const grown = textOf(compiled([{ path: "interfaces.yaml", from, to: more + from }]));
    const groupsIn = (text: string) => text.slice(0, text.indexOf('"attachments"'));
    expect(grown).toContain('"workload":"prod-web-4"');
    expect(groupsIn(grown)).toBe(groupsIn(textOf(compiled())));
  });
});

describe("examples/crm", () => {
  const { inventory, enforcement, diagnostics, model } = checked("crm");
  const enforcers = (platform: string) =>
    inventory.workloads
      .filter((workload) => workload.platform === platform)
      .map((workload) => workload.enforcers.map(({ kind, directions }) => [kind, ...directions]));

  it("has Linux, Windows and appliances, IPv4 and IPv6", () => {
    expect(inventory.workloads.length).toBeGreaterThanOrEqual(22);
    const inAws = "aws-sg,egress,ingress";
    expect(new Set(enforcers("linux").map(String))).toEqual(
      new Set(["nftables,egress,ingress", `${inAws},nftables,egress,ingress`]),
    );
    expect(new Set(enforcers("windows").map(String))).toEqual(
      new Set(["windows-firewall,egress,ingress", `${inAws},windows-firewall,egress,ingress`]),
    );
    expect(enforcers("other")).toEqual([[], [], []]);
    const families = inventory.workloads.map(({ addresses }) =>
      addresses.map(({ ip }) => ip.family).join(),
    );
    expect(new Set(families)).toEqual(new Set(["4", "6", "4,6"]));
  });

  it("says where every enforced rule is enforced", () => {
    const unstaged = model.rules.filter((rule) => !rule.staged);
    expect(enforcement.length).toBe(unstaged.length);
  });

  it("warns of logs Windows does not write and of the observed ERP, and of nothing else", () => {
    const warnings = diagnostics.map(({ code, message }) => [code, message]);
    expect(warnings).toEqual([
      ["SEG513", expect.stringMatching(/^`log new` .* Windows Firewall/)],
      ["SEG603", expect.stringMatching(/ot-isolated.*until 2027-02-01.*erp-\d -> /)],
      ["SEG603", expect.stringMatching(/open-admin.*until 2027-02-01.* -> erp-\d : tcp\/22/)],
    ]);
  });

  it("still holds on the day after the vendor's access has ended", () => {
    const { errors, text } = checked("crm", [], "2026-12-16");
    expect(errors, text).toEqual([]);
  });

  it("fails on the day after the plant's exceptions have ended", () => {
    const { errors } = checked("crm", [], "2027-04-01");
    expect(errors.map((each) => each.code)).toEqual(["SEG606", "SEG606"]);
  });
});

describe("a mutant of examples/crm is caught", () => {
  it("when the report's program is dropped: every process of the batch hosts", () => {
    const { errors } = checked("crm", [
      { path: "crm.seg", from: "report-job@batch -> db : postgres", to: "batch -> db : postgres" },
    ]);
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      [
        "SEG611",
        expect.stringMatching(
          /the report runs.*denied.*report-to-db.*batch-1 \(unit "export.service".* -> db-1 : tcp\/5432/,
        ),
      ],
      [
        "SEG601",
        expect.stringMatching(
          /payment-data.*report-to-db.*prod-batch-\d -> prod-db-\d : tcp\/5432/,
        ),
      ],
    ]);
  });

  it("when ssh is opened beside the public service", () => {
    const { errors } = checked("crm", [
      {
        path: "crm.seg",
        from: "allow public-in = outside -> prod.web : https {",
        to: "allow public-in = outside -> prod.web : { https, ssh } {",
      },
    ]);
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      // Nobody delegated ssh from outside to the module, and the promise is broken as well.
      ["SEG406", expect.stringContaining("public-in")],
      ["SEG601", expect.stringMatching(/open-admin.*public-in.*[\d.]+ -> prod-web-\d : tcp\/22/)],
    ]);
  });

  it("when ssh is opened and the delegation is widened with it", () => {
    const { errors } = checked("crm", [
      {
        path: "crm.seg",
        from: "allow public-in = outside -> prod.web : https {",
        to: "allow public-in = outside -> prod.web : { https, ssh } {",
      },
      {
        path: "org.seg",
        from: "with outside : tcp/443 to { crm }",
        to: "with outside : { tcp/443, tcp/22 } to { crm }",
      },
    ]);
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      ["SEG601", expect.stringMatching(/open-admin.*public-in.*[\d.]+ -> prod-web-\d : tcp\/22/)],
    ]);
  });

  it("when a value of a label is misspelt", () => {
    const { errors } = checked("crm", [
      { path: "crm.seg", from: "tiers(e: staging,", to: "tiers(e: stagin," },
    ]);
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      ["SEG301", expect.stringMatching(/`stagin`.*did you mean `staging`/)],
    ]);
  });
});
