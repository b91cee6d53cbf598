// `segc explain`: is this flow allowed, by which rule, and what does each enforcer on its path do?
// Or, for a code, the page of that diagnostic.
import { hasErrors } from "../../diagnostics/diagnostic.ts";
import { nearest } from "../../diagnostics/suggest.ts";
import { explanationJson, explanationLines } from "../../report/explanation.ts";
import { statusFor } from "../answer.ts";
import { type Answer, type Call, failure } from "../call.ts";
import { exit } from "../exit.ts";
import { packageText } from "../package-files.ts";
import { projectFolder } from "../project-folder.ts";

export function explain(call: Call): Answer | Promise<Answer> {
  const question = call.operands.join(" ").replaceAll("→", "->");
  const code = /^\s*(seg\d+)\s*$/i.exec(question)?.[1]?.toUpperCase();
  return code === undefined ? explainFlow(question, call) : explainCode(code, call);
}

async function explainFlow(question: string, call: Call): Promise<Answer> {
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  const { nodeFiles } = await import("../../host/node-files.ts");
  const { check } = await import("../../library/check.ts");
  const { explain: answer } = await import("../../library/explain.ts");
  const { now } = call.options;
  const checked = check(nodeFiles(folder), { now });
  const { explanation, diagnostics } = answer(checked, question);
  const isQuestionWrong = explanation === undefined && !hasErrors(checked.diagnostics);
  return {
    kind: "result",
    status: isQuestionWrong ? exit.usage : statusFor(diagnostics),
    diagnostics,
    folder,
    lines: (style) => (explanation === undefined ? [] : explanationLines(explanation, style)),
    json: { now, ...(explanation === undefined ? {} : explanationJson(explanation)) },
  };
}

async function explainCode(code: string, { terminal }: Call): Promise<Answer> {
  const page = packageText(`docs/diagnostics/${code}.md`);
  if (page === undefined) return unknownCode(code);
  return {
    kind: "result",
    status: exit.fine,
    diagnostics: [],
    folder: terminal.folder,
    lines: () => [page.trimEnd()],
    json: { code, page },
  };
}

async function unknownCode(code: string): Promise<Answer> {
  const { registry } = await import("../../diagnostics/registry.ts");
  const [near] = nearest(code, Object.keys(registry), 1);
  return failure(
    exit.usage,
    `there is no page for a code \`${code}\``,
    near === undefined ? undefined : `did you mean \`${near}\`?`,
  );
}
