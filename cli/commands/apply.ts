// `segc apply PLAN`: carries out what `segc plan` wrote, where the inputs and the account are still those it was
// made for. Where to and which way is worked out and proved again here; the file must say the same.
import { hostname } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { escapeText } from "../../diagnostics/render-display.ts";
import { plainStyle } from "../../diagnostics/render-style.ts";
import { withInterrupt } from "../../host/interrupt.ts";
import { nodeFiles } from "../../host/node-files.ts";
import {
  type CloudChange,
  type CloudTarget,
  cloudChange,
  cloudTarget,
  projectInputs,
} from "../../library/cloud.ts";
import { changeLines, problemText } from "../../report/cloud-change.ts";
import { counted } from "../../report/counted.ts";
import type { LiveAccount } from "../../targets/aws/account/account.ts";
import { describeAccount } from "../../targets/aws/account/describe.ts";
import type { Ec2 } from "../../targets/aws/account/ec2.ts";
import { type Applied, Interrupted } from "../../targets/aws/apply/apply.ts";
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
  const files = nodeFiles(folder);
  const changed = changedInput(file, projectInputs(files));
  if (changed !== undefined) {
    const message = `\`${changed}\` is not what \`${shown}\` was made from`;
    return failure(exit.findings, message, "plan again");
  }
  const { target } = cloudTarget(files, { now: file.now });
  if (target === undefined || !file.isOf(target)) {
    return failure(
      exit.findings,
      `\`${shown}\` does not say what the project says`,
      "it was edited, or another version of segc wrote it; plan again",
    );
  }
  return withAccount(call, (ec2) => applyTo(ec2, { file, target, call, folder }));
}

interface Applying {
  readonly file: PlanFile;
  readonly target: CloudTarget;
  readonly call: Call;
  readonly folder: string;
}

async function applyTo(ec2: Ec2, { file, target, call, folder }: Applying): Promise<Answer> {
  const live = await describeAccount(ec2, target.vpcs, target);
  const change = cloudChange(target, live);
  const { transition } = change;
  if (change.problems.length > 0) {
    return failure(exit.findings, change.problems.map(problemText).join("; "), "plan again");
  }
  if (change.summary.foreign.open.length > 0) {
    const [first = "", ...more] = change.summary.foreign.open.map((text) => escapeText(text));
    const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
    return failure(
      exit.findings,
      `groups of others let through what the policy does not: ${first}${others}`,
      "take them off the interfaces, or accept them in segc.yaml (`targets: aws: accepted`) and plan again",
    );
  }
  const answer = (line: string, json: Readonly<Record<string, unknown>>): Answer => ({
    kind: "result",
    status: exit.fine,
    diagnostics: [],
    folder,
    lines: (style) => [`${style.help("ok")}: ${line}`],
    json: { now: file.now, ...json },
  });
  if (transition.phases.length === 0) return answer("no changes", { calls: 0, phases: 0 });
  if (accountDigest(live) !== file.live) {
    if (!(await hasStopped(ec2, target, file))) {
      const message = "the account is not what it was when the plan was made";
      return failure(exit.findings, message, "plan again");
    }
    call.terminal.err("an apply of this plan stopped on its way; what is left of it:\n");
    call.terminal.err(`${changeLines(change.summary, target.settle, plainStyle).join("\n")}\n`);
  }
  const refusal = unproved(change, call);
  if (refusal !== undefined) return refusal;
  const applied = await carriedOut(ec2, { file, target, call, folder }, { transition, live });
  if ("kind" in applied) return applied;
  if (!applied.ok) return unexpected(applied);
  const { calls, left } = applied;
  const phases = transition.phases.length;
  const kept = left.length === 0 ? "" : `; still named by something: ${left.join(", ")}`;
  const line = `applied in ${counted(phases, "phase")} with ${counted(calls, "call")}, and read back${kept}`;
  return answer(line, { calls, phases });
}

async function carriedOut(
  ec2: Ec2,
  { file, target, call }: Applying,
  { transition, live }: Pick<CloudChange, "transition"> & { readonly live: LiveAccount },
): Promise<Applied | Failure> {
  const { owner, vpcs, settle: planned } = target;
  const settle = call.options.settle ?? planned;
  const clock = { now: () => Date.now() };
  const holder = `${hostname().replace(/[^a-zA-Z0-9.-]/g, "-")}/${process.pid}/${clock.now()}`;
  try {
    return await withInterrupt((signal) =>
      applyPlan(
        transition,
        {
          ec2,
          wait: (seconds) => sleep(seconds * 1000, undefined, { signal }).catch(() => undefined),
          progress: (text) => call.terminal.err(`${text}\n`),
          isInterrupted: () => signal.aborted,
        },
        { owner, vpcs, settle, live, holder, plan: file.id, clock },
      ),
    );
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return failure(
      exit.interrupted,
      "interrupted between two calls",
      "run it again: it goes on from what the account holds",
    );
  }
}

function unexpected({ phase, differences }: Extract<Applied, { ok: false }>): Failure {
  if (phase === undefined) {
    return failure(
      exit.findings,
      "the account changed in this moment; nothing was done",
      "plan again",
    );
  }
  const [first = "", ...more] = differences;
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return failure(
    exit.findings,
    `after “${phase}” the account is not as it should be: ${first}${others}`,
    "somebody else changes it, or EC2 is slow; run it again or plan again",
  );
}

/** An apply of this very plan stopped on its way, and nobody goes on with it. */
async function hasStopped(ec2: Ec2, { vpcs }: CloudTarget, { id }: PlanFile): Promise<boolean> {
  const leases = await leasesIn(ec2, vpcs);
  return (
    leases.some((lease) => lease.plan === id) && leases.every(({ until }) => until <= Date.now())
  );
}

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
