// `segc plan --target aws`: what would change in the account, in which order, and the proof that nothing is
// opened or closed on the way that must not.
import { resolve } from "node:path";
import type { Style } from "../../diagnostics/render-style.ts";
import { replaceFile } from "../../host/atomic-file.ts";
import {
  type CloudChange,
  cloudCallText,
  cloudChange,
  cloudPlanText,
} from "../../library/cloud.ts";
import { changeLines, problemText } from "../../report/cloud-change.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import { isProved } from "../../targets/aws/transition/transition.ts";
import { withAccount } from "../aws-account.ts";
import { type Answer, type Call, type Failure, failure } from "../call.ts";
import { cloudProject } from "../cloud-project.ts";
import { type ExitStatus, exit } from "../exit.ts";

export async function plan(call: Call): Promise<Answer> {
  const project = await cloudProject(call, "nothing was planned");
  if ("kind" in project) return project;
  const { folder, target } = project;
  const { now, out, calls } = call.options;
  if (out !== undefined && calls !== undefined && isOneFile(call, out, calls)) {
    return failure(exit.usage, `\`--out\` and \`--calls\` both name \`${out}\``, "name two files");
  }
  return withAccount(call, async (ec2) => {
    const live = await describeAccount(ec2, target.vpcs, target);
    const change = cloudChange(target, live);
    const problems = change.problems.map(problemText);
    const written =
      problems.length > 0
        ? undefined
        : write(call, out, () => cloudPlanText(target, live, change, now));
    if (typeof written === "object") return written;
    // Nothing would stop whoever makes them.
    const isSafe = problems.length === 0 && statusOf(change, false) === exit.fine;
    // Of an earlier plan there must be nothing left.
    const listed = write(call, calls, () => (isSafe ? cloudCallText(target, live, change) : ""));
    if (typeof listed === "object") return listed;
    return {
      kind: "result",
      status: problems.length > 0 ? exit.findings : statusOf(change, call.options.exitCode),
      diagnostics: [],
      folder,
      lines: (style: Style) => [
        ...problems.map((problem) => `${style.error("error:")} ${problem}`),
        ...(problems.length > 0
          ? ["nothing was planned"]
          : changeLines(change.summary, target.settle, style)),
        ...(written === undefined ? [] : [`${style.help("ok")}: plan written to ${written}`]),
        ...(listed === undefined
          ? []
          : [
              isSafe
                ? `${style.help("ok")}: calls written to ${listed}`
                : `${listed} is empty: there are calls of what is proved only`,
            ]),
      ],
      json: { now, problems, change: change.summary },
    };
  });
}

const isOneFile = ({ terminal: { folder } }: Call, one: string, other: string): boolean =>
  resolve(folder, one) === resolve(folder, other);

function statusOf({ transition, summary }: CloudChange, hasExitCode: boolean): ExitStatus {
  if (!isProved(transition) || summary.foreign.open.length > 0) return exit.findings;
  return hasExitCode && transition.phases.length > 0 ? exit.changes : exit.fine;
}

/** The path as the user wrote it; undefined where none was asked for. */
function write(
  { terminal }: Call,
  path: string | undefined,
  text: () => string,
): string | Failure | undefined {
  if (path === undefined) return undefined;
  const fault = replaceFile(resolve(terminal.folder, path), text());
  return fault === undefined
    ? path
    : failure(exit.environment, `cannot write \`${path}\`: ${fault}`);
}
