// A runner of GitHub's composite actions, as far as ours needs one: expressions are looked up among those given,
// steps run as `sh -e`, and files that steps append to are read back.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { checkout, plainEnvironment } from "../cli/run-segc.ts";

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly shell: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

export const action: Action = parse(readFileSync(join(checkout, "action.yml"), "utf8"));

export interface Run {
  readonly status: number;
  readonly log: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface RunInput {
  /** The repository, as checked out. */
  readonly workspace: string;
  /** Folder that stands for the runner's own. */
  readonly temporary: string;
  /** Values of expressions: `inputs.project`, `github.event.pull_request.number`. Others are empty. */
  readonly values: Readonly<Record<string, string>>;
  /** Folders before those of the PATH. */
  readonly path: readonly string[];
}

/** Runs the steps of action.yml; the first that fails skips those that do not ask to run always. */
export function runAction({ workspace, temporary, values, path }: RunInput): Run {
  const files = { output: join(temporary, "output"), summary: join(temporary, "summary") };
  for (const file of Object.values(files)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
  }
  const known = withInputs({ "runner.temp": temporary, ...values });
  const outputs: Record<string, string> = {};
  let status = 0;
  let log = "";
  for (const step of action.runs.steps) {
    if (step.shell !== "sh") throw new Error(`no shell ${step.shell}`);
    if (!mayRun(step, known, status)) continue;
    const environment = Object.entries(step.env ?? {}).map(([name, text]) => [
      name,
      filledIn(text, known),
    ]);
    const done = spawnSync("sh", ["-e", "-c", step.run], {
      cwd: workspace,
      encoding: "utf8",
      env: {
        ...plainEnvironment(),
        PATH: [...path, process.env.PATH].join(":"),
        GITHUB_ACTIONS: "true",
        GITHUB_WORKSPACE: workspace,
        GITHUB_REPOSITORY: "acme/policy",
        GITHUB_OUTPUT: files.output,
        GITHUB_STEP_SUMMARY: files.summary,
        ...Object.fromEntries(environment),
      },
    });
    log += done.stdout + done.stderr;
    if (status === 0) status = done.status ?? 1;
  }
  for (const line of readFileSync(files.output, "utf8").split("\n")) {
    const [name, ...rest] = line.split("=");
    if (name) outputs[name] = rest.join("=");
  }
  const summary = existsSync(files.summary) ? readFileSync(files.summary, "utf8") : "";
  return { status, log, summary, outputs };
}

function withInputs(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const inputs = Object.entries(action.inputs).map(([name, { default: text }]) => [
    `inputs.${name}`,
    filledIn(String(text), values),
  ]);
  return { ...Object.fromEntries(inputs), ...values };
}

/** `${{ a || b }}`: the first that is not empty. */
function filledIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    const parts = expression.split(" || ");
    return parts.map((part) => values[part] ?? "").find((value) => value !== "") ?? "";
  });
}

/** Conditions are conjunctions of `always()`, comparisons with a text, and names. */
function mayRun(step: Step, values: Readonly<Record<string, string>>, status: number): boolean {
  if (step.if === undefined) return status === 0;
  const parts = step.if.replace(/^\$\{\{ | \}\}$/g, "").split(" && ");
  if (!parts.includes("always()") && status !== 0) return false;
  return parts.every((part) => {
    if (part === "always()") return true;
    const [, name = part, wanted] = /^(\S+) == '(.*)'$/.exec(part) ?? [];
    const value = values[name] ?? "";
    return wanted === undefined ? value !== "" : value === wanted;
  });
}
