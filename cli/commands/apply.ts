// `segc apply PLAN`: carries out what `segc plan` wrote, where the inputs and the account are still those it was
// made for. The way is worked out and proved again here; the file says only where to.
import { hostname } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { plainStyle } from "../../diagnostics/render-style.ts";
import { withInterrupt } from "../../host/interrupt.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { type CloudChange, cloudChange, networksIn, projectInputs } from "../../library/cloud.ts";
import { changeLines, problemText } from "../../report/cloud-change.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import type { Ec2 } from "../../targets/aws/account/ec2.ts";
import { Interrupted } from "../../targets/aws/apply/apply.ts";
import { applyPlan } from "../../targets/aws/apply/apply-plan.ts";
import { accountDigest } from "../../targets/aws/apply/digest.ts";
import { leasesIn } from "../../targets/aws/apply/lease.ts";
import { type PlanFile, readPlanFile } from "../../targets/aws/apply/plan-file.ts";
import { isProved } from "../../targets/aws/transition/transition.ts";
import { withAccount } from "../aws-account.ts";
import { type Answer, type Call, type Failure, failure } from "../call.ts";
import { exit } from "../exit.ts";
import { projectFolder } from "../project-folder.ts";

const bytesMax = 256 * 1024 * 1024;

export async function apply(call: Call): Promise<Answer> {
  const [shown = ""] = call.operands;
  const file = planFile(call, shown);
  if ("kind" in file) return file;
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  const changed = changedInput(file, projectInputs(nodeFiles(folder)));
  if (changed !== undefined) {
    return failure(
      exit.findings,
      `\`${changed}\` is not what \`${shown}\` was made from`,
      "plan again",
    );
  }
  return withAccount(call, (ec2) => applyTo(ec2, file, call, folder));
}

async function applyTo(ec2: Ec2, file: PlanFile, call: Call, folder: string): Promise<Answer> {
  const { options, terminal } = call;
  const vpcs = networksIn(file);
  const live = await describeAccount(ec2, vpcs);
  const change = cloudChange({ ...file, vpcs }, live);
  const { transition } = change;
  const answer = (status: 0 | 1, lines: readonly string[], json: object): Answer => ({
    kind: "result",
    status,
    diagnostics: [],
    folder,
    lines: () => lines,
    json: { now: file.now, ...json },
  });
  if (change.problems.length > 0) {
    return failure(exit.findings, change.problems.map(problemText).join("; "), "plan again");
  }
  if (transition.phases.length === 0) return answer(0, ["ok: no changes"], { calls: 0 });
  if (accountDigest(live) !== file.live && !(await isOurs(ec2, vpcs, file))) {
    return failure(
      exit.findings,
      "the account is not what it was when the plan was made",
      "plan again",
    );
  }
  const refusal = unproved(change, call);
  if (refusal !== undefined) return refusal;
  const settle = options.settle ?? file.settle;
  const clock = { now: () => Date.now() };
  const holder = `${hostname().replace(/[^a-zA-Z0-9.-]/g, "-")}/${process.pid}/${clock.now()}`;
  try {
    const applied = await withInterrupt((signal) =>
      applyPlan(
        transition,
        {
          ec2,
          wait: (seconds) => sleep(seconds * 1000, undefined, { signal }).catch(() => undefined),
          progress: (text) => terminal.err(`${text}\n`),
          isInterrupted: () => signal.aborted,
        },
        { owner: file.owner, vpcs, settle, holder, plan: file.id, clock },
      ),
    );
    if (!applied.ok) {
      const [first = ""] = applied.differences;
      return failure(
        exit.findings,
        `after “${applied.phase}” the account is not as it should be: ${first}${applied.differences.length > 1 ? ` (and ${applied.differences.length - 1} more)` : ""}`,
        "somebody else changes it, or EC2 is slow; plan again",
      );
    }
    const { calls } = applied;
    const phases = transition.phases.length;
    return answer(0, [`ok: applied in ${phases} phases with ${calls} calls, and read back`], {
      calls,
      phases,
    });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return failure(
      exit.interrupted,
      "interrupted between two calls",
      "run it again: it goes on from what the account holds",
    );
  }
}

/** An apply of this very plan stopped on its way: then what is live now is where it goes on. */
const isOurs = async (ec2: Ec2, vpcs: readonly string[], { id }: PlanFile): Promise<boolean> =>
  (await leasesIn(ec2, vpcs)).some((lease) => lease.plan === id);

function unproved(
  { transition, summary }: CloudChange,
  { options, terminal }: Call,
): Failure | undefined {
  if (isProved(transition)) return undefined;
  const { gaps, excess, overruns } = transition;
  const needs = [
    ...(gaps.length > 0 && !options.allowGap ? ["--allow-gap"] : []),
    ...(excess.length > 0 && !options.allowExcess ? ["--allow-excess"] : []),
  ];
  if (needs.length === 0 && overruns.length === 0) return undefined;
  terminal.err(`${changeLines(summary, 0, plainStyle).join("\n")}\n`);
  return overruns.length > 0
    ? failure(
        exit.findings,
        "a quota would be exceeded on the way",
        "ask AWS for more, or change the policy in steps",
      )
    : failure(
        exit.findings,
        "no order is proved, see above",
        `${needs.join(" ")} applies it all the same`,
      );
}

function changedInput(file: PlanFile, inputs: PlanFile["inputs"]): string | undefined {
  const now = new Map(inputs.map(({ path, sha256 }) => [path, sha256]));
  const before = new Map(file.inputs.map(({ path, sha256 }) => [path, sha256]));
  return [...new Set([...now.keys(), ...before.keys()])].find(
    (path) => now.get(path) !== before.get(path),
  );
}

function planFile({ terminal }: Call, shown: string): PlanFile | Failure {
  const path = resolve(terminal.folder, shown);
  const read = nodeFiles(dirname(path)).read(basename(path), bytesMax);
  if (!read.ok) return failure(exit.environment, `\`${shown}\` cannot be read: ${read.detail}`);
  const file = readPlanFile(new TextDecoder().decode(read.bytes));
  return typeof file === "string"
    ? failure(
        exit.environment,
        `\`${shown}\` ${file}`,
        "write one with `segc plan --target aws --out FILE`",
      )
    : file;
}
