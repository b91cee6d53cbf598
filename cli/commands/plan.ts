// `segc plan --target aws`: what would change in the account, in which order, and the proof that nothing is
// opened or closed on the way that must not.
import { resolve } from "node:path";
import type { Style } from "../../diagnostics/render-style.ts";
import { replaceFile } from "../../host/atomic-file.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { type CloudChange, cloudChange, cloudPlanText, cloudTarget } from "../../library/cloud.ts";
import { changeLines, problemText } from "../../report/cloud-change.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import { isProved } from "../../targets/aws/transition/transition.ts";
import { statusFor, stopping } from "../answer.ts";
import { withAccount } from "../aws-account.ts";
import { type Answer, type Call, type Failure, failure } from "../call.ts";
import { type ExitStatus, exit } from "../exit.ts";
import { onlyAws } from "../only-aws.ts";
import { projectFolder } from "../project-folder.ts";
import { refreshInventory } from "../refresh-inventory.ts";
import { problemCount } from "./check.ts";

export async function plan(call: Call): Promise<Answer> {
  const refusal = onlyAws(call);
  if (refusal !== undefined) return refusal;
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  const { now, refresh } = call.options;
  const unsaved = refresh
    ? await withAccount(call, (ec2) => refreshInventory(folder, ec2))
    : undefined;
  if (unsaved !== undefined) return unsaved;
  const read = cloudTarget(nodeFiles(folder), { now });
  const diagnostics = stopping(read.diagnostics, call.options);
  const { target } = read;
  if (target === undefined || diagnostics.length > 0) {
    return {
      kind: "result",
      status: statusFor(diagnostics),
      diagnostics,
      folder,
      lines: (style) => [
        ...problemCount({ diagnostics }, style),
        nothingPlanned(diagnostics.length),
      ],
      json: { now },
    };
  }
  return withAccount(call, async (ec2) => {
    const live = await describeAccount(ec2, target.vpcs);
    const change = cloudChange(target, live);
    const problems = change.problems.map(problemText);
    const written =
      problems.length > 0 ? undefined : write(call, cloudPlanText(target, live, change, now));
    if (typeof written === "object") return written;
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
      ],
      json: { now, problems, change: change.summary },
    };
  });
}

const nothingPlanned = (problems: number): string =>
  problems > 0
    ? "nothing was planned"
    : "nothing was planned: the inventory has no interface with security groups";

function statusOf({ transition }: CloudChange, hasExitCode: boolean): ExitStatus {
  if (!isProved(transition)) return exit.findings;
  return hasExitCode && transition.phases.length > 0 ? exit.changes : exit.fine;
}

/** The path as the user wrote it; undefined where none was asked for. */
function write({ options, terminal }: Call, text: string): string | Failure | undefined {
  if (options.out === undefined) return undefined;
  const fault = replaceFile(resolve(terminal.folder, options.out), text);
  return fault === undefined
    ? options.out
    : failure(exit.environment, `cannot write \`${options.out}\`: ${fault}`);
}
