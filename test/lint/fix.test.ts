// What `--fix` makes of a policy: the finding is gone, the text is as `segc fmt` writes it, there is
// nothing left to fix, and where a rule claims that the meaning stays it does.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fix, formatModule, lint } from "../../index.ts";
import { exampleHeader, exampleTexts } from "../../lint/example-project.ts";
import { lintRules } from "../../lint/index.ts";
import type { FixClaim } from "../../lint/rule.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { generatedProject } from "../generated/project.ts";
import { soundProject } from "../generated/sound.ts";
import { daysOf, everyFlow, meaningOf } from "./every-flow.ts";

const now = "2026-11-23";
const options = { now, since: () => "2026-01-01" };
const keeping: readonly FixClaim[] = ["keeps the meaning", "keeps what is allowed today"];
const runs = process.env.SEGC_FULL === "1" ? 1000 : 40;

function fixedOf(texts: ReadonlyMap<string, string>, claims?: readonly FixClaim[]) {
  const before = lint(memoryFiles(texts), options);
  const result = fix(memoryFiles(texts), claims === undefined ? options : { ...options, claims });
  const after = new Map([...texts, ...result.changed]);
  for (const [path, text] of result.changed) {
    expect(formatModule({ path, text }).text, path).toBe(text);
    expect(text, path).not.toBe(texts.get(path));
  }
  expect(result.linted.complete).toBe(before.complete);
  const again = fix(memoryFiles(after), claims === undefined ? options : { ...options, claims });
  expect([...again.changed]).toEqual([]);
  return { ...result, before, after };
}

function sameMeaning(before: ReturnType<typeof lint>, after: ReturnType<typeof lint>): void {
  const days = daysOf(before.world);
  // Flows that either of the two can tell apart.
  const flows = [...everyFlow(before.world), ...everyFlow(after.world)];
  expect(meaningOf(after.world, days, flows)).toEqual(meaningOf(before.world, days, flows));
}

const fixing = lintRules.filter((rule) => rule.fix !== undefined);

describe.each(fixing.map((rule) => [rule.name, rule] as const))("%s", (_, rule) => {
  it("is put right in its examples, or left alone", () => {
    for (const example of rule.invalid) {
      const texts = exampleTexts(example);
      const { before, linted, fixed } = fixedOf(texts);
      const wanted = before.diagnostics.filter(
        ({ code, fix: edits = [] }) => code === rule.code && edits.length > 0,
      );
      expect(fixed.filter(({ diagnostic }) => diagnostic.code === rule.code).length).toBe(
        wanted.length,
      );
      expect(
        linted.diagnostics.filter(({ code, fix: edits }) => code === rule.code && edits).length,
      ).toBe(0);
      if (fixed.every(({ claim }) => claim !== "changes the meaning")) sameMeaning(before, linted);
    }
  });
});

describe("fixes", () => {
  it("that keep the meaning do, whatever the policy", () => {
    let count = 0;
    fc.assert(
      fc.property(generatedProject, (generated) => {
        const { project } = soundProject(generated, now);
        const { before, linted, fixed } = fixedOf(project.files, keeping);
        count += fixed.length;
        sameMeaning(before, linted);
      }),
      { numRuns: runs },
    );
    expect(count).toBeGreaterThan(0);
  });

  it("take a statement out with the comments that speak of it, and no other", () => {
    const policy = `${exampleHeader}
segment db = workloads where role is db
# Everybody reads.
allow everybody = workloads except db -> db : tcp/5432

# Of the section below.

# Web reads: said twice.
# In two lines.
allow web-reads = workloads where role is web -> db : tcp/5432  # and behind
# About what comes next.
allow others = workloads except db -> db : tcp/9100
`;
    const { after } = fixedOf(exampleTexts({ policy }));
    expect(after.get("policy.seg")).toBe(`${exampleHeader}
segment db = workloads where role is db
# Everybody reads.
allow everybody = workloads except db -> db : tcp/5432

# Of the section below.

# About what comes next.
allow others = workloads except db -> db : tcp/9100
`);
  });

  it("that would leave an error are not made, and do not keep others from being made", () => {
    const org = `module org root by org
label role: enum { web, db, admin }
team org owns workloads where role is admin writes { org }
team app owns workloads where role is web or role is db writes { app }
delegate egress of (workloads where role is web) with outside : udp/53 to { app }
export service https = tcp/443
`;
    const app = `module app by app
import { https } from org
allow resolve = workloads where role is web -> networks { 192.0.2.53/32, 2001:db8::53/128 } : udp/53
`;
    const texts = exampleTexts({ policy: { "org.seg": org, "app.seg": app } });
    const { fixed, linted, after } = fixedOf(texts);
    expect(fixed.map(({ diagnostic }) => diagnostic.code)).toEqual(["SEG206"]);
    expect(linted.diagnostics.map(({ code }) => code)).toContain("SEG704");
    expect(after.get("app.seg")).not.toContain("tcp/53");
  });

  it("are none where the policy has errors", () => {
    const policy = `${exampleHeader}allow x = nobody -> workloads : tcp/1\n# seg-allow SEG705: old\n`;
    const { fixed, changed } = fixedOf(exampleTexts({ policy }));
    expect([fixed.length, changed.size]).toEqual([0, 0]);
  });
});
