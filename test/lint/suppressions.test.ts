// What a comment takes back, and what it cannot; and what segc.yaml makes of findings.
import { describe, expect, it } from "vitest";
import { positionAt } from "../../diagnostics/source.ts";
import { check, lint } from "../../index.ts";
import { exampleHeader, exampleTexts } from "../../lint/example-project.ts";
import type { Example } from "../../lint/rule.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const now = "2026-11-23";
const web = "workloads where role is web";
const db = "workloads where role is db";
const anything = `allow web-to-db = ${web} -> ${db} : any-service`;

/** `SEG705 policy.seg:4`, with the severity where it is none of a warning. */
function said(policy: Example["policy"], settings?: string) {
  const example = settings === undefined ? { policy } : { policy, settings };
  const { diagnostics, suppressed } = lint(memoryFiles(exampleTexts(example)), { now });
  const shown = diagnostics.map(({ code, span, severity }) => {
    const place = span && `${span.source.path}:${positionAt(span.source, span.start).line}`;
    return `${severity === "error" ? "error " : ""}${code} ${place}`;
  });
  return {
    shown,
    suppressed: suppressed.map(
      ({ diagnostic, suppression }) => `${diagnostic.code}: ${suppression.reason}`,
    ),
  };
}

it.each(["SEG705 SEG710: why", "SEG705, SEG710: why", "SEG705 because I say so", "SEG705 - why"])(
  "`seg-allow %s` is none, and is a finding",
  (text) => {
    const { shown, suppressed } = said(`${exampleHeader}# seg-allow ${text}\n${anything}\n`);
    expect(suppressed).toEqual([]);
    expect(shown).toEqual(["SEG799 policy.seg:3", "SEG705 policy.seg:4"]);
  },
);

describe("a suppression", () => {
  it.each([
    ["before", `# seg-allow SEG705: a reason\n${anything}\n`],
    ["before, with others between", `# seg-allow SEG705: a reason\n# about it\n\n${anything}\n`],
    ["behind", `${anything}  # seg-allow SEG705: a reason\n`],
    ["behind its braces", `${anything} {\n  log new\n}  # seg-allow SEG705: a reason\n`],
    ["in its braces", `${anything} {\n  # seg-allow SEG705: a reason\n  log new\n}\n`],
    ["within its flow", anything.replace("->", "# seg-allow SEG705: a reason\n  ->")],
    ["with blanks", `#seg-allow   SEG705 :   a reason  \n${anything}\n`],
    [
      "in a template",
      `template t(r: role) {\n  # seg-allow SEG705: a reason\n  allow up = workloads where role is $r -> ${db} : any-service\n}\nuse w = t(r: web)\n`,
    ],
    [
      "before a template",
      `# seg-allow SEG705: a reason\ntemplate t(r: role) {\n  allow up = workloads where role is $r -> ${db} : any-service\n}\nuse w = t(r: web)\n`,
    ],
  ])("stands %s", (_, text) => {
    expect(said(exampleHeader + text)).toEqual({ shown: [], suppressed: ["SEG705: a reason"] });
  });

  it.each([
    [
      "before another statement",
      `# seg-allow SEG705: a reason\nlabel x: name optional\n${anything}\n`,
    ],
    [
      "behind the one before",
      `label x: name optional  # seg-allow SEG705: a reason\n${anything}\n`,
    ],
    ["behind the one after", `${anything}\nlabel x: name optional  # seg-allow SEG705: a reason\n`],
    ["at the end", `${anything}\n# seg-allow SEG705: a reason\n`],
  ])("does not reach %s", (_, text) => {
    const { shown, suppressed } = said(exampleHeader + text);
    expect(shown.map((each) => each.slice(0, 6)).sort()).toEqual(["SEG705", "SEG799"]);
    expect(suppressed).toEqual([]);
  });

  it("takes back what is said of a module's header", () => {
    const teams = "team a owns workloads where role is web\n";
    const header = exampleHeader.replace("root\n", "root  # seg-allow SEG405: test hosts\n");
    expect(said(exampleHeader + teams).shown).toEqual(["SEG405 policy.seg:1"]);
    expect(said(header + teams)).toEqual({ shown: [], suppressed: ["SEG405: test hosts"] });
  });

  it("takes back warnings of check as well", () => {
    const observed = `${exampleHeader}observe ingress of (${db}) until 2027-01-01 { because "x" }
NOTE
never open = outside -> ${db} : tcp/22\n`;
    const checked = (note: string) =>
      check(memoryFiles(exampleTexts({ policy: observed.replace("NOTE", note) })), { now })
        .diagnostics;
    expect(checked("").map(({ code }) => code)).toEqual(["SEG603"]);
    expect(checked("# seg-allow SEG603: until the move")).toEqual([]);
    expect(said(observed.replace("NOTE", "# seg-allow SEG603: until the move")).shown).toEqual([]);
  });

  it("leaves what is an error here", () => {
    const inventory =
      "- { name: db-1, platform: linux, labels: { role: db }, addresses: [10.0.0.1] }\n";
    const policy = `${exampleHeader}# seg-allow SEG603: nobody filters there
never open = outside -> ${db} : tcp/22\n`;
    const { diagnostics } = check(memoryFiles(exampleTexts({ policy, inventory })), { now });
    expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "error SEG603",
    ]);
  });

  it("of SEG4xx to SEG6xx counts in the root module only", () => {
    const org = `module org root by org
label role: enum { web, db, admin }
team org owns workloads writes { org, app }
`;
    const guardrail = `# seg-allow SEG608: the office is no danger
never data = internet -> ${db} : any-service\n`;
    const alone = org.replace(", app", "");
    expect(said({ "org.seg": alone + guardrail }).shown).toEqual([]);
    const app = { "org.seg": org, "app.seg": `module app by org\n${guardrail}` };
    expect(said(app).shown).toEqual(["SEG799 app.seg:2", "SEG608 app.seg:3"]);
  });

  it.each([
    ["without a reason", "# seg-allow SEG705"],
    ["with an empty reason", "# seg-allow SEG705:  "],
    ["of no code", "# seg-allow SEG75: why"],
    ["of an inherited property", "# seg-allow constructor: why"],
    ["of an error", "# seg-allow SEG401: why"],
    ["of itself", "# seg-allow SEG799: why"],
    ["of artefacts", "# seg-allow SEG901: why"],
    ["of another finding", "# seg-allow SEG704: why"],
  ])("%s is one that suppresses nothing", (_, comment) => {
    expect(said(`${exampleHeader}${comment}\n${anything}\n`)).toEqual({
      shown: ["SEG799 policy.seg:3", "SEG705 policy.seg:4"],
      suppressed: [],
    });
  });

  it("of what nobody can know is not called idle", () => {
    const text = `${exampleHeader}# seg-allow SEG709: waiting for the vendor\nstaged deny x = ${web} -> ${db} : tcp/23\n`;
    expect(said(text).shown).toEqual([]);
    const { diagnostics } = lint(memoryFiles(exampleTexts({ policy: text })), {
      now,
      since: () => now,
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(["SEG799"]);
  });
});

describe("a level", () => {
  it("makes a warning an error, or nothing", () => {
    expect(said(exampleHeader + anything).shown).toEqual(["SEG705 policy.seg:3"]);
    expect(said(exampleHeader + anything, "rules: { SEG705: error }\n").shown).toEqual([
      "error SEG705 policy.seg:3",
    ]);
    expect(said(exampleHeader + anything, "rules: { SEG705: off }\n").shown).toEqual([]);
    expect(said(exampleHeader + anything, "rules: { SEG705: warning }\n").shown).toEqual([
      "SEG705 policy.seg:3",
    ]);
  });

  it("of error cannot be suppressed", () => {
    const text = `${exampleHeader}# seg-allow SEG705: why\n${anything}\n`;
    expect(said(text, "rules: { SEG705: error }\n")).toEqual({
      shown: ["SEG799 policy.seg:3", "error SEG705 policy.seg:4"],
      suppressed: [],
    });
  });

  it("of off keeps its suppressions from being idle", () => {
    const text = `${exampleHeader}# seg-allow SEG705: why\n${anything}\n`;
    expect(said(text, "rules: { SEG705: off }\n").shown).toEqual([]);
  });

  it.each([
    ["rules: { SEG75: off }", /`SEG75` is no code of a finding/],
    ["rules: { SEG301: warning }", /SEG301 is an error, and stays one/],
    ["rules: { SEG901: error }", /SEG901 is about artefacts/],
    ["rules: { SEG405: off }", /SEG405 cannot be off/],
    ["rules: { SEG705: of }", /cannot be `of`; did you mean `off`/],
    ["rules: { SEG705: false }", /cannot be `false`/],
    ["endingDay: 3", /`endingDay` is unknown here; did you mean `endingDays`/],
    ["stagedDays: -1", /from 0 to 3660/],
    ["adminHosts: bastions", /the name of a segment with its module/],
    ["adminHosts: app.bastion", /there is no segment `app.bastion`; did you mean `app.bastions`/],
    ["adminPorts: [ssh]", /ports like `tcp\/22`/],
    ["adminPorts: [tcp/0]", /`tcp\/0` are no ports/],
    ["adminPorts: [tcp/22, tcp/70000]", /`tcp\/70000` are no ports/],
    ["adminPorts: [tcp/9-8]", /`tcp\/9-8` are no ports/],
  ])("or setting that cannot be is shown where it stands: %s", (settings, message) => {
    const policy = `${exampleHeader}export segment bastions = workloads where role is admin\n`;
    const files = memoryFiles(exampleTexts({ policy, settings: `${settings}\n` }));
    const { diagnostics } = lint(files, { now });
    expect(diagnostics.map(({ code }) => code)).toEqual(["SEG810"]);
    const [{ span, message: words, help } = {}] = diagnostics;
    expect(words).toMatch(message);
    expect(help).not.toBe("");
    expect(span && positionAt(span.source, span.start).line).toBe(6);
  });
});
