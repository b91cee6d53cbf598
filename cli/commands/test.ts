// `segc test`: runs the tests written in the policy.
import { hasErrors } from "../../diagnostics/diagnostic.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { check } from "../../library/check.ts";
import { testLines, testSummary, testsJson } from "../../report/policy-tests.ts";
import { statusFor, stopping } from "../answer.ts";
import { askedDocuments } from "../asked-documents.ts";
import type { Answer, Call } from "../call.ts";
import { projectFolder } from "../project-folder.ts";

export async function test(call: Call): Promise<Answer> {
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  const { now } = call.options;
  const { tests, diagnostics: all } = check(nodeFiles(folder), { now });
  const diagnostics = stopping(all, call.options);
  const untested = tests.length === 0 && hasErrors(diagnostics);
  return {
    kind: "result",
    status: statusFor(diagnostics),
    diagnostics,
    folder,
    ...(await askedDocuments(call, { verb: "test", diagnostics, folder, tests })),
    lines: (style) => [
      ...testLines(tests, style),
      untested ? style.error("the tests were not run: the policy has errors") : testSummary(tests),
    ],
    json: { now, tests: testsJson(tests) },
  };
}
