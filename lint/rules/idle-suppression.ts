// Comments that suppress a finding which is not there, or which no comment can suppress.
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";
import type { removal } from "../statements.ts";

export const idleSuppressionRule = defineRule("SEG799", {
  rationale: `\`# seg-allow SEG705: why\` takes a finding back, at the statement that it stands before, in or behind. One that takes
nothing back hides the next finding there, of which nobody has thought. It needs a reason; only warnings can be
suppressed, those of SEG4xx to SEG6xx in the root module only; and none that segc.yaml makes an error.`,
  fix: "keeps the meaning",
  invalid: [
    {
      policy: `${exampleHeader}
# seg-allow SEG705: the vendor cannot say which ports it needs, OPS-12
allow web-to-db = workloads where role is web -> workloads where role is db : tcp/5432
`,
      reports: [4],
    },
    {
      policy: `${exampleHeader}
# seg-allow SEG705
allow web-to-db = workloads where role is web -> workloads where role is db : any-service
`,
      reports: [4],
    },
    {
      policy: `${exampleHeader}
allow web-to-db = workloads where role is web -> workloads where role is db : tcp/5432  # seg-allow SEG75: hm
# seg-allow SEG401: we may
`,
      reports: [4, 5],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
# seg-allow SEG705: the vendor cannot say which ports it needs, OPS-12
allow web-to-db = workloads where role is web -> workloads where role is db : any-service
`,
    },
  ],
  seeAlso: ["[Suppressions](../lint.md#suppressions)"],
  check({ idle }, report) {
    for (const { suppression, why } of idle) {
      const { code, span } = suppression;
      report(span, { code, why }, why === "reason" ? {} : { fix: withoutComment(span) });
    }
  },
});

/** A comment alone on its line goes with the line; one behind code leaves the code. */
function withoutComment(span: Parameters<typeof removal>[0]) {
  const { source, start, end } = span;
  const { text } = source;
  const line = text.lastIndexOf("\n", start - 1) + 1;
  const before = text.slice(line, start);
  if (before.trim() !== "") {
    return [{ span: { source, start: line + before.trimEnd().length, end }, text: "" }];
  }
  const stop = text.indexOf("\n", end);
  return [{ span: { source, start: line, end: stop < 0 ? text.length : stop + 1 }, text: "" }];
}
